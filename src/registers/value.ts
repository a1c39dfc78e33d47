/** What a read gives: one small class per declared register, whose getters are its fields. */
import { extract, extractBig, join } from "./halves.ts";
import type { FieldInfo, RegisterInfo } from "./register.ts";

export interface RegisterValue {
  readonly raw: number | bigint;
  toString(): string;
}

/** `high` is not looked at where the register has at most 32 bits. */
export type ValueClass = new (low: number, high: number) => RegisterValue;

/**
 * A class of its own for each register, so that `regs.Status.read().computing` is, once optimised, a read, a shift and a
 * mask: the engine knows the class and never makes the object.
 */
export function valueClass(info: RegisterInfo): ValueClass {
  return info.width === 64 ? wideValueClass(info) : narrowValueClass(info);
}

function narrowValueClass(info: RegisterInfo): ValueClass {
  class Value {
    declare readonly raw: number;
    constructor(raw: number) {
      this.raw = raw;
    }
    toString(): string {
      return info.format(this.raw, 0);
    }
  }
  for (const field of info.fields) {
    if (field.readable) defineGetter(Value.prototype, field.name, narrowGetter(field));
  }
  return Value;
}

function narrowGetter(field: FieldInfo): (this: { raw: number }) => number | string | bigint {
  const { lo, hi, names } = field;
  if (field.kind === "wide") {
    return function () {
      return extractBig(this.raw, 0, hi, lo);
    };
  }
  if (hi - lo === 31) {
    return function () {
      return names?.get(this.raw) ?? this.raw;
    };
  }
  const mask = 2 ** (hi - lo + 1) - 1;
  if (names !== undefined) {
    return function () {
      const value = (this.raw >>> lo) & mask;
      return names.get(value) ?? value;
    };
  }
  return function () {
    return (this.raw >>> lo) & mask;
  };
}

function wideValueClass(info: RegisterInfo): ValueClass {
  class Value {
    declare readonly low: number;
    declare readonly high: number;
    constructor(low: number, high: number) {
      this.low = low;
      this.high = high;
    }
    get raw(): bigint {
      return join(this.low, this.high);
    }
    toString(): string {
      return info.format(this.low, this.high);
    }
  }
  for (const field of info.fields) {
    if (field.readable) defineGetter(Value.prototype, field.name, wideGetter(field));
  }
  return Value;
}

function wideGetter(field: FieldInfo): (this: { low: number; high: number }) => number | string | bigint {
  const { lo, hi, names } = field;
  if (field.kind === "wide") {
    return function () {
      return extractBig(this.low, this.high, hi, lo);
    };
  }
  if (names !== undefined) {
    return function () {
      const value = extract(this.low, this.high, hi, lo);
      return names.get(value) ?? value;
    };
  }
  return function () {
    return extract(this.low, this.high, hi, lo);
  };
}

function defineGetter<T>(prototype: object, name: string, get: (this: T) => unknown): void {
  Object.defineProperty(prototype, name, { get, enumerable: true });
}
