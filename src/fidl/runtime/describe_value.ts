/**
 * Values as text, in the manner of Fuchsia's fidlcat: every member with its name, its type and its value.
 */
import type { Handle } from "../../zx/constants.ts";
import { hex } from "../../zx/pages.ts";
import { statusName } from "../../zx/status.ts";
import type { AnyCodec, Member, NamedValue } from "./codec.ts";
import { status } from "./result.ts";
import { layOut } from "./text_layout.ts";

export interface ValueTextOptions {
  /** What a handle is: `vmo "edu bar 0"`. */
  readonly handleText?: (handle: Handle) => string;
  /** Columns of a line, 100 by default; what does not fit is spread over several lines. Infinity: all in one line. */
  readonly width?: number;
}

/** Columns that messages and values are made to fit into, unless somebody says otherwise. */
export const WIDTH = 100;
/** Bytes, and elements of a vector, that are shown. */
const MAX_SHOWN = 32;
/** Characters of a string that are shown. */
const MAX_CHARACTERS = 256;

/** `{ bar_id: uint32 = 0, size: uint64 = 0x100000 }`. Never throws: a value that is not one of the type is shown as it is. */
export function describeValue(codec: AnyCodec, value: unknown, options: ValueTextOptions = {}): string {
  const { handleText = (handle) => `handle ${handle}`, width = WIDTH } = options;
  const text = textOf(codec, value, handleText);
  return width === Number.POSITIVE_INFINITY ? text : layOut(text, width);
}

type HandleText = NonNullable<ValueTextOptions["handleText"]>;

/** In one line, however long. */
function textOf(codec: AnyCodec, value: unknown, handleText: HandleText): string {
  const { type } = codec;
  if (value === undefined || value === null) return type.kind === "struct" ? "{}" : "absent";
  switch (type.kind) {
    case "recursive":
      return textOf(type.of(), value, handleText);
    case "optional":
    case "box":
      return textOf(type.of, value, handleText);
    case "struct":
    case "table":
      return membersText(type.members, value, handleText);
    case "union":
      return unionText(type.members, value, handleText);
    case "vector":
    case "array":
      return Array.isArray(value) ? elementsText(type.element, value, handleText) : plain(value);
    case "handle":
      return typeof value === "number" ? handleText(value) : plain(value);
    case "enum":
      return nameOf(type.values, value) ?? `${plain(value)} (unknown)`;
    case "bits":
      return bitsText(type.values, value);
    default:
      return codec === status && typeof value === "number" ? statusName(value) : plain(value);
  }
}

function membersText(members: readonly Member[], value: unknown, handleText: HandleText): string {
  if (typeof value !== "object" || value === null) return plain(value);
  const values = value as Record<string, unknown>;
  const parts = members
    .filter(({ key }) => values[key] !== undefined)
    .map(({ key, name, codec }) => `${name}: ${codec.name} = ${textOf(codec, values[key], handleText)}`);
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

function unionText(members: readonly Member[], value: unknown, handleText: HandleText): string {
  const kind = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
  const member = members.find(({ key }) => key === kind);
  if (member !== undefined) return membersText([member], value, handleText);
  const ordinal = kind === "unknown" ? (value as { ordinal?: unknown }).ordinal : undefined;
  return ordinal === undefined ? plain(value) : `{ unknown member ${String(ordinal)} }`;
}

function elementsText(element: AnyCodec, values: readonly unknown[], handleText: HandleText): string {
  const parts = values.slice(0, MAX_SHOWN).map((value) => textOf(element, value, handleText));
  if (values.length > parts.length) parts.push(`... ${values.length - parts.length} more`);
  return parts.length === 0 ? "[]" : `[ ${parts.join(", ")} ]`;
}

function plain(value: unknown): string {
  if (typeof value === "string") return stringText(value);
  if (typeof value === "number" && !Number.isInteger(value)) return String(value);
  if (typeof value === "number" || typeof value === "bigint") return value < 10 ? String(value) : hex(value);
  if (value instanceof Uint8Array) return bytesText(value);
  return typeof value === "object" ? "an object" : String(value);
}

function stringText(value: string): string {
  if (value.length <= MAX_CHARACTERS) return JSON.stringify(value);
  return `${JSON.stringify(value.slice(0, MAX_CHARACTERS))} ... ${value.length - MAX_CHARACTERS} more`;
}

/** `<5 bytes: 01 02 03 04 05>`. */
function bytesText(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, MAX_SHOWN), (byte) => byte.toString(16).padStart(2, "0"));
  if (bytes.length > MAX_SHOWN) shown.push("...");
  return `<${bytes.length} ${bytes.length === 1 ? "byte" : "bytes"}${shown.length === 0 ? "" : ": "}${shown.join(" ")}>`;
}

function nameOf(values: readonly NamedValue[], value: unknown): string | undefined {
  return values.find((named) => named.value === value)?.name;
}

/** `READ | WRITE | 0x80`. */
function bitsText(values: readonly NamedValue[], value: unknown): string {
  if (typeof value !== "number" && typeof value !== "bigint") return plain(value);
  let rest = BigInt(value);
  const names: string[] = [];
  for (const named of values) {
    const bit = BigInt(named.value);
    if (bit === 0n || (rest & bit) !== bit) continue;
    names.push(named.name);
    rest &= ~bit;
  }
  if (rest !== 0n || names.length === 0) names.push(rest === 0n ? "0" : hex(rest));
  return names.join(" | ");
}
