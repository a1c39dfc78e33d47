/**
 * The firmware of QEMU's Arm boards, which makes the processor the machine's clock: see timekeeper.ts. It starts at address 0, at
 * EL1, with the MMU off and all interrupts masked, which keeps them from being taken but not from ending a `wfi`.
 */
import { GICC, GICD, V2M } from "./virt_map.ts";

/** A page of RAM through which we talk to it: 64-bit little-endian words at these addresses. Goals and times count its timer's ticks. */
export const Mailbox = {
  PAGE: 0x401f_f000,
  /** Where virtual time is to go: two goals, of which the later one counts. */
  GOALS: 0x401f_f000,
  /** A number that we change when we want to know the time, */
  REQUEST: 0x401f_f010,
  /** and the time, once `Intid.ANSWER` has come. */
  TIME: 0x401f_f020,
  /** Ticks in a second. */
  FREQUENCY: 0x401f_f018,
} as const;

/** What it tells us by: the last messages of the GICv2m frame. */
export const Intid = {
  /** A request was answered. */
  ANSWER: 142,
  /** The later goal was reached. Once for each. */
  REACHED: 143,
} as const;

/** Ticks (of 16 ns) that it counts in one go before it looks at the mailbox again, and ticks of one round of its loop of two. */
const STRETCH = 8192;
const LOG2_TICKS_OF_ROUND = 7;

/** The halves of an address, as movz and movk take them. */
const high = (address: number) => (address >>> 16) << 5;
const low = (address: number) => (address & 0xffff) << 5;

/** Each word with its instruction. x0 to x3: distributor, CPU interface, mailbox, message frame; x13: the goal that was told; x16: the request. */
const PROGRAM = [
  0xd2a00000 | high(GICD), //         movz x0, #GICD, lsl #16
  0xd2a00001 | high(GICC), //         movz x1, #GICC, lsl #16
  0xd2a00002 | high(Mailbox.PAGE), // movz x2, #PAGE, lsl #16
  0xf2800002 | low(Mailbox.PAGE), //  movk x2, #PAGE
  0xd2a00003 | high(V2M), //          movz x3, #V2M, lsl #16
  0x52800024, //                      movz w4, #1
  0x52801fe5, //                      movz w5, #255
  0xb9000425, //                      str w5, [x1, #GICC_PMR]      all priorities
  0xb9000024, //                      str w4, [x1, #GICC_CTLR]     on
  0xb9000004, //                      str w4, [x0, #GICD_CTLR]     on
  0xd53be006, //                      mrs x6, cntfrq_el0
  0xf9000c46, //                      str x6, [x2, #FREQUENCY]
  // loop:
  0xf9400847, //                      ldr x7, [x2, #REQUEST]
  0xd5033fdf, //                      isb
  0xd53be048, //                      mrs x8, cntvct_el0
  0xa9402c4a, //                      ldp x10, x11, [x2, #GOALS]
  0xeb1000ff, //                      cmp x7, x16
  0x540000a0, //                      b.eq goal
  0xaa0703f0, //                      mov x16, x7
  0xf9001048, //                      str x8, [x2, #TIME]
  0x5280000e | (Intid.ANSWER << 5), // movz w14, #ANSWER
  0xb900406e, //                      str w14, [x3, #MSI_SETSPI_NS]
  // goal:
  0xeb0b015f, //                      cmp x10, x11
  0x9a8b814a, //                      csel x10, x10, x11, hi
  0xeb08014b, //                      subs x11, x10, x8
  0x54000129, //                      b.ls reached
  0xd280000c | (STRETCH << 5), //     movz x12, #STRETCH
  0xeb0c017f, //                      cmp x11, x12
  0x9a8b818b, //                      csel x11, x12, x11, hi
  0xd340fd6b | (LOG2_TICKS_OF_ROUND << 16), // lsr x11, x11, #7
  0x9100056b, //                      add x11, x11, #1
  // spin:
  0xf100056b, //                      subs x11, x11, #1
  0x54ffffe1, //                      b.ne spin
  0x14000007, //                      b acknowledge
  // reached:
  0xeb0d015f, //                      cmp x10, x13
  0x54000080, //                      b.eq sleep
  0xaa0a03ed, //                      mov x13, x10
  0x5280000e | (Intid.REACHED << 5), // movz w14, #REACHED
  0xb900406e, //                      str w14, [x3, #MSI_SETSPI_NS]
  // sleep:
  0xd503207f, //                      wfi
  // acknowledge:
  0xb9400c2f, //                      ldr w15, [x1, #GICC_IAR]
  0xb900102f, //                      str w15, [x1, #GICC_EOIR]
  0x17ffffe2, //                      b loop
] as const;

/** The bytes of the firmware. */
export function timekeeperRom(): Uint8Array {
  const rom = new DataView(new ArrayBuffer(4 * PROGRAM.length));
  for (const [i, word] of PROGRAM.entries()) rom.setUint32(4 * i, word, true);
  return new Uint8Array(rom.buffer);
}
