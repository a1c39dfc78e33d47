import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { VmOption } from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import {
  onBothSpaces,
  READ,
  RW,
  type Space,
  spacesUnderTest,
  statusOf,
} from "../../support/address_spaces.ts";
import { FakeDevice } from "../../support/fake_machine.ts";

const P = PAGE_SIZE;
const BAR = 0xfebf_0000;

onBothSpaces("a window", (spaceUnderTest) => {
  let space: Space;
  beforeEach(async () => {
    space = await spaceUnderTest.create();
  });
  afterEach(() => space.close());

  /** Windows on [address, address+size) and what was told to their holder. */
  function open(address: number, size: number) {
    const told = { revoked: 0 };
    const window = space.aspace.memory.window(address, size, () => {
      told.revoked++;
    });
    return { window, told };
  }

  test("on a device makes each access one access of its width, at its offset in the VMO", () => {
    const device = new FakeDevice(4 * P);
    space.machine.addDevice(BAR, 4 * P, "edu", device);
    const vmo = space.physical(BAR, 4 * P);
    const { base } = space.map(vmo, { vmoPage: 1, pages: 2 });
    const { window } = open(base + 0x10, 0x20);
    if (window.kind !== "dispatched") throw new Error("a dispatched device behind a direct window");
    window.io.write32(window.offset, 0x1234);
    window.io.read16(window.offset + 2);
    window.io.write64(window.offset + 8, 1, 2);
    expect(device.log).toEqual(["write32 0x1010 = 0x1234", "read16 0x1012", "write64 0x1018 = 0x200000001"]);
  });

  test("on RAM says what it allows", () => {
    const { base } = space.map(space.vmo(1), { options: READ });
    const { window } = open(base, 16);
    expect([window.readable, window.writable, window.size]).toEqual([true, false, 16]);
  });

  test("faults as its first address would, and must lie in one mapping", () => {
    const { base } = space.map(space.vmo(1), { page: 0, pages: 2 });
    space.map(space.vmo(1), { page: 2 });
    expect(statusOf(() => open(base + 4 * P, 4))).toBe("NOT_FOUND");
    expect(statusOf(() => open(base + P, 4))).toBe("OUT_OF_RANGE");
    expect(statusOf(() => open(base + P - 4, 8))).toBe("OUT_OF_RANGE");
    expect(statusOf(() => open(base + 2 * P - 4, 8))).toBe("INVALID_ARGS");
    expect(statusOf(() => open(base + 3 * P - 4, 8))).toBe("NOT_FOUND");
  });

  test("is revoked when its mapping is unmapped, in part too", () => {
    const { base } = space.map(space.vmo(4));
    const first = open(base, P);
    const last = open(base + 3 * P, P);
    space.root.unmap(base + P, P);
    expect([first.told.revoked, last.told.revoked]).toEqual([1, 1]);
    const again = open(base + 3 * P, P);
    space.root.unmap(base + 2 * P, 2 * P);
    expect([first.told.revoked, last.told.revoked, again.told.revoked]).toEqual([1, 1, 1]);
  });

  test("is revoked when its permissions change, not when those of other pages do", () => {
    const { base } = space.map(space.contiguous(2));
    const first = open(base, P);
    const second = open(base + P, P);
    space.root.protect(READ, base, P);
    expect([first.told.revoked, second.told.revoked]).toEqual([1, 0]);
  });

  test("is revoked when the process ends, and then no more", () => {
    const { base } = space.map(space.vmo(1));
    const { told } = open(base, 4);
    space.aspace.destroy();
    space.aspace.destroy();
    expect(told.revoked).toBe(1);
  });

  test("is revoked when its VMO gets shorter than it", () => {
    const vmo = space.vmo(2, { resizable: true });
    const { base } = space.map(vmo);
    const first = open(base, P);
    const second = open(base + P, P);
    vmo.resize(P);
    expect([first.told.revoked, second.told.revoked]).toEqual([0, 1]);
  });

  test("that was given back is not revoked", () => {
    const { base } = space.map(space.vmo(1));
    const { window, told } = open(base, 4);
    space.aspace.memory.release(window);
    space.root.unmap(base, P);
    expect(told.revoked).toBe(0);
  });

  test("over pages with different permissions allows each what is its own", () => {
    const device = new FakeDevice(2 * P);
    space.machine.addDevice(BAR, 2 * P, "edu", device);
    const { base } = space.map(space.physical(BAR, 2 * P));
    space.root.protect(READ, base, P);
    const { window } = open(base, 2 * P);
    if (window.kind !== "dispatched") throw new Error("a dispatched device behind a direct window");
    expect([window.readable, window.writable]).toEqual([true, true]);
    expect(window.io.read32(window.offset)).toBe(0);
    expect(statusOf(() => window.io.write32(window.offset, 1))).toBe("ACCESS_DENIED");
    expect(statusOf(() => window.io.write32(window.offset + P, 1))).toBe("OK");
    expect(device.log).toEqual(["read32 0x0", "write32 0x1000 = 0x1"]);
  });

  test("on memory where nothing answers reads all ones", () => {
    const { base } = space.map(space.physical(0xd000_0000, P));
    expect(space.cpu.load32(base)).toBe(0xffff_ffff);
  });

  test("on reserved RAM shows that RAM", () => {
    space.machine.ram.write(0x1000, Uint8Array.of(1, 2, 3, 4));
    const { base } = space.map(space.physical(0x1000, P));
    expect(space.cpu.load32(base)).toBe(0x04030201);
    space.cpu.store8(base, 9);
    const bytes = new Uint8Array(1);
    space.machine.ram.read(0x1000, bytes);
    expect(bytes[0]).toBe(9);
  });
});

