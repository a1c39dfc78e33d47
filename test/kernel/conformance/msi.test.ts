import { describe, expect, test } from "vitest";
import { CachePolicy, MsiOption, PortOption } from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { FakeDevice, type FakeMsiBlock } from "../../support/fake_machine.ts";
import { rejection, withKernel } from "../../support/kernel.ts";

const CONFIG = 0xe000_0000;
const PER_VECTOR_MASKING_64 = 0x0180;

describe("zx_msi_allocate", () => {
  const get = withKernel();
  const allocate = (count: number) => statusOf(() => get().zx.msiAllocate(get().root.system, count));

  test("MsiTest.AllocateSyscall: powers of two up to 32", () => {
    const counts = [0, 1, 2, 3, 4, 8, 16, 31, 32, 64];
    expect(counts.filter((count) => allocate(count) === "OK")).toEqual([1, 2, 4, 8, 16, 32]);
    expect(allocate(3)).toBe("INVALID_ARGS");
  });

  test("needs the SYSTEM resource for MSI; the machine may have none left", () => {
    const { zx, root } = get();
    expect(statusOf(() => zx.msiAllocate(root.irq, 1))).toBe("WRONG_TYPE");
    expect([allocate(32), allocate(32), allocate(1)]).toEqual(["OK", "OK", "NO_RESOURCES"]);
  });

  test("tells what a device must write, and counts its interrupts", () => {
    const { zx, root } = get();
    const msi = zx.msiAllocate(root.system, 4);
    expect(zx.objectGetInfo(msi, "MSI")).toEqual({
      targetAddress: 0xfee0_0000,
      targetData: 0x40,
      numIrq: 4,
      interruptCount: 0,
    });
  });

  test("the block is freed with the last handle to it and to its interrupts", () => {
    const { zx, root } = get();
    const blocks = [zx.msiAllocate(root.system, 32), zx.msiAllocate(root.system, 32)] as const;
    const interrupt = zx.msiCreate(blocks[0], 0, 0, registers(), 0);
    zx.handleClose(blocks[0]);
    expect(allocate(1)).toBe("NO_RESOURCES");
    zx.handleClose(interrupt);
    expect(allocate(32)).toBe("OK");
  });

  const registers = () => {
    const { zx, root, machine } = get();
    const device = new FakeDevice(PAGE_SIZE);
    device.write16(0, 0x0005);
    machine.addDevice(CONFIG, PAGE_SIZE, "config space", device);
    const vmo = zx.vmoCreatePhysical(root.mmio, CONFIG, PAGE_SIZE);
    zx.vmoSetCachePolicy(vmo, CachePolicy.UNCACHED_DEVICE);
    return vmo;
  };
});

