/** What TypeScript works out of a declaration: which names a value has, what may be written, what an accessor can do. */
import type { ArrayDecl, BlockDecl, Entries, Entry, RegisterDecl, Width } from "./declare.ts";
import type { BitField, ChoiceField, Field, Fields, ReservedField, WideField } from "./field.ts";
import type { Mode, ModifiableMode, ReadableMode, WritableMode } from "./modes.ts";
import type { PollOptions } from "./poll.ts";

type ModeOf<F extends Field, M extends Mode> = F["mode"] extends Mode ? F["mode"] : M;

type ReadableNames<F extends Fields, M extends Mode> = {
  [K in keyof F]: F[K] extends ReservedField ? never : ModeOf<F[K], M> extends ReadableMode ? K : never;
}[keyof F];

type WritableNames<F extends Fields, M extends Mode> = {
  [K in keyof F]: F[K] extends ReservedField ? never : ModeOf<F[K], M> extends WritableMode ? K : never;
}[keyof F];

type ReadAs<F extends Field> =
  F extends ChoiceField<infer C> ? (keyof C & string) | number : F extends WideField ? bigint : number;

type WriteAs<F extends Field> =
  F extends ChoiceField<infer C>
    ? (keyof C & string) | number
    : F extends WideField
      ? bigint | number
      : F extends BitField
        ? number | boolean
        : number;

/** The whole register as a number; a bigint where it has 64 bits. */
export type Raw<W extends Width> = W extends 64 ? bigint : number;

/** What one read gave: the raw value, and each field that can be read, by name. */
export type ValueOf<D extends RegisterDecl> =
  D extends RegisterDecl<infer W, infer M, infer F>
    ? {
        readonly raw: Raw<W>;
        /** `0x00000081 computing=1 raiseIrq=1` */
        toString(): string;
      } & (W extends 64
        ? { /** Bits 31..0. */ readonly low: number /** Bits 63..32. */; readonly high: number }
        : unknown) & {
          readonly [K in ReadableNames<F, M>]: ReadAs<F[K]>;
        }
    : never;

/** Fields by name, as they are given to `write` and `modify`. */
export type FieldsOf<D extends RegisterDecl> =
  D extends RegisterDecl<Width, infer M, infer F>
    ? { readonly [K in WritableNames<F, M>]?: WriteAs<F[K]> }
    : never;

/** Fields by name, as `poll` compares them; `raw` compares the whole register. */
export type MatchOf<D extends RegisterDecl> =
  D extends RegisterDecl<infer W, infer M, infer F>
    ? { readonly [K in ReadableNames<F, M>]?: WriteAs<F[K]> } & { readonly raw?: Raw<W> | number }
    : never;

interface Named {
  /** `Status`, `Channel[3].Control`. */
  readonly name: string;
  /** Bytes from the start of what the declaration was put on. */
  readonly offset: number;
}

interface Readable<D extends RegisterDecl> {
  /** One read. */
  read(): ValueOf<D>;
  /**
   * Reads until the fields have these values, or the predicate holds; returns the value that did it.
   *
   * TIMED_OUT after `timeout` ns of the machine's clock, with the last value in the message.
   */
  poll(until: MatchOf<D> | ((value: ValueOf<D>) => boolean), options: PollOptions): ValueOf<D>;
}

interface Writable<D extends RegisterDecl> {
  /**
   * One write: of a number, or of fields. Fields that are not named, and bits that are not declared, are written so that
   * nothing happens to them (0; 1 for write-zero-to-clear and its like); reserved bits are always written as 0.
   */
  write(value: Raw<D["width"]> | number | FieldsOf<D>): void;
}

interface Modifiable<D extends RegisterDecl> {
  /**
   * One read and one write: changes these fields and keeps the rest. Reserved bits are written as 0, and bits that react to
   * being written (write one to clear, ...) as what leaves them alone, unless they are named.
   */
  modify(fields: FieldsOf<D>): void;
}

/** A register of a device: what it can do follows from its mode. */
export type RegisterOn<D extends RegisterDecl> = Named &
  (D["mode"] extends ReadableMode ? Readable<D> : unknown) &
  (D["mode"] extends WritableMode ? Writable<D> : unknown) &
  (D["mode"] extends ModifiableMode ? Modifiable<D> : unknown);

export interface ArrayOn<E extends Entry> {
  readonly length: number;
  /** Element `index`; OUT_OF_RANGE outside 0..length-1. */
  at(index: number): On<E>;
}

/** What a declaration's entry becomes when it is put on a device. */
export type On<E extends Entry> = E extends RegisterDecl
  ? RegisterOn<E>
  : E extends BlockDecl<infer B>
    ? RegistersOn<B>
    : E extends ArrayDecl<infer A>
      ? ArrayOn<A>
      : never;

export type RegistersOn<E extends Entries> = { readonly [K in keyof E]: On<E[K]> };
