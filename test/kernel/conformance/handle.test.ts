import { describe, expect, test } from "vitest";
import { ObjectType } from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { DefaultRights, Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { withKernel } from "../../support/kernel.ts";

describe("handles", () => {
  const get = withKernel();

  test("values have their two low bits set, and none comes twice", () => {
    const { zx } = get();
    const seen = new Set<number>();
    for (let i = 0; i < 1000; i++) {
      const event = zx.eventCreate(0);
      expect(event & 3).toBe(3);
      expect(event).toBeGreaterThan(0);
      expect(seen.has(event)).toBe(false);
      seen.add(event);
      zx.handleClose(event);
    }
  });

  test("a value of one process is not valid in another one", () => {
    const { zx, host } = { zx: get().zx, host: get().host() };
    const event = zx.eventCreate(0);
    expect(statusOf(() => host.zx.handleClose(event))).toBe("BAD_HANDLE");
    expect(statusOf(() => zx.handleClose(event))).toBe("OK");
  });

  test("koids start at 1024, differ, and stay with the object", () => {
    const { zx } = get();
    const [a, b] = [zx.eventCreate(0), zx.eventCreate(0)];
    const again = zx.handleDuplicate(a, Rights.SAME_RIGHTS);
    const koid = (handle: number) => zx.objectGetInfo(handle, "HANDLE_BASIC").koid;
    expect(koid(a)).toBeGreaterThanOrEqual(1024);
    expect(koid(b)).not.toBe(koid(a));
    expect(koid(again)).toBe(koid(a));
  });

  test("look-up order is BAD_HANDLE, then WRONG_TYPE, then ACCESS_DENIED (VmoTestCase.Rights)", () => {
    const { zx } = get();
    const event = zx.eventCreate(0);
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const weakEvent = zx.handleDuplicate(event, Rights.NONE);
    const weakVmo = zx.handleDuplicate(vmo, Rights.NONE);
    const read = (handle: number) => statusOf(() => zx.vmoRead(handle, new Uint8Array(1), 0));
    expect(read(event ^ 4)).toBe("BAD_HANDLE");
    expect(read(0)).toBe("BAD_HANDLE");
    expect(read(weakEvent)).toBe("WRONG_TYPE");
    expect(read(weakVmo)).toBe("ACCESS_DENIED");
    expect(read(vmo)).toBe("OK");
  });
});

describe("zx_handle_close", () => {
  const get = withKernel();

  test("closes; the second time is BAD_HANDLE", () => {
    const { zx } = get();
    const event = zx.eventCreate(0);
    zx.handleClose(event);
    expect(statusOf(() => zx.handleClose(event))).toBe("BAD_HANDLE");
  });

  test("of 0 is OK", () => {
    expect(statusOf(() => get().zx.handleClose(0))).toBe("OK");
  });

  test("of the last handle destroys the object", () => {
    const { zx, kernel } = get();
    const before = [...kernel.objects()].length;
    const event = zx.eventCreate(0);
    const copy = zx.handleDuplicate(event, Rights.SAME_RIGHTS);
    zx.handleClose(event);
    expect([...kernel.objects()].length).toBe(before + 1);
    zx.handleClose(copy);
    expect([...kernel.objects()].length).toBe(before);
  });
});

describe("zx_handle_close_many", () => {
  const get = withKernel();

  test("HandleCloseTest.Many / ManyInvalidHandlesShouldNotFail: closes all and skips zeros", () => {
    const { zx } = get();
    const events = [zx.eventCreate(0), zx.eventCreate(0)];
    zx.handleCloseMany([0, ...events, 0]);
    for (const event of events) expect(statusOf(() => zx.handleClose(event))).toBe("BAD_HANDLE");
  });

  test("closes the valid ones even if one is bad", () => {
    const { zx } = get();
    const events = [zx.eventCreate(0), zx.eventCreate(0)] as const;
    expect(statusOf(() => zx.handleCloseMany([events[0], 0x7003, events[1]]))).toBe("BAD_HANDLE");
    for (const event of events) expect(statusOf(() => zx.handleClose(event))).toBe("BAD_HANDLE");
  });

  test("HandleCloseTest.ManyDuplicateTest: a repeated handle is BAD_HANDLE, and closed", () => {
    const { zx } = get();
    const event = zx.eventCreate(0);
    expect(statusOf(() => zx.handleCloseMany([event, event]))).toBe("BAD_HANDLE");
    expect(statusOf(() => zx.handleClose(event))).toBe("BAD_HANDLE");
  });
});

describe("zx_handle_duplicate and zx_handle_replace", () => {
  const get = withKernel();
  const rightsOf = (handle: number) => get().zx.objectGetInfo(handle, "HANDLE_BASIC").rights;

  test("HandleInfoTest.DupAndInfoRights: SAME_RIGHTS copies all rights, a subset gives those", () => {
    const { zx } = get();
    const event = zx.eventCreate(0);
    expect(rightsOf(zx.handleDuplicate(event, Rights.SAME_RIGHTS))).toBe(DefaultRights.EVENT);
    expect(rightsOf(zx.handleDuplicate(event, Rights.WAIT))).toBe(Rights.WAIT);
  });

  test("rights that the handle has not are INVALID_ARGS", () => {
    const { zx } = get();
    const event = zx.eventCreate(0);
    expect(statusOf(() => zx.handleDuplicate(event, DefaultRights.EVENT | Rights.EXECUTE))).toBe(
      "INVALID_ARGS",
    );
  });

  test("duplicate needs DUPLICATE; replace does not", () => {
    const { zx } = get();
    const event = zx.handleReplace(zx.eventCreate(0), Rights.SIGNAL);
    expect(statusOf(() => zx.handleDuplicate(event, Rights.SAME_RIGHTS))).toBe("ACCESS_DENIED");
    expect(rightsOf(zx.handleReplace(event, Rights.SAME_RIGHTS))).toBe(Rights.SIGNAL);
  });

  test("HandleDup.ReplaceSuccessOrigInvalid: replace takes the handle away, also when it fails", () => {
    const { zx } = get();
    const event = zx.eventCreate(0);
    expect(statusOf(() => zx.handleReplace(event, Rights.EXECUTE))).toBe("INVALID_ARGS");
    expect(statusOf(() => zx.handleClose(event))).toBe("BAD_HANDLE");
  });
});

describe("rights of fresh handles", () => {
  const get = withKernel();

  test.each([
    ["vmo", DefaultRights.VMO],
    ["resizable vmo", DefaultRights.VMO | Rights.RESIZE],
    ["event", DefaultRights.EVENT],
    ["eventpair", DefaultRights.EVENTPAIR],
    ["channel", DefaultRights.CHANNEL],
    ["port", DefaultRights.PORT],
    ["interrupt", DefaultRights.INTERRUPT],
    ["resource", DefaultRights.RESOURCE],
    ["bti", DefaultRights.BTI],
    ["pmt", DefaultRights.PMT],
    ["iommu", DefaultRights.IOMMU],
    ["msi", DefaultRights.MSI],
    ["process", DefaultRights.PROCESS],
    ["job", DefaultRights.JOB],
    ["root vmar", DefaultRights.VMAR | Rights.READ | Rights.WRITE | Rights.EXECUTE],
  ] as const)("%s", (what, rights) => {
    const { zx, root } = get();
    const bti = get().bti();
    const makers = {
      vmo: () => zx.vmoCreate(PAGE_SIZE, 0),
      "resizable vmo": () => zx.vmoCreate(PAGE_SIZE, 2),
      event: () => zx.eventCreate(0),
      eventpair: () => zx.eventpairCreate(0)[0],
      channel: () => zx.channelCreate()[0],
      port: () => zx.portCreate(0),
      interrupt: () => zx.interruptCreate(0, 0, 0x10),
      resource: () => zx.resourceCreate(root.irq, 1, 3, 1, "r"),
      bti: () => bti,
      pmt: () => {
        const { pmt } = zx.btiPin(bti, 1, zx.vmoCreate(PAGE_SIZE, 0), 0, PAGE_SIZE);
        return pmt;
      },
      iommu: () => root.iommu,
      msi: () => zx.msiAllocate(root.system, 1),
      process: () => zx.processCreate(root.job, "p").process,
      job: () => root.job,
      "root vmar": () => zx.vmarRootSelf,
    };
    expect(zx.objectGetInfo(makers[what](), "HANDLE_BASIC").rights).toBe(rights);
  });

  test("a type's number is Zircon's", () => {
    const { zx } = get();
    expect(zx.objectGetInfo(zx.vmoCreate(0, 0), "HANDLE_BASIC").type).toBe(ObjectType.VMO);
    expect(ObjectType).toMatchObject({
      VMO: 3,
      CHANNEL: 4,
      EVENT: 5,
      PORT: 6,
      INTERRUPT: 9,
      RESOURCE: 15,
      VMAR: 18,
      BTI: 24,
      PMT: 26,
    });
  });
});
