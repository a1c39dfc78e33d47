import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EventStream, type MessageEvent } from "../../../src/events/events.ts";
import { MessagePortTransport } from "../../../src/fidl/runtime/index.ts";
import { ZxError } from "../../../src/zx/error.ts";
import { Status } from "../../../src/zx/status.ts";
import { decodeHeader, encodeRequest } from "./support.ts";
import { RecordingServer, STRICT, STRICT_ONE_WAY, Target, type TargetServer } from "./target.ts";

let near: MessagePort;
let far: MessagePort;
beforeEach(() => {
  ({ port1: near, port2: far } = new MessageChannel());
});
afterEach(() => {
  near.close();
  far.close();
});

function connected(server: TargetServer = new RecordingServer()) {
  const client = Target.clientOver(new MessagePortTransport(near, "page"));
  return { client, binding: Target.serveOver(new MessagePortTransport(far, "worker"), server) };
}

describe("over a MessagePort", () => {
  it("calls are answered, messages heard, events received", async () => {
    const server = new RecordingServer();
    const { client, binding } = connected(server);
    const heard = new Promise<number>((resolve) => client.onStrict(resolve));
    client.strictOneWay(5);
    expect(await Promise.all([client.strict(1), client.flexible(2), client.strictError(3)])).toEqual([
      1, 2, 3,
    ]);
    expect(server.heard).toEqual(["strictOneWay 5"]);
    binding.events.onStrict(7);
    expect(await heard).toBe(7);
  });

  it("errors are what they are over a channel", async () => {
    const server = new RecordingServer();
    server.flexibleError = () => {
      throw new ZxError("NO_SPACE", "full");
    };
    const { client } = connected(server);
    await expect(client.flexibleError(1)).rejects.toThrow(/^NO_SPACE/);
    await expect(client.strictError(-1)).rejects.toMatchObject({ value: 2 });
  });

  it("what was sent before a client was there to listen is not lost", async () => {
    const binding = Target.serveOver(new MessagePortTransport(far), new RecordingServer());
    binding.events.onStrict(7);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const client = Target.clientOver(new MessagePortTransport(near));
    expect(await new Promise<number>((resolve) => client.onStrict(resolve))).toBe(7);
  });

  it("handles are refused, and stay with whoever would have sent them", async () => {
    const { client, binding } = connected();
    expect(() => binding.events.onHandle(7)).toThrow(
      /^NOT_SUPPORTED: a message with 1 handles: a MessagePort carries values only/,
    );
    expect(await client.strict(1)).toBe(1);
  });

  it("a handle in an answer ends the connection, and is a line in the log", async () => {
    const server = new RecordingServer();
    server.flexibleError = () => ({ handle: 7 });
    const { client, binding } = connected(server);
    await expect(client.flexibleError(1)).rejects.toThrow(/^INTERNAL: .*epitaph/);
    expect((await binding.closed)?.message).toMatch(/FlexibleError could not be answered/);
  });

  it("a client that hangs up ends the connection", async () => {
    const { client, binding } = connected();
    const call = client.strict(1);
    client.close();
    client.close();
    await expect(call).rejects.toThrow(/^CANCELED/);
    expect(await binding.closed).toBeUndefined();
  });

  it("a server that hangs up fails all calls, with its epitaph if it leaves one", async () => {
    const { client, binding } = connected({
      ...new RecordingServer(),
      strict: () => new Promise(() => {}),
    } as never);
    const call = client.strict(1);
    binding.close(Status.UNAVAILABLE);
    await expect(call).rejects.toThrow(/^UNAVAILABLE/);
    await expect(client.strict(1)).rejects.toThrow(/^UNAVAILABLE/);
  });

  it("a peer that just closes its port has hung up", async () => {
    const client = Target.clientOver(new MessagePortTransport(near));
    const call = client.strict(1);
    far.close();
    await expect(call).rejects.toThrow(/^PEER_CLOSED: .*the server hung up/);
  });

  it.each([
    ["a string", "hello"],
    ["a number", 1],
    ["an array", [1, 2]],
    ["a buffer", new ArrayBuffer(16)],
    ["more bytes than a message may have", new Uint8Array(65_537)],
  ])("%s is no message, and ends the connection", async (_, garbage) => {
    const client = Target.clientOver(new MessagePortTransport(near));
    const call = client.strict(1);
    far.postMessage(garbage);
    await expect(call).rejects.toThrow(/^INVALID_ARGS: .*what came over the port is no FIDL message/);
  });

  it("a message is a Uint8Array of its own, not a view of more", async () => {
    const client = Target.clientOver(new MessagePortTransport(near));
    client.strictOneWay(3);
    const data = await new Promise<Uint8Array>((resolve) => {
      far.onmessage = ({ data: received }) => resolve(received);
    });
    expect(data).toBeInstanceOf(Uint8Array);
    expect(data.buffer.byteLength).toBe(24);
    expect(data).toEqual(encodeRequest(STRICT_ONE_WAY, 0, { value: 3 }).bytes);
  });

  it("a deadline is on the clock of performance.now()", async () => {
    const client = Target.clientOver(new MessagePortTransport(near));
    const deadline = Math.round(performance.now() * 1e6) + 2e6;
    await expect(client.strict(1, { deadline })).rejects.toThrow(/^TIMED_OUT/);
    expect(performance.now() * 1e6).toBeGreaterThanOrEqual(deadline);
  });

  it("a deadline beyond what timers can be set for does not ring at once", async () => {
    const { client } = connected();
    const deadline = Math.round(performance.now() * 1e6) + 2 ** 31 * 1e6 * 3;
    expect(await client.strict(1, { deadline })).toBe(1);
  });

  it("message events name who speaks", async () => {
    const events = new EventStream();
    const seen: string[] = [];
    events.listen(
      (event) => {
        const { process, direction, method, what, text } = event as MessageEvent;
        seen.push([process, direction, method, what, text].join(" ").trimEnd());
      },
      ["message"],
    );
    const client = Target.clientOver(new MessagePortTransport(near, "page"), { events });
    Target.serveOver(new MessagePortTransport(far, "worker"), new RecordingServer());
    expect(await client.strict(1)).toBe(1);
    expect(seen).toEqual([
      `page send ${STRICT.name} request { value: int32 = 1 }`,
      `page receive ${STRICT.name} response { value: int32 = 1 }`,
    ]);
  });

  it("requests are numbered as over a channel", async () => {
    const client = Target.clientOver(new MessagePortTransport(near));
    void client.strict(1).catch(() => {});
    const data = await new Promise<Uint8Array>((resolve) => {
      far.onmessage = ({ data: received }) => resolve(received);
    });
    expect(decodeHeader(data)).toEqual({ txid: 1, flexible: false, ordinal: STRICT.ordinal });
    client.close();
  });
});
