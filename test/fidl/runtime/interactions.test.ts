import { describe, expect, it } from "vitest";
import { DomainError } from "../../../src/fidl/runtime/index.ts";
import type { Handle } from "../../../src/zx/constants.ts";
import { ZxError } from "../../../src/zx/error.ts";
import { bareClient, bareServer, connected, message, probe, readBytes, zx } from "./bare_ends.ts";
import {
  decodeHeader,
  encodeRequest,
  encodeResponse,
  hexBytes,
  isPeerClosed,
  ok,
  settle,
} from "./support.ts";
import {
  FLEXIBLE,
  FLEXIBLE_EMPTY,
  FLEXIBLE_ERROR,
  FLEXIBLE_ONE_WAY,
  RecordingServer,
  Refusal,
  STRICT,
  STRICT_EMPTY,
  STRICT_ERROR,
  STRICT_ONE_WAY,
} from "./target.ts";

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
