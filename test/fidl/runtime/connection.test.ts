import { beforeEach, describe, expect, it } from "vitest";
import { EventStream, type LogEvent, type MessageEvent } from "../../../src/events/events.ts";
import type { Handle } from "../../../src/zx/constants.ts";
import { ZxError } from "../../../src/zx/error.ts";
import { Status } from "../../../src/zx/status.ts";
import type { Zx } from "../../../src/zx/syscalls.ts";
import {
  createOtherProcess,
  createProcess,
  decodeEpitaph,
  decodeHeader,
  Echo,
  type EchoServer,
  encodeEpitaph,
  encodeRequest,
  encodeResponse,
  hexBytes,
  isPeerClosed,
  methodOf,
  ok,
  settle,
  withOrdinal,
} from "./support.ts";

let zx: Zx;
beforeEach(async () => {
  zx = await createProcess();
});

const echo: EchoServer = { echo: (v) => v, echoStrictly: (v) => v, take: () => {}, give: () => 0 };

/** A client and a server, joined. */
function connect(server: Partial<EchoServer> = {}) {
  const [a, b] = zx.channelCreate();
  const binding = Echo.serve(zx, b, { ...echo, ...server });
  return { client: Echo.client(zx, a), binding };
}

/** A client, and the bare channel of its server. */
function bareServer() {
  const [a, channel] = zx.channelCreate();
  return { client: Echo.client(zx, a), channel };
}

/** A server, and the bare channel of its client. */
function bareClient(server: Partial<EchoServer> = {}) {
  const [channel, b] = zx.channelCreate();
  return { channel, binding: Echo.serve(zx, b, { ...echo, ...server }) };
}

const requestBytes = (method: string, txid: number, request: unknown) =>
  encodeRequest(methodOf(Echo, method), txid, request).bytes;

/** Reads the one message that must be there. */
async function epitaphOn(channel: Handle): Promise<number> {
  await settle();
  const { bytes } = zx.channelReadEtc(channel);
  expect(decodeHeader(bytes).ordinal).toBe(0xffff_ffff_ffff_ffffn);
  expect(await isPeerClosed(zx, channel)).toBe(true);
  return decodeEpitaph(bytes);
}

