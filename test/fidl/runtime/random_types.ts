/** Random types and random values of any type, from a seed: what the properties of the runtime are tested with. */
import {
  type AnyCodec,
  array,
  bool,
  box,
  byteArray,
  bytes,
  flexibleBits,
  flexibleEnum,
  flexibleUnion,
  float32,
  float64,
  handle,
  int8,
  int16,
  int32,
  int64,
  MAX_BOUND,
  optional,
  size64,
  strictBits,
  strictEnum,
  strictUnion,
  string,
  struct,
  table,
  uint8,
  uint16,
  uint32,
  uint64,
  vector,
} from "../../../src/fidl/runtime/index.ts";
import { ObjectType } from "../../../src/zx/constants.ts";
import { Rights } from "../../../src/zx/rights.ts";
import type { HandleInfo } from "../../../src/zx/syscalls.ts";

/** Numbers from a seed (xorshift32): the same ones for the same seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e37_79b9) >>> 0 || 1;
    for (let i = 0; i < 4; i++) this.below(2);
  }

  /** 0 to `limit` - 1. */
  below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }

  bit(): boolean {
    return this.below(2) === 1;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }
}

const LEAVES: readonly AnyCodec[] = [
  uint8,
  int8,
  uint16,
  int16,
  uint32,
  int32,
  uint64,
  int64,
  size64,
  float32,
  float64,
  bool,
];

/** A type, at most `depth` layers of others deep. `canonical`: of whose values no two messages are the same. */
export function randomType(dice: Dice, depth: number, canonical = false): AnyCodec {
  const inner = () => randomType(dice, depth - 1, canonical);
  const members = <T>(make: (ordinal: number) => T) =>
    Object.fromEntries(Array.from({ length: 1 + dice.below(4) }, (_, i) => [`m${i}`, make(i)]));
  const withOrdinals = () => {
    let ordinal = 0;
    return members((): [number, AnyCodec] => {
      ordinal += 1 + dice.below(3);
      return [ordinal, inner()];
    });
  };
  if (depth === 0 || dice.below(4) === 0) {
    switch (dice.below(8)) {
      case 0:
        return string(dice.bit() ? 16 : MAX_BOUND);
      case 1:
        return bytes(dice.bit() ? 16 : MAX_BOUND);
      case 2:
        return handle(
          dice.pick([ObjectType.NONE, ObjectType.VMO, ObjectType.CHANNEL]),
          dice.bit() ? Rights.SAME_RIGHTS : Rights.READ | Rights.WAIT,
        );
      case 3:
        return dice.bit()
          ? strictEnum("E", uint16, { A: 1, B: 500 })
          : flexibleEnum("F", int64, { A: -1n, B: 5n });
      case 4:
        return dice.bit()
          ? strictBits("B", uint8, { A: 1, B: 128 })
          : flexibleBits("C", uint64, { A: 1n << 63n });
      case 5:
        return byteArray(1 + dice.below(9));
      default:
        return dice.pick(LEAVES);
    }
  }
  switch (dice.below(canonical ? 7 : 9)) {
    case 0:
      return vector(inner(), dice.bit() ? 3 : MAX_BOUND);
    case 1:
      return array(inner(), 1 + dice.below(3));
    case 2:
      return box(struct("S", members(inner)));
    case 3:
      return strictUnion("U", withOrdinals());
    case 4: {
      const of: AnyCodec = dice.pick<() => AnyCodec>([
        () => string(9),
        () => bytes(9),
        () => vector(inner()),
        () => strictUnion("U", withOrdinals()),
        () => handle(),
      ])();
      return optional(of);
    }
    case 7:
      return table("T", withOrdinals());
    case 8:
      return flexibleUnion("X", withOrdinals());
    default:
      return dice.below(8) === 0 ? struct("Empty", {}) : struct("S", members(inner));
  }
}

const CHARACTERS = ["a", "Z", "0", "\0", "é", "€", "😀", "\ufeff", "\u2028"];

