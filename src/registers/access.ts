/** Accessors: what a declared register is on a device. */
import { ZxError } from "../zx/error.ts";
import { hex } from "../zx/pages.ts";
import type { Halves } from "./halves.ts";
import type { RegisterIo } from "./io.ts";
import { type PollOptions, pollUntil } from "./poll.ts";
import type { RegisterInfo } from "./register.ts";
import type { RegisterValue } from "./value.ts";

/** An accessor as the library handles it; its precise type is `RegisterOn`. */
export interface RegisterAccess {
  readonly name: string;
  readonly offset: number;
  read(): RegisterValue;
  poll(until: object | ((value: RegisterValue) => boolean), options: PollOptions): RegisterValue;
  write(value: number | bigint | object): void;
  modify(fields: object): void;
}

export type AccessClass = new (io: RegisterIo, offset: number, name: string) => RegisterAccess;

/**
 * A class of its own for each register. Where a driver reads `regs.Status`, the engine then knows width, value class and
 * fields, and makes of it the bare access with its shift and mask.
 */
export function accessClass(info: RegisterInfo, set: string): AccessClass {
  const { width, Value } = info;

  class Access implements RegisterAccess {
    readonly name: string;
    readonly offset: number;
    // Not a #private field: its name would be another one in each class, and the engine's caches would see them all.
    readonly io: RegisterIo;

    constructor(io: RegisterIo, offset: number, name: string) {
      this.io = io;
      this.offset = offset;
      this.name = name;
    }

    read(): RegisterValue {
      if (width === 32) return new Value(this.io.read32(this.offset), 0);
      if (width === 64) return new Value(this.io.read64Halves(this.offset), this.io.high);
      if (width === 16) return new Value(this.io.read16(this.offset), 0);
      return new Value(this.io.read8(this.offset), 0);
    }

    write(value: number | bigint | object): void {
      if (width === 32 && typeof value === "number" && info.allowed.low === 0xffff_ffff) {
        this.io.write32(this.offset, value);
        return;
      }
      send(this, info.compose(value));
    }

    modify(fields: object): void {
      const value = this.read();
      send(this, info.recompose(lowOf(value), highOf(value), fields));
    }

    poll(until: object | ((value: RegisterValue) => boolean), options: PollOptions): RegisterValue {
      const { done, last } = pollThere(this, until, options) ?? pollHere(this, until, options);
      if (done) return last;
      const wanted = typeof until === "function" ? "the condition" : describeMatch(until);
      throw new ZxError(
        "TIMED_OUT",
        `${set}.${this.name} (offset ${hex(this.offset)} of ${this.io.name}): ${wanted} did not come within ${options.timeout} ns; last value ${last}`,
      );
    }
  }

  function pollHere(
    access: Access,
    until: object | ((value: RegisterValue) => boolean),
    options: PollOptions,
  ) {
    const holds =
      typeof until === "function" ? (until as (value: RegisterValue) => boolean) : matcher(info, until);
    let last: RegisterValue | undefined;
    const done = pollUntil(access.io.clock, options, () => {
      last = access.read();
      return holds(last);
    });
    return { done, last: last! };
  }

  /** Where the registers' side can compare by itself, and that is faster. */
  function pollThere({ io, offset }: Access, until: object, options: PollOptions) {
    if (io.pollThere === undefined || typeof until === "function") return undefined;
    const { mask, value } = info.match(until);
    const polled = io.pollThere(width, offset, mask, value, options);
    return polled && { done: polled.done, last: new Value(polled.low, polled.high) };
  }

  function send({ io, offset }: Access, { low, high }: Halves): void {
    if (width === 32) io.write32(offset, low);
    else if (width === 64) io.write64Halves(offset, low, high);
    else if (width === 16) io.write16(offset, low);
    else io.write8(offset, low);
  }

  // What the mode forbids is not there at run time either: the type says so to TypeScript, this to JavaScript.
  const forbidden: (keyof RegisterAccess)[] = [];
  if (!info.readable) forbidden.push("read", "poll", "modify");
  if (!info.writable) forbidden.push("write", "modify");
  if (info.mode === "wc" || info.mode === "ws") forbidden.push("modify");
  for (const method of forbidden) {
    Object.defineProperty(Access.prototype, method, {
      value(this: Access) {
        throw new ZxError(
          "NOT_SUPPORTED",
          `${set}.${this.name}: no ${method} of a register that is declared ${info.mode}`,
        );
      },
    });
  }
  return Access;
}

function matcher(info: RegisterInfo, until: object): (value: RegisterValue) => boolean {
  const { mask, value: wanted } = info.match(until);
  return (value) =>
    (lowOf(value) & mask.low) >>> 0 === wanted.low && (highOf(value) & mask.high) >>> 0 === wanted.high;
}

function describeMatch(until: object): string {
  return Object.entries(until)
    .map(
      ([name, wanted]) =>
        `${name}=${typeof wanted === "number" || typeof wanted === "bigint" ? hex(wanted) : String(wanted)}`,
    )
    .join(" ");
}

function lowOf(value: RegisterValue): number {
  return typeof value.raw === "number" ? value.raw : (value as { low?: number }).low!;
}

function highOf(value: RegisterValue): number {
  return typeof value.raw === "number" ? 0 : (value as { high?: number }).high!;
}
