/**
 * Memory of the host's MMU: pages without permission tell whether an access was made, and of which width. What is not
 * made does not fault; what is too wide faults on the neighbouring page.
 */
import { Worker } from "node:worker_threads";
import { beforeEach, describe, expect, it } from "vitest";
import { accessorsOf } from "../../src/mmio/accessors.ts";
import { MmioBuffer } from "../../src/mmio/index.ts";
import {
  type Libc,
  loadLibc,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
} from "../../src/native/libc.ts";
import { bit, r32, r64, registers } from "../../src/registers/index.ts";
import { PAGE_SIZE } from "../../src/zx/pages.ts";
import { BareProcess, FIRST_ADDRESS, VMO, wasmMemory } from "../support/bare_process.ts";

const Device = registers("device", { Fifo: r32(0x10, { level: bit(0) }), Wide: r64(0x18) });

let missing = "";
const libc = (await loadLibc().catch((error: Error) => {
  missing = ` (skipped: ${error.message})`;
})) as Libc;

/** Enough for every tier of the engine. */
const HOT = 30_000;

describe.skipIf(missing !== "")(`an access on the native path${missing}`, () => {
  const memory = wasmMemory();
  let process: BareProcess;
  let mmio: MmioBuffer;

  /** Gives page `page` of the mapping other permissions, behind the back of everybody: no window is taken back. */
  const protect = (page: number, protection: number): void => {
    const base = libc.addressOf(new Uint8Array(memory.buffer));
    const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    libc.mmap(base + FIRST_ADDRESS + page * PAGE_SIZE, PAGE_SIZE, protection, flags, -1, 0);
  };

  beforeEach(() => {
    for (let page = 0; page < 4; page++) protect(page, PROT_READ | PROT_WRITE);
    process = new BareProcess({ memory });
    mmio = MmioBuffer.create(process.zx, { vmo: VMO });
  });

  const regs = () => Device.on(mmio);
  /** Each makes accesses whose values nobody uses, as a FIFO drain or a posted-write flush does. */
  const unused: [string, (mmio: MmioBuffer, regs: ReturnType<typeof Device.on>) => void][] = [
    ["read8", (mmio) => void mmio.read8(0x10)],
    ["read16", (mmio) => void mmio.read16(0x10)],
    ["read32", (mmio) => void mmio.read32(0x10)],
    ["read64", (mmio) => void mmio.read64(0x10)],
    ["read64Halves", (mmio) => void mmio.read64Halves(0x10)],
    ["readMasked32", (mmio) => void mmio.readMasked32(0x10, 0)],
    ["read32 of a register", (_mmio, regs) => void regs.Fifo.read()],
    ["a field of a register", (_mmio, regs) => void regs.Fifo.read().level],
    ["read64 of a register", (_mmio, regs) => void regs.Wide.read()],
    ["write8", (mmio) => mmio.write8(0x10, 1)],
    ["write16", (mmio) => mmio.write16(0x10, 1)],
    ["write32", (mmio) => mmio.write32(0x10, 1)],
    ["write64Halves", (mmio) => mmio.write64Halves(0x10, 1, 1)],
    ["write32 of a register", (_mmio, regs) => regs.Fifo.write(1)],
  ];

  describe.each(unused)("%s", (_what, access) => {
    // A function of its own for each test, that the engine has not seen before.
    const loop = new Function(
      "access",
      "mmio",
      "regs",
      "times",
      "for (let i = 0; i < times; i++) access(mmio, regs);",
    );

    it("faults the first time", () => {
      protect(0, PROT_NONE);
      expect(() => access(mmio, regs())).toThrow("ACCESS_DENIED");
    });

    it("faults after the engine has optimised it", () => {
      const { mmio: buffer, registers } = { mmio, registers: regs() };
      loop(access, buffer, registers, HOT);
      expect(process.faults).toBe(0);
      protect(0, PROT_NONE);
      for (let again = 1; again <= 5; again++) {
        expect(() => loop(access, buffer, registers, 1)).toThrow("ACCESS_DENIED");
        expect(process.faults).toBe(again);
      }
    });

    it("is made again after a page fault that was resolved", () => {
      protect(0, PROT_NONE);
      process.onFault = () => {
        protect(0, PROT_READ | PROT_WRITE);
        return true;
      };
      access(mmio, regs());
      expect(process.faults).toBe(1);
    });
  });

  it("has the width that it says: pages on both sides may be gone", () => {
    protect(0, PROT_NONE);
    protect(2, PROT_NONE);
    const [first, end] = [PAGE_SIZE, 2 * PAGE_SIZE];
    for (let i = 0; i < HOT; i++) {
      mmio.write8(first, 0x11);
      mmio.write8(end - 1, 0x22);
      mmio.write16(first, 0x3333);
      mmio.write16(end - 2, 0x4444);
      mmio.write32(first, 0x5555_5555);
      mmio.write32(end - 4, 0x6666_6666);
      mmio.write64Halves(first, 1, 2);
      mmio.write64Halves(end - 8, 3, 4);
      mmio.read8(end - 1);
      mmio.read16(end - 2);
      mmio.read32(end - 4);
      mmio.read64Halves(end - 8);
    }
    expect([mmio.read64(first), mmio.read64(end - 8)]).toEqual([0x2_0000_0001n, 0x4_0000_0003n]);
    expect(process.faults).toBe(0);
  });

  it("that is narrow leaves its neighbours alone, optimised too", () => {
    const bytes = new Uint8Array(memory.buffer, FIRST_ADDRESS, PAGE_SIZE);
    for (let i = 0; i < HOT; i++) {
      bytes.fill(0xee, 0x20, 0x30);
      mmio.write8(0x25, i & 0xff);
      mmio.write16(0x28, i & 0xffff);
      const around =
        bytes[0x24] === 0xee && bytes[0x26] === 0xee && bytes[0x27] === 0xee && bytes[0x2a] === 0xee;
      if (!around || bytes[0x25] !== (i & 0xff)) expect.fail(`iteration ${i}: ${bytes.subarray(0x20, 0x30)}`);
    }
  });

  it("of a value that no longer fits a small integer still gives that value", () => {
    const read = (at: number) => mmio.read32(at) + 1;
    for (let i = 0; i < HOT; i++) read(0x20);
    mmio.write32(0x20, 0xffff_ffff);
    expect(read(0x20)).toBe(2 ** 32);
  });

  it.each([8, 16, 32, 64] as const)(
    "of a range of %i-bit elements goes on where a page fault interrupted it",
    (width) => {
      const array = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array, 64: BigUint64Array }[width];
      const step = width / 8;
      const start = PAGE_SIZE - 3 * step;
      const ram = new array(memory.buffer, FIRST_ADDRESS + 0x10_0000, 6);
      const values = Array.from({ length: 6 }, (_, i) => (width === 64 ? BigInt(i + 1) : i + 1)) as never;
      for (const into of [ram, new array(6)]) {
        protect(1, PROT_NONE);
        process.faults = 0;
        process.onFault = (address) => {
          expect(address).toBe(FIRST_ADDRESS + PAGE_SIZE);
          protect(1, PROT_READ | PROT_WRITE);
          return true;
        };
        into.set(values);
        mmio.writeRange(start, into);
        into.fill((width === 64 ? 0n : 0) as never);
        mmio.readRange(start, into);
        expect([...into]).toEqual(values);
        expect(process.faults).toBe(1);
      }
    },
  );

  it("of a block faults before anything is moved", () => {
    protect(0, PROT_NONE);
    const ram = new Uint32Array(memory.buffer, FIRST_ADDRESS + 0x10_0000, 4).fill(7);
    expect(() => mmio.readBlock(0x10, ram)).toThrow("ACCESS_DENIED: read32 at offset 0x10");
    expect(() => mmio.writeBlock(0x10, ram)).toThrow("ACCESS_DENIED: write32 at offset 0x10");
    expect([...ram]).toEqual([7, 7, 7, 7]);
  });

  it("of a poll faults", () => {
    protect(0, PROT_NONE);
    expect(() => mmio.poll32(0x10, 0, 0, { timeout: 1e6 })).toThrow("ACCESS_DENIED: read32");
    expect(() => mmio.poll64(0x10, 0n, 0n, { timeout: 1e6 })).toThrow("ACCESS_DENIED: read64");
  });
});

describe("the loop of a poll", () => {
  it("loads anew each time round: it sees what another thread writes meanwhile", async () => {
    const memory = wasmMemory();
    const { poll32 } = accessorsOf(memory);
    const address = FIRST_ADDRESS + 0x20;
    const words = new Int32Array(memory.buffer, address, 1);
    // Optimised first: an engine that loads once before the loop never sees another value in it.
    for (let i = 0; i < HOT; i++) poll32(address, 1, 0, 50);
    const worker = new Worker(
      `const { parentPort, workerData } = require("node:worker_threads");
      const words = new Int32Array(workerData.buffer, ${address}, 1);
      parentPort.postMessage("counting");
      for (;;) Atomics.add(words, 0, 1);`,
      { eval: true, workerData: memory },
    );
    await new Promise((resolve) => worker.once("message", resolve));
    // Bit 16 of the counter turns every 65536 steps: long enough to be met in another state than just now only by waiting.
    const seen = Array.from({ length: 5 }, () => {
      const other = ~Atomics.load(words, 0) & 0x1_0000;
      return (poll32(address, 0x1_0000, other, 0x7fff_ffff) & 0x1_0000) === other;
    });
    await worker.terminate();
    expect(seen).toContain(true);
  });
});
