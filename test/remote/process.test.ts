/** A process in a thread, as its program and as the kernel sees it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SystemEvent } from "../../src/events/events.ts";
import { createBufferRam } from "../../src/machine/ram.ts";
import { Exchange } from "../../src/remote/server/exchange.ts";
import { Signals, TIME_INFINITE } from "../../src/zx/constants.ts";
import { Rights } from "../../src/zx/rights.ts";
import { onBothSpaces } from "../support/address_spaces.ts";
import { MiB } from "../support/fake_machine.ts";
import { createTestKernel, type TestKernel } from "../support/kernel.ts";
import { RemoteProcess } from "../support/remote_process.ts";
import { surveyStatuses } from "../support/status_survey.ts";

onBothSpaces("a process in a thread", ({ kind }) => {
  let kernel: TestKernel;
  let remote: RemoteProcess;

  beforeEach(async () => {
    kernel = await createTestKernel(kind);
    remote = await RemoteProcess.start(kernel.kernel);
  });

  afterEach(async () => {
    await remote.stop();
    expect(kernel.problems()).toEqual([]);
    await kernel.kernel.close();
    expect([...kernel.kernel.objects()]).toEqual([]);
    expect(kernel.kernel.frames.used).toBe(0);
  });

  test("makes system calls that return when they are done, in its own handle table", async () => {
    const size = await remote.run(({ zx }) => {
      const vmo = zx.vmoCreate(8192, 0);
      zx.objectSetName(vmo, "made elsewhere");
      return [zx.vmoGetSize(vmo), zx.objectGetName(vmo), zx.objectGetInfo(vmo, "VMO").name];
    });
    expect(size).toEqual([8192, "made elsewhere", "made elsewhere"]);
    const { handles } = kernel.kernel.process(remote.koid);
    expect([...handles.entries()].map(([, { object }]) => object.describe())).toContainEqual(
      expect.stringContaining("made elsewhere"),
    );
  });

  test("is told errors as the kernel makes them, at the call", async () => {
    await expect(remote.run(({ zx }) => zx.handleClose(0x77))).rejects.toMatchObject({
      statusName: "BAD_HANDLE",
      detail: expect.stringContaining("0x77"),
    });
    const outputs = await remote.run(({ zx }) =>
      zx.objectWaitOne(zx.eventCreate(0), 8, 0).catch((error) => [error.statusName, error.outputs.observed]),
    );
    expect(outputs).toEqual(["TIMED_OUT", 0]);
  });

  test("moves megabytes in one call: into a VMO, out of it, and through its memory", async () => {
    const intact = await remote.run(({ zx }) => {
      const size = 1.5 * 2 ** 20;
      const vmo = zx.vmoCreate(size, 0);
      const sent = Uint8Array.from({ length: size }, (_, i) => (i * 7) ^ (i >> 11));
      zx.vmoWrite(vmo, sent, 0);
      const out = new Uint8Array(size);
      zx.vmoRead(vmo, out, 0);
      const address = zx.vmarMap(zx.vmarRootSelf, 3, 0, vmo, 0, size);
      const mapped = new Uint8Array(size);
      zx.memory.read(address, mapped);
      zx.memory.write(address, sent.subarray(1));
      zx.vmoRead(vmo, out.subarray(0, 1), 0);
      return [mapped.every((byte, i) => byte === sent[i]), out[0] === sent[1]];
    });
    expect(intact).toEqual([true, true]);
  });

  test("sends and receives the largest message there is, with as many handles as it may have", async () => {
    const [mine, theirs] = kernel.zx.channelCreate();
    const [given] = remote.give(theirs);
    const handles = Array.from({ length: 64 }, () => kernel.zx.eventCreate(0));
    kernel.zx.channelWrite(mine, new Uint8Array(65536).fill(5), handles);
    const echoed = await remote.run(async ({ zx }, channel) => {
      const message = await zx.channelReadWhenReadable!(channel);
      zx.channelWrite(
        channel,
        message.bytes,
        message.handles.map(({ handle }) => handle),
      );
      return [message.bytes.length, message.bytes[65535], message.handles.length, message.handles[0]!.type];
    }, given!);
    expect(echoed).toEqual([65536, 5, 64, 5]);
    expect(kernel.zx.channelRead(mine).handles).toHaveLength(64);
  });

  test("waits without polling, and is woken by what another process does", async () => {
    const event = kernel.zx.eventCreate(0);
    const [given] = remote.give(kernel.zx.handleDuplicate(event, Rights.SAME_RIGHTS));
    const observed = remote.run(({ zx, constants }, handle) => {
      return zx.objectWaitOne(handle, constants.Signals.SIGNALED, constants.TIME_INFINITE);
    }, given!);
    kernel.zx.objectSignal(event, 0, 8);
    expect(await observed).toBe(8);
  });

  test("has its waits end when what they wait for is closed, in the order in which it said both", async () => {
    const status = await remote.run(async ({ zx, constants }) => {
      const event = zx.eventCreate(0);
      const wait = zx.objectWaitOne(event, 8, constants.TIME_INFINITE).catch((error) => error.statusName);
      zx.handleClose(event);
      return wait;
    });
    expect(status).toBe("CANCELED");
  });

  test("reads messages in their order with one call for each, and learns that the other end is gone", async () => {
    const [mine, theirs] = kernel.zx.channelCreate();
    const [given] = remote.give(theirs);
    const all = remote.run(async ({ zx }, channel) => {
      const read: number[] = [];
      try {
        for (;;) read.push((await zx.channelReadWhenReadable!(channel)).bytes[0]!);
      } catch (error) {
        return [read, (error as { statusName: string }).statusName];
      }
    }, given!);
    for (let i = 0; i < 200; i++) kernel.zx.channelWrite(mine, Uint8Array.of(i), []);
    kernel.zx.handleClose(mine);
    expect(await all).toEqual([Array.from({ length: 200 }, (_, i) => i), "PEER_CLOSED"]);
  });

  test("posts messages that it does not wait for, in their order and before whatever it says next", async () => {
    const [mine, theirs] = kernel.zx.channelCreate();
    const [given] = remote.give(theirs);
    await remote.run(({ zx }, channel) => {
      for (let i = 0; i < 100; i++) zx.channelWritePosted!(channel, Uint8Array.of(i));
      zx.channelWrite(channel, Uint8Array.of(100), []);
      // Whether these fail is not told.
      zx.channelWritePosted!(0x77, Uint8Array.of(1));
      zx.channelWritePosted!(channel, new Uint8Array(70_000));
      zx.handleClose(channel);
    }, given!);
    for (let i = 0; i <= 100; i++) expect(kernel.zx.channelRead(mine).bytes).toEqual(Uint8Array.of(i));
    expect(() => kernel.zx.channelRead(mine)).toThrow(/PEER_CLOSED/);
  });

  test("gets more notices than fit into its mailbox while it does not look, and loses none", async () => {
    const [mine, theirs] = kernel.zx.channelCreate();
    const [given] = remote.give(theirs);
    const all = remote.run(async ({ zx }, channel) => {
      const pending = Array.from({ length: 40 }, () => zx.channelReadWhenReadable!(channel));
      const messages = await Promise.all(pending);
      return messages.map(({ bytes }) => [bytes.length, bytes[0]]);
    }, given!);
    for (let i = 0; i < 40; i++) kernel.zx.channelWrite(mine, new Uint8Array(60_000).fill(i), []);
    const received = await all;
    expect(received.map(([length]) => length)).toEqual(Array(40).fill(60_000));
    expect(received.map(([, first]) => first).sort((a, b) => a! - b!)).toEqual(
      Array.from({ length: 40 }, (_, i) => i),
    );
  });

  test("comes to its own timers and ports, however fast one message follows the other", async () => {
    const [mine, theirs] = kernel.zx.channelCreate();
    const [given] = remote.give(theirs);
    // Nothing else ends it: a process that did no more than wait for messages would answer for ever.
    const turns = remote.run(async ({ zx }, channel) => {
      let isOver = false;
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        isOver = true;
        port1.close();
      };
      setTimeout(() => setImmediate(() => port2.postMessage(0)), 20);
      for (let answered = 0; ; answered++) {
        const { bytes } = await zx.channelReadWhenReadable!(channel);
        if (isOver) {
          zx.handleClose(channel);
          return answered;
        }
        zx.channelWritePosted!(channel, bytes);
      }
    }, given!);
    const { PEER_CLOSED, READABLE } = Signals;
    for (let i = 0; ; i++) {
      kernel.zx.channelWrite(mine, Uint8Array.of(i), []);
      const observed = await kernel.zx.objectWaitOne(mine, READABLE | PEER_CLOSED, TIME_INFINITE);
      if ((observed & READABLE) === 0) break;
      expect(kernel.zx.channelRead(mine).bytes).toEqual(Uint8Array.of(i));
    }
    expect(await turns).toBeGreaterThan(0);
  });

  test("loads and stores through its mappings, with page faults where nothing is", async () => {
    const result = await remote.run(({ zx, MmioBuffer, constants }) => {
      const buffer = MmioBuffer.create(zx, {
        vmo: zx.vmoCreate(8192, 0),
        policy: constants.CachePolicy.CACHED,
      });
      buffer.write32(0x10, 0xdeadbeef);
      buffer.write64(0x1008, 0x0123456789abcdefn);
      buffer.write8(0x20, 0xff);
      buffer.write16(0x22, 0x1234);
      const read = [buffer.read32(0x10), buffer.read32(0x1008), buffer.read8(0x20), buffer.read16(0x22)];
      const wide = buffer.read64(0x1008);
      const { address } = buffer;
      zx.vmarUnmap(zx.vmarRootSelf, address, 8192);
      let fault = "";
      try {
        buffer.read32(0x10);
      } catch (error) {
        fault = String(error);
      }
      return { read, wide: wide.toString(16), fault };
    });
    expect(result).toEqual({
      read: [0xdeadbeef, 0x89abcdef, 0xff, 0x1234],
      wide: "123456789abcdef",
      fault: expect.stringMatching(/NOT_FOUND.*read32 at offset 0x10 of "mmio".*nothing is mapped/),
    });
  });

  test("learns before its next access that somebody else has taken a mapping away", async () => {
    const address = await remote.run(({ zx, MmioBuffer, constants, kept }) => {
      const buffer = MmioBuffer.create(zx, {
        vmo: zx.vmoCreate(4096, 0),
        policy: constants.CachePolicy.CACHED,
      });
      buffer.write32(0, 1);
      kept.buffer = buffer;
      return buffer.address;
    });
    kernel.zx.vmarUnmap(remote.rootVmar, address, 4096);
    const after = await remote.run(({ kept }) => {
      try {
        return (kept.buffer as { read32(at: number): number }).read32(0);
      } catch (error) {
        return String(error);
      }
    });
    expect(after).toMatch(/NOT_FOUND/);
  });

  test("has typed arrays over its RAM where threads can share it, and is told where they cannot", async () => {
    const view = () =>
      remote.run(({ zx }) => {
        const vmo = zx.vmoCreate(4096, 0);
        const address = zx.vmarMap(zx.vmarRootSelf, 3, 0, vmo, 0, 4096);
        const bytes = zx.memory.bytes(address + 8, 16);
        bytes[0] = 77;
        const read = new Uint8Array(1);
        zx.vmoRead(vmo, read, 8);
        return read[0];
      });
    if (kind === "native") expect(await view()).toBe(77);
    else await expect(view()).rejects.toMatchObject({ statusName: "NOT_SUPPORTED" });
  });

  test("ends like any process: its waits are over and its handles closed, whatever it was doing", async () => {
    const [mine, theirs] = kernel.zx.channelCreate();
    const [given] = remote.give(theirs);
    void remote.run(({ zx }, channel) => zx.channelReadWhenReadable!(channel), given!).catch(() => {});
    await remote.run(({ zx }) => zx.vmarMap(zx.vmarRootSelf, 3, 0, zx.vmoCreate(4096, 0), 0, 4096));
    kernel.zx.taskKill(remote.process);
    expect(() => kernel.zx.channelRead(mine)).toThrow(/PEER_CLOSED/);
    expect(() => kernel.zx.channelWrite(mine, new Uint8Array(4), [])).toThrow(/PEER_CLOSED/);
    await expect(remote.run(({ zx }) => zx.eventCreate(0))).rejects.toMatchObject({
      statusName: "BAD_STATE",
    });
  });
});

describe("a process in a thread and one in the kernel's", () => {
  test("are told the same status of every call for every kind of garbage in every place", async () => {
    const here = await onAKernel(async (kernel) => {
      const host = kernel.host();
      return surveyStatuses({ zx: host.zx, ...bench(host.give(...roots(kernel))) });
    });
    const there = await onAKernel(async (kernel) => {
      const remote = await RemoteProcess.start(kernel.kernel);
      const lines = await remote.run(
        ({ zx, surveyStatuses: survey }, handles) => survey({ zx, ...handles }),
        bench(remote.give(...roots(kernel))),
      );
      await remote.stop();
      return lines;
    });
    expect(there.length).toBeGreaterThan(5000);
    const crosses = (line: string) => !DO_NOT_CROSS.some((what) => line.includes(`: ${what})`));
    expect(there.filter((line, i) => line !== here[i] && crosses(line))).toEqual([]);
  });

  /** Objects that are more than their fields: what is no plain data is refused, or is only its fields. */
  const DO_NOT_CROSS = ["an object whose fields throw", "a list too long for any memory", "words", "a view"];

  async function onAKernel<T>(act: (kernel: TestKernel) => Promise<T>): Promise<T> {
    const ram = createBufferRam({ ranges: [{ base: 0, size: 64 * MiB }] });
    const kernel = await createTestKernel("portable", { ram });
    const result = await act(kernel);
    expect(kernel.problems()).toEqual([]);
    await kernel.kernel.close();
    return result;
  }

  function roots({ zx, root: { mmio, irq, ioport, system, iommu, job } }: TestKernel): number[] {
    return [mmio, irq, ioport, system, iommu, job].map((handle) =>
      zx.handleDuplicate(handle, Rights.SAME_RIGHTS),
    );
  }

  function bench(handles: readonly number[]) {
    const [mmio, irq, ioport, system, iommu, job] = handles as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return { mmio, irq, ioport, system, iommu, job };
  }
});

