/** The registers of the Arm PrimeCell UART PL011 of revision r1p1, with FIFOs of 16 characters (DDI 0183F, section 3.3). */
import { bit, bits, choice, r32, registers } from "./index.ts";
import { primecellId } from "./primecell.ts";

/** The eleven interrupts (section 3.3.10 to 3.3.13 have the same bits). */
const interrupts = {
  ri: bit(0, undefined, "nUARTRI modem"),
  cts: bit(1, undefined, "nUARTCTS modem"),
  dcd: bit(2, undefined, "nUARTDCD modem"),
  dsr: bit(3, undefined, "nUARTDSR modem"),
  rx: bit(4, undefined, "receive"),
  tx: bit(5, undefined, "transmit"),
  rt: bit(6, undefined, "receive timeout"),
  fe: bit(7, undefined, "framing error"),
  pe: bit(8, undefined, "parity error"),
  be: bit(9, undefined, "break error"),
  oe: bit(10, undefined, "overrun error"),
};

const fifoLevels = { eighth: 0, quarter: 1, half: 2, threeQuarters: 3, sevenEighths: 4 };

/** All registers have 32 bits on the bus, of which the upper halves are reserved. */
export const Pl011 = registers("pl011", {
  Dr: r32(
    0x000,
    {
      data: bits(7, 0),
      fe: bit(8, "ro", "framing error"),
      pe: bit(9, "ro", "parity error"),
      be: bit(10, "ro", "break error"),
      oe: bit(11, "ro", "overrun error"),
    },
    {
      readEffect: true,
      doc: "data: a read takes a character from the receive FIFO, a write puts one into the transmit FIFO",
    },
  ),
  Rsr: r32(
    0x004,
    "wc",
    { fe: bit(0), pe: bit(1), be: bit(2), oe: bit(3) },
    { doc: "receive status of the character read last; any write clears it (UARTECR)" },
  ),
  Fr: r32(
    0x018,
    "ro",
    {
      cts: bit(0),
      dsr: bit(1),
      dcd: bit(2),
      busy: bit(3, undefined, "a character is being sent, or waits for it"),
      rxfe: bit(4, undefined, "the receive FIFO is empty"),
      txff: bit(5, undefined, "the transmit FIFO is full"),
      rxff: bit(6, undefined, "the receive FIFO is full"),
      txfe: bit(7, undefined, "the transmit FIFO is empty"),
      ri: bit(8),
    },
    { reset: 0x90, doc: "flags" },
  ),
  Ilpr: r32(0x020, { divisor: bits(7, 0) }, { doc: "IrDA low-power counter" }),
  Ibrd: r32(
    0x024,
    { divisor: bits(15, 0) },
    { doc: "integer baud rate divisor; takes effect with a write of LcrH" },
  ),
  Fbrd: r32(
    0x028,
    { fraction: bits(5, 0) },
    { doc: "the divisor's fraction in 64ths; takes effect with a write of LcrH" },
  ),
  LcrH: r32(
    0x02c,
    {
      brk: bit(0, undefined, "send break"),
      pen: bit(1, undefined, "parity enable"),
      eps: bit(2, undefined, "even parity select"),
      stp2: bit(3, undefined, "two stop bits"),
      fen: bit(4, undefined, "enable FIFOs"),
      wlen: choice(6, 5, { five: 0, six: 1, seven: 2, eight: 3 }),
      sps: bit(7, undefined, "stick parity select"),
    },
    { doc: "line control" },
  ),
  Cr: r32(
    0x030,
    {
      uarten: bit(0, undefined, "UART enable"),
      siren: bit(1),
      sirlp: bit(2),
      lbe: bit(7, undefined, "loopback enable"),
      txe: bit(8, undefined, "transmit enable"),
      rxe: bit(9, undefined, "receive enable"),
      dtr: bit(10),
      rts: bit(11),
      out1: bit(12),
      out2: bit(13),
      rtsen: bit(14),
      ctsen: bit(15),
    },
    { reset: 0x300, doc: "control" },
  ),
  Ifls: r32(
    0x034,
    {
      tx: choice(2, 0, fifoLevels, undefined, "transmit interrupt when the FIFO falls to this"),
      rx: choice(5, 3, fifoLevels, undefined, "receive interrupt when the FIFO fills to this"),
    },
    { reset: 0x12, doc: "interrupt FIFO levels" },
  ),
  Imsc: r32(0x038, interrupts, { doc: "interrupt mask: 1 lets an interrupt through" }),
  Ris: r32(0x03c, "ro", interrupts, { doc: "raw interrupt status" }),
  Mis: r32(0x040, "ro", interrupts, { doc: "masked interrupt status" }),
  Icr: r32(0x044, "wo", interrupts, { doc: "interrupt clear" }),
  Dmacr: r32(0x048, { rxdmae: bit(0), txdmae: bit(1), dmaonerr: bit(2) }, { doc: "DMA control" }),
  ...primecellId,
});

/** Characters that each FIFO holds. */
export const PL011_FIFO_SIZE = 16;
