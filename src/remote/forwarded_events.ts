/** Events that a process's own libraries make: accesses, messages, log lines. The kernel makes all others itself. */
import type { AccessEvent, EventKind, EventStream, LogEvent, MessageEvent } from "../events/events.ts";
import type { Zx } from "../zx/syscalls.ts";

type Forwarded = AccessEvent | MessageEvent | LogEvent;

/** In the order of their bits. */
const FORWARDED = ["access", "message", "log"] as const satisfies readonly EventKind[];

/** Which of the forwarded kinds somebody listens to, as bits. */
export function wantedKinds(events: EventStream): number {
  return FORWARDED.reduce((bits, kind, i) => bits | (events.wants[kind] ? 1 << i : 0), 0);
}

export function kindsOf(bits: number): EventKind[] {
  return FORWARDED.filter((_, i) => (bits & (1 << i)) !== 0);
}

type Shape<T> = { readonly [K in keyof Omit<T, "kind">]-?: (value: unknown) => boolean };

const isNumber = (value: unknown) => typeof value === "number";
const isText = (value: unknown) => typeof value === "string";
const isTextOrNothing = (value: unknown) => value === undefined || typeof value === "string";
const isListOf = (is: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(is);
const isOneOf =
  (...choices: readonly unknown[]) =>
  (value: unknown) =>
    choices.includes(value);

const ACCESS: Shape<AccessEvent> = {
  time: isNumber,
  process: isText,
  mapping: isText,
  op: isOneOf("read", "write"),
  offset: isNumber,
  width: isOneOf(8, 16, 32, 64),
  value: (value) => typeof value === "number" || typeof value === "bigint",
  register: isTextOrNothing,
  fields: isTextOrNothing,
};

const MESSAGE: Shape<MessageEvent> = {
  time: isNumber,
  process: isText,
  direction: isOneOf("send", "receive"),
  method: isText,
  what: isOneOf("request", "response", "event", "epitaph"),
  txid: isNumber,
  bytes: (value) => value instanceof Uint8Array,
  handles: isListOf(isText),
  rights: isListOf(isNumber),
  body: () => true,
  text: isText,
};

const LOG: Shape<LogEvent> = {
  time: isNumber,
  source: isText,
  severity: isOneOf("debug", "info", "warning", "error"),
  message: isText,
};

const SHAPES: { readonly [kind: string]: { readonly [field: string]: (value: unknown) => boolean } } = {
  access: ACCESS,
  message: MESSAGE,
  log: LOG,
};

/**
 * Tells the listeners of `events` of an event that a process has sent. The process may be no friend of ours: what is not an event
 * of these kinds, whole, is dropped, and nobody speaks in another's name.
 */
export function forwardEvent(events: EventStream, sent: unknown, { processName }: Zx): void {
  if (typeof sent !== "object" || sent === null) return;
  const fields = sent as Record<string, unknown>;
  const { kind } = fields;
  const shape = typeof kind === "string" && Object.hasOwn(SHAPES, kind) ? SHAPES[kind]! : undefined;
  if (shape === undefined || !events.wants[kind as EventKind]) return;
  const event: Record<string, unknown> = { kind };
  for (const [name, isGood] of Object.entries(shape)) {
    if (!isGood(fields[name])) return;
    event[name] = name === "process" ? processName : fields[name];
  }
  events.emit(event as unknown as Forwarded);
}