describe("a client", () => {
  it("gets what the server answers", async () => {
    const { client } = connect({ echo: (value) => value + 1 });
    expect(await client.echo(41)).toBe(42);
    expect(await client.echoStrictly(7)).toBe(7);
  });

  it("has many calls in flight, whose answers may come in any order", async () => {
    const answer = new Map<number, (value: number) => void>();
    const { client } = connect({ echo: (value) => new Promise((resolve) => answer.set(value, resolve)) });
    const calls = [1, 2, 3].map((value) => client.echo(value));
    await settle();
    for (const value of [3, 1, 2]) answer.get(value)!(value * 10);
    expect(await Promise.all(calls)).toEqual([10, 20, 30]);
  });

  it("gets the server's error as a ZxError that names the call", async () => {
    const { client } = connect({
      echo: () => {
        throw new ZxError("BAD_STATE", "not now");
      },
    });
    await expect(client.echo(6)).rejects.toThrow("BAD_STATE: test/Echo.Echo(value 6): the server's answer");
  });

  it("sends and receives handles", async () => {
    const taken: Handle[] = [];
    const [mine, theirs] = zx.channelCreate();
    const { client } = connect({ take: (handle) => void taken.push(handle), give: () => taken[0]! });
    await client.take(theirs);
    expect(() => zx.objectGetInfo(theirs, "HANDLE_BASIC")).toThrow(/^BAD_HANDLE/);
    const back = await client.give();
    zx.channelWrite(back, Uint8Array.of(1), []);
    expect([...zx.channelRead(mine).bytes]).toEqual([1]);
  });

  it("fails all calls with PEER_CLOSED when the server hangs up", async () => {
    const { client, channel } = bareServer();
    const calls = [client.echo(1), client.echo(2)];
    zx.handleClose(channel);
    for (const call of calls) await expect(call).rejects.toThrow(/^PEER_CLOSED: .*the server hung up/);
    await expect(client.echo(3)).rejects.toThrow(/^PEER_CLOSED/);
  });

  it("fails all calls with the epitaph's status when there is one, also those made later", async () => {
    const { client, channel } = bareServer();
    const call = client.echo(1);
    zx.channelWrite(channel, encodeEpitaph(Status.UNAVAILABLE).bytes, []);
    zx.handleClose(channel);
    const late = client.echo(2);
    await expect(call).rejects.toThrow(/^UNAVAILABLE: .*the server hung up with the epitaph UNAVAILABLE/);
    await expect(late).rejects.toThrow(/^UNAVAILABLE/);
    await expect(client.echo(3)).rejects.toThrow(/^UNAVAILABLE/);
  });

  it("fails its calls with CANCELED when it is closed, and closes the channel", async () => {
    const { client, channel } = bareServer();
    const call = client.echo(1);
    client.close();
    client.close();
    await expect(call).rejects.toThrow(/^CANCELED/);
    expect(await isPeerClosed(zx, channel)).toBe(true);
  });

  it("closes the handles of a call that can no longer be made", async () => {
    const { client } = bareServer();
    client.close();
    const [mine, theirs] = zx.channelCreate();
    await expect(client.take(theirs)).rejects.toThrow(/^CANCELED/);
    expect(await isPeerClosed(zx, mine)).toBe(true);
  });

  it("refuses what cannot be encoded and stays usable", async () => {
    const { client } = connect();
    await expect(client.echo(-1)).rejects.toThrow(/INVALID_VALUE at byte 0x10: -1 is not a uint32/);
    await expect(client.echo("x" as never)).rejects.toThrow(/INVALID_VALUE/);
    expect(await client.echo(1)).toBe(1);
  });

  it("numbers its calls from 1 on, since 0 is for messages without an answer", () => {
    const { client, channel } = bareServer();
    for (const txid of [1, 2, 3]) {
      client.echo(1).catch(() => {});
      expect(decodeHeader(zx.channelRead(channel).bytes).txid).toBe(txid);
    }
  });

  const answers: [string, (method: ReturnType<typeof methodOf>) => Uint8Array][] = [
    ["to a call that was not made", (m) => encodeResponse(m, 99, ok({ value: 1 })).bytes],
    ["without a transaction id", (m) => encodeResponse(m, 0, ok({ value: 1 })).bytes],
    ["that is cut short", (m) => encodeResponse(m, 1, ok({ value: 1 })).bytes.subarray(0, 24)],
    ["of 3 bytes", () => Uint8Array.of(1, 2, 3)],
    [
      "that goes on after its end",
      (m) => new Uint8Array([...encodeResponse(m, 1, ok({ value: 1 })).bytes, ...new Uint8Array(8)]),
    ],
  ];
  it.each(answers)(
    "gives up a connection on which there is an answer %s, and closes the handles in it",
    async (_, bytes) => {
      const { client, channel } = bareServer();
      const call = client.echo(1);
      const [mine, theirs] = zx.channelCreate();
      zx.channelWrite(channel, bytes(methodOf(Echo, "Echo")), [theirs]);
      await expect(call).rejects.toThrow(
        /^INVALID_ARGS: test\/Echo.Echo\(value 1\): the server's message is invalid/,
      );
      expect(await isPeerClosed(zx, mine)).toBe(true);
      expect(await isPeerClosed(zx, channel)).toBe(true);
    },
  );

  it("is hung up on by a server that answers with a handle of another type than the method names", async () => {
    const { client, binding } = connect({ give: () => zx.vmoCreate(4096, 0) });
    await expect(client.give()).rejects.toThrow(/^INTERNAL/);
    expect((await binding.closed)?.cause).toMatchObject({ statusName: "WRONG_TYPE" });
  });

  it("takes an answer with its transaction id but another ordinal for invalid", async () => {
    const { client, channel } = bareServer();
    const call = client.echo(1);
    const { bytes } = encodeResponse(methodOf(Echo, "Echo"), 1, ok({ value: 1 }));
    zx.channelWrite(channel, withOrdinal(bytes, 2n), []);
    await expect(call).rejects.toThrow(/UNKNOWN_TXID: ordinal 0x2, transaction 1: no such call is in flight/);
  });

  it("takes an answer whose handle has the wrong type for invalid, and closes it", async () => {
    const { client, channel } = bareServer();
    const call = client.give();
    const vmo = zx.vmoCreate(4096, 0);
    const { bytes } = encodeResponse(methodOf(Echo, "Give"), 1, ok({ handle: vmo }));
    zx.channelWrite(channel, bytes, [vmo]);
    await expect(call).rejects.toThrow(/INCORRECT_HANDLE_TYPE/);
  });
});

