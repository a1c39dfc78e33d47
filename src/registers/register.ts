/** One declared register, worked out: its fields, what a write must leave alone, how its values are made and shown. */
import { ZxError } from "../zx/error.ts";
import { hex } from "../zx/pages.ts";
import type { RegisterDecl, Width } from "./declare.ts";
import type { Field } from "./field.ts";
import { extract, extractBig, type Halves, join, maskOf, shiftLeft, split } from "./halves.ts";
import { isReadable, isWritable, type Mode, Modes, readHasEffect } from "./modes.ts";
import { shown } from "./shown.ts";
import type { FieldsOf, Raw, ValueOf } from "./types.ts";
import { type ValueClass, valueClass } from "./value.ts";

export interface FieldInfo {
  readonly name: string;
  readonly hi: number;
  readonly lo: number;
  readonly kind: Field["kind"];
  /** The field's own mode, or its register's. */
  readonly mode: Mode;
  readonly readable: boolean;
  readonly writable: boolean;
  /** Value -> name, for a choice. */
  readonly names: ReadonlyMap<number, string> | undefined;
  readonly choices: Readonly<Record<string, number>> | undefined;
  readonly mask: Halves;
  readonly doc: string | undefined;
}

const NAMES_OF_VALUES = new Set(["raw", "low", "high", "toString", "constructor", "__proto__"]);

/** What a device model, a dump or a trace wants to know about a declared register. Also encodes and decodes its values. */
export class RegisterInfo<D extends RegisterDecl = RegisterDecl> {
  /** Path without array indexes: `Status`, `Channel.Control`. */
  readonly name: string;
  /** Bytes from the start of the declaration; of element 0 in an array. */
  readonly offset: number;
  readonly width: Width;
  readonly mode: Mode;
  /** Highest bits first. */
  readonly fields: readonly FieldInfo[];
  /** Value after reset; 0 where the declaration does not say. */
  readonly reset: Raw<D["width"]>;
  readonly readable: boolean;
  readonly writable: boolean;
  /** Reading changes the device. */
  readonly readHasEffect: boolean;
  readonly overlay: boolean;
  readonly doc: string | undefined;
  readonly Value: ValueClass;
  /** Bits that `modify` writes back as they were read, and bits that are 1 where nothing shall happen. */
  readonly keep: Halves;
  readonly neutral: Halves;
  /** All but the reserved bits. */
  readonly allowed: Halves;
  readonly #byName: ReadonlyMap<string, FieldInfo>;

  /** `what` is the declaration's name and the register's: `edu.Status`, for messages. */
  constructor(decl: D, name: string, offset: number, what: string) {
    this.name = name;
    this.offset = offset;
    this.width = decl.width;
    this.mode = decl.mode;
    const fields = Object.entries(decl.fields).map(([fieldName, field]) =>
      fieldInfo(fieldName, field, decl, what),
    );
    checkOverlap(fields, what);
    this.fields = fields.sort((a, b) => b.lo - a.lo);
    this.#byName = new Map(fields.map((field) => [field.name, field]));
    this.readable = isReadable(this.mode);
    this.writable = isWritable(this.mode);
    this.readHasEffect =
      decl.options.readEffect === true ||
      readHasEffect(this.mode) ||
      fields.some(({ mode }) => readHasEffect(mode));
    this.overlay = decl.options.overlay === true;
    this.doc = decl.options.doc;
    const all = maskOf(0, this.width);
    this.reset = this.#raw(checkedReset(decl.options.reset ?? 0, this.width, what)) as Raw<D["width"]>;

    // Bits of no field follow the register's own mode.
    this.keep = keepsValue(this.mode) ? { ...all } : { low: 0, high: 0 };
    this.neutral = Modes[this.mode].neutral === 1 ? { ...all } : { low: 0, high: 0 };
    this.allowed = { ...all };
    for (const field of fields) {
      setBits(this.keep, field.mask, field.kind !== "reserved" && keepsValue(field.mode));
      setBits(this.neutral, field.mask, field.kind !== "reserved" && Modes[field.mode].neutral === 1);
      if (field.kind === "reserved") setBits(this.allowed, field.mask, false);
    }
    this.Value = valueClass(this as RegisterInfo);
  }

  /** The value of a raw number, without any access (a device model, a dump of yesterday). */
  decode(raw: Raw<D["width"]> | number): ValueOf<D> {
    const { low, high } = this.checked(raw);
    return new this.Value(low, high) as ValueOf<D>;
  }

  /**
   * The raw number with these fields set, over `base` (default 0). Read-only fields may be given: a device sets them.
   *
   * INVALID_ARGS for a field that is not declared and for a value that does not fit.
   */
  encode(
    fields: { readonly [K in keyof D["fields"]]?: unknown },
    base: Raw<D["width"]> | number = 0,
  ): Raw<D["width"]> {
    const bits = this.checked(base);
    for (const [name, value] of Object.entries(fields)) this.#insert(bits, this.#field(name), value);
    return this.#raw(bits) as Raw<D["width"]>;
  }

