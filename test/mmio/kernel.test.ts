/** lib/mmio on a real kernel, in both address spaces: a driver sees no difference. */
import { expect, test } from "vitest";
import { MmioBuffer } from "../../src/mmio/index.ts";
import { bit, r32, registers } from "../../src/registers/index.ts";
import { CachePolicy, type Handle, VmOption, VmoChildOption, VmoOption } from "../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../src/zx/pages.ts";
import { statusOf } from "../support/address_spaces.ts";
import { FakeDevice } from "../support/fake_machine.ts";
import { onBothKernels, type TestKernel } from "../support/kernel.ts";

const Device = registers("device", { Status: r32(0x20, { busy: bit(0) }), Far: r32(0x2020) });
const BAR = 0xfe00_0000;
const BAR_SIZE = 0x4000;
const { CACHED } = CachePolicy;

/** A device on the bus, as the bus driver would hand its registers over. */
function device({ machine, zx, root }: TestKernel, name = "00:04.0 bar 0"): { io: FakeDevice; vmo: Handle } {
  const io = new FakeDevice(BAR_SIZE);
  machine.addDevice(BAR, BAR_SIZE, "device", io);
  const vmo = zx.vmoCreatePhysical(root.mmio, BAR, BAR_SIZE);
  zx.objectSetName(vmo, name);
  return { io, vmo };
}

function ram({ zx }: TestKernel, pages: number, options = 0): Handle {
  const vmo = zx.vmoCreate(pages * PAGE_SIZE, options);
  zx.objectSetName(vmo, "ram");
  return vmo;
}