describe("a window on RAM, portable address space", () => {
  const portable = spacesUnderTest.find(({ kind }) => kind === "portable")!;

  test("is the RAM's own Io while its frames are consecutive and its own", async () => {
    const space = await portable.create();
    const vmo = space.contiguous(4);
    const { base } = space.map(vmo);
    const window = space.aspace.memory.window(base + P, 2 * P, () => {});
    expect(window.kind === "dispatched" && window.io).toBe(space.machine.ram.io);
    expect(window.kind === "dispatched" && window.offset).toBe((vmo.frameAt(0) + 1) * P);
  });

  test("is revoked when a snapshot shares its frames, and translates until they are its own again", async () => {
    const space = await portable.create();
    const vmo = space.vmo(2);
    vmo.commit(0, 2 * P);
    const { base } = space.map(vmo);
    let revoked = 0;
    const open = () =>
      space.aspace.memory.window(base, P, () => {
        revoked++;
      });
    const before = open();
    const snapshot = space.child(vmo, "snapshot", 0, 2);
    expect(revoked).toBe(1);
    const shared = open();
    if (before.kind !== "dispatched" || shared.kind !== "dispatched") throw new Error("not dispatched");
    expect(shared.io).not.toBe(space.machine.ram.io);
    shared.io.write32(shared.offset, 77);
    const bytes = new Uint8Array(4);
    snapshot.read(0, bytes);
    expect([...bytes]).toEqual([0, 0, 0, 0]);
    expect(space.cpu.load32(base)).toBe(77);
    const own = open();
    expect(own.kind === "dispatched" && own.io).toBe(space.machine.ram.io);
  });
});

const native = spacesUnderTest.find(({ kind }) => kind === "native")!;
const withoutNative = native.missing === undefined ? "" : ` (skipped: ${native.missing})`;

describe.skipIf(native.missing !== undefined)(`a direct device${withoutNative}`, () => {
  test("is mapped by the MMU from its file, from the right offset and with the right permissions", async () => {
    const space = await native.create();
    const folder = mkdtempSync(join(tmpdir(), "zirconia-"));
    const fd = openSync(join(folder, "resource0"), "w+");
    try {
      for (let page = 0; page < 4; page++) writeSync(fd, new Uint8Array(P).fill(page + 1));
      space.machine.addFile(BAR, 3 * P, "resource0", fd, P);
      const vmo = space.physical(BAR + P, 2 * P);
      const { base } = space.map(vmo);
      expect([space.cpu.load8(base), space.cpu.load8(base + P)]).toEqual([3, 4]);
      expect(space.aspace.memory.window(base, 4, () => {}).kind).toBe("direct");
      space.cpu.store8(base + 1, 0x55);
      const byte = new Uint8Array(1);
      readSync(fd, byte, 0, 1, 2 * P + 1);
      expect(byte[0]).toBe(0x55);
      space.root.protect(READ, base, P);
      expect(statusOf(() => space.cpu.store8(base, 1))).toBe("ACCESS_DENIED");
      expect(statusOf(() => space.cpu.store8(base + P, 1))).toBe("OK");
      expect(statusOf(() => space.aspace.memory.bytes(base, P))).toBe("NOT_SUPPORTED");
    } finally {
      closeSync(fd);
      rmSync(folder, { recursive: true });
      space.close();
    }
  });

  test("is not had on the portable address space, which says so", async () => {
    const space = await spacesUnderTest.find(({ kind }) => kind === "portable")!.create();
    space.machine.addFile(BAR, P, "resource0", 99);
    const { base } = space.map(space.physical(BAR, P));
    expect(() => space.cpu.load8(base)).toThrow(
      /NOT_SUPPORTED: .*resource0: it needs the native address space/,
    );
  });
});

describe.skipIf(native.missing !== undefined)(`the native address space${withoutNative}`, () => {
  test("goes on when the host's number of mappings is exhausted, by faulting pages in again", async () => {
    const space = await native.create();
    const vmo = space.vmo(1);
    vmo.write(0, Uint8Array.of(42));
    // Every second page, so that no two of them are one mapping of the host.
    const map = (index: number) => space.map(vmo, { page: 2 * index, options: RW | VmOption.MAP_RANGE }).base;
    const bases = Array.from({ length: 40_000 }, (_, index) => map(index));
    expect(space.cpu.load8(bases[0]!)).toBe(42);
    expect(space.cpu.load8(bases[39_999]!)).toBe(42);
    expect(statusOf(() => space.cpu.load8(bases[1]! + P))).toBe("NOT_FOUND");
    space.close();
  });
});
