/** Places of registers as arguments of one call: four for each. */
import type { RegisterPlace } from "../zx/memory.ts";
import { malformed } from "./values.ts";

/** More of one block are not told: they are the elements of tables. */
const MOST = 4096;
const LONGEST_NAME = 256;

const Bit = { READABLE: 1, WRITABLE: 2 } as const;

export function flattened(registers: readonly RegisterPlace[]): (number | string)[] {
  return registers
    .slice(0, MOST)
    .flatMap(({ name, offset, size, readable, writable }) => [
      name.slice(0, LONGEST_NAME),
      offset,
      size,
      (readable ? Bit.READABLE : 0) | (writable ? Bit.WRITABLE : 0),
    ]);
}

/** IO_DATA_INTEGRITY for what `flattened` does not make. */
export function unflattened(args: readonly unknown[]): RegisterPlace[] {
  if (args.length > 4 * MOST || args.length % 4 !== 0) throw malformed(`${args.length} parts of registers`);
  return Array.from({ length: args.length / 4 }, (_, i) => {
    const [name, offset, size, bits] = args.slice(4 * i, 4 * i + 4);
    const isGood =
      typeof name === "string" &&
      name.length <= LONGEST_NAME &&
      typeof offset === "number" &&
      typeof size === "number" &&
      typeof bits === "number";
    if (!isGood) throw malformed("a register without name, offset, size and access");
    return {
      name,
      offset,
      size,
      readable: (bits & Bit.READABLE) !== 0,
      writable: (bits & Bit.WRITABLE) !== 0,
    };
  });
}
