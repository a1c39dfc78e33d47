/** Registers as text, one per line with its fields below it, in the words of Fuchsia's hwreg. */
import { hex } from "../zx/pages.ts";
import { extract, extractBig, type Halves } from "./halves.ts";
import type { FieldInfo, RegisterInfo } from "./register.ts";

/**
 * ```
 * Status (0x20): 0x00000081
 *   raiseIrq[7]: 0x1 (1)
 *   computing[0]: 0x1 (1)
 * ```
 * Reserved fields appear as `RsvdZ`, bits of no field as `unknown set bits`.
 */
export function dumpRegister(
  register: RegisterInfo,
  name: string,
  offset: number,
  low: number,
  high: number,
): string[] {
  const lines = [`${name} (${hex(offset)}): ${register.hex(low, high)}`];
  const unknown: Halves = { low, high };
  for (const field of register.fields) {
    lines.push(`  ${fieldLine(field, low, high)}`);
    unknown.low = (unknown.low & ~field.mask.low) >>> 0;
    unknown.high = (unknown.high & ~field.mask.high) >>> 0;
  }
  if (register.fields.length > 0 && (unknown.low !== 0 || unknown.high !== 0)) {
    lines.push(`  unknown set bits: ${register.hex(unknown.low, unknown.high)}`);
  }
  return lines;
}

function fieldLine(field: FieldInfo, low: number, high: number): string {
  const { hi, lo } = field;
  const name = field.kind === "reserved" ? "RsvdZ" : field.name;
  const place = hi === lo ? `${hi}` : `${hi}:${lo}`;
  const width = hi - lo + 1;
  if (!field.readable && field.kind !== "reserved") return `${name}[${place}]: write only`;
  const value = width > 53 ? extractBig(low, high, hi, lo) : extract(low, high, hi, lo);
  const label = typeof value === "number" ? field.names?.get(value) : undefined;
  return `${name}[${place}]: ${hex(value, Math.ceil(width / 4))} (${label ?? value})`;
}

/** A line for a register that a dump leaves alone. */
export function skippedLine(name: string, offset: number, reason: string): string {
  return `${name} (${hex(offset)}): not read, ${reason}`;
}