  /** What `write` sends: reserved bits cleared; fields over what leaves the others alone. Changes nothing but `into`. */
  compose(value: Raw<D["width"]> | number | FieldsOf<D>, into: Halves = { low: 0, high: 0 }): Halves {
    if (typeof value === "object" && value !== null) {
      into.low = this.neutral.low;
      into.high = this.neutral.high;
      this.insertFields(into, value);
    } else {
      const { low, high } = this.checked(value);
      into.low = low;
      into.high = high;
    }
    into.low = (into.low & this.allowed.low) >>> 0;
    into.high = (into.high & this.allowed.high) >>> 0;
    return into;
  }

  /** What `modify` sends after it has read these halves. */
  recompose(low: number, high: number, fields: FieldsOf<D>): Halves {
    const bits = {
      low: ((low & this.keep.low) | this.neutral.low) >>> 0,
      high: ((high & this.keep.high) | this.neutral.high) >>> 0,
    };
    this.insertFields(bits, fields);
    return bits;
  }

  /** Sets writable fields in `bits`. */
  insertFields(bits: Halves, fields: object): void {
    for (const name of Object.keys(fields)) {
      const field = this.#field(name);
      if (!field.writable) {
        throw new ZxError(
          "INVALID_ARGS",
          `${this.name}.${name} cannot be written: it is ${Modes[field.mode].title}`,
        );
      }
      this.#insert(bits, field, (fields as Record<string, unknown>)[name]);
    }
  }

  /** Mask and value of what `poll` waits for. */
  match(until: object): { mask: Halves; value: Halves } {
    const mask = { low: 0, high: 0 };
    const value = { low: 0, high: 0 };
    for (const [name, wanted] of Object.entries(until)) {
      if (name === "raw") {
        setBits(mask, maskOf(0, this.width), true);
        Object.assign(value, this.checked(wanted as number | bigint));
        continue;
      }
      const field = this.#field(name);
      if (!field.readable)
        throw new ZxError(
          "INVALID_ARGS",
          `${this.name}.${name} cannot be read: it is ${Modes[field.mode].title}`,
        );
      setBits(mask, field.mask, true);
      this.#insert(value, field, wanted);
    }
    return { mask, value };
  }

  /** `0x00000081 computing=1 raiseIrq=1` */
  format(low: number, high: number): string {
    const text = this.formatFields(low, high);
    return text === "" ? this.hex(low, high) : `${this.hex(low, high)} ${text}`;
  }

  /** `computing=1 raiseIrq=1`, lowest bits first. */
  formatFields(low: number, high: number): string {
    return this.fields
      .filter((field) => field.kind !== "reserved")
      .map((field) => `${field.name}=${shownField(field, low, high)}`)
      .reverse()
      .join(" ");
  }

  hex(low: number, high: number): string {
    return hex(this.width === 64 ? join(low, high) : low, this.width / 4);
  }

  /** The halves of a raw value that a caller gave; negative numbers of up to 32 bits count as their bit pattern. */
  checked(raw: unknown): Halves {
    if (typeof raw === "bigint") {
      if (BigInt.asUintN(this.width, raw) === raw) return split(raw);
    } else if (typeof raw === "number" && Number.isSafeInteger(raw)) {
      if (raw >= 0 && raw < 2 ** this.width) return split(raw);
      if (raw < 0 && raw >= -(2 ** (Math.min(this.width, 32) - 1)) && this.width <= 32) {
        return { low: (raw & maskOf(0, this.width).low) >>> 0, high: 0 };
      }
    }
    throw new ZxError("INVALID_ARGS", `${this.name}: ${shown(raw)} is not a value of ${this.width} bits`);
  }

  #raw({ low, high }: Halves): number | bigint {
    return this.width === 64 ? join(low, high) : low;
  }

  #field(name: string): FieldInfo {
    const field = this.#byName.get(name);
    if (field === undefined || field.kind === "reserved") {
      const known = this.fields.filter(({ kind }) => kind !== "reserved").map((known) => known.name);
      const there = known.length === 0 ? "it has no fields" : `its fields are ${known.reverse().join(", ")}`;
      throw new ZxError("INVALID_ARGS", `${this.name} has no field ${JSON.stringify(name)}: ${there}`);
    }
    return field;
  }

  #insert(bits: Halves, field: FieldInfo, value: unknown): void {
    const shifted = shiftLeft(this.#fieldValue(field, value), field.lo);
    bits.low = ((bits.low & ~field.mask.low) | shifted.low) >>> 0;
    bits.high = ((bits.high & ~field.mask.high) | shifted.high) >>> 0;
  }

  #fieldValue(field: FieldInfo, value: unknown): Halves {
    const width = field.hi - field.lo + 1;
    if (typeof value === "boolean" && width === 1) return { low: value ? 1 : 0, high: 0 };
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value < 2 ** width)
      return split(value);
    if (typeof value === "bigint" && BigInt.asUintN(width, value) === value) return split(value);
    if (typeof value === "string" && field.choices !== undefined && Object.hasOwn(field.choices, value)) {
      return split(field.choices[value]!);
    }
    const choices = field.choices === undefined ? "" : ` (${Object.keys(field.choices).join(", ")})`;
    throw new ZxError(
      "INVALID_ARGS",
      `${this.name}.${field.name}: ${shown(value)} is not a value of ${width} bit${width === 1 ? "" : "s"}${choices}`,
    );
  }
}

