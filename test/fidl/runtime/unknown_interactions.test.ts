import { describe, expect, it } from "vitest";
import type { UnknownInteraction } from "../../../src/fidl/runtime/index.ts";
import { Status } from "../../../src/zx/status.ts";
import { bareClient, bareServer, message, opennesses, probe, readBytes, UNKNOWN, zx } from "./bare_ends.ts";
import {
  decodeEpitaph,
  decodeHeader,
  encodeEpitaph,
  encodeRequest,
  encodeResponse,
  hexBytes,
  isPeerClosed,
  ok,
} from "./support.ts";
import {
  FLEXIBLE,
  FLEXIBLE_EMPTY,
  FLEXIBLE_ERROR,
  FLEXIBLE_ONE_WAY,
  ON_STRICT,
  STRICT,
  STRICT_EMPTY,
  STRICT_ERROR,
} from "./target.ts";

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
