import { bit, bits, r32, registers } from "zirconia/registers";

/** The registers of the device. */
export const GizmoRegisters = registers("gizmo", {
  Count: r32(0x00, "ro", {}, { doc: "seconds" }),
  Match: r32(0x04, "rw", {}, { doc: "the interrupt comes when Count is this" }),
  Control: r32(0x0c, { start: bit(0) }),
  IrqMask: r32(0x10, { match: bit(0) }, { doc: "1 lets the interrupt through" }),
  IrqClear: r32(0x1c, "wo", { match: bit(0) }),
  Part: r32(0xfe0, "ro", { number: bits(7, 0) }),
});
