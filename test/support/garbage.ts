/** Values that no system call asked for, and the places in a list of arguments where they can be put. */

export interface Garbage {
  readonly name: string;
  /** Made anew for each use: some of it is used up by being used. */
  readonly make: () => unknown;
}

export const GARBAGE: readonly Garbage[] = [
  { name: "undefined", make: () => undefined },
  { name: "null", make: () => null },
  { name: "true", make: () => true },
  { name: "an empty string", make: () => "" },
  { name: "a string", make: () => "7" },
  { name: "__proto__", make: () => "__proto__" },
  { name: "a long string", make: () => "\u{1f41f}".repeat(1000) },
  { name: "0", make: () => 0 },
  { name: "1", make: () => 1 },
  { name: "-1", make: () => -1 },
  { name: "0.5", make: () => 0.5 },
  { name: "NaN", make: () => Number.NaN },
  { name: "Infinity", make: () => Number.POSITIVE_INFINITY },
  { name: "-Infinity", make: () => Number.NEGATIVE_INFINITY },
  { name: "2^31", make: () => 2 ** 31 },
  { name: "2^32", make: () => 2 ** 32 },
  { name: "2^53 - 1", make: () => Number.MAX_SAFE_INTEGER },
  { name: "2^53", make: () => 2 ** 53 },
  { name: "2^64", make: () => 2 ** 64 },
  { name: "1e308", make: () => 1e308 },
  { name: "0n", make: () => 0n },
  { name: "-1n", make: () => -1n },
  { name: "2^64 as a bigint", make: () => 1n << 64n },
  { name: "a symbol", make: () => Symbol("garbage") },
  { name: "a function", make: () => () => 1 },
  { name: "a function that throws", make: () => thrower },
  { name: "{}", make: () => ({}) },
  { name: "an object without a prototype", make: () => Object.create(null) },
  { name: "an object whose fields throw", make: () => new Proxy({}, { get: thrower, has: thrower }) },
  { name: "an object that cannot become a number", make: () => ({ valueOf: thrower, toString: thrower }) },
  { name: "a revoked proxy", make: revokedProxy },
  { name: "a date", make: () => new Date(0) },
  { name: "[]", make: () => [] },
  { name: "[undefined]", make: () => [undefined] },
  { name: "a list of lists", make: () => [[], [[]]] },
  { name: "a list with holes", make: () => new Array(3) },
  { name: "a list too long for any memory", make: () => new Array(2 ** 32 - 1) },
  { name: "a list whose elements throw", make: () => new Proxy([1], { get: thrower }) },
  { name: "something with a length", make: () => ({ length: 2 ** 40 }) },
  { name: "bytes", make: () => new Uint8Array(3) },
  { name: "no bytes", make: () => new Uint8Array() },
  { name: "detached bytes", make: detachedBytes },
  { name: "words", make: () => new Uint16Array(4) },
  { name: "a view", make: () => new DataView(new ArrayBuffer(8)) },
  { name: "a buffer", make: () => new ArrayBuffer(8) },
  { name: "what only looks like bytes", make: () => Object.create(Uint8Array.prototype) },
];

function thrower(): never {
  throw new RangeError("thrown by the garbage itself");
}

function revokedProxy(): unknown {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}

function detachedBytes(): Uint8Array {
  const bytes = new Uint8Array(8);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
}

/** A place in nested lists and plain objects: `[2, 0, "handle"]`. */
export type Path = readonly (string | number)[];

/** Every place inside `value` where something stands, outer ones first. The empty path is not among them. */
export function placesIn(value: unknown, prefix: Path = []): Path[] {
  return Object.keys(isNested(value) ? value : {}).flatMap((key) => {
    const path = [...prefix, Array.isArray(value) ? Number(key) : key];
    return [path, ...placesIn((value as Record<string, unknown>)[key], path)];
  });
}

/** A copy of `value` in which `garbage` stands at `path`. */
export function replaced(value: unknown, path: Path, garbage: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return garbage;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, garbage);
  return copy;
}

function isNested(value: unknown): value is object {
  return Array.isArray(value) || (typeof value === "object" && value?.constructor === Object);
}
