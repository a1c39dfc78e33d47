/**
 * Values as text, in the manner of Fuchsia's fidlcat: every member with its name, its type and its value.
 */
import type { Handle } from "../../zx/constants.ts";
import { hex } from "../../zx/pages.ts";
import { statusName } from "../../zx/status.ts";
import type { AnyCodec, Member, NamedValue } from "./codec.ts";
import { status } from "./result.ts";

export interface ValueTextOptions {
  /** What a handle is: `vmo "edu bar 0"`. */
  readonly handleText?: (handle: Handle) => string;
  /** Columns of a line, 100 by default; what does not fit is spread over several lines. Infinity: all in one line. */
  readonly width?: number;
}

const WIDTH = 100;
const INDENT = 2;
/** Bytes, and elements of a vector, that are shown. */
const MAX_SHOWN = 32;

/** `{ bar_id: uint32 = 0, size: uint64 = 0x100000 }`. Never throws: a value that is not one of the type is shown as it is. */
export function describeValue(codec: AnyCodec, value: unknown, options: ValueTextOptions = {}): string {
  const { handleText = (handle) => `handle ${handle}`, width = WIDTH } = options;
  const flat = new ValueText(handleText, Number.POSITIVE_INFINITY, undefined);
  const writer = width === Number.POSITIVE_INFINITY ? flat : new ValueText(handleText, width, flat);
  return writer.of(codec, value, 0, 0);
}

class ValueText {
  readonly #handleText: (handle: Handle) => string;
  readonly #width: number;
  /** What writes a value into one line, however long; undefined if this does. */
  readonly #flat: ValueText | undefined;

  constructor(handleText: (handle: Handle) => string, width: number, flat: ValueText | undefined) {
    this.#handleText = handleText;
    this.#width = width;
    this.#flat = flat;
  }

  /** The text begins at `column` of a line that is indented by `indent`. */
  of(codec: AnyCodec, value: unknown, column: number, indent: number): string {
    const { type } = codec;
    if (value === undefined || value === null) return type.kind === "struct" ? "{}" : "absent";
    switch (type.kind) {
      case "recursive":
        return this.of(type.of(), value, column, indent);
      case "optional":
      case "box":
        return this.of(type.of, value, column, indent);
      case "struct":
      case "table":
        return this.#members(type.members, value, column, indent);
      case "union":
        return this.#union(type.members, value, column, indent);
      case "vector":
      case "array":
        return Array.isArray(value) ? this.#elements(type.element, value, column, indent) : plain(value);
      case "handle":
        return typeof value === "number" ? this.#handleText(value) : plain(value);
      case "enum":
        return nameOf(type.values, value) ?? `${plain(value)} (unknown)`;
      case "bits":
        return bitsText(type.values, value);
      default:
        return codec === status && typeof value === "number" ? statusName(value) : plain(value);
    }
  }

  #members(members: readonly Member[], value: unknown, column: number, indent: number): string {
    if (typeof value !== "object" || value === null) return plain(value);
    const values = value as Record<string, unknown>;
    const parts: Part[] = [];
    for (const { key, name, codec } of members) {
      if (values[key] !== undefined) parts.push([`${name}: ${codec.name} = `, codec, values[key]]);
    }
    return this.#list("{", parts, "", "}", column, indent);
  }

  #union(members: readonly Member[], value: unknown, column: number, indent: number): string {
    const kind = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
    const member = members.find(({ key }) => key === kind);
    if (member !== undefined) return this.#members([member], value, column, indent);
    const ordinal = kind === "unknown" ? (value as { ordinal?: unknown }).ordinal : undefined;
    return ordinal === undefined ? plain(value) : `{ unknown member ${String(ordinal)} }`;
  }

  #elements(element: AnyCodec, values: readonly unknown[], column: number, indent: number): string {
    const parts = values.slice(0, MAX_SHOWN).map((value): Part => ["", element, value]);
    const rest = values.length - parts.length;
    return this.#list("[", parts, rest === 0 ? "" : `... ${rest} more`, "]", column, indent);
  }

  /** Parts between brackets, in one line if that is short enough, else one in a line. */
  #list(
    open: string,
    parts: readonly Part[],
    rest: string,
    close: string,
    column: number,
    indent: number,
  ): string {
    if (parts.length === 0) return open + close;
    const write = (writer: ValueText, at: number) => {
      const texts = parts.map(
        ([label, codec, value]) => label + writer.of(codec, value, at + label.length, at),
      );
      return rest === "" ? texts : [...texts, rest];
    };
    const flat = `${open} ${write(this.#flat ?? this, column).join(", ")} ${close}`;
    if (this.#flat === undefined || column + flat.length <= this.#width) return flat;
    const lines = write(this, indent + INDENT).map((text) => " ".repeat(indent + INDENT) + text);
    return [open, ...lines, " ".repeat(indent) + close].join("\n");
  }
}

/** What stands in front of a value, and the value with its type. */
type Part = readonly [label: string, codec: AnyCodec, value: unknown];

function plain(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && !Number.isInteger(value)) return String(value);
  if (typeof value === "number" || typeof value === "bigint") return value < 10 ? String(value) : hex(value);
  if (value instanceof Uint8Array) return bytesText(value);
  return typeof value === "object" ? "an object" : String(value);
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
