import { describe, expect, test } from "vitest";
import { createBufferRam } from "../../../src/machine/ram.ts";
import { ZxError } from "../../../src/zx/error.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import type { Zx } from "../../../src/zx/syscalls.ts";
import { createTestKernel, withKernel } from "../../support/kernel.ts";

const GARBAGE: readonly [name: string, value: unknown][] = [
  ["nothing", undefined],
  ["null", null],
  ["NaN", Number.NaN],
  ["-1", -1],
  ["a fraction", 0.5],
  ["2^53", 2 ** 53],
  ["1e308", 1e308],
  ["infinity", Number.POSITIVE_INFINITY],
  ["2^64 as a bigint", 1n << 64n],
  ["-1 as a bigint", -1n],
  ["a string", "0"],
  ["a boolean", true],
  ["a symbol", Symbol("handle")],
  ["an object", {}],
  ["an object without a prototype", Object.create(null)],
  ["an array", [1, [2], {}]],
  ["a function", () => 0],
  ["bytes", new Uint8Array(3)],
  ["a closed handle", "closed"],
  ["a foreign handle", "foreign"],
];

/** A call that is right, of each name; every argument in turn is replaced by garbage. */
function goodCalls(): Record<string, (k: Fixture) => unknown[]> {
  const none = new Uint8Array();
  return {
    handleClose: (k) => [k.zx.eventCreate(0)],
    handleCloseMany: (k) => [[k.zx.eventCreate(0)]],
    handleDuplicate: (k) => [k.event, 0x8000_0000],
    handleReplace: (k) => [k.zx.eventCreate(0), 0x8000_0000],
    objectGetInfo: (k) => [k.event, "HANDLE_BASIC"],
    objectGetName: (k) => [k.vmo],
    objectSetName: (k) => [k.vmo, "name"],
    objectGetProperty: (k) => [k.vmo, "NAME"],
    objectSetProperty: (k) => [k.vmo, "VMO_CONTENT_SIZE", 1],
    objectSignal: (k) => [k.event, 0, 8],
    objectSignalPeer: (k) => [k.pair, 0, 8],
    objectWaitOne: (k) => [k.event, 8, 0],
    objectWaitMany: (k) => [[{ handle: k.event, signals: 8 }], 0],
    objectWaitAsync: (k) => [k.event, k.port, 1n, 8, 0],
    vmoCreate: () => [PAGE_SIZE, 0],
    vmoCreateContiguous: (k) => [k.bti, PAGE_SIZE, 0],
    vmoCreatePhysical: (k) => [k.root.mmio, 0xfe00_0000, PAGE_SIZE],
    vmoCreateChild: (k) => [k.vmo, 1, 0, PAGE_SIZE],
    vmoRead: (k) => [k.vmo, new Uint8Array(4), 0],
    vmoWrite: (k) => [k.vmo, new Uint8Array(4), 0],
    vmoGetSize: (k) => [k.vmo],
    vmoSetSize: (k) => [k.vmo, PAGE_SIZE],
    vmoGetStreamSize: (k) => [k.vmo],
    vmoSetStreamSize: (k) => [k.vmo, 1],
    vmoOpRange: (k) => [k.vmo, 1, 0, PAGE_SIZE],
    vmoSetCachePolicy: (k) => [k.vmo, 0],
    vmoReplaceAsExecutable: (k) => [k.zx.vmoCreate(0, 0), 0],
    vmarAllocate: (k) => [k.zx.vmarRootSelf, 0x80, 0, PAGE_SIZE],
    vmarMap: (k) => [k.zx.vmarRootSelf, 3, 0, k.vmo, 0, PAGE_SIZE],
    vmarUnmap: (k) => [k.zx.vmarRootSelf, k.address, PAGE_SIZE],
    vmarProtect: (k) => [k.zx.vmarRootSelf, 1, k.address, PAGE_SIZE],
    vmarDestroy: (k) => [k.zx.vmarAllocate(k.zx.vmarRootSelf, 0x80, 0, PAGE_SIZE).vmar],
    vmarOpRange: (k) => [k.zx.vmarRootSelf, 1, k.address, PAGE_SIZE],
    eventCreate: () => [0],
    eventpairCreate: () => [0],
    channelCreate: () => [],
    channelWrite: (k) => [k.channel, none, [k.zx.eventCreate(0)]],
    channelWriteEtc: (k) => [
      k.channel,
      none,
      [{ operation: "duplicate", handle: k.event, type: 0, rights: 0 }],
    ],
    channelRead: (k) => [k.full(), { maxBytes: 4 }],
    channelReadEtc: (k) => [k.full(), {}],
    channelCall: (k) => [k.channel, 0, new Uint8Array(4), []],
    resourceCreate: (k) => [k.root.irq, 1, 3, 1, "irq"],
    iommuCreate: (k) => [k.root.system, 0],
    btiCreate: (k) => [k.root.iommu, 0, 1],
    btiPin: (k) => [k.bti, 1, k.vmo, 0, PAGE_SIZE],
    btiReleaseQuarantine: (k) => [k.bti],
    pmtUnpin: (k) => [k.zx.btiPin(k.bti, 1, k.vmo, 0, PAGE_SIZE).pmt],
    interruptCreate: (k) => [k.root.irq, 7, 0],
    interruptWait: (k) => {
      k.zx.interruptTrigger(k.interrupt, 0, 0);
      return [k.interrupt];
    },
    interruptAck: (k) => [k.interrupt],
    interruptTrigger: (k) => [k.interrupt, 0, 0],
    interruptDestroy: (k) => [k.zx.interruptCreate(0, 0, 0x10)],
    interruptBind: (k) => [k.zx.interruptCreate(0, 0, 0x10), k.zx.portCreate(1), 1n, 0],
    portCreate: () => [0],
    portQueue: (k) => [k.port, { key: 1n, status: 0, user: none }],
    portWait: (k) => [k.port, 0],
    portCancel: (k) => [k.port, k.event, 1n],
    processCreate: (k) => [k.root.job, "p"],
    processStart: (k) => [k.zx.processCreate(k.root.job, "p").process, k.zx.eventCreate(0)],
    processReadMemory: (k) => [k.zx.processSelf, k.address, new Uint8Array(4)],
    processWriteMemory: (k) => [k.zx.processSelf, k.address, new Uint8Array(4)],
    taskKill: (k) => [k.zx.processCreate(k.root.job, "p").process],
    taskCreateExceptionChannel: (k) => [k.zx.processCreate(k.root.job, "p").process, 0],
    exceptionGetProcess: (k) => [k.event],
    jobCreate: (k) => [k.root.job, 0],
    jobSetPolicy: (k) => [k.zx.jobCreate(k.root.job, 0), 0, [{ condition: 4, action: 1 }]],
    msiAllocate: (k) => [k.root.system, 1],
    msiCreate: (k) => [k.zx.msiAllocate(k.root.system, 1), 0, 0, k.vmo, 0],
    ioportsRequest: (k) => [k.root.ioport, 0x60, 1],
    ioportsRelease: (k) => [k.root.ioport, 0x60, 1],
    clockGetMonotonic: () => [],
    nanosleep: () => [0],
    spin: () => [1],
  };
}

