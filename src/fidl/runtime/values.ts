/** Enums and bits: integers of which only some are declared. */
import { Codec, type NamedValue } from "./codec.ts";

type Declared<T> = Readonly<Record<string, T>>;

/** An enum that may have other values than the declared ones: they are passed on as they are. */
export function flexibleEnum<T extends number | bigint>(
  name: string,
  subtype: Codec<T>,
  members: Declared<T>,
): Codec<T> {
  return new Codec(name, subtype.size, subtype.alignment, info("enum", subtype, members), subtype);
}

/** An enum that has the declared values and no others; STRICT_ENUM_UNKNOWN_VALUE in both directions. */
export function strictEnum<T extends number | bigint>(
  name: string,
  subtype: Codec<T>,
  members: Declared<T>,
): Codec<T> {
  const known = new Set<T>(Object.values(members));
  const { encode, decode } = subtype;
  return new Codec(name, subtype.size, subtype.alignment, info("enum", subtype, members), {
    encode(e, offset, value) {
      encode(e, offset, value);
      if (!known.has(value))
        e.fail("STRICT_ENUM_UNKNOWN_VALUE", offset, `${name} has no member ${String(value)}`);
    },
    decode(d, offset) {
      const value = decode(d, offset);
      if (!known.has(value)) d.fail("STRICT_ENUM_UNKNOWN_VALUE", offset, `${name} has no member ${value}`);
      return value;
    },
  });
}

/** Bits that may be set where none is declared: they are passed on as they are. */
export function flexibleBits<T extends number | bigint>(
  name: string,
  subtype: Codec<T>,
  members: Declared<T>,
): Codec<T> {
  return new Codec(name, subtype.size, subtype.alignment, info("bits", subtype, members), subtype);
}

/** Bits of which only the declared ones may be set; STRICT_BITS_UNKNOWN_BIT in both directions. */
export function strictBits<T extends number | bigint>(
  name: string,
  subtype: Codec<T>,
  members: Declared<T>,
): Codec<T> {
  const mask = Object.values(members).reduce<bigint>((bits, bit) => bits | BigInt(bit), 0n);
  const isKnown = isWithin(mask, subtype.size);
  const { encode, decode } = subtype;
  return new Codec(name, subtype.size, subtype.alignment, info("bits", subtype, members), {
    encode(e, offset, value) {
      encode(e, offset, value);
      if (e.error === undefined && !isKnown(value)) {
        e.fail(
          "STRICT_BITS_UNKNOWN_BIT",
          offset,
          `0x${value.toString(16)} has bits that ${name} does not have`,
        );
      }
    },
    decode(d, offset) {
      const value = decode(d, offset);
      if (!isKnown(value)) {
        d.fail(
          "STRICT_BITS_UNKNOWN_BIT",
          offset,
          `0x${value.toString(16)} has bits that ${name} does not have`,
        );
      }
      return value;
    },
  });
}

function isWithin(mask: bigint, size: number): (value: number | bigint) => boolean {
  if (size === 8) return (value) => (BigInt(value) & ~mask) === 0n;
  const others = ~Number(mask);
  return (value) => ((value as number) & others) === 0;
}

function info<T extends number | bigint>(kind: "enum" | "bits", of: Codec<T>, members: Declared<T>) {
  const values: NamedValue[] = Object.entries(members).map(([name, value]) => ({ name, value }));
  return { kind, of, values } as const;
}
