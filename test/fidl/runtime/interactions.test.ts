import { beforeEach, describe, expect, it } from "vitest";
import { EventStream, type LogEvent } from "../../../src/events/events.ts";
import {
  type ConnectionOptions,
  createEndpoints,
  DomainError,
  type Openness,
  type UnknownInteraction,
} from "../../../src/fidl/runtime/index.ts";
import type { Handle } from "../../../src/zx/constants.ts";
import { ZxError } from "../../../src/zx/error.ts";
import { Status } from "../../../src/zx/status.ts";
import type { Zx } from "../../../src/zx/syscalls.ts";
import {
  createProcess,
  decodeEpitaph,
  decodeHeader,
  encodeEpitaph,
  encodeEvent,
  encodeRequest,
  encodeResponse,
  fromHex,
  hexBytes,
  isPeerClosed,
  ok,
  settle,
  withOrdinal,
} from "./support.ts";
import {
  FLEXIBLE,
  FLEXIBLE_EMPTY,
  FLEXIBLE_ERROR,
  FLEXIBLE_ONE_WAY,
  ON_FLEXIBLE,
  ON_HANDLE,
  ON_STRICT,
  RecordingServer,
  Refusal,
  STRICT,
  STRICT_EMPTY,
  STRICT_ERROR,
  STRICT_ONE_WAY,
  Target,
  type TargetServer,
  targetOf,
} from "./target.ts";

let zx: Zx;
beforeEach(async () => {
  zx = await createProcess();
});

const UNKNOWN = 0x7777n;
const opennesses: Openness[] = ["closed", "ajar", "open"];

/** A message with a header of these parts and this body. */
function message(txid: number, ordinal: bigint, flexible: boolean, body = ""): Uint8Array {
  const bytes = encodeRequest(flexible ? FLEXIBLE_EMPTY : STRICT_EMPTY, txid, undefined).bytes;
  return withOrdinal(new Uint8Array([...bytes, ...fromHex(body)]), ordinal);
}

function bareServer(openness: Openness = "open", options?: ConnectionOptions) {
  const ends = createEndpoints(zx, Target);
  return { client: targetOf(openness).client(zx, ends.client, options), channel: ends.server };
}

function bareClient(openness: Openness = "open", options?: ConnectionOptions) {
  const ends = createEndpoints(zx, Target);
  const server = new RecordingServer();
  const binding = targetOf(openness).serve(zx, ends.server, server, options);
  return { server, binding, channel: ends.client };
}

function connected(server: TargetServer = new RecordingServer()) {
  const ends = createEndpoints(zx, Target);
  return { client: Target.client(zx, ends.client), binding: Target.serve(zx, ends.server, server) };
}

/** A handle to send, and how to see that whoever had it has closed it. */
function probe() {
  const [mine, sent] = zx.channelCreate();
  return { sent, isClosed: () => isPeerClosed(zx, mine) };
}

async function readBytes(channel: Handle): Promise<Uint8Array> {
  await settle();
  return zx.channelRead(channel).bytes;
}

describe("requests on the wire", () => {
  it("say whether the method is flexible, and number those that are answered", async () => {
    const { client, channel } = bareServer();
    client.strictOneWay(5);
    client.flexibleOneWay();
    void client.strict(1).catch(() => {});
    void client.flexibleEmpty().catch(() => {});
    const headers = [1, 2, 3, 4].map(() => decodeHeader(zx.channelRead(channel).bytes));
    expect(headers).toEqual([
      { txid: 0, flexible: false, ordinal: STRICT_ONE_WAY.ordinal },
      { txid: 0, flexible: true, ordinal: FLEXIBLE_ONE_WAY.ordinal },
      { txid: 1, flexible: false, ordinal: STRICT.ordinal },
      { txid: 2, flexible: true, ordinal: FLEXIBLE_EMPTY.ordinal },
    ]);
    client.close();
  });

  it("of a one-way method are heard, and not answered", async () => {
    const { channel, server } = bareClient();
    zx.channelWrite(channel, encodeRequest(STRICT_ONE_WAY, 0, { value: 5 }).bytes, []);
    zx.channelWrite(channel, encodeRequest(FLEXIBLE_ONE_WAY, 0, undefined).bytes, []);
    await settle();
    expect(server.heard).toEqual(["strictOneWay 5", "flexibleOneWay"]);
    expect(() => zx.channelRead(channel)).toThrow(/^SHOULD_WAIT/);
  });
});

