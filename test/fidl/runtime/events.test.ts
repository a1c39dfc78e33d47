import { describe, expect, it } from "vitest";
import { EventStream, type LogEvent } from "../../../src/events/events.ts";
import { bareServer, connected, message, probe, zx } from "./bare_ends.ts";
import { encodeEvent, encodeResponse, ok, settle } from "./support.ts";
import { ON_FLEXIBLE, ON_HANDLE, ON_STRICT, RecordingServer, STRICT, type TargetServer } from "./target.ts";

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
