/** Cache policies and cache maintenance: what they are on any machine, and what they do where devices do not see the cache. */
import { describe, expect, test } from "vitest";
import { MmioBuffer } from "../../../src/mmio/mmio_buffer.ts";
import { r32, registers } from "../../../src/registers/index.ts";
import {
  BtiPin,
  CacheFlush,
  CachePolicy,
  ExceptionType,
  type Handle,
  VmarOp,
  VmOption,
  VmoChildOption,
  VmoOp,
} from "../../../src/zx/constants.ts";
import { pageFaultOf } from "../../../src/zx/error.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import type { Zx } from "../../../src/zx/syscalls.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { FakeDevice } from "../../support/fake_machine.ts";
import { onBothKernels } from "../../support/kernel.ts";
import { createNoncoherent, type Noncoherent, onBothNoncoherent } from "../../support/noncoherent.ts";

const P = PAGE_SIZE;
const RW = VmOption.PERM_READ | VmOption.PERM_WRITE;
const { DATA, INSN, INVALIDATE } = CacheFlush;
const { CACHED, UNCACHED, UNCACHED_DEVICE, WRITE_COMBINING } = CachePolicy;

/** A VMO of contiguous pages, mapped and pinned. */
function pinned(system: Noncoherent, policy: number = CACHED, pages = 1) {
  const { zx } = system;
  const bti = system.bti();
  const vmo = zx.vmoCreateContiguous(bti, pages * P, 0);
  zx.objectSetName(vmo, "buffer");
  if (policy !== CACHED) zx.vmoSetCachePolicy(vmo, policy);
  const address = map(zx, vmo, pages);
  const [paddr] = zx.btiPin(bti, BtiPin.PERM_READ | BtiPin.CONTIGUOUS, vmo, 0, pages * P).addrs;
  return { vmo, address, paddr: paddr! };
}

function map(zx: Zx, vmo: Handle, pages = 1, options: number = RW): number {
  return zx.vmarMap(zx.vmarRootSelf, options, 0, vmo, 0, pages * P);
}

/** Where the pages of a VMO are. */
function pin(system: Noncoherent, vmo: Handle, pages = 1): number[] {
  return system.zx.btiPin(system.bti(), BtiPin.PERM_READ, vmo, 0, pages * P).addrs;
}

onBothKernels("zx_cache_flush", (get) => {
  test.each([0, INVALIDATE, INSN | INVALIDATE, 8, DATA | 8, -1])(
    "with options %d is INVALID_ARGS",
    (options) => {
      const { zx } = get();
      const address = map(zx, zx.vmoCreate(P, 0));
      expect(statusOf(() => zx.cacheFlush(address, P, options))).toBe("INVALID_ARGS");
    },
  );

  test.each([INSN, DATA, DATA | INSN, DATA | INVALIDATE, DATA | INVALIDATE | INSN])(
    "with options %d takes any range that can be read, committed or not, also of no bytes",
    (options) => {
      const { zx } = get();
      const vmo = zx.vmoCreate(3 * P, 0);
      const address = map(zx, vmo, 3);
      zx.vmoOpRange(vmo, VmoOp.COMMIT, P, P);
      expect(statusOf(() => zx.cacheFlush(address + 5, 3 * P - 5, options))).toBe("OK");
      expect(statusOf(() => zx.cacheFlush(0, 0, options))).toBe("OK");
    },
  );

  test("faults as a read would, and names the mapping", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(P, 0);
    const longer = map(zx, vmo, 2);
    const hidden = map(zx, vmo, 1, 0);
    const flush = (address: number, size: number) => () => zx.cacheFlush(address, size, DATA);
    expect(statusOf(flush(0x5000, 1))).toBe("NOT_FOUND");
    expect(statusOf(flush(longer, P + 1))).toBe("OUT_OF_RANGE");
    expect(statusOf(flush(hidden, 1))).toBe("ACCESS_DENIED");
    expect(flush(hidden, 1)).toThrow(/vmo "" \(koid \d+\)/);
    expect(statusOf(flush(2 ** 60, 2 ** 60))).toBe("INVALID_ARGS");
  });

  test("asks for no permission to write", () => {
    const { zx } = get();
    const address = map(zx, zx.vmoCreate(P, 0), 1, VmOption.PERM_READ);
    expect(statusOf(() => zx.cacheFlush(address, P, DATA | INVALIDATE))).toBe("OK");
  });
});