describe("answers on the wire", () => {
  const cases: [string, Uint8Array, string][] = [
    ["a strict method: the payload", encodeRequest(STRICT, 3, { value: 9 }).bytes, "09000000 00000000"],
    ["a strict method without payload: nothing", encodeRequest(STRICT_EMPTY, 3, undefined).bytes, ""],
    [
      "a strict method with an error: a result",
      encodeRequest(STRICT_ERROR, 3, { value: 9 }).bytes,
      "01000000 00000000 09000000 00000100",
    ],
    [
      "a strict method's error",
      encodeRequest(STRICT_ERROR, 3, { value: -1 }).bytes,
      "02000000 00000000 02000000 00000100",
    ],
    [
      "a flexible method: a result too",
      encodeRequest(FLEXIBLE, 3, { value: 9 }).bytes,
      "01000000 00000000 09000000 00000100",
    ],
    [
      "a flexible method without payload: an empty struct",
      encodeRequest(FLEXIBLE_EMPTY, 3, undefined).bytes,
      "01000000 00000000 00000000 00000100",
    ],
    [
      "a flexible method's table",
      encodeRequest(FLEXIBLE_ERROR, 3, { value: 9 }).bytes,
      "01000000 00000000 18000000 00000000 01000000 00000000 ffffffff ffffffff 09000000 00000100",
    ],
  ];
  it.each(cases)("of %s", async (_, request, body) => {
    const { channel } = bareClient();
    zx.channelWrite(channel, request, []);
    const bytes = await readBytes(channel);
    expect(hexBytes(bytes.subarray(16))).toBe(body);
    const asked = decodeHeader(request);
    expect(decodeHeader(bytes)).toEqual(asked);
  });

  it.each([true, false])("are read whatever their flexible bit says (%s)", async (flexible) => {
    const { client, channel } = bareServer();
    const [first, second] = [client.strict(1), client.flexible(2)];
    zx.channelWrite(channel, message(1, STRICT.ordinal, flexible, "05000000 00000000"), []);
    zx.channelWrite(
      channel,
      message(2, FLEXIBLE.ordinal, flexible, "01000000 00000000 06000000 00000100"),
      [],
    );
    expect(await Promise.all([first, second])).toEqual([5, 6]);
  });

  it.each([true, false])("are given whatever the request's flexible bit says (%s)", async (flexible) => {
    const { channel, server } = bareClient();
    zx.channelWrite(channel, message(1, STRICT_EMPTY.ordinal, flexible), []);
    expect(decodeHeader(await readBytes(channel)).txid).toBe(1);
    expect(server.heard).toEqual(["strictEmpty"]);
  });
});

describe("errors", () => {
  it("of a method's own kind arrive as a DomainError with their value", async () => {
    const { client } = connected();
    const error = await client.strictError(-1).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ value: Refusal.BUSY, statusName: "INTERNAL" });
    expect((error as Error).message).toMatch(/test\/Target.StrictError\(value -1\)/);
    expect(await client.strictError(1)).toBe(1);
  });

  it("that are a status arrive as a ZxError", async () => {
    const server = new RecordingServer();
    server.flexibleError = () => {
      throw new ZxError("NO_SPACE", "full");
    };
    await expect(connected(server).client.flexibleError(1)).rejects.toThrow(/^NO_SPACE: .*FlexibleError/);
  });

  it("of another kind than the method's end the connection", async () => {
    const server = new RecordingServer();
    server.strictError = () => {
      throw new ZxError("NO_SPACE", "full");
    };
    const { client, binding } = connected(server);
    await expect(client.strictError(1)).rejects.toThrow(/^NO_SPACE: .*epitaph/);
    expect((await binding.closed)?.statusName).toBe("NO_SPACE");
  });

  it("of a one-way method end the connection, since there is no answer to put them in", async () => {
    const server = new RecordingServer();
    server.strictOneWay = () => {
      throw new ZxError("BAD_STATE", "not now");
    };
    const { client, binding } = connected(server);
    client.strictOneWay(1);
    expect((await binding.closed)?.statusName).toBe("BAD_STATE");
    await settle();
    expect(() => client.strictOneWay(2)).toThrow(/^BAD_STATE: .*the server hung up with the epitaph/);
  });

  it("in what is made of an answer are the server's", async () => {
    const server = new RecordingServer();
    server.flexible = () => "nine" as never;
    await expect(connected(server).client.flexible(1)).rejects.toThrow(/^INTERNAL/);
  });
});