onBothKernels("a device's registers", (get) => {
  test("are reached by exactly the accesses that a driver makes", () => {
    const { io, vmo } = device(get());
    const mmio = MmioBuffer.create(get().zx, { vmo });
    expect(mmio.name).toBe("00:04.0 bar 0");
    mmio.read32(0x20);
    mmio.write8(0x1001, 5);
    mmio.write64(0x8, 0x1_0000_0002n);
    mmio.setBits32(0x3ffc, 1);
    mmio.readBlock(0x10, new Uint16Array(2));
    mmio.view(0x1000).read16(2);
    expect(io.log).toEqual([
      "read32 0x20",
      "write8 0x1001 = 0x5",
      "write64 0x8 = 0x100000002",
      "read32 0x3ffc",
      "write32 0x3ffc = 0x1",
      "read16 0x10",
      "read16 0x10",
      "read16 0x1002",
    ]);
    mmio.release();
  });

  test("are given back by release: no mapping and no handle is left", () => {
    const { zx } = get();
    const { vmo } = device(get());
    const before = zx.objectGetInfo(zx.processSelf, "PROCESS_MAPS").length;
    const mmio = MmioBuffer.create(zx, { vmo, offset: 0x1004, size: 0x10 });
    expect(mmio.address % PAGE_SIZE).toBe(4);
    expect(zx.objectGetInfo(zx.processSelf, "PROCESS_MAPS").length).toBe(before + 1);
    mmio.release();
    expect(zx.objectGetInfo(zx.processSelf, "PROCESS_MAPS").length).toBe(before);
    expect(statusOf(() => zx.objectGetInfo(vmo, "VMO"))).toBe("BAD_HANDLE");
    expect(statusOf(() => mmio.read32(0))).toBe("BAD_STATE");
  });

  test("are not reached after somebody has unmapped them; the error tells register, VMO and who", () => {
    const { zx } = get();
    const { io, vmo } = device(get());
    const mmio = MmioBuffer.create(zx, { vmo });
    const { Status } = Device.on(mmio);
    Status.read();
    io.log.length = 0;
    zx.vmarUnmap(zx.vmarRootSelf, mmio.address, BAR_SIZE);
    expect(statusOf(() => Status.read())).toBe("NOT_FOUND");
    expect(() => Status.read()).toThrow('read32 of device.Status (offset 0x20 of "00:04.0 bar 0")');
    expect(() => Status.write(1)).toThrow(
      /: write of 4 bytes at .* was mapped there until: vmar_unmap by process "userboot"/,
    );
    expect(io.log).toEqual([]);
  });

  test("are reached in what is left after a part was unmapped", () => {
    const { zx } = get();
    const { io, vmo } = device(get());
    const mmio = MmioBuffer.create(zx, { vmo });
    const regs = Device.on(mmio);
    zx.vmarUnmap(zx.vmarRootSelf, mmio.address + 2 * PAGE_SIZE, PAGE_SIZE);
    regs.Status.modify({ busy: 1 });
    mmio.write32(0x3000, 7);
    expect(statusOf(() => regs.Far.read())).toBe("NOT_FOUND");
    expect(io.log).toEqual(["read32 0x20", "write32 0x20 = 0x1", "write32 0x3000 = 0x7"]);
    mmio.release();
  });

  test("follow the permissions of the mapping, when they are taken away and given back", () => {
    const { zx } = get();
    const { io, vmo } = device(get());
    const mmio = MmioBuffer.create(zx, { vmo });
    const { Status } = Device.on(mmio);
    const protect = (options: number) => zx.vmarProtect(zx.vmarRootSelf, options, mmio.address, BAR_SIZE);
    protect(VmOption.PERM_READ);
    expect(Status.read().busy).toBe(0);
    expect(statusOf(() => Status.write(1))).toBe("ACCESS_DENIED");
    expect(() => Status.write(1)).toThrow(
      'ACCESS_DENIED: write32 of device.Status (offset 0x20 of "00:04.0 bar 0")',
    );
    protect(0);
    expect(statusOf(() => Status.read())).toBe("ACCESS_DENIED");
    protect(VmOption.PERM_READ | VmOption.PERM_WRITE);
    Status.write(1);
    expect(io.log).toEqual(["read32 0x20", "write32 0x20 = 0x1"]);
    mmio.release();
  });

  test("are gone with the VMAR that they were mapped in", () => {
    const { zx } = get();
    const { vmo } = device(get());
    const flags = VmOption.CAN_MAP_READ | VmOption.CAN_MAP_WRITE;
    const { vmar } = zx.vmarAllocate(zx.vmarRootSelf, flags, 0, 16 * PAGE_SIZE);
    const mmio = MmioBuffer.create(zx, { vmo, vmar });
    mmio.write32(0, 1);
    zx.vmarDestroy(vmar);
    expect(statusOf(() => mmio.read32(0))).toBe("NOT_FOUND");
    mmio.release();
    zx.handleClose(vmar);
  });

  test("are polled on the machine's clock", () => {
    const { machine, zx } = get();
    const { vmo } = device(get());
    const mmio = MmioBuffer.create(zx, { vmo });
    machine.clock.at(5000, () => mmio.write32(0x20, 1));
    expect(Device.on(mmio).Status.poll({ busy: 1 }, { timeout: 10_000 }).busy).toBe(1);
    expect(statusOf(() => mmio.poll32(0x20, 1, 0, { timeout: 10_000 }))).toBe("TIMED_OUT");
    expect(machine.clock.now()).toBeGreaterThanOrEqual(15_000);
    mmio.release();
  });

  test("can be pinned as a target of DMA, at their physical address", () => {
    const { zx } = get();
    const { vmo } = device(get());
    const bti = get().bti();
    const mmio = MmioBuffer.create(zx, { vmo, offset: 0x1010, size: 0x10 });
    const pin = mmio.pin(bti);
    expect(pin.deviceAddress).toBe(BAR + 0x1010);
    expect(zx.objectGetInfo(bti, "BTI").pmoCount).toBe(1);
    pin.unpin();
    expect(zx.objectGetInfo(bti, "BTI").pmoCount).toBe(0);
    mmio.release();
    zx.handleClose(bti);
  });

  test("in two buffers are the same registers", () => {
    const { zx } = get();
    const { vmo } = device(get());
    const first = MmioBuffer.create(zx, { vmo: zx.handleDuplicate(vmo, 0x8000_0000) });
    const second = MmioBuffer.create(zx, { vmo, offset: 0x1000 });
    first.write32(0x1004, 9);
    expect(second.read32(4)).toBe(9);
    first.release();
    expect(second.read32(4)).toBe(9);
    second.release();
  });
});

