/** The identification registers at the end of every Arm PrimeCell's 4 KiB: one byte each. */
import { array, r32 } from "./declare.ts";
import { bits } from "./field.ts";

/** Bytes of a PrimeCell's registers. */
export const PRIMECELL_SIZE = 0x1000;

/** Entries to spread into a declaration: part number, designer, revision and configuration, and 0xB105F00D. */
export const primecellId = {
  PeriphId: array(4, 4, r32(0xfe0, "ro", { id: bits(7, 0) }, { doc: "peripheral identification" })),
  PCellId: array(4, 4, r32(0xff0, "ro", { id: bits(7, 0) }, { doc: "PrimeCell identification" })),
} as const;