onBothKernels("the memory type of a mapping", (get) => {
  test("is a page attribute on x64: WB, UC or WC", () => {
    const { zx, root } = get();
    const types = [CACHED, UNCACHED, UNCACHED_DEVICE, WRITE_COMBINING].map((policy) => {
      const vmo = zx.vmoCreatePhysical(root.mmio, 0xfe00_0000, P);
      zx.vmoSetCachePolicy(vmo, policy);
      return typeAt(zx, map(zx, vmo));
    });
    expect(types).toEqual(["WB", "UC", "UC", "WC"]);
  });

  test("lets accesses through that are not aligned, where it is x64's", () => {
    const { zx, root, machine, cpu } = get();
    const device = new FakeDevice(P);
    machine.addDevice(0xfe00_0000, P, "device", device);
    const address = map(zx, zx.vmoCreatePhysical(root.mmio, 0xfe00_0000, P));
    cpu.store32(address + 2, 7);
    expect(device.log).toEqual(["write32 0x2 = 0x7"]);
  });

  test("does not hinder a cached mapping of a device on a machine that is coherent", () => {
    const { zx, root, machine, cpu } = get();
    const device = new FakeDevice(P);
    machine.addDevice(0xfe00_0000, P, "device", device);
    const vmo = zx.vmoCreatePhysical(root.mmio, 0xfe00_0000, P);
    zx.vmoSetCachePolicy(vmo, CACHED);
    const address = map(zx, vmo);
    cpu.load32(address);
    cpu.load32(address);
    expect(device.log).toEqual(["read32 0x0", "read32 0x0"]);
  });
});

function typeAt(zx: Zx, address: number): string | undefined {
  const maps = zx.objectGetInfo(zx.vmarRootSelf, "VMAR_MAPS");
  return maps.find(({ type, base }) => type === "mapping" && base === address)?.mapping?.memoryType;
}

onBothNoncoherent("memory types of arm64", (get) => {
  test("are those of Zircon's MAIR, and a physical VMO begins as Device-nGnRnE", () => {
    const { zx, kernel } = get();
    const types = [undefined, UNCACHED, UNCACHED_DEVICE, WRITE_COMBINING, CACHED].map((policy) => {
      const vmo = zx.vmoCreatePhysical(kernel.root.mmio, 0x100_0000, P);
      if (policy !== undefined) zx.vmoSetCachePolicy(vmo, policy);
      return typeAt(zx, map(zx, vmo));
    });
    expect(types).toEqual(["Device-nGnRnE", "Device-nGnRnE", "Device-nGnRE", "Normal-NC", "Normal-WB"]);
  });

  test.each([
    ["UNCACHED", UNCACHED],
    ["UNCACHED_DEVICE", UNCACHED_DEVICE],
  ])(
    "%s: an access that is not aligned to its width is an alignment fault, of a device and of RAM",
    (_, policy) => {
      const { zx, cpu, kernel, machine } = get();
      const device = new FakeDevice(P);
      machine.bus.add(0x100_0000, P, "uart", device);
      const registers = zx.vmoCreatePhysical(kernel.root.mmio, 0x100_0000, P);
      const ram = zx.vmoCreate(P, 0);
      for (const vmo of [registers, ram]) {
        zx.vmoSetCachePolicy(vmo, policy);
        const address = map(zx, vmo);
        for (const access of [() => cpu.load32(address + 2), () => cpu.store32(address + 6, 1)]) {
          const error = errorOf(access);
          expect(error.message).toMatch(
            /^INVALID_ARGS: alignment fault: (read|write) of 4 bytes at 0x[0-9a-f]+ by "userboot": .* is Device-nGnRn?E/,
          );
          expect(pageFaultOf(error)?.exceptionType).toBe(ExceptionType.UNALIGNED_ACCESS);
        }
        cpu.store8(address + 3, 7);
        cpu.store32(address + 4, 9);
        expect([cpu.load8(address + 3), cpu.load32(address + 4)]).toEqual([7, 9]);
      }
      expect(device.log).not.toContain("read32 0x2");
    },
  );

  test.each([
    ["WRITE_COMBINING", WRITE_COMBINING],
    ["CACHED", CACHED],
  ])("%s: is normal memory, which can be accessed anywhere", (_, policy) => {
    const { zx, cpu } = get();
    const vmo = zx.vmoCreate(P, 0);
    if (policy !== CACHED) zx.vmoSetCachePolicy(vmo, policy);
    const address = map(zx, vmo);
    cpu.store32(address + 2, 0x1234_5678);
    expect(cpu.load32(address + 2)).toBe(0x1234_5678);
  });

  test("an alignment fault of lib/mmio names the register", () => {
    const { zx, kernel } = get();
    const vmo = zx.vmoCreatePhysical(kernel.root.mmio, 0x100_0000, P);
    const mmio = MmioBuffer.create(zx, { vmo, offset: 2, size: 16, name: "odd" });
    const odd = registers("odd", { Status: r32(0x4) }).on(mmio);
    const error = errorOf(() => odd.Status.read());
    expect(error.message).toMatch(
      /read32 of odd\.Status \(offset 0x4 of "odd"\): alignment fault: .*Device-nGnRE/,
    );
    expect(pageFaultOf(error)?.exceptionType).toBe(ExceptionType.UNALIGNED_ACCESS);
  });
});