onBothKernels("RAM through an MmioBuffer", (get) => {
  test("is zero until it is written, and the same bytes as through the VMO", () => {
    const { zx } = get();
    const vmo = ram(get(), 4);
    const mmio = MmioBuffer.create(zx, { vmo, policy: CACHED });
    expect(mmio.read64(PAGE_SIZE)).toBe(0n);
    mmio.write32(PAGE_SIZE + 4, 0x1122_3344);
    const bytes = new Uint8Array(4);
    zx.vmoRead(vmo, bytes, PAGE_SIZE + 4);
    expect([...bytes]).toEqual([0x44, 0x33, 0x22, 0x11]);
    mmio.release();
  });

  test("that is copied on write is copied by the first write, and the parent keeps its own", () => {
    const { zx } = get();
    const parent = ram(get(), 2);
    zx.vmoWrite(parent, Uint8Array.of(1, 2, 3, 4), 0);
    const vmo = zx.vmoCreateChild(parent, VmoChildOption.SNAPSHOT, 0, 2 * PAGE_SIZE);
    const mmio = MmioBuffer.create(zx, { vmo, policy: CACHED });
    expect(mmio.read32(0)).toBe(0x0403_0201);
    mmio.write8(0, 9);
    mmio.write64(PAGE_SIZE, 5n);
    expect(mmio.read32(0)).toBe(0x0403_0209);
    const bytes = new Uint8Array(4);
    zx.vmoRead(parent, bytes, 0);
    expect([...bytes]).toEqual([1, 2, 3, 4]);
    mmio.release();
    zx.handleClose(parent);
  });

  test("that was cut off by a smaller VMO is OUT_OF_RANGE, and back when the VMO grows", () => {
    const { zx } = get();
    const vmo = ram(get(), 4, VmoOption.RESIZABLE);
    const mmio = MmioBuffer.create(zx, { vmo, policy: CACHED });
    mmio.write32(0, 1);
    mmio.write32(3 * PAGE_SIZE, 1);
    zx.vmoSetSize(vmo, PAGE_SIZE);
    expect(mmio.read32(0)).toBe(1);
    expect(statusOf(() => mmio.read32(3 * PAGE_SIZE))).toBe("OUT_OF_RANGE");
    zx.vmoSetSize(vmo, 4 * PAGE_SIZE);
    expect(mmio.read32(3 * PAGE_SIZE)).toBe(0);
    mmio.release();
  });

  test("takes blocks from and to other RAM of the process", () => {
    const { zx } = get();
    const mmio = MmioBuffer.create(zx, { vmo: ram(get(), 1), policy: CACHED });
    const other = MmioBuffer.create(zx, { vmo: ram(get(), 1), policy: CACHED });
    const bytes = zx.memory.bytes(other.address, PAGE_SIZE);
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, 4);
    words.set([1, 2, 3, 0xffff_ffff]);
    mmio.writeRange(0x10, words);
    expect(mmio.read64(0x18)).toBe(0xffff_ffff_0000_0003n);
    mmio.writeBlock(0x100, words);
    expect(mmio.read32(0x100)).toBe(0xffff_ffff);
    mmio.readBlock(0x14, words);
    expect([...words]).toEqual([2, 2, 2, 2]);
    other.copyFrom(0x40, mmio, 0x10, 2, 64);
    expect(other.read64(0x48)).toBe(0xffff_ffff_0000_0003n);
    mmio.release();
    other.release();
  });
});

onBothKernels("a process that died", (get) => {
  test("has no registers any more", () => {
    const { zx } = get();
    const host = get().host();
    const [vmo] = host.give(device(get()).vmo);
    const mmio = MmioBuffer.create(host.zx, { vmo: vmo! });
    mmio.write32(0, 1);
    zx.taskKill(host.process);
    expect(statusOf(() => mmio.read32(0))).not.toBe("OK");
    expect(() => mmio.release()).not.toThrow();
    zx.handleClose(host.process);
  });
});
