import type {
  AccessEvent,
  EventStream,
  MessageEvent,
  ResolveEvent,
  SyscallEvent,
  SystemEvent,
} from "../events/events.ts";
import { hex } from "../zx/pages.ts";
import { Status, statusName } from "../zx/status.ts";
import { messageLines } from "./message_log.ts";
import { PLAIN, type Style, wrap } from "./style.ts";

/** System calls that belong to the way from a device's registers to a driver. */
const STORY_CALLS = new Set([
  "vmo_create_physical",
  "vmo_create_contiguous",
  "vmar_map",
  "bti_pin",
  "interrupt_create",
  "interrupt_bind",
  "msi_allocate",
  "msi_create",
]);

export const TRACE_SCOPES = ["story", "messages", "all"] as const;
export type TraceScope = (typeof TRACE_SCOPES)[number];

export interface TraceOptions {
  readonly write: (line: string) => void;
  readonly style?: Style;
  /** The seven steps with what explains them, every message in full, or everything. */
  readonly scope?: TraceScope;
  /** Mappings whose accesses the story only counts: configuration space, usually. */
  readonly quiet?: (mapping: string) => boolean;
}

/**
 * Tells what happens, as it happens, one line an event (or every message in full); steps 1 to 7 of the way to a device's memory
 * carry their number. Returns what ends it.
 */
export function trace(events: EventStream, options: TraceOptions): () => void {
  const { write, style = PLAIN, scope = "story", quiet = () => false } = options;
  let skipped: { mapping: string; reads: number; writes: number } | undefined;
  // A system call is told when it returns; what the kernel asked the machine meanwhile is told after it.
  let asked: ResolveEvent[] = [];
  const flush = () => {
    if (skipped === undefined) return;
    const text = `${skipped.mapping}: ${skipped.reads} reads, ${skipped.writes} writes`;
    tell(write, undefined, "", [text], style);
    skipped = undefined;
  };
  const show = (event: SystemEvent) => {
    const lines =
      scope === "messages" && event.kind === "message"
        ? messageLines(event, hostName(event.process), WIDTH - INDENT)
        : scope === "story" && event.kind === "message"
          ? shortened(wrapped(formatEvent(event)))
          : wrapped(formatEvent(event));
    tell(write, event.time, stepOf(event) ?? "", lines, style);
  };
  const stop = events.listen((event) => {
    if (scope === "messages" && event.kind !== "message") return;
    if (scope === "story") {
      if (!inStory(event)) return;
      if (event.kind === "access" && quiet(event.mapping)) {
        if (skipped?.mapping !== event.mapping) flush();
        skipped ??= { mapping: event.mapping, reads: 0, writes: 0 };
        skipped[event.op === "read" ? "reads" : "writes"]++;
        return;
      }
    }
    flush();
    if (event.kind === "resolve") {
      asked.push(event);
      return;
    }
    show(event);
    for (const question of asked) show(question);
    asked = [];
  });
  return () => {
    flush();
    stop();
  };
}

function inStory(event: SystemEvent): boolean {
  switch (event.kind) {
    case "syscall":
      // Reading a channel until it is empty is how a message loop works, not a failure.
      return STORY_CALLS.has(event.name) || (event.status !== 0 && event.status !== Status.SHOULD_WAIT);
    case "message":
      // Each message once: a question when it is asked, an answer when it arrives.
      return event.what === "request" ? event.direction === "send" : event.direction === "receive";
    default:
      return true;
  }
}

/** Which of the seven steps (docs/architecture.md) an event is, if any. */
export function stepOf(event: SystemEvent): string | undefined {
  switch (event.kind) {
    case "node":
      return event.what === "bound" || event.what === "starting" ? "1" : undefined;
    case "message":
      if (!/\.Get(Bar|Mmio)/.test(event.method)) return undefined;
      if (event.what === "request") return "2";
      return event.handles.length > 0 ? "5" : undefined;
    case "syscall":
      return event.name === "vmo_create_physical" ? "3" : event.name === "vmar_map" ? "6" : undefined;
    case "resolve":
      return "4";
    case "access":
      return "7";
    default:
      return undefined;
  }
}