describe("events of a process in a thread", () => {
  let kernel: TestKernel;
  let remote: RemoteProcess;

  beforeAll(async () => {
    kernel = await createTestKernel("portable");
    remote = await RemoteProcess.start(kernel.kernel, { exchange: new Exchange() });
  });

  afterAll(async () => {
    await remote.stop();
    await kernel.kernel.close();
  });

  const log = (message: string) =>
    ({ kind: "log", time: 0, source: "x", severity: "info", message }) as unknown as SystemEvent;

  test("are told in the order of what the process does: before the call that it makes next", async () => {
    const heard: string[] = [];
    const stop = kernel.kernel.events.listen(
      (event) =>
        heard.push(event.kind === "log" ? event.message : event.kind === "syscall" ? event.name : ""),
      ["log", "syscall"],
    );
    // With a call it learns what is listened to.
    await remote.run(({ zx }) => void zx.clockGetMonotonic());
    heard.length = 0;
    await remote.run(
      ({ events, zx }, first, second) => {
        events.emit(first);
        zx.handleClose(zx.eventCreate(0));
        events.emit(second);
        zx.eventCreate(0);
      },
      log("first"),
      log("second"),
    );
    stop();
    expect(heard).toEqual(["first", "event_create", "handle_close", "second", "event_create"]);
  });

  test("are made only while somebody listens to their kind", async () => {
    const wants = () =>
      remote.run(({ events, zx }) => {
        zx.clockGetMonotonic();
        return { ...events.wants };
      });
    expect(await wants()).toMatchObject({ access: false, log: false, message: false });
    const stop = kernel.kernel.events.listen(() => {}, ["access"]);
    expect(await wants()).toMatchObject({ access: true, log: false, message: false });
    stop();
    expect(await wants()).toMatchObject({ access: false, log: false, message: false });
  });

  test("are in the process's own name, and are dropped where they are not whole or not its to tell", async () => {
    const heard: SystemEvent[] = [];
    const stop = kernel.kernel.events.listen(
      (event) => heard.push(event),
      ["access", "log", "message", "node"],
    );
    const access = {
      kind: "access",
      time: 1,
      process: "somebody else",
      mapping: "bar 0",
      op: "read",
      offset: 4,
      width: 32,
      value: 7,
      register: undefined,
      fields: undefined,
    };
    const bad = [
      { ...access, op: "execute" },
      { ...access, offset: "4" },
      { ...access, kind: "node" },
      { ...access, kind: "constructor" },
      { kind: "message", bytes: [] },
      { kind: "log", time: 0, source: "x", severity: "fatal", message: "x" },
      { kind: "log", time: 0, source: "x", severity: "info" },
    ];
    await remote.run(
      ({ events, zx }, all) => {
        // What is wanted is known once a call has returned.
        zx.clockGetMonotonic();
        for (const event of all) events.emit(event as unknown as Parameters<typeof events.emit>[0]);
        zx.clockGetMonotonic();
      },
      [...bad, access],
    );
    stop();
    expect(heard).toEqual([{ ...access, process: "remote" }]);
  });
});

