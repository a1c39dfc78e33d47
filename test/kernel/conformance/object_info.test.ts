import { describe, expect, test } from "vitest";
import { ObjectType } from "../../../src/zx/constants.ts";
import { DefaultRights, Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { withKernel } from "../../support/kernel.ts";

describe("zx_object_get_info", () => {
  const get = withKernel();

  test("HANDLE_VALID says whether it is one", () => {
    const { zx } = get();
    const event = zx.eventCreate(0);
    expect(zx.objectGetInfo(event, "HANDLE_VALID")).toBeUndefined();
    zx.handleClose(event);
    expect(statusOf(() => zx.objectGetInfo(event, "HANDLE_VALID"))).toBe("BAD_HANDLE");
  });

  test("HANDLE_BASIC needs no right", () => {
    const { zx } = get();
    const event = zx.handleReplace(zx.eventCreate(0), Rights.NONE);
    expect(zx.objectGetInfo(event, "HANDLE_BASIC")).toMatchObject({
      type: ObjectType.EVENT,
      rights: 0,
      relatedKoid: 0,
    });
  });

  test("HANDLE_COUNT counts handles everywhere, those in messages too; needs INSPECT", () => {
    const { zx } = get();
    const event = zx.eventCreate(0);
    const [a] = zx.channelCreate();
    zx.channelWrite(a, new Uint8Array(), [zx.handleDuplicate(event, Rights.SAME_RIGHTS)]);
    get().host().give(zx.handleDuplicate(event, Rights.SAME_RIGHTS));
    expect(zx.objectGetInfo(event, "HANDLE_COUNT")).toBe(3);
    const weak = zx.handleDuplicate(event, DefaultRights.EVENT & ~Rights.INSPECT);
    expect(statusOf(() => zx.objectGetInfo(weak, "HANDLE_COUNT"))).toBe("ACCESS_DENIED");
  });

  test.each([
    "VMAR",
    "VMAR_MAPS",
    "RESOURCE",
    "BTI",
    "MSI",
    "PROCESS",
    "PROCESS_MAPS",
    "PROCESS_VMOS",
  ] as const)("%s: BAD_HANDLE, WRONG_TYPE, and ACCESS_DENIED without INSPECT", (topic) => {
    const { zx, root } = get();
    const right = {
      VMAR: zx.vmarRootSelf,
      VMAR_MAPS: zx.vmarRootSelf,
      RESOURCE: root.mmio,
      BTI: get().bti(),
      MSI: zx.msiAllocate(root.system, 1),
      PROCESS: zx.processSelf,
      PROCESS_MAPS: zx.processSelf,
      PROCESS_VMOS: zx.processSelf,
    }[topic];
    const info = (handle: number) => statusOf(() => zx.objectGetInfo(handle, topic));
    expect(info(0x7003)).toBe("BAD_HANDLE");
    expect(info(zx.eventCreate(0))).toBe("WRONG_TYPE");
    expect(info(zx.handleDuplicate(right, Rights.DUPLICATE))).toBe("ACCESS_DENIED");
    expect(info(right)).toBe("OK");
  });

  test("VMO needs no right, but a VMO", () => {
    const { zx } = get();
    const vmo = zx.handleReplace(zx.vmoCreate(1, 0), Rights.NONE);
    expect(zx.objectGetInfo(vmo, "VMO")).toMatchObject({ sizeBytes: 4096, handleRights: 0 });
    expect(statusOf(() => zx.objectGetInfo(zx.eventCreate(0), "VMO"))).toBe("WRONG_TYPE");
  });

  test("a topic that does not exist is NOT_SUPPORTED", () => {
    const { zx } = get();
    for (const topic of ["JOB", "toString", ""]) {
      expect(statusOf(() => zx.objectGetInfo(zx.processSelf, topic as never))).toBe("NOT_SUPPORTED");
    }
  });
});

describe("zx_object_get_property and zx_object_set_property", () => {
  const get = withKernel();

  test("NAME is there for VMOs, processes, jobs and BTIs; WRONG_TYPE for others with the right", () => {
    const { zx, root } = get();
    const objects = [zx.vmoCreate(0, 0), zx.processSelf, zx.jobCreate(root.job, 0), get().bti()];
    for (const object of objects) {
      zx.objectSetProperty(object, "NAME", "it");
      expect(zx.objectGetProperty(object, "NAME")).toBe("it");
    }
    const [channel] = zx.channelCreate();
    expect(statusOf(() => zx.objectGetName(channel))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.objectSetName(channel, "it"))).toBe("ACCESS_DENIED");
  });

  test("a name ends at a NUL and is cut to 31 bytes, never inside a character", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(0, 0);
    const named = (name: string) => {
      zx.objectSetName(vmo, name);
      return zx.objectGetName(vmo);
    };
    expect(named("bar\0 0")).toBe("bar");
    expect(named("x".repeat(40))).toBe("x".repeat(31));
    expect(named(`${"x".repeat(30)}é`)).toBe("x".repeat(30));
    expect(named(`${"x".repeat(28)}😀`)).toBe("x".repeat(28));
  });

  test("reading needs GET_PROPERTY, writing SET_PROPERTY", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(0, 0);
    const [reader, writer] = [Rights.GET_PROPERTY, Rights.SET_PROPERTY].map((right) =>
      zx.handleDuplicate(vmo, right),
    );
    expect(statusOf(() => zx.objectGetProperty(writer!, "NAME"))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.objectSetProperty(reader!, "NAME", "x"))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.objectSetProperty(writer!, "NAME", "x"))).toBe("OK");
    expect(zx.objectGetProperty(reader!, "NAME")).toBe("x");
  });

  test("VMO_CONTENT_SIZE is the stream size; setting it needs WRITE too", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(4096, 0);
    zx.objectSetProperty(vmo, "VMO_CONTENT_SIZE", 10);
    expect(zx.vmoGetStreamSize(vmo)).toBe(10);
    expect(zx.objectGetProperty(vmo, "VMO_CONTENT_SIZE")).toBe(10);
    const weak = zx.handleDuplicate(vmo, DefaultRights.VMO & ~Rights.WRITE);
    expect(statusOf(() => zx.objectSetProperty(weak, "VMO_CONTENT_SIZE", 10))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.objectSetProperty(vmo, "VMO_CONTENT_SIZE", 4097))).toBe("OUT_OF_RANGE");
    expect(statusOf(() => zx.objectGetProperty(zx.processSelf, "VMO_CONTENT_SIZE"))).toBe("WRONG_TYPE");
  });

  test("a property that does not exist is NOT_SUPPORTED", () => {
    const { zx } = get();
    expect(statusOf(() => zx.objectGetProperty(zx.processSelf, "COLOR" as never))).toBe("NOT_SUPPORTED");
    expect(statusOf(() => zx.objectSetProperty(zx.processSelf, "toString" as never, 1 as never))).toBe(
      "NOT_SUPPORTED",
    );
  });
});
