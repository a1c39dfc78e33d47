import { describe, expect, test } from "vitest";
import { BtiPin, InterruptOption, ObjectType, Signals, VmOption } from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { Status } from "../../../src/zx/status.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { rejection, withKernel } from "../../support/kernel.ts";

/** The bits of zircon/rights.h, in their order. */
const BITS = [
  "DUPLICATE TRANSFER READ WRITE EXECUTE MAP GET_PROPERTY SET_PROPERTY ENUMERATE DESTROY SET_POLICY GET_POLICY",
  "SIGNAL SIGNAL_PEER WAIT INSPECT MANAGE_JOB MANAGE_PROCESS MANAGE_THREAD APPLY_PROFILE MANAGE_SOCKET",
  "OP_CHILDREN RESIZE ATTACH_VMO MANAGE_VMO",
]
  .join(" ")
  .split(" ");

function rights(names: string): number {
  return names
    .split(" ")
    .map((name) => BITS.indexOf(name))
    .reduce((mask, bit) => mask + 2 ** bit, 0);
}

describe("the numbers of handles", () => {
  test("rights are Zircon's bits", () => {
    const { NONE, SAME_RIGHTS, ...bits } = Rights;
    expect(bits).toEqual(Object.fromEntries(BITS.map((name, bit) => [name, 2 ** bit])));
    expect([NONE, SAME_RIGHTS]).toEqual([0, 2 ** 31]);
  });

  test("signals are Zircon's bits, of which some mean several things", () => {
    expect(Signals).toEqual({
      NONE: 0,
      READABLE: 1,
      WRITABLE: 2,
      PEER_CLOSED: 4,
      SIGNALED: 8,
      TASK_TERMINATED: 8,
      VMO_ZERO_CHILDREN: 8,
      VIRTUAL_INTERRUPT_UNTRIGGERED: 16,
      HANDLE_CLOSED: 2 ** 23,
      USER_ALL: 0xff00_0000,
    });
  });

  test("types and statuses are Zircon's numbers", () => {
    expect(ObjectType).toMatchObject({
      PROCESS: 1,
      EVENTPAIR: 16,
      JOB: 17,
      IOMMU: 23,
      EXCEPTION: 29,
      MSI: 32,
    });
    expect(Status).toMatchObject({
      INTERNAL: -1,
      NOT_SUPPORTED: -2,
      NO_RESOURCES: -3,
      NO_MEMORY: -4,
      INVALID_ARGS: -10,
      BAD_HANDLE: -11,
      WRONG_TYPE: -12,
      BAD_SYSCALL: -13,
      OUT_OF_RANGE: -14,
      BUFFER_TOO_SMALL: -15,
      BAD_STATE: -20,
      TIMED_OUT: -21,
      SHOULD_WAIT: -22,
      CANCELED: -23,
      PEER_CLOSED: -24,
      NOT_FOUND: -25,
      ALREADY_EXISTS: -26,
      ALREADY_BOUND: -27,
      UNAVAILABLE: -28,
      ACCESS_DENIED: -30,
    });
  });
});

describe("rights of fresh handles, spelled out", () => {
  const get = withKernel();
  const BASIC = "TRANSFER DUPLICATE WAIT INSPECT";

  test.each([
    ["vmo", `${BASIC} READ WRITE GET_PROPERTY SET_PROPERTY MAP SIGNAL`],
    ["vmar", "TRANSFER DUPLICATE INSPECT OP_CHILDREN READ"],
    ["resource", "TRANSFER DUPLICATE WRITE INSPECT"],
    ["interrupt", `${BASIC} READ WRITE SIGNAL`],
    ["bti", "TRANSFER DUPLICATE INSPECT READ WRITE MAP GET_PROPERTY SET_PROPERTY"],
    ["pmt", "INSPECT"],
    ["iommu", "TRANSFER DUPLICATE INSPECT"],
    ["channel", "TRANSFER WAIT INSPECT READ WRITE SIGNAL SIGNAL_PEER"],
    ["port", "TRANSFER DUPLICATE INSPECT READ WRITE"],
    ["event", `${BASIC} SIGNAL`],
    ["eventpair", `${BASIC} SIGNAL SIGNAL_PEER`],
  ] as const)("a %s has %s", (what, names) => {
    const { zx, root } = get();
    const bti = get().bti();
    const makers = {
      vmo: () => zx.vmoCreate(PAGE_SIZE, 0),
      vmar: () => zx.vmarAllocate(zx.vmarRootSelf, VmOption.CAN_MAP_READ, 0, PAGE_SIZE).vmar,
      resource: () => zx.resourceCreate(root.irq, 1, 3, 1, "r"),
      interrupt: () => zx.interruptCreate(0, 0, InterruptOption.VIRTUAL),
      bti: () => bti,
      pmt: () => zx.btiPin(bti, BtiPin.PERM_READ, zx.vmoCreate(PAGE_SIZE, 0), 0, PAGE_SIZE).pmt,
      iommu: () => zx.iommuCreate(root.system, 0),
      channel: () => zx.channelCreate()[0],
      port: () => zx.portCreate(0),
      event: () => zx.eventCreate(0),
      eventpair: () => zx.eventpairCreate(0)[0],
    };
    expect(zx.objectGetInfo(makers[what](), "HANDLE_BASIC").rights).toBe(rights(names));
  });
});

describe("zx_handle_duplicate and zx_handle_replace, check order", () => {
  const get = withKernel();

  test("duplicate: BAD_HANDLE, ACCESS_DENIED without DUPLICATE, INVALID_ARGS for what is no subset", () => {
    const { zx } = get();
    const weak = zx.handleReplace(zx.eventCreate(0), Rights.WAIT);
    const duplicate = (handle: number) => statusOf(() => zx.handleDuplicate(handle, Rights.WRITE));
    expect(duplicate(0x7003)).toBe("BAD_HANDLE");
    expect(duplicate(weak)).toBe("ACCESS_DENIED");
    expect(duplicate(zx.eventCreate(0))).toBe("INVALID_ARGS");
  });

  test("replace: BAD_HANDLE, then INVALID_ARGS", () => {
    const { zx } = get();
    expect(statusOf(() => zx.handleReplace(0x7003, Rights.WRITE))).toBe("BAD_HANDLE");
    expect(statusOf(() => zx.handleReplace(zx.eventCreate(0), Rights.WRITE))).toBe("INVALID_ARGS");
  });

  test("a koid is never given out twice", () => {
    const { zx } = get();
    const koids = Array.from({ length: 500 }, () => {
      const event = zx.eventCreate(0);
      const { koid } = zx.objectGetInfo(event, "HANDLE_BASIC");
      zx.handleClose(event);
      return koid;
    });
    expect(new Set(koids).size).toBe(500);
    expect(koids).toEqual([...koids].sort((a, b) => a - b));
  });

  test("an object lives on in a message when every other handle to it is closed", async () => {
    const { zx } = get();
    const [a, b] = zx.channelCreate();
    const [near, far] = zx.eventpairCreate(0);
    zx.channelWrite(a, new Uint8Array(), [far]);
    expect(await rejection(zx.objectWaitOne(near, Signals.PEER_CLOSED, 0))).toBe("TIMED_OUT");
    zx.handleCloseMany([...zx.channelRead(b).handles]);
    expect(await rejection(zx.objectWaitOne(near, Signals.PEER_CLOSED, 0))).toBe("OK");
  });
});
