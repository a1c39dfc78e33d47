/** The fields of a register, as they are declared. Bit numbers are inclusive, high first, as datasheets print them. */
import type { FieldMode } from "./modes.ts";

interface FieldBase<M extends FieldMode | undefined> {
  readonly hi: number;
  readonly lo: number;
  /** Undefined: the register's mode. */
  readonly mode: M;
  readonly doc: string | undefined;
}

/** One bit: reads as 0 or 1, takes a boolean too. */
export interface BitField<M extends FieldMode | undefined = FieldMode | undefined> extends FieldBase<M> {
  readonly kind: "bit";
}

/** An unsigned number of at most 53 bits. */
export interface BitsField<M extends FieldMode | undefined = FieldMode | undefined> extends FieldBase<M> {
  readonly kind: "bits";
}

/** An unsigned number of any width, as a bigint. */
export interface WideField<M extends FieldMode | undefined = FieldMode | undefined> extends FieldBase<M> {
  readonly kind: "wide";
}

/** A number with named values: reads as the name, or as the number where it has none. */
export interface ChoiceField<
  C extends Readonly<Record<string, number>> = Readonly<Record<string, number>>,
  M extends FieldMode | undefined = FieldMode | undefined,
> extends FieldBase<M> {
  readonly kind: "choice";
  readonly choices: C;
}

/** Bits that must be written as zero (RsvdZ); they are never part of a value. */
export interface ReservedField extends FieldBase<undefined> {
  readonly kind: "reserved";
}

export type Field = BitField | BitsField | WideField | ChoiceField | ReservedField;
export type Fields = Readonly<Record<string, Field>>;

/** Bit `at`. */
export function bit<M extends FieldMode | undefined = undefined>(
  at: number,
  mode?: M,
  doc?: string,
): BitField<M> {
  return { kind: "bit", hi: at, lo: at, mode: mode as M, doc };
}

/** Bits `hi`..`lo` as a number: at most 53 bits. */
export function bits<M extends FieldMode | undefined = undefined>(
  hi: number,
  lo: number,
  mode?: M,
  doc?: string,
): BitsField<M> {
  return { kind: "bits", hi, lo, mode: mode as M, doc };
}

/** Bits `hi`..`lo` as a bigint, for fields of a 64-bit register that a number cannot hold. */
export function wide<M extends FieldMode | undefined = undefined>(
  hi: number,
  lo: number,
  mode?: M,
  doc?: string,
): WideField<M> {
  return { kind: "wide", hi, lo, mode: mode as M, doc };
}

/** Bits `hi`..`lo` whose values have names: `choice(2, 1, { off: 0, slow: 1, fast: 2 })`. At most 32 bits. */
export function choice<
  const C extends Readonly<Record<string, number>>,
  M extends FieldMode | undefined = undefined,
>(hi: number, lo: number, choices: C, mode?: M, doc?: string): ChoiceField<C, M> {
  return { kind: "choice", hi, lo, choices, mode: mode as M, doc };
}

/** Bits `hi`..`lo` (or the one bit `hi`) that are written as zero, whatever was read there. */
export function reserved(hi: number, lo: number = hi): ReservedField {
  return { kind: "reserved", hi, lo, mode: undefined, doc: undefined };
}
