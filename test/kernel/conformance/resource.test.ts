import { describe, expect, test } from "vitest";
import { ResourceFlag, ResourceKind } from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { MiB } from "../../support/fake_machine.ts";
import { withKernel } from "../../support/kernel.ts";

const BASE = 0xfe00_0000;
const { MMIO, IRQ, IOPORT, SYSTEM } = ResourceKind;
const { EXCLUSIVE } = ResourceFlag;

describe("zx_resource_create", () => {
  const get = withKernel("portable", { denied: [{ base: 0xfec0_0000, size: 0x400 }] });
  const create = (parent: number, options: number, base: number, size: number, name = "part") =>
    get().zx.resourceCreate(parent, options, base, size, name);
  const status = (...args: Parameters<typeof create>) => statusOf(() => create(...args));

  test("Resource.BasicActions / CreateResourceSlice: a part of a resource, with its own name", () => {
    const { zx, root } = get();
    const part = create(root.mmio, MMIO, BASE, 0x10000, "bridge window");
    const slice = create(part, MMIO, BASE + 0x1000, 0x10, "a name that is longer than thirty-one bytes");
    expect(zx.objectGetInfo(slice, "RESOURCE")).toEqual({
      kind: MMIO,
      flags: 0,
      base: BASE + 0x1000,
      size: 0x10,
      name: "a name that is longer than thir",
    });
  });

  test("Resource.InvalidArgs: check order is handle, WRITE, options, containment", () => {
    const { zx, root } = get();
    const weak = zx.handleDuplicate(root.mmio, Rights.INSPECT);
    expect(status(0x7003, 0xffff, 0, 1)).toBe("BAD_HANDLE");
    expect(status(zx.eventCreate(0), 0xffff, 0, 1)).toBe("WRONG_TYPE");
    expect(status(weak, 0xffff, 0, 1)).toBe("ACCESS_DENIED");
    expect(status(root.mmio, ResourceKind.COUNT, BASE, 1)).toBe("INVALID_ARGS");
    expect(status(root.mmio, MMIO | 0x2_0000, BASE, 1)).toBe("INVALID_ARGS");
    expect(status(root.irq, MMIO, BASE, 1)).toBe("ACCESS_DENIED");
    expect(status(root.mmio, MMIO, BASE, 0)).toBe("INVALID_ARGS");
    expect(status(root.mmio, MMIO, 2 ** 52, 2 ** 53)).toBe("INVALID_ARGS");
  });

  test("what is not inside the parent is ACCESS_DENIED", () => {
    const part = create(get().root.mmio, MMIO, BASE, 0x1000);
    expect(status(part, MMIO, BASE - 1, 2)).toBe("ACCESS_DENIED");
    expect(status(part, MMIO, BASE + 0xfff, 2)).toBe("ACCESS_DENIED");
    expect(status(part, IRQ, 1, 1)).toBe("ACCESS_DENIED");
    expect(status(part, MMIO, BASE + 0xfff, 1)).toBe("OK");
  });

  test("Resource.ExclusiveShared / SharedExclusive: an exclusive one excludes all others; shared ones overlap freely", () => {
    const { zx, root } = get();
    const exclusive = create(root.mmio, MMIO | EXCLUSIVE, BASE, 0x1000);
    expect(zx.objectGetInfo(exclusive, "RESOURCE").flags).toBe(EXCLUSIVE);
    expect(status(root.mmio, MMIO | EXCLUSIVE, BASE + 0xfff, 1)).toBe("NOT_FOUND");
    expect(status(root.mmio, MMIO, BASE, 0x2000)).toBe("NOT_FOUND");
    zx.handleClose(exclusive);
    create(root.mmio, MMIO, BASE, 0x1000);
    expect(status(root.mmio, MMIO, BASE, 0x1000)).toBe("OK");
    expect(status(root.mmio, MMIO | EXCLUSIVE, BASE + 0x800, 1)).toBe("NOT_FOUND");
  });

  test("exclusive resources are cut from a root only, and nothing is cut from them", () => {
    const { root } = get();
    const shared = create(root.mmio, MMIO, BASE, 0x1000);
    const exclusive = create(root.mmio, MMIO | EXCLUSIVE, BASE + 0x1000, 0x1000);
    expect(status(shared, MMIO | EXCLUSIVE, BASE, 1)).toBe("INVALID_ARGS");
    expect(status(exclusive, MMIO, BASE + 0x1000, 1)).toBe("INVALID_ARGS");
  });

  test("what lies outside the address space of its kind is NOT_FOUND", () => {
    const { root } = get();
    expect(status(root.irq, IRQ, 31, 1)).toBe("OK");
    expect(status(root.irq, IRQ, 32, 1)).toBe("NOT_FOUND");
    expect(status(root.ioport, IOPORT, 0xffff, 1)).toBe("OK");
    expect(status(root.ioport, IOPORT, 0xffff, 2)).toBe("NOT_FOUND");
    expect(status(root.system, SYSTEM, 16, 1)).toBe("NOT_FOUND");
  });

  test("pages of RAM and of the kernel's devices are ACCESS_DENIED, except RAM that firmware keeps", () => {
    const { root } = get();
    expect(status(root.mmio, MMIO, 2 * MiB, 1)).toBe("ACCESS_DENIED");
    expect(status(root.mmio, MMIO, 16 * MiB - 1, 2)).toBe("ACCESS_DENIED");
    expect(status(root.mmio, MMIO, 16 * MiB, 1)).toBe("OK");
    expect(status(root.mmio, MMIO, 0xfec0_0800, 1)).toBe("ACCESS_DENIED");
    expect(status(root.mmio, MMIO, 0xfec0_1000, 1)).toBe("OK");
    expect(status(root.mmio, MMIO, 0xe_0000, 0x2_0000)).toBe("OK");
    expect(status(root.mmio, MMIO, 0xe_0000, 0x2_0001)).toBe("ACCESS_DENIED");
  });

  test("objects made from a resource do not keep it: its range is free when its handle closes", () => {
    const { zx, root } = get();
    const exclusive = create(root.mmio, MMIO | EXCLUSIVE, BASE, PAGE_SIZE);
    zx.vmoCreatePhysical(exclusive, BASE, PAGE_SIZE);
    zx.handleClose(exclusive);
    expect(status(root.mmio, MMIO | EXCLUSIVE, BASE, PAGE_SIZE)).toBe("OK");
  });
});

