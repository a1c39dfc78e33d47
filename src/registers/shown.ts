import { hex } from "../zx/pages.ts";

/** An argument as a message shows it, whatever JavaScript value it is: integers in hex. */
export function shown(value: unknown): string {
  if (typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value))) {
    return value < 0 ? `-${hex(-value)}` : hex(value);
  }
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "number" ? String(value) : typeof value;
}
