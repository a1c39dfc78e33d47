import { describe, expect, test } from "vitest";
import { testNative } from "../../../src/kernel/vm/arch/native_self_test.ts";
import { createAspaceFactory } from "../../../src/kernel/vm/aspace_factory.ts";
import { FrameAllocator } from "../../../src/kernel/vm/frames.ts";
import { createNativeRam, type NativeRam } from "../../../src/machine/native_ram.ts";
import { loadLibc } from "../../../src/native/libc.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { spacesUnderTest } from "../../support/address_spaces.ts";
import { FakeMachine } from "../../support/fake_machine.ts";

const P = PAGE_SIZE;
const native = spacesUnderTest.find(({ kind }) => kind === "native")!;
const withoutNative = native.missing === undefined ? "" : ` (skipped: ${native.missing})`;

function on(machine: FakeMachine) {
  return { machine, frames: new FrameAllocator(machine.ram) };
}

describe("the choice of an address space", () => {
  test("is portable where RAM is no file, and tells why", async () => {
    const factory = await createAspaceFactory({ ...on(new FakeMachine()), kind: "auto" });
    expect([factory.kind, factory.reason]).toEqual([
      "portable",
      "the native address space needs RAM that is a file; fake's is not",
    ]);
  });

  test("refuses what cannot be had", async () => {
    await expect(createAspaceFactory({ ...on(new FakeMachine()), kind: "native" })).rejects.toThrow(
      "NOT_SUPPORTED: the native address space needs RAM that is a file",
    );
  });

  test("gives every process a space of its own, of the same extent in both kinds", async () => {
    for (const under of spacesUnderTest.filter(({ missing }) => missing === undefined)) {
      const space = await under.create();
      const other = space.newAspace("other");
      const { base } = space.map(space.vmo(1));
      expect(other.find(base)).toBeUndefined();
      expect([other.root.base, other.root.end, other.kind]).toEqual([0x20_0000, 0x7fff_0000, under.kind]);
      other.destroy();
      space.close();
    }
  });

  test.skipIf(native.missing !== undefined)(`is native where it can be${withoutNative}`, async () => {
    const ram = await createNativeRam({ ranges: [{ base: 0, size: 16 * P }] });
    const factory = await createAspaceFactory({ ...on(new FakeMachine({ ram })), kind: "auto" });
    expect([factory.kind, factory.reason]).toEqual(["native", undefined]);
    const portable = await createAspaceFactory({ ...on(new FakeMachine({ ram })), kind: "portable" });
    expect([portable.kind, portable.reason]).toEqual(["portable", undefined]);
    ram.close();
  });

  test.skipIf(native.missing !== undefined)(
    `is found out without harm if the RAM cannot be mapped${withoutNative}`,
    async () => {
      const ram: NativeRam = await createNativeRam({ ranges: [{ base: 0, size: 16 * P }] });
      const broken = {
        ...on(new FakeMachine({ ram: Object.assign(Object.create(ram), { fd: 1_000_000 }) })),
      };
      const factory = await createAspaceFactory({ ...broken, kind: "auto" });
      expect(factory.kind).toBe("portable");
      expect(factory.reason).toMatch(/EBADF/);
      await expect(createAspaceFactory({ ...broken, kind: "native" })).rejects.toThrow("EBADF");
      ram.close();
    },
  );

  test.skipIf(native.missing !== undefined)(
    `is never native when V8 would not trap${withoutNative}`,
    async () => {
      const libc = await loadLibc();
      const ram = await createNativeRam({ ranges: [{ base: 0, size: P }] });
      // Without its trap handler V8 reserves no addresses behind a memory.
      const nothingReserved = { ...libc, isMapped: () => false };
      expect(() => testNative(nothingReserved, ram.fd)).toThrow("WebAssembly trap handler, which is off");
      expect(() => testNative(libc, ram.fd)).not.toThrow();
      ram.close();
    },
  );
});
