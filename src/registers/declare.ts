/**
 * The words in which a device's registers are written down:
 *
 * ```ts
 * const Uart = registers("uart", {
 *   Data:    r32(0x00, "rw", { char: bits(7, 0) }, { readEffect: true }),
 *   Flags:   r32(0x18, "ro", { rxEmpty: bit(4), txFull: bit(5) }),
 *   Channel: array(4, 0x20, block(0x100, { Control: r32(0x0), Status: r32(0x4, "w1c") })),
 * });
 * ```
 */
import type { Fields } from "./field.ts";
import type { Mode } from "./modes.ts";

export type Width = 8 | 16 | 32 | 64;

export interface RegisterOptions {
  /** Value after reset. */
  readonly reset?: number | bigint;
  readonly doc?: string;
  /** Reading changes the device (a FIFO, say) though no mode says so: dumps leave the register out. */
  readonly readEffect?: boolean;
  /** Lies over another register on purpose: banked, or the same bits seen in another way. */
  readonly overlay?: boolean;
}

export interface RegisterDecl<W extends Width = Width, M extends Mode = Mode, F extends Fields = Fields> {
  readonly kind: "register";
  /** Bytes from the start of the block that it is declared in. */
  readonly offset: number;
  readonly width: W;
  readonly mode: M;
  readonly fields: F;
  readonly options: RegisterOptions;
}

export interface BlockDecl<E extends Entries = Entries> {
  readonly kind: "block";
  readonly offset: number;
  readonly entries: E;
}

export interface ArrayDecl<E extends RegisterDecl | BlockDecl = RegisterDecl | BlockDecl> {
  readonly kind: "array";
  readonly count: number;
  /** Bytes from one element to the next. */
  readonly stride: number;
  /** Element 0, at its offset. */
  readonly element: E;
}

export type Entry = RegisterDecl | BlockDecl | ArrayDecl;
export interface Entries {
  readonly [name: string]: Entry;
}

// biome-ignore lint/complexity/noBannedTypes: a register without fields has no names in its value
type NoFields = {};

/** Declares a register of one width. Without a mode it is `rw`. */
interface Declare<W extends Width> {
  (offset: number): RegisterDecl<W, "rw", NoFields>;
  <const F extends Fields>(offset: number, fields: F, options?: RegisterOptions): RegisterDecl<W, "rw", F>;
  <M extends Mode, const F extends Fields = NoFields>(
    offset: number,
    mode: M,
    fields?: F,
    options?: RegisterOptions,
  ): RegisterDecl<W, M, F>;
}

function declare<W extends Width>(width: W): Declare<W> {
  return ((
    offset: number,
    second?: Mode | Fields,
    third?: Fields | RegisterOptions,
    fourth?: RegisterOptions,
  ) =>
    typeof second === "string"
      ? { kind: "register", offset, width, mode: second, fields: third ?? {}, options: fourth ?? {} }
      : {
          kind: "register",
          offset,
          width,
          mode: "rw",
          fields: second ?? {},
          options: third ?? {},
        }) as Declare<W>;
}

export const r8: Declare<8> = declare(8);
export const r16: Declare<16> = declare(16);
export const r32: Declare<32> = declare(32);
export const r64: Declare<64> = declare(64);

/** Registers that belong together, their offsets counted from the block's. */
export function block<const E extends Entries>(offset: number, entries: E): BlockDecl<E> {
  return { kind: "block", offset, entries };
}

/** `count` registers or blocks, `stride` bytes apart; `element` says where the first one is. */
export function array<const E extends RegisterDecl | BlockDecl>(
  count: number,
  stride: number,
  element: E,
): ArrayDecl<E> {
  return { kind: "array", count, stride, element };
}