describe("time of a machine whose clock jumps", () => {
  test("waits while a thread works, and goes on when it does not", async () => {
    let holders = 0;
    let most = 0;
    const kernel = await createTestKernel("portable");
    const hold = () => {
      most = Math.max(most, ++holders);
      return () => holders--;
    };
    const remote = await RemoteProcess.start(kernel.kernel, { hold });
    const [mine, theirs] = kernel.zx.channelCreate();
    const [given] = remote.give(theirs);
    const done = remote.run(async ({ zx }, channel) => {
      await zx.channelReadWhenReadable!(channel);
      for (const end = performance.now() + 20; performance.now() < end; );
      zx.channelWrite(channel, new Uint8Array(1), []);
    }, given!);
    const { calls } = kernel.kernel.process(remote.koid);
    while (calls.size === 0 || holders > 0) await new Promise(setImmediate);
    kernel.zx.channelWrite(mine, new Uint8Array(1), []);
    await new Promise(setImmediate);
    // From what is delivered until the thread has done with it, its answer included.
    expect(holders).toBe(1);
    while (holders > 0) await new Promise(setImmediate);
    expect(kernel.zx.channelRead(mine).bytes).toHaveLength(1);
    expect(most).toBe(1);
    await done;
    await remote.stop();
    expect(holders).toBe(0);
    await kernel.kernel.close();
  });
});