describe("a server, of a request that it does not know,", () => {
  for (const openness of opennesses) {
    it(`closes a ${openness} protocol's connection if it is strict`, async () => {
      for (const txid of [0, 7]) {
        const { channel, binding } = bareClient(openness);
        const { sent, isClosed } = probe();
        zx.channelWrite(channel, message(txid, UNKNOWN, false), [sent]);
        expect(decodeEpitaph(await readBytes(channel))).toBe(Status.NOT_SUPPORTED);
        expect(await isClosed()).toBe(true);
        expect((await binding.closed)?.message).toMatch(/no method with ordinal 0x7777/);
      }
    });
  }

  it.each([
    ["closed", 0],
    ["closed", 7],
    ["ajar", 7],
  ] as const)(
    "closes a(n) %s protocol's connection if it is flexible and has transaction %i",
    async (openness, txid) => {
      const { channel } = bareClient(openness);
      zx.channelWrite(channel, message(txid, UNKNOWN, true), []);
      expect(decodeEpitaph(await readBytes(channel))).toBe(Status.NOT_SUPPORTED);
    },
  );

  it.each(["ajar", "open"] as const)(
    "passes over a flexible one without an answer in a(n) %s protocol",
    async (openness) => {
      const unknown: UnknownInteraction[] = [];
      const { channel } = bareClient(openness, { onUnknown: (interaction) => unknown.push(interaction) });
      const { sent, isClosed } = probe();
      zx.channelWrite(channel, message(0, UNKNOWN, true, "0102030405060708"), [sent]);
      zx.channelWrite(channel, encodeRequest(STRICT, 1, { value: 3 }).bytes, []);
      expect(decodeHeader(await readBytes(channel)).txid).toBe(1);
      expect(unknown).toEqual([{ kind: "oneWay", ordinal: UNKNOWN }]);
      expect(await isClosed()).toBe(true);
    },
  );

  it("answers a flexible one in an open protocol that it does not know it", async () => {
    const unknown: UnknownInteraction[] = [];
    const { channel } = bareClient("open", { onUnknown: (interaction) => unknown.push(interaction) });
    const { sent, isClosed } = probe();
    zx.channelWrite(channel, message(7, UNKNOWN, true), [sent]);
    const bytes = await readBytes(channel);
    expect(decodeHeader(bytes)).toEqual({ txid: 7, flexible: true, ordinal: UNKNOWN });
    expect(hexBytes(bytes.subarray(16))).toBe("03000000 00000000 feffffff 00000100");
    expect(unknown).toEqual([{ kind: "twoWay", ordinal: UNKNOWN }]);
    expect(await isClosed()).toBe(true);
  });

  it("does not take an event's ordinal for a request", async () => {
    const { channel } = bareClient();
    zx.channelWrite(channel, message(0, ON_STRICT.ordinal, false), []);
    expect(decodeEpitaph(await readBytes(channel))).toBe(Status.NOT_SUPPORTED);
  });

  it.each([
    ["a method with an answer but no transaction id", () => encodeRequest(STRICT_EMPTY, 0, undefined).bytes],
    [
      "a method without an answer but a transaction id",
      () => encodeRequest(FLEXIBLE_ONE_WAY, 5, undefined).bytes,
    ],
    ["wire format v1", () => message(5, STRICT_EMPTY.ordinal, false).fill(0, 4, 5)],
  ])("closes the connection on %s", async (_, bytes) => {
    const { channel, server } = bareClient();
    zx.channelWrite(channel, bytes(), []);
    expect(decodeEpitaph(await readBytes(channel))).toBe(Status.INVALID_ARGS);
    expect(server.heard).toEqual([]);
  });
});