type Fixture = Awaited<ReturnType<typeof createFixture>>;

async function createFixture() {
  const ram = createBufferRam({
    ranges: [{ base: 0, size: 0x10_0000 }],
    reserved: [{ base: 0, size: 0x8_0000 }],
  });
  const test = await createTestKernel("portable", { ram });
  const { zx, root } = test;
  const vmo = zx.vmoCreate(PAGE_SIZE, 0);
  const closed = zx.eventCreate(0);
  zx.handleClose(closed);
  const [channel, reader] = zx.channelCreate();
  return {
    test,
    zx,
    root,
    vmo,
    closed,
    foreign: test.host().zx.eventCreate(0),
    event: zx.eventCreate(0),
    pair: zx.eventpairCreate(0)[0],
    port: zx.portCreate(0),
    bti: test.bti(),
    interrupt: zx.interruptCreate(0, 0, 0x10),
    channel,
    address: zx.vmarMap(zx.vmarRootSelf, 3, 0, vmo, 0, PAGE_SIZE),
    full: () => {
      zx.channelWrite(channel, new Uint8Array(2), []);
      return reader;
    },
  };
}

/** What a call ends with: nothing, or a ZxError. Anything else is thrown on. */
async function endsWell(call: () => unknown): Promise<string> {
  try {
    const result = call();
    // A wait for something that never comes would be a hang: time passes for it.
    await result;
    return "OK";
  } catch (error) {
    if (error instanceof ZxError) return error.statusName;
    throw error;
  }
}

