/** The registers of QEMU's educational device, in its BAR 0 (QEMU's docs/specs/edu.txt, "MMIO area spec"). */
import { bit, bits, choice, r32, r64, registers } from "./index.ts";

/** What raised the interrupt. Software may raise others: `value` is all 32 bits. */
const interrupts = {
  factorial: bit(0, undefined, "a factorial was computed"),
  dma: bit(8, undefined, "a DMA transfer has ended"),
};

/**
 * Registers below 0x80 take 32-bit accesses only, those from there on 32-bit and 64-bit ones. The device ignores other
 * writes; what other reads give is not specified.
 */
export const Edu = registers("edu", {
  Id: r32(
    0x00,
    "ro",
    { magic: bits(7, 0), minor: bits(23, 16), major: bits(31, 24) },
    { reset: 0x0100_00ed, doc: "identification" },
  ),
  Liveness: r32(0x04, "rw", {}, { doc: "card liveness check: reads as the inverse of what was written" }),
  Factorial: r32(0x08, "rw", {}, { doc: "n, and once Status.computing is 0 again: n! modulo 2^32" }),
  Status: r32(0x20, {
    computing: bit(0, "ro", "computing a factorial"),
    raiseIrq: bit(7, undefined, "raise an interrupt after the factorial"),
  }),
  IrqStatus: r32(0x24, "ro", interrupts, { doc: "the values that raised the interrupt" }),
  IrqRaise: r32(0x60, "wo", interrupts, { doc: "ORs a value into IrqStatus and raises the interrupt" }),
  IrqAck: r32(0x64, "wo", interrupts, {
    doc: "clears a value from IrqStatus; at 0 the interrupt is lowered",
  }),
  DmaSource: r64(0x80, "rw", {}, { doc: "where to perform the DMA from" }),
  DmaDestination: r64(0x88, "rw", {}, { doc: "where to perform the DMA to" }),
  DmaCount: r64(0x90, "rw", {}, { doc: "bytes" }),
  DmaCommand: r64(0x98, {
    start: bit(0, undefined, "starts the transfer; 1 until it has ended"),
    direction: choice(1, 1, { ramToEdu: 0, eduToRam: 1 }),
    raiseIrq: bit(2, undefined, "raise IrqStatus.dma after the transfer"),
  }),
});

/** Size of BAR 0. */
export const EDU_BAR_SIZE = 0x10_0000;
/** The buffer that DMA goes to and comes from: its address for DMA (it cannot be read as registers), and its bytes. */
export const EDU_BUFFER_OFFSET = 0x4_0000;
export const EDU_BUFFER_SIZE = 0x1000;