describe("a server", () => {
  it("answers with the status of a ZxError, and with INTERNAL for anything else", async () => {
    const { client } = connect({
      echo: (value) => {
        if (value === 1) throw new TypeError("a bug");
        throw new ZxError("NOT_FOUND", "nothing here");
      },
    });
    await expect(client.echo(1)).rejects.toThrow(/^INTERNAL/);
    await expect(client.echo(2)).rejects.toThrow(/^NOT_FOUND/);
  });

  it("ends the connection when a method without error fails, with its status as epitaph", async () => {
    const { client, binding } = connect({
      echoStrictly: () => {
        throw new ZxError("NO_MEMORY", "none left");
      },
    });
    await expect(client.echoStrictly(1)).rejects.toThrow(/^NO_MEMORY/);
    expect((await binding.closed)?.statusName).toBe("NO_MEMORY");
  });

  const invalid: [string, () => Uint8Array, number][] = [
    [
      "an ordinal that the protocol does not have",
      () => withOrdinal(requestBytes("Echo", 1, { value: 1 }), 77n),
      Status.NOT_SUPPORTED,
    ],
    ["an epitaph", () => encodeEpitaph(0).bytes, Status.NOT_SUPPORTED],
    ["no transaction id", () => requestBytes("Echo", 0, { value: 1 }), Status.INVALID_ARGS],
    [
      "a body that is too long",
      () => new Uint8Array([...requestBytes("Echo", 1, { value: 1 }), ...new Uint8Array(8)]),
      Status.INVALID_ARGS,
    ],
    ["no header", () => new Uint8Array(8), Status.INVALID_ARGS],
    ["a body of nothing", () => requestBytes("Echo", 1, { value: 1 }).subarray(0, 16), Status.INVALID_ARGS],
  ];
  it.each(invalid)("hangs up on %s, says why, and closes the handles that came", async (_, bytes, status) => {
    const { channel, binding } = bareClient();
    const [mine, theirs] = zx.channelCreate();
    zx.channelWrite(channel, bytes(), [theirs]);
    expect(await epitaphOn(channel)).toBe(status);
    expect(await isPeerClosed(zx, mine)).toBe(true);
    expect((await binding.closed)?.status).toBe(status);
  });

  it("ignores flags that nobody knows", async () => {
    const { channel } = bareClient();
    const bytes = requestBytes("Echo", 5, { value: 9 });
    bytes[4] = 0xff;
    bytes[6] = 0x80;
    zx.channelWrite(channel, bytes, []);
    await settle();
    expect(hexBytes(zx.channelRead(channel).bytes.subarray(16))).toBe("01000000 00000000 09000000 00000100");
  });

  it("is over without a reason when the client hangs up", async () => {
    const { client, binding } = connect();
    client.close();
    expect(await binding.closed).toBeUndefined();
  });

  it("drops the answers that come after the client hung up, with their handles", async () => {
    let give: (handle: Handle) => void = () => {};
    const { client, binding } = connect({ give: () => new Promise((resolve) => (give = resolve)) });
    const call = client.give();
    await settle();
    client.close();
    await expect(call).rejects.toThrow(/^CANCELED/);
    await binding.closed;
    const [mine, theirs] = zx.channelCreate();
    give(theirs);
    await settle();
    expect(await isPeerClosed(zx, mine)).toBe(true);
  });

  it("hangs up with INTERNAL when its answer cannot be encoded", async () => {
    const { client, binding } = connect({ echo: () => 2 ** 33 });
    await expect(client.echo(1)).rejects.toThrow(/^INTERNAL/);
    expect((await binding.closed)?.message).toMatch(/could not be answered/);
  });

  it("hangs up with INTERNAL when it has no such handle to answer with", async () => {
    const { client } = connect({ give: () => 0x7777_7777 });
    await expect(client.give()).rejects.toThrow(/^INTERNAL/);
  });

  it("ends quietly with its process", async () => {
    const { manager, zx: theirs, moveIn, kill } = await createOtherProcess();
    const [mine, end] = manager.channelCreate();
    let answer: (value: number) => void = () => {};
    const binding = Echo.serve(theirs, moveIn(end), {
      ...echo,
      echo: () => new Promise((r) => (answer = r)),
    });
    const call = Echo.client(manager, mine).echo(1);
    await settle();
    kill();
    answer(1);
    await expect(call).rejects.toThrow(/^PEER_CLOSED/);
    expect(await binding.closed).toBeUndefined();
  });

  it("can be closed with an epitaph", async () => {
    const { channel, binding } = bareClient();
    binding.close(Status.UNAVAILABLE);
    binding.close(Status.UNAVAILABLE);
    expect(await epitaphOn(channel)).toBe(Status.UNAVAILABLE);
    expect(await binding.closed).toBeUndefined();
  });
});

