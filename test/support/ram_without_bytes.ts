import type { Ram } from "../../src/machine/machine.ts";
import { createBufferRam } from "../../src/machine/ram.ts";

/** RAM as a machine has it that cannot show its memory as an array: copies and single accesses only. */
export function ramWithoutBytes(base: number, size: number): Ram {
  const ram = createBufferRam({ ranges: [{ base, size }] });
  return {
    ranges: ram.ranges,
    reserved: [],
    bytes: undefined,
    fd: undefined,
    io: ram.io,
    offsetOf: (paddr) => ram.offsetOf(paddr),
    read: (paddr, into) => ram.read(paddr, into),
    write: (paddr, from) => ram.write(paddr, from),
    fill: (paddr, bytes, value) => ram.fill(paddr, bytes, value),
  };
}