/** A value of a type. Beyond `depth` layers it is as small as it can be, so that recursive types end. */
export function randomValue(dice: Dice, codec: AnyCodec, depth = 6): unknown {
  const { type } = codec;
  const inner = (of: AnyCodec) => randomValue(dice, of, depth - 1);
  const count = (bound: number) => (depth <= 0 ? 0 : Math.min(bound, dice.below(4)));
  switch (type.kind) {
    case "integer":
      return randomInteger(dice, type.bits, type.signed, type.bigint);
    case "float": {
      const value = dice.pick([
        0,
        -0,
        1.5,
        Math.fround(-3e38),
        Number.NaN,
        Number.POSITIVE_INFINITY,
        2 ** -126,
      ]);
      return codec.size === 8 && dice.bit() ? value / 3 : value;
    }
    case "bool":
      return dice.bit();
    case "string":
      return Array.from(
        { length: Math.min(dice.below(depth <= 0 ? 3 : 20), Math.floor(type.bound / 4)) },
        () => dice.pick(CHARACTERS),
      ).join("");
    case "bytes":
      return dice.bytes(Math.min(dice.below(20), type.bound));
    case "byteArray":
      return dice.bytes(type.count);
    case "vector":
      return Array.from({ length: count(type.bound) }, () => inner(type.element));
    case "array":
      return Array.from({ length: type.count }, () => inner(type.element));
    case "optional":
    case "box":
      return depth <= 0 || dice.below(3) === 0 ? undefined : inner(type.of);
    case "struct":
      return Object.fromEntries(type.members.map(({ key, codec: of }) => [key, inner(of)]));
    case "table": {
      const set = type.members.filter(() => depth > 0 && dice.bit());
      return Object.fromEntries(set.map(({ key, codec: of }) => [key, inner(of)]));
    }
    case "union": {
      const { key, codec: of } = dice.pick(type.members);
      return { kind: key, [key]: inner(of) };
    }
    case "enum":
      return type.values.length === 0 ? inner(type.of) : dice.pick(type.values).value;
    case "bits": {
      const bits = type.values.filter(() => dice.bit()).reduce((sum, { value }) => sum | BigInt(value), 0n);
      return type.of.size === 8 ? bits : Number(bits);
    }
    case "handle":
      return 4 * (1 + dice.below(0x1000)) + 3;
    case "recursive":
      return inner(type.of());
  }
}

function randomInteger(dice: Dice, bits: number, signed: boolean, asBigint: boolean): number | bigint {
  const wide = (BigInt(dice.below(2 ** 32)) << 32n) | BigInt(dice.below(2 ** 32));
  const value = dice.pick([wide, wide, 0n, (1n << BigInt(bits)) - 1n, 1n << BigInt(bits - 1)]);
  const clipped = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  if (asBigint) return clipped;
  return bits === 64 ? Number(clipped & 0x1f_ffff_ffff_ffffn) : Number(clipped);
}

/** How many values that are not made of others a value has: none of them comes from less than a byte. */
export function countLeaves(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value === "string") return value.length;
  if (Array.isArray(value))
    return value.reduce<number>((sum, each) => sum + Math.max(1, countLeaves(each)), 0);
  if (typeof value === "object" && value !== null) {
    const { kind, ...members } = value as { kind?: unknown };
    return Object.values(members).reduce<number>((sum, each) => sum + countLeaves(each), 0);
  }
  return value === undefined ? 0 : 1;
}

/** What arrives for the handles of an encoded value. */
export function arriving({
  handles,
  types,
}: {
  handles: readonly number[];
  types: readonly number[];
}): HandleInfo[] {
  return handles.map((handle, i) => ({ handle, type: types[i] || ObjectType.EVENT, rights: 0xffff_ffff }));
}

/** A few bytes changed, or some cut off or added. */
export function damaged(dice: Dice, bytes: Uint8Array): Uint8Array {
  const growth = dice.below(4) === 0 ? 8 * (dice.below(3) - 1) : 0;
  const result = new Uint8Array(Math.max(0, bytes.length + growth));
  result.set(bytes.subarray(0, result.length));
  const changes = growth === 0 ? 1 + dice.below(3) : dice.below(2);
  for (let i = 0; i < changes && result.length > 0; i++) {
    const at = dice.below(result.length);
    result[at] = dice.pick([
      0,
      1,
      0xff,
      result[at]! + 1,
      result[at]! ^ (1 << dice.below(8)),
      dice.below(256),
    ]);
  }
  return result;
}

/** Words that messages are made of. */
export function likely(dice: Dice, words: number): Uint8Array {
  const values = [
    0n,
    0xffff_ffff_ffff_ffffn,
    1n,
    2n,
    3n,
    8n,
    16n,
    0x0001_0000_0000_0000n,
    0x0001_0001_ffff_ffffn,
    0x61n,
  ];
  return new Uint8Array(BigUint64Array.from({ length: words }, () => dice.pick(values)).buffer);
}
