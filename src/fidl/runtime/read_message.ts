/**
 * Messages that somebody has found: which method they are of, which of its messages they are, what they say. Nothing is known of
 * them but the bytes.
 */
import { CHANNEL_MAX_MSG_HANDLES, ObjectType } from "../../zx/constants.ts";
import type { HandleInfo } from "../../zx/syscalls.ts";
import { acquireDecoder, releaseDecoder } from "./body.ts";
import type { AnyCodec } from "./codec.ts";
import type { Decoder } from "./decoder.ts";
import { FidlError } from "./errors.ts";
import {
  decodeEpitaph,
  decodeEvent,
  decodeHeader,
  decodeRequest,
  decodeResponse,
  type Header,
  isEpitaph,
  isOf,
} from "./message.ts";
import type { Method } from "./method.ts";
import type { ProtocolInfo } from "./protocol.ts";
import type { Result } from "./result.ts";

/** Which of a method's messages one is. */
export type MessageKind = "request" | "response" | "event";

export interface ReadOptions {
  /** Who sent the message. Where that is not said, a message that can be read as a request is one. */
  readonly from?: "client" | "server" | undefined;
}

/** What a message turns out to be. A handle in it is its place among the message's handles, from 1. */
export type MessageReading =
  | { readonly what: "nothing"; readonly error: FidlError }
  | { readonly what: "epitaph"; readonly header: Header; readonly status: number }
  | { readonly what: "unknown"; readonly header: Header }
  | {
      readonly what: "damaged";
      readonly header: Header;
      readonly method: Method;
      readonly kind: MessageKind;
      readonly error: FidlError;
    }
  | ({ readonly what: "message"; readonly header: Header; readonly method: Method } & MessageBody & {
        /** Whether its bytes are a response too, since nobody said who sent them. */
        readonly isAmbiguous: boolean;
      });

/** The body, by what it is: a request's or an event's payload, undefined where there is none, or a method's answer. */
export type MessageBody =
  | { readonly kind: "request" | "event"; readonly body: unknown }
  | { readonly kind: "response"; readonly body: Result };

/** Reads a message with `handleCount` handles; undefined if nobody knows how many it had. Never throws. */
export function readMessage(
  bytes: Uint8Array,
  handleCount: number | undefined,
  protocols: readonly ProtocolInfo[],
  { from }: ReadOptions = {},
): MessageReading {
  const decoder = acquireDecoder();
  try {
    decoder.load(bytes, [], undefined);
    const header = decodeHeader(decoder);
    if (isEpitaph(header)) return { what: "epitaph", header, status: decodeEpitaph(decoder) };
    const method = methodOf(header, protocols);
    return method === undefined
      ? { what: "unknown", header }
      : readKnown(decoder, { bytes, handleCount, header, method, from });
  } catch (error) {
    if (error instanceof FidlError) return { what: "nothing", error };
    throw error;
  } finally {
    releaseDecoder(decoder);
  }
}

/** The value of a type that bytes are, which begins at `start` (a multiple of 8) and fills them. Throws FidlError. */
export function readValue(codec: AnyCodec, bytes: Uint8Array, start = 0): unknown {
  const decoder = acquireDecoder();
  try {
    return withHandles(decoder, bytes, undefined, () => decoder.body(codec, start));
  } finally {
    releaseDecoder(decoder);
  }
}

interface Known {
  readonly bytes: Uint8Array;
  readonly handleCount: number | undefined;
  readonly header: Header;
  readonly method: Method;
  readonly from: ReadOptions["from"];
}

function readKnown(decoder: Decoder, known: Known): MessageReading {
  const { bytes, handleCount, header, method, from } = known;
  const kinds = kindsOf(method, from);
  const bodies: MessageBody[] = [];
  const failures: { readonly kind: MessageKind; readonly error: FidlError }[] = [];
  for (const kind of kinds) {
    try {
      bodies.push(withHandles(decoder, bytes, handleCount, () => bodyOf(decoder, method, kind)));
    } catch (error) {
      if (!(error instanceof FidlError)) throw error;
      failures.push({ kind, error });
    }
  }
  const [body] = bodies;
  if (body !== undefined) return { what: "message", header, method, ...body, isAmbiguous: bodies.length > 1 };
  // It is more likely the one that makes sense for longer.
  const likely = failures.reduce((one, other) => (reach(other) > reach(one) ? other : one));
  return { what: "damaged", header, method, ...likely };
}

function reach({ error: { code, offset = 0 } }: { readonly error: FidlError }): number {
  return code === "TOO_MANY_BYTES_IN_MESSAGE" ? offset - 1 : offset;
}

/** Decodes with as many handles as the message had; where nobody knows, with as many as it needs. */
function withHandles<T>(decoder: Decoder, bytes: Uint8Array, count: number | undefined, decode: () => T): T {
  const last = count ?? CHANNEL_MAX_MSG_HANDLES;
  for (let tried = count ?? 0; ; tried++) {
    decoder.load(bytes, placeholders(tried), undefined);
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof FidlError) || tried >= last || !needsHandles(error)) throw error;
    }
  }
}

function bodyOf(decoder: Decoder, method: Method, kind: MessageKind): MessageBody {
  if (kind === "request") return { kind, body: decodeRequest(decoder, method) };
  if (kind === "event") return { kind, body: decodeEvent(decoder, method) };
  return { kind, body: decodeResponse(decoder, method) };
}

function kindsOf(method: Method, from: ReadOptions["from"]): readonly MessageKind[] {
  if (method.kind === "event") return ["event"];
  if (method.kind === "oneWay" || from === "client") return ["request"];
  return from === "server" ? ["response"] : ["request", "response"];
}

function methodOf(header: Header, protocols: readonly ProtocolInfo[]): Method | undefined {
  for (const { methods } of protocols) {
    const found = methods.find((method) => isOf(method, header));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Handles by their place in the message, of no type. */
function placeholders(count: number): HandleInfo[] {
  return Array.from({ length: count }, (_, i) => ({ handle: i + 1, type: ObjectType.NONE, rights: 0 }));
}

function needsHandles({ code }: FidlError): boolean {
  return code === "TOO_FEW_HANDLES" || code === "ENVELOPE_HANDLES_EXCEED_MESSAGE_LENGTH";
}
