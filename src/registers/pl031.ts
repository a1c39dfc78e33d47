/** The registers of the Arm PrimeCell Real Time Clock PL031 (DDI 0224C, section 3.3). */
import { bit, r32, registers } from "./index.ts";
import { primecellId } from "./primecell.ts";

export const Pl031 = registers("pl031", {
  Dr: r32(0x000, "ro", {}, { doc: "seconds" }),
  Mr: r32(0x004, "rw", {}, { doc: "match: the interrupt comes when Dr is this" }),
  Lr: r32(0x008, "rw", {}, { doc: "load: a write sets Dr" }),
  Cr: r32(0x00c, { start: bit(0, undefined, "1 starts the counter, for good") }, { doc: "control" }),
  Imsc: r32(0x010, { match: bit(0) }, { doc: "interrupt mask: 1 lets the interrupt through" }),
  Ris: r32(0x014, "ro", { match: bit(0) }, { doc: "raw interrupt status" }),
  Mis: r32(0x018, "ro", { match: bit(0) }, { doc: "masked interrupt status" }),
  Icr: r32(0x01c, "wo", { match: bit(0) }, { doc: "interrupt clear" }),
  ...primecellId,
});
