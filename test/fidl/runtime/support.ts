import {
  acquireDecoder,
  acquireEncoder,
  type DecodedBody,
  decodeBody,
  type EncodedBody,
  releaseDecoder,
  releaseEncoder,
} from "../../../src/fidl/runtime/body.ts";
import type { Decoder } from "../../../src/fidl/runtime/decoder.ts";
import type { Encoder } from "../../../src/fidl/runtime/encoder.ts";
import {
  type AnyCodec,
  type Codec,
  type Connection,
  defineProtocol,
  encodeBody,
  FidlError,
  handle,
  type Method,
  type ProtocolInfo,
  serverMethod,
  status,
  struct,
  twoWay,
  uint32,
} from "../../../src/fidl/runtime/index.ts";
import * as message from "../../../src/fidl/runtime/message.ts";
import type { Result } from "../../../src/fidl/runtime/result.ts";
import { Kernel } from "../../../src/kernel/kernel.ts";
import { type Handle, ObjectType, Signals } from "../../../src/zx/constants.ts";
import { isStatus, ZxError } from "../../../src/zx/error.ts";
import type { HandleInfo, Zx } from "../../../src/zx/syscalls.ts";
import { FakeMachine } from "../../support/fake_machine.ts";

/** `"01000000 02000001"`: bytes in groups of four. */
export function hexBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString("hex")
    .replaceAll(/(.{8})(?=.)/g, "$1 ");
}

export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));
}

/** The 16 bytes of a string, vector or table that is present and has `count` parts. */
export function head(count: number): string {
  return `${hexBytes(new Uint8Array(new Uint32Array([count]).buffer))} 00000000 ffffffff ffffffff`;
}

/** The same of one that is absent. */
export const ABSENT = "00000000 00000000 00000000 00000000";

/** A method by its short name. */
export function methodOf(protocol: ProtocolInfo, name: string): Method {
  const found = protocol.methods.find((method) => method.name === `${protocol.name}.${name}`);
  if (found === undefined) throw new Error(`${protocol.name} has no method ${name}`);
  return found;
}

/** The bytes of a value, which must be one that can be encoded. */
export function encode<T>(codec: Codec<T>, value: T): Uint8Array {
  const { bytes, error } = encodeBody(codec, value);
  if (error !== undefined) throw error;
  return bytes;
}

/** The value of a body; `handles` is what came with it. */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array | string, handles: HandleInfo[] = []): T {
  return decodeBody(codec, typeof bytes === "string" ? fromHex(bytes) : bytes, handles).value;
}

/** The same, with the handles that are left over; undefined for what is refused with a FidlError. */
export function decodeOrRefuse(
  codec: AnyCodec,
  bytes: Uint8Array,
  handles: HandleInfo[],
): DecodedBody<unknown> | undefined {
  try {
    return decodeBody(codec, bytes, handles);
  } catch (error) {
    if (error instanceof FidlError) return undefined;
    throw error;
  }
}

/** The code of what goes wrong. */
export function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof FidlError) return error.code;
    throw error;
  }
  return "nothing was thrown";
}

/** Why a value cannot be encoded. */
export function encodeError(codec: AnyCodec, value: unknown): string {
  return encodeBody(codec, value).error?.code ?? "it can be encoded";
}

/** What the functions of message.ts make, copied out of the encoder. */
function made(fill: (encoder: Encoder) => void): EncodedBody {
  const encoder = acquireEncoder();
  fill(encoder);
  const { bytes, handles, types, rights, error } = encoder;
  const copy = {
    bytes: bytes.slice(),
    handles,
    types,
    rights,
    error,
  };
  releaseEncoder(encoder);
  return copy;
}

function taken<T>(bytes: Uint8Array, handles: HandleInfo[], take: (decoder: Decoder) => T): DecodedBody<T> {
  const decoder = acquireDecoder();
  try {
    decoder.load(bytes, handles, undefined);
    message.decodeHeader(decoder);
    return { value: take(decoder), discarded: decoder.discarded };
  } finally {
    releaseDecoder(decoder);
  }
}

export const encodeRequest = (method: Method, txid: number, request: unknown) =>
  made((encoder) => message.encodeRequest(encoder, method, txid, request));
export const encodeResponse = (method: Method, txid: number, result: Result) =>
  made((encoder) => message.encodeResponse(encoder, method, txid, result));
export const encodeEvent = (method: Method, payload: unknown) =>
  made((encoder) => message.encodeEvent(encoder, method, payload));
export const encodeEpitaph = (reason: number) => made((encoder) => message.encodeEpitaph(encoder, reason));
export const decodeRequest = (method: Method, bytes: Uint8Array, handles: HandleInfo[] = []) =>
  taken(bytes, handles, (decoder) => message.decodeRequest(decoder, method));
export const decodeResponse = (method: Method, bytes: Uint8Array, handles: HandleInfo[] = []) =>
  taken(bytes, handles, (decoder) => message.decodeResponse(decoder, method));
