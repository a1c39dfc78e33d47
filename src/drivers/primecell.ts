import type { DriverContext } from "../driver/context.ts";
import { hex } from "../zx/pages.ts";

/** Registers of one byte each, as at the end of every PrimeCell. */
interface IdRegisters {
  readonly PeriphId: Bytes;
  readonly PCellId: Bytes;
}

interface Bytes {
  readonly length: number;
  at(index: number): { read(): { readonly id: number } };
}

const PRIMECELL = 0xb105_f00d;

/**
 * NOT_SUPPORTED unless the registers are a PrimeCell's with this part number: what a driver makes sure of before it writes anything.
 * The part number is the low 12 bits of PeriphId, as the datasheet of each PrimeCell says.
 */
export function expectPrimeCell(ctx: DriverContext, registers: IdRegisters, part: number): void {
  const cell = join(registers.PCellId);
  if (cell !== PRIMECELL)
    throw ctx.error(
      "NOT_SUPPORTED",
      `identification ${hex(cell, 8)} is not a PrimeCell's, ${hex(PRIMECELL, 8)}`,
    );
  const id = join(registers.PeriphId);
  if ((id & 0xfff) !== part)
    throw ctx.error("NOT_SUPPORTED", `the PrimeCell is part ${hex(id & 0xfff, 3)}, not ${hex(part, 3)}`);
}

function join(bytes: Bytes): number {
  let word = 0;
  for (let i = bytes.length - 1; i >= 0; i--) word = word * 256 + bytes.at(i).read().id;
  return word;
}
