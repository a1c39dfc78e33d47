import { describe, expect, test } from "vitest";
import { ResourceKind, SystemResource } from "../../../src/zx/constants.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { withKernel } from "../../support/kernel.ts";

describe("zx_resource_create, more", () => {
  const get = withKernel();

  test("Resource.InvalidArgs: a range that ends beyond all addresses, whichever of base and size is too large", () => {
    const { zx, root } = get();
    const create = (base: number, size: number) =>
      statusOf(() => zx.resourceCreate(root.mmio, ResourceKind.MMIO, base, size, ""));
    expect(create(Number.MAX_SAFE_INTEGER, 1024)).toBe("INVALID_ARGS");
    expect(create(1024, Number.MAX_SAFE_INTEGER)).toBe("INVALID_ARGS");
  });

  test("each base of the SYSTEM kind is one right: what is asked for another one is OUT_OF_RANGE", () => {
    const { zx, root } = get();
    const { VMEX, MSI, IOMMU } = SystemResource;
    const system = (base: number) => zx.resourceCreate(root.system, ResourceKind.SYSTEM, base, 1, "");
    const uses = (resource: number) => [
      statusOf(() => zx.vmoReplaceAsExecutable(zx.vmoCreate(0, 0), resource)),
      statusOf(() => zx.msiAllocate(resource, 1)),
      statusOf(() => zx.iommuCreate(resource, 0)),
    ];
    expect(uses(system(VMEX))).toEqual(["OK", "OUT_OF_RANGE", "OUT_OF_RANGE"]);
    expect(uses(system(MSI))).toEqual(["OUT_OF_RANGE", "OK", "OUT_OF_RANGE"]);
    expect(uses(system(IOMMU))).toEqual(["OUT_OF_RANGE", "OUT_OF_RANGE", "OK"]);
  });

  test("Resource.Ioports: release needs the resource as request does", () => {
    const { zx, root } = get();
    const one = zx.resourceCreate(root.ioport, ResourceKind.IOPORT, 0x80, 1, "one");
    zx.ioportsRequest(one, 0x80, 1);
    expect(statusOf(() => zx.ioportsRelease(one, 0xcf8, 8))).toBe("OUT_OF_RANGE");
    expect(statusOf(() => zx.ioportsRelease(one, 0x80, 1))).toBe("OK");
  });
});

describe("zx_bti_release_quarantine", () => {
  const get = withKernel();

  test("BAD_HANDLE, WRONG_TYPE, ACCESS_DENIED; of nothing it is OK", () => {
    const { zx } = get();
    const bti = get().bti();
    const weak = zx.handleDuplicate(bti, Rights.READ);
    const release = (handle: number) => statusOf(() => zx.btiReleaseQuarantine(handle));
    expect([0x7003, zx.eventCreate(0), weak, bti].map(release)).toEqual([
      "BAD_HANDLE",
      "WRONG_TYPE",
      "ACCESS_DENIED",
      "OK",
    ]);
  });
});

describe("zx_iommu_create", () => {
  const get = withKernel();

  test("BAD_HANDLE, WRONG_TYPE, OUT_OF_RANGE for another SYSTEM resource, NOT_SUPPORTED for what is not the dummy", () => {
    const { zx, root } = get();
    const info = zx.resourceCreate(root.system, ResourceKind.SYSTEM, SystemResource.INFO, 1, "");
    const create = (resource: number, type = 0) => statusOf(() => zx.iommuCreate(resource, type));
    expect([0x7003, zx.eventCreate(0), root.irq, info].map((resource) => create(resource, 1))).toEqual([
      "BAD_HANDLE",
      "WRONG_TYPE",
      "WRONG_TYPE",
      "OUT_OF_RANGE",
    ]);
    expect([create(root.system, 1), create(root.system)]).toEqual(["NOT_SUPPORTED", "OK"]);
  });
});