export const decodeEpitaph = (bytes: Uint8Array) =>
  taken(bytes, [], (decoder) => message.decodeEpitaph(decoder)).value;
/** Transaction id, flexible bit and ordinal. */
export const decodeHeader = (bytes: Uint8Array) =>
  taken(bytes, [], (decoder) => {
    const header = message.decodeHeader(decoder);
    return { txid: header.txid, flexible: header.flexible, ordinal: message.ordinalOf(header) };
  }).value;

export const ok = (response?: unknown): Result => ({ kind: "response", response });

/** The same message with another ordinal. */
export function withOrdinal(bytes: Uint8Array, ordinal: bigint): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setBigUint64(8, ordinal, true);
  return copy;
}

/** A protocol for tests: a value, a handle in, a handle out. */
export interface EchoClient extends Connection {
  echo(value: number): Promise<number>;
  /** Declared without an error. */
  echoStrictly(value: number): Promise<number>;
  take(handle: Handle): Promise<void>;
  give(): Promise<Handle>;
}
export interface EchoServer {
  echo(value: number): number | Promise<number>;
  echoStrictly(value: number): number | Promise<number>;
  take(handle: Handle): void | Promise<void>;
  give(): Handle | Promise<Handle>;
}

interface Value {
  value: number;
}
interface Channel {
  handle: Handle;
}
const VALUE = struct<Value>("Value", { value: uint32 });
const CHANNEL = struct<Channel>("Channel", { handle: handle(ObjectType.CHANNEL) });
const ECHO = twoWay<Value, Value>({
  name: "test/Echo.Echo",
  ordinal: 1n,
  request: VALUE,
  response: VALUE,
  error: status,
});
const ECHO_STRICTLY = twoWay<Value, Value>({
  name: "test/Echo.EchoStrictly",
  ordinal: 2n,
  request: VALUE,
  response: VALUE,
});
const ANY = struct<Channel>("Any", { handle: handle() });
const TAKE = twoWay<Channel>({ name: "test/Echo.Take", ordinal: 3n, request: ANY, error: status });
const GIVE = twoWay<void, Channel>({ name: "test/Echo.Give", ordinal: 4n, response: CHANNEL, error: status });

export const Echo = defineProtocol<EchoClient, EchoServer>({
  name: "test/Echo",
  service: "test.Service",
  client: (core) => ({
    echo: async (value) => (await core.call(ECHO, { value })).value,
    echoStrictly: async (value) => (await core.call(ECHO_STRICTLY, { value })).value,
    take: (taken) => core.call(TAKE, { handle: taken }),
    give: async () => (await core.call(GIVE, undefined)).handle,
    close: () => core.close(),
    [Symbol.dispose]: () => core.close(),
  }),
  methods: [
    serverMethod(ECHO, async (server, { value }) => ({ value: await server.echo(value) })),
    serverMethod(
      ECHO_STRICTLY,
      (server, { value }) => server.echoStrictly(value),
      (value) => ({ value }),
    ),
    serverMethod(TAKE, (server, { handle: taken }) => server.take(taken)),
    serverMethod(
      GIVE,
      (server) => server.give(),
      (given) => ({ handle: given }),
    ),
  ],
});

/** The system calls of a process of a kernel that runs on nothing much. */
export async function createProcess(): Promise<Zx> {
  const kernel = await Kernel.create({ machine: new FakeMachine(), addressSpace: "portable" });
  return kernel.root.zx;
}

/** A second process, and how a test moves a handle into it and kills it. */
export async function createOtherProcess() {
  const kernel = await Kernel.create({ machine: new FakeMachine(), addressSpace: "portable" });
  const { zx: manager, job } = kernel.root;
  const { process } = manager.processCreate(job, "other");
  const [mine, theirs] = manager.channelCreate();
  manager.processStart(process, theirs);
  const { koid } = manager.objectGetInfo(process, "HANDLE_BASIC");
  const zx = kernel.zxOf(koid);
  const bootstrap = kernel.takeStartHandle(koid);
  return {
    zx,
    manager,
    kill: () => manager.taskKill(process),
    moveIn: (moved: Handle): Handle => {
      manager.channelWrite(mine, new Uint8Array(0), [moved]);
      return zx.channelRead(bootstrap).handles[0]!;
    },
  };
}

/** Whether the other end of a channel is closed: how a test sees that a handle it sent was not leaked. */
export async function isPeerClosed(zx: Zx, channel: Handle): Promise<boolean> {
  try {
    return ((await zx.objectWaitOne(channel, Signals.PEER_CLOSED, 0)) & Signals.PEER_CLOSED) !== 0;
  } catch (error) {
    if (isStatus(error, "TIMED_OUT")) return false;
    throw error;
  }
}

export function expectZxError(error: unknown): void {
  if (!(error instanceof ZxError)) throw error;
}

/** Lets everything that waits for nothing but promises run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