const WIDTH = 100;
const INDENT = 13;
/** Further indentation of the lines that a long one is broken into. */
const HANGING = "  ";

/** A line, or several where it is longer than a terminal is wide. */
function wrapped(text: string): string[] {
  const lines = wrap(text, WIDTH - INDENT - HANGING.length);
  return lines.map((line, i) => (i === 0 ? line : HANGING + line));
}

/** Lines of a message that the story shows. */
const MOST_LINES = 4;

/** A long message (what a board driver says of a device) cut off, for the story's sake. */
function shortened(lines: string[]): string[] {
  if (lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES - 1), `${HANGING}... in full with --trace=messages`];
}

/** Writes the lines of an event, the first with its time and its step. */
function tell(
  write: TraceOptions["write"],
  time: number | undefined,
  step: string,
  [first = "", ...rest]: readonly string[],
  style: Style,
): void {
  const stamp = (time === undefined ? "" : (time / 1e6).toFixed(3)).padStart(INDENT - 3);
  write(`${style.dim(stamp)} ${style.accent(step.padStart(1))} ${first}`.trimEnd());
  for (const line of rest) write(" ".repeat(INDENT) + line);
}

/** One event, in one line, without time. */
export function formatEvent(event: SystemEvent): string {
  switch (event.kind) {
    case "node": {
      const driver = event.driver === undefined ? "" : ` ${event.driver}`;
      const host = event.host === undefined ? "" : ` in ${event.host}`;
      return `node ${event.moniker}: ${event.what}${driver}${host}${event.detail === undefined ? "" : `: ${event.detail}`}`;
    }
    case "message":
      return formatMessage(event);
    case "syscall":
      return formatSyscall(event);
    case "resolve":
      return `kernel asks the machine: ${hex(event.address)} + ${hex(event.size)} is ${event.name} (${event.how})`;
    case "access":
      return formatAccess(event);
    case "interrupt":
      return `interrupt ${event.vector === undefined ? `(virtual, koid ${event.koid})` : `vector ${event.vector}`}: ${event.what}`;
    case "sanitizer":
      return event.message;
    case "log":
      return `[${event.source}] ${event.severity === "info" ? "" : `${event.severity.toUpperCase()}: `}${event.message}`;
  }
}

function formatMessage({ process, direction, method, what, text }: MessageEvent): string {
  const arrow = direction === "send" ? "->" : "<-";
  return `${hostName(process)} ${arrow} ${method} ${what} ${text}`.trimEnd();
}

function formatSyscall({ process, name, args, result, status }: SyscallEvent): string {
  const outcome =
    status === 0 ? (result === undefined ? "" : ` = ${formatValue(result)}`) : ` = ${statusName(status)}`;
  return `${hostName(process)} zx_${name}(${args.map(formatValue).join(", ")})${outcome}`;
}

function formatAccess({ mapping, op, width, offset, value, register, fields }: AccessEvent): string {
  const at = register === undefined ? hex(offset, 2) : `${register} (${hex(offset, 2)})`;
  const text = hex(value, width / 4);
  return `${mapping}: ${op}${width} ${at} ${op === "read" ? "=" : "<-"} ${text}${fields ? `  ${fields}` : ""}`;
}

/** `edu` for the process of `driver-host:edu`. */
function hostName(process: string): string {
  return process.replace(/^driver-host:/, "");
}

/** A value in one short line: numbers from 10 up in hexadecimal, bytes by their count. */
export function formatValue(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number" || typeof value === "bigint") return value < 10 ? String(value) : hex(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`;
  if (Array.isArray(value)) return `[${value.map(formatValue).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value)
      .map(([key, member]) => `${key}: ${formatValue(member)}`)
      .join(", ")}}`;
  }
  return String(value);
}