describe("message events", () => {
  function traced() {
    const events = new EventStream();
    const [a, b] = zx.channelCreate();
    const [, spare] = zx.channelCreate();
    Echo.serve(zx, b, { ...echo, give: () => spare }, { events });
    return { events, client: Echo.client(zx, a, { events }) };
  }

  it("tell each message at both ends, with its decoded body and what its handles are", async () => {
    const { events, client } = traced();
    const bodies: unknown[] = [];
    const seen: string[] = [];
    events.listen(
      (event) => {
        const { direction, method, what, txid, body, text, handles } = event as MessageEvent;
        bodies.push(body);
        seen.push([direction, method, what, txid, text, handles.join()].join(" ").trimEnd());
      },
      ["message"],
    );
    await client.echo(5);
    await client.give();
    await settle();
    expect(seen).toEqual([
      "send test/Echo.Echo request 1 { value: uint32 = 5 }",
      "receive test/Echo.Echo request 1 { value: uint32 = 5 }",
      "send test/Echo.Echo response 1 { value: uint32 = 5 }",
      "receive test/Echo.Echo response 1 { value: uint32 = 5 }",
      "send test/Echo.Give request 2",
      "receive test/Echo.Give request 2",
      "send test/Echo.Give response 2 { handle: zx.Handle:CHANNEL = channel } channel",
      "receive test/Echo.Give response 2 { handle: zx.Handle:CHANNEL = channel } channel",
    ]);
    expect(bodies.slice(0, 4)).toEqual(Array(4).fill({ value: 5 }));
  });

  it("tell errors and epitaphs by the name of their status", async () => {
    const events = new EventStream();
    const [a, b] = zx.channelCreate();
    const failing: EchoServer = {
      ...echo,
      echo: () => {
        throw new ZxError("BAD_STATE", "not now");
      },
    };
    const binding = Echo.serve(zx, b, failing, { events });
    const client = Echo.client(zx, a, { events });
    const bodies: unknown[] = [];
    events.listen((event) => void bodies.push((event as MessageEvent).body), ["message"]);
    await expect(client.echo(1)).rejects.toThrow(/^BAD_STATE/);
    binding.close(Status.UNAVAILABLE);
    await settle();
    expect(bodies.slice(2)).toEqual([
      { error: "BAD_STATE" },
      { error: "BAD_STATE" },
      { error: "UNAVAILABLE" },
      { error: "UNAVAILABLE" },
    ]);
  });

  it("are not made when nobody listens: the kernel is not asked what a handle is", async () => {
    const { events, client } = traced();
    const asked: Handle[] = [];
    const objectGetInfo = zx.objectGetInfo.bind(zx);
    zx.objectGetInfo = (handle, topic) => {
      asked.push(handle);
      return objectGetInfo(handle, topic);
    };
    const emitted: unknown[] = [];
    events.emit = (event) => void emitted.push(event);
    await client.give();
    expect([asked, emitted]).toEqual([[], []]);
  });

  it("name a VMO by its name", async () => {
    const events = new EventStream();
    const handles: string[] = [];
    events.listen((event) => void handles.push(...(event as MessageEvent).handles), ["message"]);
    const vmo = zx.vmoCreate(4096, 0);
    zx.objectSetName(vmo, "edu bar 0");
    const [a] = zx.channelCreate();
    const client = Echo.client(zx, a, { events });
    void client.take(vmo).catch(() => {});
    expect(handles).toEqual(['vmo "edu bar 0"']);
  });
});

describe("a bug in a server", () => {
  it("is a line in the log, with the stack", async () => {
    const events = new EventStream();
    const lines: LogEvent[] = [];
    events.listen((event) => void lines.push(event as LogEvent), ["log"]);
    const [a, b] = zx.channelCreate();
    const buggy = { ...echo, echo: () => (undefined as unknown as { x: { y: number } }).x.y };
    Echo.serve(zx, b, buggy, { events });
    await expect(Echo.client(zx, a).echo(1)).rejects.toThrow(/^INTERNAL/);
    expect(lines).toMatchObject([{ severity: "error", source: "test/Echo" }]);
    expect(lines[0]?.message).toMatch(/test\/Echo.Echo failed: TypeError[\s\S]*connection.test/);
  });
});