/** A field's value as a trace shows it: a choice's name, small numbers in decimal, larger ones in hex. */
function shownField({ hi, lo, names, kind }: FieldInfo, low: number, high: number): string {
  const value = kind === "wide" ? extractBig(low, high, hi, lo) : extract(low, high, hi, lo);
  return (
    (typeof value === "number" ? names?.get(value) : undefined) ?? (value < 10 ? String(value) : hex(value))
  );
}

/** Whether what was read can be written back with no effect. */
function keepsValue(mode: Mode): boolean {
  return isReadable(mode) && Modes[mode].write !== "effect";
}

function setBits(target: Halves, mask: Halves, on: boolean): void {
  target.low = (on ? target.low | mask.low : target.low & ~mask.low) >>> 0;
  target.high = (on ? target.high | mask.high : target.high & ~mask.high) >>> 0;
}

function fieldInfo(name: string, field: Field, decl: RegisterDecl, what: string): FieldInfo {
  const { hi, lo, kind } = field;
  const problem = (text: string) => new ZxError("INVALID_ARGS", `${what}.${name}: ${text}`);
  if (!(Number.isInteger(hi) && Number.isInteger(lo) && lo >= 0 && hi >= lo && hi < decl.width)) {
    throw problem(`bits ${hi}..${lo} of a register of ${decl.width} bits`);
  }
  if (NAMES_OF_VALUES.has(name)) throw problem("the name is taken by values themselves");
  const width = hi - lo + 1;
  if (kind === "bits" && width > 53)
    throw problem(`${width} bits do not fit in a number: use wide(${hi}, ${lo})`);
  const mode: Mode = field.mode ?? decl.mode;
  if (!Object.hasOwn(Modes, mode)) throw problem(`unknown mode ${JSON.stringify(mode)}`);
  if (
    field.mode !== undefined &&
    Modes[field.mode].write === "effect" &&
    Modes[field.mode].neutral === undefined
  ) {
    throw problem(`mode ${field.mode} is one of whole registers: no write could spare the field`);
  }
  if (
    kind !== "reserved" &&
    ((isReadable(mode) && !isReadable(decl.mode)) || (isWritable(mode) && !isWritable(decl.mode)))
  ) {
    throw problem(`mode ${mode} in a register that is ${Modes[decl.mode].title}`);
  }
  const choices = kind === "choice" ? field.choices : undefined;
  if (choices !== undefined) {
    if (width > 32) throw problem(`${width} bits: a choice has at most 32`);
    for (const [label, value] of Object.entries(choices)) {
      if (!(Number.isInteger(value) && value >= 0 && value < 2 ** width)) {
        throw problem(`${label} = ${value} does not fit in ${width} bits`);
      }
    }
  }
  return {
    name,
    hi,
    lo,
    kind,
    mode,
    readable: kind !== "reserved" && isReadable(mode),
    writable: kind !== "reserved" && isWritable(mode),
    names: choices && new Map(Object.entries(choices).map(([label, value]) => [value, label])),
    choices,
    mask: maskOf(lo, width),
    doc: field.doc,
  };
}

function checkOverlap(fields: readonly FieldInfo[], what: string): void {
  const ascending = [...fields].sort((a, b) => a.lo - b.lo);
  for (const [i, field] of ascending.entries()) {
    const next = ascending[i + 1];
    if (next !== undefined && next.lo <= field.hi) {
      throw new ZxError(
        "INVALID_ARGS",
        `${what}: fields ${field.name} (${field.hi}..${field.lo}) and ${next.name} (${next.hi}..${next.lo}) overlap`,
      );
    }
  }
}

function checkedReset(reset: number | bigint, width: Width, what: string): Halves {
  const fits =
    typeof reset === "bigint"
      ? BigInt.asUintN(width, reset) === reset
      : Number.isSafeInteger(reset) && reset >= 0 && reset < 2 ** width;
  if (!fits)
    throw new ZxError("INVALID_ARGS", `${what}: the reset value ${reset} does not fit in ${width} bits`);
  return split(reset);
}
