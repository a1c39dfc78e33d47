/** What a method is in TypeScript: arguments, a result, and how they become payloads and come out of them. */
import type { FullName, Method, ProtocolDeclaration, StructDeclaration } from "../compiler/ir.ts";
import { camelCase, libraryOf, shortName, upperSnakeCase } from "../compiler/names.ts";
import { writeStructCodec, writeStructType } from "./layouts.ts";
import type { Module } from "./module.ts";
import { keysOf, parametersOf } from "./names.ts";

/** Names that a parameter must not have: generated code uses them around it. */
const PARAMETERS = ["binding", "core", "listener", "options", "sender", "server"];

/** Names that a method must not have: every client has them, or JavaScript would take it for something else. */
const METHODS = ["close", "constructor", "then"];

/** A message's body, flat: a struct's members are arguments, anything else is one. */
export interface Payload {
  /** The TypeScript type of the payload, and its codec; null where there is no payload. */
  readonly type: string | null;
  readonly codec: string | null;
  readonly parameters: readonly Parameter[];
  /** The payload made of the arguments: `{ barId }`. */
  readonly fromParameters: string;
  /** The pattern that takes it apart: `{ barId }`. */
  readonly pattern: string;
}

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly doc: string;
}

/** What a two-way method brings: nothing, a struct's only member, or the payload as it is. */
export interface Answer {
  readonly type: string;
  /** The TypeScript type of the payload, and its codec; null where there is no payload. */
  readonly payloadType: string | null;
  readonly codec: string | null;
  /** The member that is the answer, if the payload is a struct with one member. */
  readonly key: string | null;
}

/** A method with everything that its protocol needs to say of it. */
export interface MethodCode {
  readonly method: Method;
  /** `getBar`. */
  readonly key: string;
  /** The constant that describes it: `DEVICE_GET_BAR`. */
  readonly constant: string;
  readonly request: Payload;
  /** Of an event. */
  readonly event: Payload;
  readonly answer: Answer;
  /** The codec of what is declared as `error`. */
  readonly error: string | null;
}

/** Writes what the methods' payloads need, and says what each method is. */
export function methodsOf(module: Module, protocol: ProtocolDeclaration): MethodCode[] {
  const keys = keysOf(protocol.methods, METHODS);
  return protocol.methods.map((method, i) => {
    const isEvent = method.kind === "event";
    const success = method.result?.success ?? method.response?.payload ?? null;
    const error = method.result?.error ?? null;
    return {
      method,
      key: keys[i]!,
      constant: module.local(`${upperSnakeCase(shortName(protocol.name))}_${upperSnakeCase(method.name)}`),
      request: payloadOf(module, method.request?.payload ?? null),
      event: payloadOf(module, isEvent ? (method.response?.payload ?? null) : null),
      answer: answerOf(module, isEvent ? null : success, method.result !== null),
      error: error === null ? null : isStatus(error.alias) ? module.runtime("status") : module.codec(error),
    };
  });
}

function payloadOf(module: Module, name: FullName | null): Payload {
  if (name === null)
    return { type: null, codec: null, parameters: [], fromParameters: "undefined", pattern: "" };
  const payload = module.declaration(name, "struct", "table", "union");
  if (payload.kind !== "struct") {
    const type = module.typeName(name);
    const base = payload.anonymous ? "request" : camelCase(shortName(name));
    const [parameter] = parametersOf([{ name: base }], PARAMETERS);
    return {
      type,
      codec: module.codecOf(name),
      parameters: [{ name: parameter!, type, doc: "" }],
      fromParameters: parameter!,
      pattern: parameter!,
    };
  }
  const { members } = payload;
  const names = parametersOf(members, PARAMETERS);
  const fields = keysOf(members).map((key, i) => (key === names[i] ? key : `${key}: ${names[i]}`));
  const pattern = fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  const parameters = members.map(({ type, doc }, i) => ({ name: names[i]!, type: module.type(type), doc }));
  return { ...structPayload(module, payload), parameters, fromParameters: pattern, pattern };
}

function answerOf(module: Module, name: FullName | null, hasResult: boolean): Answer {
  const nothing = { type: "void", payloadType: null, codec: null, key: null };
  if (name === null) return nothing;
  const payload = module.declaration(name, "struct", "table", "union");
  if (payload.kind !== "struct") {
    const type = module.typeName(name);
    return { type, payloadType: type, codec: module.codecOf(name), key: null };
  }
  const { members } = payload;
  if (members.length === 0 && hasResult) return nothing;
  if (members.length === 1) {
    const { type, codec } = structPayload(module, payload);
    return { type: module.type(members[0]!.type), payloadType: type, codec, key: keysOf(members)[0]! };
  }
  const { type, codec } = structPayload(module, payload, true);
  return { type, payloadType: type, codec, key: null };
}

/**
 * The type and codec of a struct that is a message's body. One that is declared without a name, for the message only, is written
 * here; who calls the method sees its type only as an answer with several members (`isExported`).
 */
function structPayload(
  module: Module,
  payload: StructDeclaration,
  isExported = false,
): { readonly type: string; readonly codec: string } {
  if (!module.isPayloadOnly(payload))
    return { type: module.typeName(payload.name), codec: module.codecOf(payload.name) };
  return module.once(payload.name, () => {
    const { name: type, codec } = module.ownNames(payload.name);
    module.body.gap();
    writeStructType(module, payload, type, isExported);
    writeStructCodec(module, payload, type, codec, false);
    return { type, codec };
  });
}

function isStatus(alias: FullName | null): boolean {
  return alias !== null && libraryOf(alias) === "zx" && camelCase(shortName(alias)) === "status";
}