describe("zx_msi_create", () => {
  const get = withKernel();

  /** A function's configuration space with an MSI capability at 0x50. */
  const setUp = (control = PER_VECTOR_MASKING_64) => {
    const { zx, root, machine } = get();
    const device = new FakeDevice(PAGE_SIZE);
    device.write8(0x50, 0x05);
    device.write16(0x52, control);
    device.write32(0x60, 0xffff_ffff);
    machine.addDevice(CONFIG, PAGE_SIZE, "config space", device);
    const vmo = zx.vmoCreatePhysical(root.mmio, CONFIG, PAGE_SIZE);
    zx.vmoSetCachePolicy(vmo, CachePolicy.UNCACHED_DEVICE);
    const blocks: FakeMsiBlock[] = [];
    const allocate = machine.allocateMsi.bind(machine);
    machine.allocateMsi = (count) => {
      blocks.push(allocate(count) as FakeMsiBlock);
      return blocks[0]!;
    };
    const msi = zx.msiAllocate(root.system, 4);
    return { zx, device, vmo, msi, block: blocks[0]! };
  };
  const maskBits = (device: FakeDevice) => device.read32(0x60);

  test("MsiTest.CreateSyscallArgs: handles first; then options, id, offset, cache policy, kind, capability", () => {
    const { zx, vmo, msi } = setUp();
    const { root } = get();
    const create = (...args: Parameters<typeof zx.msiCreate>) => statusOf(() => zx.msiCreate(...args));
    expect(create(0x7003, 2, 9, 0x7003, 0)).toBe("BAD_HANDLE");
    expect(create(vmo, 2, 9, 0x7003, 0)).toBe("WRONG_TYPE");
    expect(create(msi, 2, 9, 0x7003, 0)).toBe("BAD_HANDLE");
    expect(create(msi, 2, 0, vmo, 0x50)).toBe("INVALID_ARGS");
    expect(create(msi, 0, 4, vmo, 0x50)).toBe("INVALID_ARGS");
    expect(create(msi, 0, 0, vmo, PAGE_SIZE)).toBe("INVALID_ARGS");
    expect(create(msi, 0, 0, vmo, 0x60)).toBe("INVALID_ARGS");
    expect(create(msi, 0, 0, vmo, PAGE_SIZE - 8)).toBe("INVALID_ARGS");
    expect(create(msi, 0, 0, zx.vmoCreatePhysical(root.mmio, CONFIG, PAGE_SIZE), 0x50)).toBe("INVALID_ARGS");
    expect(create(msi, 0, 0, zx.vmoCreate(PAGE_SIZE, 0), 0)).toBe("INVALID_ARGS");
    expect(zx.objectGetInfo(msi, "MSI").interruptCount).toBe(0);
    expect(create(msi, 0, 0, vmo, 0x50)).toBe("OK");
    expect(create(msi, 0, 0, vmo, 0x50)).toBe("ALREADY_BOUND");
  });

  test("MsiTest.Msi: a contiguous VMO with a capability in it will do", () => {
    const { zx, msi } = setUp();
    const vmo = zx.vmoCreateContiguous(get().bti(), PAGE_SIZE, 0);
    zx.vmoWrite(vmo, Uint8Array.of(0x05, 0, 0x80, 0x01), 8);
    zx.vmoSetCachePolicy(vmo, CachePolicy.UNCACHED_DEVICE);
    expect(statusOf(() => zx.msiCreate(msi, 0, 1, vmo, 8))).toBe("OK");
    expect(zx.objectGetInfo(msi, "MSI").interruptCount).toBe(1);
  });

  test("unmasks its vector; it is masked from trigger to acknowledgement, and when it is closed", async () => {
    const { zx, vmo, msi, device, block } = setUp();
    const interrupt = zx.msiCreate(msi, 0, 2, vmo, 0x50);
    expect(maskBits(device)).toBe(0xffff_fffb);
    const port = zx.portCreate(PortOption.BIND_TO_INTERRUPT);
    zx.interruptBind(interrupt, port, 1n, 0);
    block.signal(2);
    expect(maskBits(device)).toBe(0xffff_ffff);
    await zx.portWait(port, 0);
    zx.interruptAck(interrupt);
    expect(maskBits(device)).toBe(0xffff_fffb);
    zx.handleClose(interrupt);
    expect(maskBits(device)).toBe(0xffff_ffff);
  });

  test("without per-vector masking leaves the function's registers alone", async () => {
    const { zx, vmo, msi, device, block } = setUp(0x0080);
    const interrupt = zx.msiCreate(msi, 0, 2, vmo, 0x50);
    device.log.length = 0;
    block.signal(2);
    await zx.interruptWait(interrupt);
    zx.handleClose(interrupt);
    expect(device.log).toEqual([]);
  });

  test("finds the mask bits of a 32-bit capability", () => {
    const { zx, vmo, msi, device } = setUp(0x0100);
    device.write32(0x5c, 0xffff_ffff);
    zx.msiCreate(msi, 0, 0, vmo, 0x50);
    expect(device.read32(0x5c)).toBe(0xffff_fffe);
  });

  test("each id is its own interrupt", async () => {
    const { zx, vmo, msi, block } = setUp();
    const [zero, one] = [zx.msiCreate(msi, 0, 0, vmo, 0x50), zx.msiCreate(msi, 0, 1, vmo, 0x50)];
    const silent = rejection(zx.interruptWait(zero));
    block.signal(1);
    expect(await zx.interruptWait(one)).toBe(0);
    zx.handleClose(zero);
    expect(await silent).toBe("CANCELED");
  });

  test("MsiTest.Msix: with MODE_MSI_X programs the entry of a table: address, data plus id, unmasked; zeroes it in the end", () => {
    const { zx, vmo, msi, device } = setUp();
    const interrupt = zx.msiCreate(msi, MsiOption.MODE_MSI_X, 3, vmo, 0x800);
    const entry = () => [0, 4, 8, 12].map((offset) => device.read32(0x830 + offset));
    expect(entry()).toEqual([0xfee0_0000, 0, 0x43, 0]);
    zx.handleClose(interrupt);
    expect(entry()).toEqual([0, 0, 0, 1]);
    expect(statusOf(() => zx.msiCreate(msi, MsiOption.MODE_MSI_X, 3, vmo, PAGE_SIZE - 32))).toBe(
      "INVALID_ARGS",
    );
  });
});