function errorOf(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

onBothNoncoherent("a cache that devices do not see", (get) => {
  test("holds what is written through a CACHED mapping until CACHE_CLEAN", () => {
    const system = get();
    const { zx, cpu } = system;
    const { vmo, address, paddr } = pinned(system);
    zx.vmoOpRange(vmo, VmoOp.CACHE_CLEAN_INVALIDATE, 0, P);
    cpu.store32(address + 0x40, 7);
    expect(system.deviceRead(paddr + 0x40, 1)).toEqual([0]);
    zx.vmoOpRange(vmo, VmoOp.CACHE_CLEAN, 0x40, 4);
    expect(system.deviceRead(paddr + 0x40, 1)).toEqual([7]);
  });

  test("goes on showing what it has read until CACHE_CLEAN_INVALIDATE or CACHE_INVALIDATE", () => {
    const system = get();
    const { zx, cpu, device } = system;
    const { vmo, address, paddr } = pinned(system);
    zx.vmoOpRange(vmo, VmoOp.CACHE_CLEAN_INVALIDATE, 0, P);
    for (const [value, op] of [
      [1, VmoOp.CACHE_CLEAN_INVALIDATE],
      [2, VmoOp.CACHE_INVALIDATE],
    ] as const) {
      cpu.load8(address);
      device.write(paddr, Uint8Array.of(value));
      expect(cpu.load8(address)).toBe(value - 1);
      zx.vmoOpRange(vmo, VmoOp.CACHE_SYNC, 0, P);
      expect(cpu.load8(address)).toBe(value - 1);
      zx.vmoOpRange(vmo, op, 0, 1);
      expect(cpu.load8(address)).toBe(value);
    }
  });

  test("is maintained by address with zx_cache_flush, over pages that are anywhere in memory", () => {
    const system = get();
    const { zx, device } = system;
    const vmo = zx.vmoCreate(3 * P, 0);
    // The pages get their frames in an order that is not theirs.
    for (const page of [2, 0, 1]) zx.vmoOpRange(vmo, VmoOp.COMMIT, page * P, P);
    const address = map(zx, vmo, 3);
    const frames = pin(system, vmo, 3);
    zx.cacheFlush(address, 3 * P, DATA | INVALIDATE);
    zx.memory.write(address + P - 1, Uint8Array.of(1, 2));
    expect(system.deviceRead(frames[0]! + P - 1, 1)).toEqual([0]);
    zx.cacheFlush(address + P - 1, 2, DATA);
    expect([frames[0]! + P - 1, frames[1]!].map((at) => system.deviceRead(at, 1)[0])).toEqual([1, 2]);
    device.write(frames[1]!, Uint8Array.of(3));
    zx.cacheFlush(address + P, 1, INSN);
    expect(read(zx, address + P)).toBe(2);
    zx.cacheFlush(address + P, 1, DATA | INVALIDATE);
    expect(read(zx, address + P)).toBe(3);
  });

  test("is one for all CACHED mappings of a page, in all processes, and for the kernel's own copies", () => {
    const { zx, cpu } = get();
    const vmo = zx.vmoCreate(P, 0);
    const [one, other] = [map(zx, vmo), map(zx, vmo)];
    cpu.store32(one, 5);
    const into = new Uint8Array(1);
    zx.vmoRead(vmo, into, 0);
    expect([cpu.load32(other), into[0]]).toEqual([5, 5]);
    zx.vmoWrite(vmo, Uint8Array.of(6), 0);
    zx.processReadMemory(zx.processSelf, one, into);
    expect([cpu.load8(one), read(zx, other), into[0]]).toEqual([6, 6, 6]);
    const child = zx.vmoCreateChild(vmo, VmoChildOption.SNAPSHOT, 0, P);
    cpu.store8(one, 7);
    zx.vmoRead(child, into, 0);
    expect([cpu.load8(one), into[0]]).toEqual([7, 6]);
  });

  test.each([
    ["UNCACHED", UNCACHED],
    ["UNCACHED_DEVICE", UNCACHED_DEVICE],
    ["WRITE_COMBINING", WRITE_COMBINING],
  ])("is not in the way of a mapping that is %s", (_, policy) => {
    const system = get();
    const { zx, cpu, device } = system;
    const { address, paddr } = pinned(system, policy);
    cpu.store32(address, 7);
    zx.memory.write(address + 8, Uint8Array.of(8));
    expect(system.deviceRead(paddr, 9)).toEqual([7, 0, 0, 0, 0, 0, 0, 0, 8]);
    device.write(paddr, Uint8Array.of(9));
    expect([cpu.load8(address), read(zx, address)]).toEqual([9, 9]);
    expect(system.problems).toEqual([]);
  });

  test("has nothing of a VMO whose policy changes: not what the kernel wrote, and not what it may have read ahead", () => {
    const system = get();
    const { zx, device } = system;
    const vmo = zx.vmoCreateContiguous(system.bti(), P, 0);
    zx.vmoWrite(vmo, Uint8Array.of(1, 2, 3), 0);
    zx.vmoSetCachePolicy(vmo, UNCACHED);
    const { addrs, pmt } = zx.btiPin(system.bti(), BtiPin.PERM_READ, vmo, 0, P);
    expect(system.deviceRead(addrs[0]!, 3)).toEqual([1, 2, 3]);
    device.write(addrs[0]!, Uint8Array.of(4));
    zx.pmtUnpin(pmt);
    zx.vmoSetCachePolicy(vmo, CACHED);
    const into = new Uint8Array(1);
    zx.vmoRead(vmo, into, 0);
    expect(into[0]).toBe(4);
    expect(system.problems).toEqual([]);
  });

  test("does not keep the zeros of a VMO that is not CACHED: of new pages, and of ZERO", () => {
    const system = get();
    const { zx, cpu } = system;
    const used = zx.vmoCreate(4 * P, 0);
    zx.vmoWrite(used, new Uint8Array(4 * P).fill(0xff), 0);
    zx.vmoOpRange(used, VmoOp.CACHE_CLEAN, 0, 4 * P);
    zx.handleClose(used);
    const vmo = zx.vmoCreate(P, 0);
    zx.vmoSetCachePolicy(vmo, UNCACHED);
    const address = map(zx, vmo);
    const [paddr] = pin(system, vmo);
    expect(system.deviceRead(paddr!, P).every((byte) => byte === 0)).toBe(true);
    cpu.store32(address, 7);
    zx.vmarOpRange(zx.vmarRootSelf, VmarOp.ZERO, address, P);
    expect(system.deviceRead(paddr!, 4)).toEqual([0, 0, 0, 0]);
    expect(system.problems).toEqual([]);
  });

  test("may keep the zeros of a contiguous VMO, which is CACHED at first, as in Zircon", () => {
    const system = get();
    const { vmo, paddr } = pinned(system);
    system.deviceRead(paddr, 1);
    expect(system.problems).toEqual(["not cleaned"]);
    expect(system.machine.cache!.sanitizer!.reports[0]).toMatchObject({ writer: "the kernel" });
    system.zx.vmoOpRange(vmo, VmoOp.CACHE_CLEAN, 0, P);
    system.deviceRead(paddr, P);
    expect(system.problems).toHaveLength(1);
  });

  test("is not gone past by an array: zx.memory.bytes of a CACHED mapping is NOT_SUPPORTED, of others it is memory", () => {
    const system = get();
    const { zx } = system;
    expect(() => zx.memory.bytes(pinned(system).address, 4)).toThrow(
      /^NOT_SUPPORTED: .*"buffer".* is CACHED .*map it UNCACHED, or use read and write/,
    );
    const { address, paddr } = pinned(system, UNCACHED);
    zx.memory.bytes(address, 4)[1] = 7;
    expect(system.deviceRead(paddr, 2)).toEqual([0, 7]);
  });

  test("has lines of registers too, where these are mapped CACHED", () => {
    const { zx, cpu, kernel, machine, problems } = get();
    const device = new FakeDevice(P);
    machine.bus.add(0x100_0000, P, "uart", device);
    const vmo = zx.vmoCreatePhysical(kernel.root.mmio, 0x100_0000, P);
    zx.vmoSetCachePolicy(vmo, CACHED);
    const address = map(zx, vmo);
    cpu.load32(address + 4);
    expect(device.log).toHaveLength(16);
    cpu.load32(address + 4);
    expect(device.log).toHaveLength(16);
    cpu.store32(address, 5);
    zx.cacheFlush(address, 4, DATA);
    expect(device.log[16]).toBe("write32 0x0 = 0x5");
    expect([problems, get().problems]).toEqual([[], ["cached registers"]]);
  });

  test("is not in step with memory that is mapped both ways, which the sanitizer tells of", () => {
    const system = get();
    const { zx, cpu, kernel } = system;
    // The page that firmware keeps is nobody else's.
    const [cached, uncached] = [CACHED, UNCACHED].map((policy) => {
      const vmo = zx.vmoCreatePhysical(kernel.root.mmio, 0, P);
      zx.objectSetName(vmo, `policy ${policy}`);
      zx.vmoSetCachePolicy(vmo, policy);
      return map(zx, vmo);
    });
    cpu.store32(cached!, 1);
    expect(cpu.load32(uncached!)).toBe(0);
    const [report] = system.machine.cache!.sanitizer!.reports;
    expect(report).toMatchObject({ problem: "not cleaned", wrongThisTime: true });
    expect(report!.by).toMatch(/^"userboot" through \[.*vmo "policy 1"/);
    expect(report!.writer).toMatch(/^"userboot" through \[.*vmo "policy 0"/);
    zx.cacheFlush(uncached!, 4, DATA);
    expect(cpu.load32(uncached!)).toBe(1);
  });

  test("is told of with the names of VMOs, processes and system calls", () => {
    const system = get();
    const { zx } = system;
    const { vmo, paddr } = pinned(system);
    zx.vmoOpRange(vmo, VmoOp.CACHE_CLEAN, 0, P);
    zx.vmoWrite(vmo, Uint8Array.of(1), 0x80);
    zx.vmoOpRange(vmo, VmoOp.CACHE_CLEAN, 0, 0x80);
    system.deviceRead(paddr + 0x80, 1);
    const { koid } = zx.objectGetInfo(vmo, "HANDLE_BASIC");
    const process = zx.objectGetInfo(zx.processSelf, "HANDLE_BASIC").koid;
    expect(system.machine.cache!.sanitizer!.reports[0]).toMatchObject({
      problem: "not cleaned",
      by: 'device "dma0"',
      memory: `vmo "buffer" (koid ${koid}) +0x80`,
      writer: `vmo_write by process "userboot" (koid ${process})`,
      lastOperation:
        `CACHE_CLEAN of 0x80 bytes from vmo "buffer" (koid ${koid}) +0x0 on, ` +
        `by vmo_op_range by process "userboot" (koid ${process}): does not reach that line`,
    });
  });
});

function read(zx: Zx, address: number): number | undefined {
  const into = new Uint8Array(1);
  zx.memory.read(address, into);
  return into[0];
}

describe("a cache that devices do not see, with the sanitizer in strict mode", () => {
  test("makes the access fail that would have been wrong", async () => {
    const system = await createNoncoherent("portable", { sanitizer: "strict" });
    const { zx, cpu, device } = system;
    const { vmo, address, paddr } = pinned(system);
    zx.vmoOpRange(vmo, VmoOp.CACHE_CLEAN_INVALIDATE, 0, P);
    device.write(paddr, Uint8Array.of(1));
    expect(() => cpu.load8(address)).toThrow(/^IO_DATA_INTEGRITY: coherency: read of 1 byte/);
    await system.close();
  });
});