describe("a client", () => {
  it("learns that a flexible method is not known", async () => {
    const { client, channel } = bareServer();
    const calls = [client.flexible(1), client.flexibleEmpty(), client.flexibleError(1)];
    for (const [i, { ordinal }] of [FLEXIBLE, FLEXIBLE_EMPTY, FLEXIBLE_ERROR].entries()) {
      zx.channelWrite(channel, message(i + 1, ordinal, true, "03000000 00000000 feffffff 00000100"), []);
    }
    for (const call of calls)
      await expect(call).rejects.toThrow(/^NOT_SUPPORTED: .*does not know this method/);
  });

  it.each([
    ["an error of the framework that there is not", FLEXIBLE, "03000000 00000000 ffffffff 00000100"],
    ["an error of a flexible method that has none", FLEXIBLE, "02000000 00000000 01000000 00000100"],
    ["an unknown method that is strict", STRICT_ERROR, "03000000 00000000 feffffff 00000100"],
    ["a result that is neither", FLEXIBLE_ERROR, "04000000 00000000 feffffff 00000100"],
  ] as const)("gives up the connection on %s", async (_, method, body) => {
    const { client, channel } = bareServer();
    const call = {
      [FLEXIBLE.name]: () => client.flexible(1),
      [STRICT_ERROR.name]: () => client.strictError(1),
      [FLEXIBLE_ERROR.name]: () => client.flexibleError(1),
    }[method.name]!();
    zx.channelWrite(channel, message(1, method.ordinal, true, body), []);
    await expect(call).rejects.toThrow(/^INVALID_ARGS: .*the server's message is invalid/);
    expect(await isPeerClosed(zx, channel)).toBe(true);
  });

  it.each([true, false])(
    "gives up the connection when the server asks something (flexible: %s)",
    async (flexible) => {
      const { client, channel } = bareServer();
      const call = client.strict(1);
      zx.channelWrite(channel, message(99, UNKNOWN, flexible), []);
      await expect(call).rejects.toThrow(/UNKNOWN_TXID/);
    },
  );

  it.each(["ajar", "open"] as const)(
    "passes over a flexible event that it does not know in a(n) %s protocol",
    async (openness) => {
      const unknown: UnknownInteraction[] = [];
      const { client, channel } = bareServer(openness, {
        onUnknown: (interaction) => unknown.push(interaction),
      });
      const { sent, isClosed } = probe();
      const call = client.strict(1);
      zx.channelWrite(channel, message(0, UNKNOWN, true, "0102030405060708"), [sent]);
      zx.channelWrite(channel, encodeResponse(STRICT, 1, ok({ value: 3 })).bytes, []);
      expect(await call).toBe(3);
      expect(unknown).toEqual([{ kind: "event", ordinal: UNKNOWN }]);
      expect(await isClosed()).toBe(true);
    },
  );

  it.each([
    ["closed", true],
    ["closed", false],
    ["ajar", false],
    ["open", false],
  ] as const)(
    "gives up a(n) %s protocol's connection on an unknown event (flexible: %s)",
    async (openness, flexible) => {
      const { client, channel } = bareServer(openness);
      const call = client.strict(1);
      zx.channelWrite(channel, message(0, UNKNOWN, flexible), []);
      await expect(call).rejects.toThrow(/UNKNOWN_ORDINAL: test\/Target has no event with ordinal 0x7777/);
    },
  );

  it("takes an epitaph of OK for a server that has hung up", async () => {
    const { client, channel } = bareServer();
    const call = client.strict(1);
    zx.channelWrite(channel, encodeEpitaph(Status.OK).bytes, []);
    await expect(call).rejects.toThrow(/^PEER_CLOSED: .*the epitaph OK/);
  });
});

describe("events", () => {
  it("go from the binding to the listener, in order, with their handles", async () => {
    const { client, binding } = connected();
    const heard: unknown[] = [];
    client.onStrict((value) => heard.push(value));
    client.onFlexible((payload) => heard.push(payload));
    client.onHandle((given) => heard.push(zx.objectGetInfo(given, "HANDLE_BASIC").type));
    binding.events.onStrict(1);
    binding.events.onFlexible({ value: 2 });
    binding.events.onHandle(zx.eventCreate(0));
    await settle();
    expect(heard).toEqual([1, { value: 2 }, 5]);
  });

  it("can be sent by the method that a client calls", async () => {
    const server: TargetServer = new RecordingServer();
    server.strictOneWay = (value, binding) => binding.events.onStrict(value + 1);
    const { client } = connected(server);
    const heard: number[] = [];
    client.onStrict((value) => heard.push(value));
    client.strictOneWay(1);
    await settle();
    expect(heard).toEqual([2]);
  });

  it("go to the listener that came last, until it is taken away", async () => {
    const { client, binding } = connected();
    const heard: string[] = [];
    const removeFirst = client.onStrict(() => heard.push("first"));
    const removeSecond = client.onStrict(() => heard.push("second"));
    removeFirst();
    binding.events.onStrict(1);
    await settle();
    removeSecond();
    binding.events.onStrict(2);
    await settle();
    expect(heard).toEqual(["second"]);
  });

  it("without a listener are dropped, with their handles", async () => {
    const { client, binding } = connected();
    const { sent, isClosed } = probe();
    binding.events.onHandle(sent);
    await settle();
    expect(await isClosed()).toBe(true);
    expect(await client.strict(1)).toBe(1);
  });

  it("whose listener fails are a line in the log, and the connection goes on", async () => {
    const events = new EventStream();
    const lines: LogEvent[] = [];
    events.listen((event) => void lines.push(event as LogEvent), ["log"]);
    const { client, channel } = bareServer("open", { events });
    client.onStrict(() => {
      throw new TypeError("a bug");
    });
    zx.channelWrite(channel, encodeEvent(ON_STRICT, { value: 1 }).bytes, []);
    const call = client.strict(1);
    zx.channelWrite(channel, encodeResponse(STRICT, 1, ok({ value: 3 })).bytes, []);
    expect(await call).toBe(3);
    expect(lines.map(({ message: line }) => line)).toEqual([
      expect.stringMatching(/^a listener of test\/Target.OnStrict failed: TypeError: a bug/),
    ]);
  });

  it("that break the wire format end the connection", async () => {
    const { client, channel } = bareServer();
    const call = client.strict(1);
    const { sent, isClosed } = probe();
    zx.channelWrite(channel, encodeEvent(ON_STRICT, { value: 1 }).bytes, [sent]);
    await expect(call).rejects.toThrow(/TOO_MANY_HANDLES_IN_MESSAGE/);
    expect(await isClosed()).toBe(true);
  });

  it("close the handles in what the listener cannot know", async () => {
    const { client, channel } = bareServer();
    const heard: unknown[] = [];
    client.onFlexible((payload) => heard.push(payload));
    const { sent, isClosed } = probe();
    const table = "03000000 00000000 ffffffff ffffffff 00000000 00000000 00000000 00000000 ffffffff 01000100";
    zx.channelWrite(channel, message(0, ON_FLEXIBLE.ordinal, true, table), [sent]);
    await settle();
    expect(heard).toEqual([{}]);
    expect(await isClosed()).toBe(true);
  });

  it("to a client that is gone are nothing, but their handles are closed", async () => {
    const { client, binding } = connected();
    client.close();
    const { sent, isClosed } = probe();
    binding.events.onHandle(sent);
    await binding.closed;
    expect(await isClosed()).toBe(true);
    expect(() => binding.events.onStrict(1)).not.toThrow();
  });

  it("that cannot be encoded are the sender's error", () => {
    const { binding } = connected();
    expect(() => binding.events.onStrict(0.5)).toThrow(/INVALID_VALUE/);
    expect(() => binding.events.onHandle(0)).toThrow(/NON_NULLABLE/);
    expect(encodeEvent(ON_HANDLE, { handle: 0 }).error?.code).toBe("NON_NULLABLE_TYPE_WITH_NULL_VALUE");
  });
});

describe("a call that is given up", () => {
  it("by its signal fails with CANCELED; its answer is dropped, and the connection goes on", async () => {
    const { client, channel } = bareServer();
    const controller = new AbortController();
    const call = client.strict(1, { signal: controller.signal });
    const reason = new Error("changed my mind");
    controller.abort(reason);
    const error = await call.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ statusName: "CANCELED", cause: reason });
    const next = client.strict(2);
    zx.channelWrite(channel, encodeResponse(STRICT, 1, ok({ value: 1 })).bytes, []);
    zx.channelWrite(channel, encodeResponse(STRICT, 2, ok({ value: 2 })).bytes, []);
    expect(await next).toBe(2);
  });

  it("before it is made is not sent", async () => {
    const { client, channel } = bareServer();
    await expect(client.strict(1, { signal: AbortSignal.abort() })).rejects.toThrow(/^CANCELED/);
    expect(() => zx.channelRead(channel)).toThrow(/^SHOULD_WAIT/);
  });

  it("closes the handles in an answer that comes too late", async () => {
    const { client, channel } = bareServer();
    const controller = new AbortController();
    const call = client.flexibleError(1, { signal: controller.signal });
    controller.abort();
    await expect(call).rejects.toThrow(/^CANCELED/);
    const { sent, isClosed } = probe();
    zx.channelWrite(channel, encodeResponse(FLEXIBLE_ERROR, 1, ok({ handle: sent })).bytes, [sent]);
    await settle();
    expect(await isClosed()).toBe(true);
    expect(await isPeerClosed(zx, channel)).toBe(false);
  });

  it("by its deadline fails with TIMED_OUT, when the machine's clock is there", async () => {
    const { client } = bareServer();
    const deadline = zx.clockGetMonotonic() + 1000;
    let failure: unknown;
    client.strict(1, { deadline }).catch((error: unknown) => {
      failure = error;
    });
    zx.spin(999);
    await settle();
    expect(failure).toBeUndefined();
    zx.spin(1);
    await settle();
    expect(String(failure)).toMatch(
      /TIMED_OUT: test\/Target.Strict\(value 1\): no answer by the deadline, 1000 ns/,
    );
  });

  it("by a deadline that has passed fails at once, although it has been sent", async () => {
    const { client, channel } = bareServer();
    await expect(client.strict(1, { deadline: 0 })).rejects.toThrow(/^TIMED_OUT/);
    expect(decodeHeader(zx.channelRead(channel).bytes).txid).toBe(1);
  });

  it("or answered, leaves no timer and no listener behind", async () => {
    const events: Handle[] = [];
    const create = zx.eventCreate.bind(zx);
    zx.eventCreate = (options) => {
      events.push(create(options));
      return events.at(-1)!;
    };
    const { client, binding } = connected();
    const { signal } = new AbortController();
    const listeners = new Set<unknown>();
    signal.addEventListener = (_: string, listener: unknown) => void listeners.add(listener);
    signal.removeEventListener = (_: string, listener: unknown) => void listeners.delete(listener);
    const deadline = zx.clockGetMonotonic() + 1e9;
    expect(await client.strict(1, { deadline, signal })).toBe(1);
    binding.close();
    await expect(client.strict(2, { deadline, signal })).rejects.toThrow(/^PEER_CLOSED/);
    expect(events).toHaveLength(2);
    for (const event of events) expect(() => zx.objectGetInfo(event, "HANDLE_BASIC")).toThrow(/^BAD_HANDLE/);
    expect(listeners.size).toBe(0);
  });

  it("by the end of the connection fails once", async () => {
    const { client } = bareServer();
    const controller = new AbortController();
    const call = client.strict(1, { deadline: zx.clockGetMonotonic() + 1e9, signal: controller.signal });
    client.close();
    controller.abort();
    await expect(call).rejects.toThrow(/^CANCELED: .*the client was closed/);
  });
});