describe("garbage arguments", () => {
  const calls = goodCalls();

  test("every system call is tried", async () => {
    const { zx, test: kernel } = await createFixture();
    const names = Object.keys(zx).filter((name) => typeof zx[name as keyof Zx] === "function");
    expect(Object.keys(calls).sort()).toEqual(names.sort());
    await kernel.kernel.close();
  });

  test.each(Object.keys(calls))(
    "%s answers with a status, never with another error, and nothing leaks",
    async (name) => {
      const argumentCount = calls[name]!(await createFixture()).length;
      for (let position = 0; position < argumentCount; position++) {
        for (const [, garbage] of GARBAGE) {
          const fixture = await createFixture();
          const args = calls[name]!(fixture);
          args[position] =
            garbage === "closed" ? fixture.closed : garbage === "foreign" ? fixture.foreign : garbage;
          const call = fixture.zx[name as keyof Zx] as unknown as (...args: unknown[]) => unknown;
          const outcome = endsWell(() => call(...args));
          fixture.test.machine.clock.advance(1000);
          // A deadline of infinity is legal, and then only the kernel's end ends the wait.
          await Promise.resolve();
          expect(fixture.test.problems()).toEqual([]);
          await fixture.test.kernel.close();
          await outcome;
          expect([...fixture.test.kernel.objects()]).toEqual([]);
        }
      }
    },
  );
});

describe("garbage inside arguments", () => {
  const get = withKernel();

  test.each(GARBAGE)("%s in lists and records is a status", async (_name, garbage) => {
    const { zx, root } = get();
    const any = garbage as never;
    const [channel] = zx.channelCreate();
    const event = zx.eventCreate(0);
    const attempts: (() => unknown)[] = [
      () => zx.handleCloseMany([any]),
      () => zx.channelWrite(channel, new Uint8Array(), [any]),
      () => zx.channelWriteEtc(channel, new Uint8Array(), [any]),
      () =>
        zx.channelWriteEtc(channel, new Uint8Array(), [
          { operation: any, handle: event, type: 0, rights: 0 },
        ]),
      () =>
        zx.channelWriteEtc(channel, new Uint8Array(), [
          { operation: "move", handle: any, type: 0, rights: 0 },
        ]),
      () =>
        zx.channelWriteEtc(channel, new Uint8Array(), [
          { operation: "duplicate", handle: event, type: any, rights: 0 },
        ]),
      () =>
        zx.channelWriteEtc(channel, new Uint8Array(), [
          { operation: "duplicate", handle: event, type: 0, rights: any },
        ]),
      () => zx.channelRead(channel, { maxBytes: any, maxHandles: any, mayDiscard: any }),
      () => zx.objectWaitMany([any], 0),
      () => zx.objectWaitMany([{ handle: any, signals: 8 }], 0),
      () => zx.objectWaitMany([{ handle: event, signals: any }], 0),
      () => zx.portQueue(zx.portCreate(0), { key: any, status: 0, user: new Uint8Array() }),
      () => zx.portQueue(zx.portCreate(0), { key: 0n, status: any, user: new Uint8Array() }),
      () => zx.portQueue(zx.portCreate(0), { key: 0n, status: 0, user: any }),
      () => zx.jobSetPolicy(zx.jobCreate(root.job, 0), 0, [any]),
      () => zx.jobSetPolicy(zx.jobCreate(root.job, 0), 0, [{ condition: any, action: 1 }]),
      () => zx.jobSetPolicy(zx.jobCreate(root.job, 0), 0, [{ condition: 4, action: any }]),
      () => zx.ports.out32(any, any),
    ];
    for (const attempt of attempts) await endsWell(attempt);
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
});
