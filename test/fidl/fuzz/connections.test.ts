/** Clients and servers of every protocol of ours that are told anything at all. */
import { expect, test } from "vitest";
import {
  ClientCore,
  defineProtocol,
  type Event,
  encodeBody,
  eventMethod,
  type Method,
  type ProtocolInfo,
  serverMethod,
  type TwoWay,
} from "../../../src/fidl/runtime/index.ts";
import { ZxError } from "../../../src/zx/error.ts";
import { Dice, randomValue } from "../runtime/random_types.ts";
import { encodeEvent, encodeRequest, encodeResponse, settle } from "../runtime/support.ts";
import { blame, Handles } from "./attempt.ts";
import { FakeTransport } from "./fake_transport.ts";
import { Mutator } from "./mutator.ts";
import { type Message, ownProtocols } from "./targets.ts";

const MESSAGES = 25_000;

const dice = new Dice(0xc011);
const mutator = new Mutator(dice);

/** A message as the method's other side could send it. */
function messageOf(method: Method, kind: "request" | "answer"): Message {
  const value = (codec: Method["request"]) => (codec === undefined ? undefined : randomValue(dice, codec));
  const txid = method.kind === "twoWay" ? 1 : 0;
  const { bytes, handles } =
    kind === "request"
      ? encodeRequest(method, txid, value(method.request))
      : method.kind === "event"
        ? encodeEvent(method, value(method.response))
        : encodeResponse(method, txid, { kind: "response", response: value(method.response) });
  return { bytes, handles: handles.length };
}

/** A request to send, whose handles are open. */
function requestOf({ request }: Method, handles: Handles): unknown {
  if (request === undefined) return undefined;
  for (;;) {
    const value = randomValue(dice, request, 2);
    const own = encodeBody(request, value).handles;
    if (new Set(own).size !== own.length) continue;
    for (const handle of own) handles.adopt(handle);
    return value;
  }
}

/** Usually damaged behind the header, sometimes anywhere. */
function damaged(message: Message): Message {
  const header = message.bytes.subarray(0, 16);
  const { bytes, handles } = mutator.mutate(message, message);
  const copy = bytes.slice();
  if (dice.below(8) !== 0 && copy.length >= 16) copy.set(header);
  return { bytes: copy, handles };
}

/** Closes what a value has in it. */
function closeAll(codec: Method["request"], value: unknown, handles: Handles): void {
  if (codec === undefined) return;
  for (const handle of encodeBody(codec, value).handles) handles.close(handle);
}

function refusal(error: unknown): void {
  if (!(error instanceof ZxError)) throw error;
}

const protocols = (await ownProtocols()).filter(({ methods }) => methods.length > 0);

test(`servers that get ${MESSAGES} damaged requests answer, or hang up, and close every handle`, async () => {
  const heard = { calls: 0, hangUps: 0 };
  const handles = new Handles();
  const serve = protocols.map((protocol) => servingAll(protocol, handles, () => heard.calls++));
  for (let i = 0; i < MESSAGES; i++) {
    const { methods } = protocols[i % protocols.length]!;
    const message = damaged(messageOf(dice.pick(methods), "request"));
    const transport = new FakeTransport(handles);
    const binding = serve[i % protocols.length]!.serveOver(transport, undefined);
    transport.deliver({ bytes: message.bytes, handles: handles.arriving(message.handles) });
    if (i % 64 === 0) await settle();
    else await Promise.resolve();
    if (!transport.isOpen) heard.hangUps++;
    binding.close();
    blame("a request", message, () => expect(handles.open).toBe(0));
  }
  expect(heard.calls).toBeGreaterThan(1000);
  expect(heard.hangUps).toBeGreaterThan(1000);
});

/** A protocol whose every method takes note, closes the handles that it gets, and fails. */
function servingAll({ name, openness, methods }: ProtocolInfo, handles: Handles, called: () => void) {
  return defineProtocol<unknown, undefined>({
    name,
    openness,
    client: () => undefined,
    methods: methods.map((method) => {
      if (method.kind === "event") return eventMethod(method as Event<unknown>);
      return serverMethod<undefined, unknown, unknown>(method as TwoWay<unknown, unknown>, (_, request) => {
        called();
        closeAll(method.request, request, handles);
        throw new ZxError("NOT_FOUND", "nothing is found here");
      });
    }),
  });
}

test(`clients that get ${MESSAGES} damaged answers and events end each call, and close every handle`, async () => {
  const heard = { answers: 0, refusals: 0, events: 0 };
  const handles = new Handles();
  for (let i = 0; i < MESSAGES; i++) {
    const protocol = protocols[i % protocols.length]!;
    const methods = protocol.methods.filter(({ kind }) => kind !== "oneWay");
    if (methods.length === 0) continue;
    const events = methods.filter(({ kind }) => kind === "event");
    const method = dice.pick(events.length > 0 && dice.bit() ? events : methods);
    const message = damaged(messageOf(method, "answer"));
    const transport = new FakeTransport(handles);
    const core = new ClientCore(transport, protocol, {});
    let call: Promise<unknown> = Promise.resolve();
    if (method.kind === "event") {
      core.on(method as Event<unknown>, (payload) => {
        heard.events++;
        closeAll(method.response, payload, handles);
      });
    } else {
      call = core.call(method as TwoWay<unknown, unknown>, requestOf(method, handles)).then(
        (response) => {
          heard.answers++;
          closeAll(method.response, response, handles);
        },
        (error) => {
          heard.refusals++;
          refusal(error);
        },
      );
    }
    transport.deliver({ bytes: message.bytes, handles: handles.arriving(message.handles) });
    core.close();
    await call;
    blame(method.name, message, () => expect(handles.open).toBe(0));
  }
  expect(heard.answers).toBeGreaterThan(1000);
  expect(heard.refusals).toBeGreaterThan(1000);
  expect(heard.events).toBeGreaterThan(50);
});
