import { bit, bits, r32, registers } from "zirconia/registers";

/** The registers behind BAR 0. */
export const GizmoRegisters = registers("gizmo", {
  Id: r32(0x00, "ro", { magic: bits(7, 0), minor: bits(23, 16), major: bits(31, 24) }),
  Liveness: r32(0x04, "rw", {}, { doc: "reads as the inverse of what was written" }),
  Factorial: r32(0x08, "rw", {}, { doc: "a write starts a computation; reads as its result" }),
  Status: r32(0x20, { computing: bit(0, "ro"), raiseIrq: bit(7) }),
  IrqStatus: r32(0x24, "ro"),
  IrqAck: r32(0x64, "wo"),
});