describe("zx_ioports_request and zx_ioports_release", () => {
  const get = withKernel();

  test("Resource.Ioports: opens ports to the process, and only those", () => {
    const { zx, root } = get();
    expect(statusOf(() => zx.ports.in8(0xcf8))).toBe("ACCESS_DENIED");
    zx.ioportsRequest(root.ioport, 0xcf8, 8);
    zx.ports.out32(0xcf8, 0x8000_0010);
    expect(zx.ports.in32(0xcf8)).toBe(0x8000_0010);
    expect(zx.ports.in16(0xcfa)).toBe(0x8000);
    zx.ports.out8(0xcff, 0x5a);
    expect(zx.ports.in8(0xcff)).toBe(0x5a);
    expect(statusOf(() => zx.ports.in8(0xcf7))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.ports.in32(0xcfd))).toBe("ACCESS_DENIED");
    expect(statusOf(() => get().host().zx.ports.in8(0xcf8))).toBe("ACCESS_DENIED");
  });

  test("ioports_release closes them", () => {
    const { zx, root } = get();
    zx.ioportsRequest(root.ioport, 0x60, 5);
    zx.ioportsRelease(root.ioport, 0x61, 1);
    expect(statusOf(() => zx.ports.in8(0x61))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.ports.in8(0x60))).toBe("OK");
  });

  test("needs an IOPORT resource that covers the range", () => {
    const { zx, root } = get();
    const serial = zx.resourceCreate(root.ioport, IOPORT, 0x3f8, 8, "serial");
    const request = (resource: number, base: number, size: number) =>
      statusOf(() => zx.ioportsRequest(resource, base, size));
    expect(request(root.mmio, 0x3f8, 8)).toBe("WRONG_TYPE");
    expect(request(serial, 0x3f8, 9)).toBe("OUT_OF_RANGE");
    expect(request(serial, 0x3f8, 8)).toBe("OK");
    expect(request(root.ioport, 0xffff, 2)).toBe("OUT_OF_RANGE");
  });

  test.each([-1, 0.5, Number.NaN, 0x1_0000, 2 ** 53])("an access to port %s is ACCESS_DENIED", (port) => {
    const { zx, root } = get();
    zx.ioportsRequest(root.ioport, 0, 0x1_0000);
    expect(statusOf(() => zx.ports.in8(port))).toBe("ACCESS_DENIED");
  });
});

describe("a machine without I/O ports", () => {
  const get = withKernel("portable", { architecture: "arm64" });

  test("has no IOPORT resource, and ioports_request is NOT_SUPPORTED", () => {
    const { zx, root } = get();
    expect(root.ioport).toBe(0);
    expect(statusOf(() => zx.ioportsRequest(root.mmio, 0x60, 1))).toBe("NOT_SUPPORTED");
    expect(statusOf(() => zx.ports.in8(0x60))).toBe("ACCESS_DENIED");
  });
});
