/** Strings, vectors and arrays, and what makes a type optional. */
import { type AnyCodec, Codec, MAX_BOUND, type TypeInfo } from "./codec.ts";
import { uint8 } from "./primitives.ts";

/** Elements of a vector that is too long that are still searched for handles. */
const MAX_ELEMENTS_SEARCHED = 65_536;

/** `string:bound`, the bound in bytes of UTF-8. */
export function string(bound: number = MAX_BOUND): Codec<string> {
  return new Codec(
    bounded("string", bound),
    16,
    8,
    { kind: "string", bound },
    {
      encode: (e, offset, value) => e.string(offset, value, bound),
      decode: (d, offset) => d.string(offset, bound),
    },
  );
}

/**
 * `vector<uint8>:bound`, as bytes. Those of a message are copied out of it: larger ones are views of one copy, so that their `buffer`
 * is that of the whole message.
 */
export function bytes(bound: number = MAX_BOUND): Codec<Uint8Array> {
  return new Codec(
    bounded("vector<uint8>", bound),
    16,
    8,
    { kind: "bytes", bound },
    {
      encode: (e, offset, value) => e.byteVector(offset, value, bound),
      decode: (d, offset) => d.byteVector(offset, bound),
    },
  );
}

/** `vector<T>:bound`. */
export function vector<T>(element: Codec<T>, bound: number = MAX_BOUND): Codec<readonly T[]> {
  const name = bounded(`vector<${element.name}>`, bound);
  const { size } = element;
  return new Codec<readonly T[]>(
    name,
    16,
    8,
    { kind: "vector", element, bound },
    {
      encode(e, offset, value) {
        if (!e.list(offset, value, name)) return;
        const fits = e.vectorHeader(offset, value.length, size, bound);
        // Too long a vector is still walked, for its handles, one element over the other.
        const count = fits ? value.length : Math.min(value.length, MAX_ELEMENTS_SEARCHED);
        const stride = fits ? size : 0;
        e.enter(offset);
        let at = e.reserve(fits ? count * size : size);
        for (let i = 0; i < count; i++) {
          element.encode(e, at, value[i]!);
          at += stride;
        }
        e.leave();
      },
      decode(d, offset) {
        const count = d.vectorHeader(offset, size, bound);
        d.enter(offset);
        let at = d.claim(count * size, offset);
        const items: T[] = [];
        for (let i = 0; i < count; i++) {
          items.push(element.decode(d, at));
          at += size;
        }
        d.leave();
        return items;
      },
    },
  );
}

/** `array<T, count>`. RangeError beyond 65,535 bytes. */
export function array<T>(element: Codec<T>, count: number): Codec<readonly T[]> {
  const name = `array<${element.name}, ${count}>`;
  const { size, alignment } = element;
  return new Codec<readonly T[]>(
    name,
    count * size,
    alignment,
    { kind: "array", element, count },
    {
      encode(e, offset, value) {
        if (!e.list(offset, value, name)) return;
        if (value.length !== count) e.fail("INVALID_VALUE", offset, `${value.length} elements of ${name}`);
        for (let i = 0; i < Math.min(value.length, MAX_ELEMENTS_SEARCHED); i++) {
          element.encode(e, offset + (i % count) * size, value[i]!);
        }
      },
      decode(d, offset) {
        const items: T[] = [];
        for (let i = 0; i < count; i++) items.push(element.decode(d, offset + i * size));
        return items;
      },
    },
  );
}

/** `array<uint8, count>`, as bytes. */
export function byteArray(count: number): Codec<Uint8Array> {
  return new Codec(
    `array<uint8, ${count}>`,
    count,
    uint8.alignment,
    { kind: "byteArray", count },
    {
      encode: (e, offset, value) => e.byteArray(offset, value, count),
      decode: (d, offset) => d.byteArray(offset, count),
    },
  );
}

/**
 * A string, vector, union, handle or endpoint that may be absent, which is `undefined`: all of them are zeros on the wire then.
 * TypeError for a type that FIDL has no optional form of.
 */
export function optional<T>(of: Codec<T>): Codec<T | undefined> {
  const { size, decode } = of;
  if (!canBeOptional(of)) throw new TypeError(`${of.name} cannot be optional`);
  return new Codec<T | undefined>(
    optionalName(of),
    size,
    of.alignment,
    { kind: "optional", of },
    {
      encode(e, offset, value) {
        if (value !== undefined) of.encode(e, offset, value);
      },
      decode: (d, offset) => (d.isZero(offset, size) ? undefined : decode(d, offset)),
    },
  );
}

/** `box<S>`: a struct that may be absent, which is `undefined`, and lies out of line. */
export function box<T>(of: Codec<T>): Codec<T | undefined> {
  return new Codec<T | undefined>(
    `box<${of.name}>`,
    8,
    8,
    { kind: "box", of },
    {
      encode(e, offset, value) {
        if (value === undefined) return;
        e.present(offset);
        e.enter(offset);
        of.encode(e, e.reserve(of.size), value);
        e.leave();
      },
      decode(d, offset) {
        if (!d.presence(offset)) return undefined;
        d.enter(offset);
        const value = of.decode(d, d.claim(of.size, offset));
        d.leave();
        return value;
      },
    },
  );
}

/**
 * A codec that is declared further down, or is being declared: `codec` is asked when there is a message.
 * `size` and `alignment` are its own.
 */
export function recursive<T>(name: string, size: number, alignment: number, codec: () => Codec<T>): Codec<T> {
  return new Codec<T>(
    name,
    size,
    alignment,
    { kind: "recursive", of: codec },
    {
      encode: (e, offset, value) => codec().encode(e, offset, value),
      decode: (d, offset) => codec().decode(d, offset),
    },
  );
}

const OPTIONAL_KINDS: readonly TypeInfo["kind"][] = [
  "string",
  "bytes",
  "vector",
  "union",
  "handle",
  "recursive",
];

function canBeOptional(codec: AnyCodec): boolean {
  return OPTIONAL_KINDS.includes(codec.type.kind);
}

function bounded(type: string, bound: number): string {
  return bound === MAX_BOUND ? type : `${type}:${bound}`;
}

/** `string:optional`, `vector<uint8>:<32, optional>`, `zx.Handle:<VMO, optional>`. */
function optionalName({ name }: AnyCodec): string {
  const [, type = name, several, one] = /^(.*):(?:<([^<>]*)>|([^<>]*))$/.exec(name) ?? [];
  const constraints = several ?? one;
  return constraints === undefined ? `${type}:optional` : `${type}:<${constraints}, optional>`;
}
