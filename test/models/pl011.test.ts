import { describe, expect, test } from "vitest";
import { Pl011 } from "../../src/models/pl011.ts";
import { withDevice } from "./platform.ts";

const Register = {
  DR: 0x00,
  RSR: 0x04,
  FR: 0x18,
  IBRD: 0x24,
  FBRD: 0x28,
  LCR_H: 0x2c,
  CR: 0x30,
  IFLS: 0x34,
  IMSC: 0x38,
  RIS: 0x3c,
  MIS: 0x40,
  ICR: 0x44,
  DMACR: 0x48,
} as const;
const Flag = { CTS: 0x01, BUSY: 0x08, RXFE: 0x10, TXFF: 0x20, RXFF: 0x40, TXFE: 0x80 };
const Interrupt = { RX: 0x10, TX: 0x20, RT: 0x40, BE: 0x200, OE: 0x400 };
const FIFO = 0x10;
/** Eight bits, no parity, one stop bit: ten bits on the line. */
const EIGHT_BITS = 0x60;
const ENABLED = 0x301;
const LOOPBACK = 0x80;
/** At 24 MHz and 115385 baud (13 + 0/64). */
const BIT = (16 * 13 * 1e9) / 24e6;
const CHARACTER = 10 * BIT;

/** A UART at 115200 baud or so, enabled, with or without FIFOs; and what it has sent. */
function uart(line = EIGHT_BITS | FIFO, control = ENABLED) {
  const made = withDevice((port) => new Pl011(port, 24e6));
  const { io, device } = made;
  const sent: number[] = [];
  device.onTransmit((character) => sent.push(character));
  io.write32(Register.IBRD, 13);
  io.write32(Register.LCR_H, line);
  io.write32(Register.CR, control);
  return { ...made, sent, flags: () => io.read32(Register.FR), status: () => io.read32(Register.RIS) };
}

describe("the transmitter of the model of the PL011", () => {
  test("sends characters in order, each in the time of its bits", () => {
    const { io, clock, sent, flags } = uart();
    const start = clock.now();
    for (const character of [65, 66, 67]) io.write32(Register.DR, character);
    expect(flags() & (Flag.BUSY | Flag.TXFE)).toBe(Flag.BUSY);
    clock.spin(start + 2.5 * CHARACTER - clock.now());
    expect(sent).toEqual([65, 66]);
    clock.spin(CHARACTER);
    expect([sent, flags() & (Flag.BUSY | Flag.TXFE)]).toEqual([[65, 66, 67], Flag.TXFE]);
  });

  test("takes longer for parity and a second stop bit", () => {
    const { io, clock, sent } = uart(EIGHT_BITS | 0x0a);
    io.write32(Register.DR, 1);
    clock.spin(11.9 * BIT - 1000);
    expect(sent).toEqual([]);
    clock.spin(BIT);
    expect(sent).toEqual([1]);
  });

  test.each([
    ["the UART is", EIGHT_BITS, 0x300],
    ["transmission is", EIGHT_BITS, 0x201],
  ])("sends nothing while %s disabled, and what has waited after that", (_, line, control) => {
    const { io, clock, sent } = uart(line, control);
    io.write32(Register.DR, 7);
    clock.spin(10 * CHARACTER);
    expect(sent).toEqual([]);
    io.write32(Register.CR, ENABLED);
    clock.spin(2 * CHARACTER);
    expect(sent).toEqual([7]);
  });

  test("sends nothing without a baud rate, which comes with a write of the line control", () => {
    const { io, clock, sent } = withBaudZero();
    io.write32(Register.DR, 7);
    io.write32(Register.IBRD, 13);
    clock.spin(10 * CHARACTER);
    expect(sent).toEqual([]);
    io.write32(Register.LCR_H, EIGHT_BITS);
    clock.spin(2 * CHARACTER);
    expect(sent).toEqual([7]);
  });

  function withBaudZero() {
    const made = uart();
    made.io.write32(Register.IBRD, 0);
    made.io.write32(Register.LCR_H, EIGHT_BITS);
    return made;
  }

  test.each([
    ["16 characters with FIFOs", EIGHT_BITS | FIFO, 16],
    ["one without", EIGHT_BITS, 1],
  ])("holds %s, and loses what is more with a line in the log", (_, line, depth) => {
    const { io, flags, log, clock, sent } = uart(line, 0);
    for (let i = 0; i < depth; i++) {
      expect(flags() & Flag.TXFF).toBe(0);
      io.write32(Register.DR, i);
    }
    expect(flags() & Flag.TXFF).toBe(Flag.TXFF);
    io.write32(Register.DR, 99);
    expect(log).toEqual(["device warning: the transmit FIFO is full: character 0x63 is lost"]);
    io.write32(Register.CR, ENABLED);
    clock.spin(20 * CHARACTER);
    expect(sent).toEqual(Array.from({ length: depth }, (_, i) => i));
  });

  test("interrupts when its FIFO falls to the level, not while it is filled", () => {
    const { io, clock, status, isInterrupting } = uart();
    io.write32(Register.IMSC, Interrupt.TX);
    for (let i = 0; i < 10; i++) io.write32(Register.DR, i);
    expect(status() & Interrupt.TX).toBe(0);
    clock.spin(2 * CHARACTER);
    expect([status() & Interrupt.TX, isInterrupting()]).toEqual([Interrupt.TX, true]);
    io.write32(Register.ICR, Interrupt.TX);
    expect(isInterrupting()).toBe(false);
    clock.spin(20 * CHARACTER);
    expect(status() & Interrupt.TX).toBe(0);
  });

  test("interrupts without FIFOs when the one character has left for the line", () => {
    const { io, status, clock } = uart(EIGHT_BITS);
    expect(status()).toBe(0);
    io.write32(Register.DR, 1);
    expect(status() & Interrupt.TX).toBe(Interrupt.TX);
    io.write32(Register.DR, 2);
    expect(status() & Interrupt.TX).toBe(0);
    clock.spin(CHARACTER);
    expect(status() & Interrupt.TX).toBe(Interrupt.TX);
  });

  test("empties its FIFO when FIFOs are switched", () => {
    const { io, clock, sent, flags } = uart(EIGHT_BITS | FIFO, 0);
    io.write32(Register.DR, 1);
    io.write32(Register.LCR_H, EIGHT_BITS);
    expect(flags() & Flag.TXFE).toBe(Flag.TXFE);
    io.write32(Register.CR, ENABLED);
    clock.spin(2 * CHARACTER);
    expect(sent).toEqual([]);
  });
});

describe("the receiver of the model of the PL011", () => {
  test("has characters one by one, as they come over the line", () => {
    const { io, device, clock, flags } = uart();
    device.send([1, 2]);
    expect(flags() & Flag.RXFE).toBe(Flag.RXFE);
    clock.spin(CHARACTER);
    expect([flags() & Flag.RXFE, io.read32(Register.DR), flags() & Flag.RXFE]).toEqual([0, 1, Flag.RXFE]);
    clock.spin(CHARACTER);
    expect(io.read32(Register.DR)).toBe(2);
    expect(io.read32(Register.DR)).toBe(0);
  });

  test.each([
    ["an eighth", 0, 2],
    ["a quarter", 1, 4],
    ["half", 2, 8],
    ["three quarters", 3, 12],
    ["seven eighths", 4, 14],
  ])("interrupts when its FIFO is filled to %s, until it is below", (_, level, characters) => {
    const { io, device, clock, status } = uart();
    io.write32(Register.IFLS, level << 3);
    device.send(Array(characters - 1).fill(1));
    clock.spin(characters * CHARACTER);
    expect(status() & Interrupt.RX).toBe(0);
    device.send([1]);
    clock.spin(CHARACTER);
    expect(status() & Interrupt.RX).toBe(Interrupt.RX);
    io.read32(Register.DR);
    expect(status() & Interrupt.RX).toBe(0);
  });

  test("interrupts when characters wait and the line is silent for 32 bits, until they are read", () => {
    const { io, device, clock, status, isInterrupting } = uart();
    io.write32(Register.IMSC, Interrupt.RT);
    device.send([1]);
    clock.spin(CHARACTER + 31 * BIT);
    expect(status()).toBe(0);
    clock.spin(BIT);
    expect([status(), isInterrupting()]).toEqual([Interrupt.RT, true]);
    io.read32(Register.DR);
    expect([status(), isInterrupting()]).toEqual([0, false]);
  });

  test("loses what comes while it is full, and says that it has", () => {
    const { io, device, clock, status, flags } = uart(EIGHT_BITS);
    device.send([1, 2]);
    clock.spin(1.5 * CHARACTER);
    expect(flags() & Flag.RXFF).toBe(Flag.RXFF);
    clock.spin(CHARACTER);
    expect([status() & Interrupt.OE, io.read32(Register.RSR)]).toEqual([Interrupt.OE, 8]);
    expect(io.read32(Register.DR)).toBe(0x801);
    io.write32(Register.RSR, 0);
    expect(io.read32(Register.RSR)).toBe(0);
    device.send([3]);
    clock.spin(CHARACTER);
    expect(io.read32(Register.DR)).toBe(3);
  });

  test("holds the other end up while its FIFO is at the level, with hardware flow control", () => {
    const { io, device, clock, status } = uart(EIGHT_BITS | FIFO, ENABLED | 0x4000);
    device.send(Array.from({ length: 40 }, (_, i) => i));
    const received: number[] = [];
    while (received.length < 40) {
      clock.spin(20 * CHARACTER);
      while ((io.read32(Register.FR) & Flag.RXFE) === 0) received.push(io.read32(Register.DR));
    }
    expect(received).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(status() & Interrupt.OE).toBe(0);
  });

  test("takes nothing while it is disabled", () => {
    const { device, clock, flags } = uart(EIGHT_BITS | FIFO, 0x101);
    device.send([1]);
    clock.spin(2 * CHARACTER);
    expect(flags() & Flag.RXFE).toBe(Flag.RXFE);
  });

  test("shows a break as a character with an error", () => {
    const { io, device, clock, status } = uart();
    device.sendBreak();
    clock.spin(CHARACTER);
    expect([status() & Interrupt.BE, io.read32(Register.DR), io.read32(Register.RSR)]).toEqual([
      Interrupt.BE,
      0x400,
      4,
    ]);
  });
});

describe("the model of the PL011 in loopback", () => {
  test("receives what it sends, and nothing from outside", () => {
    const { io, device, clock, sent } = uart(EIGHT_BITS | FIFO, ENABLED | LOOPBACK);
    device.send([9]);
    for (const character of [1, 2]) io.write32(Register.DR, character);
    clock.spin(3 * CHARACTER);
    expect([io.read32(Register.DR), io.read32(Register.DR), sent]).toEqual([1, 2, []]);
    expect(io.read32(Register.FR) & Flag.RXFE).toBe(Flag.RXFE);
  });

  test("connects the modem's outputs to its inputs, with their interrupts", () => {
    const { io, flags, status } = uart(EIGHT_BITS, LOOPBACK);
    const connected = [0x800, 0x400, 0x1000, 0x2000].map((output) => {
      io.write32(Register.ICR, 0x7ff);
      io.write32(Register.CR, LOOPBACK | output);
      const seen = [flags() & 0x107, status()];
      io.write32(Register.CR, LOOPBACK);
      return seen;
    });
    expect(connected).toEqual([
      [0x001, 0x2],
      [0x002, 0x8],
      [0x004, 0x4],
      [0x100, 0x1],
    ]);
  });

  test("waits with hardware flow control until it is clear to send", () => {
    const { io, clock } = uart(EIGHT_BITS, ENABLED | LOOPBACK | 0x8000);
    io.write32(Register.DR, 5);
    clock.spin(3 * CHARACTER);
    expect(io.read32(Register.FR) & Flag.RXFE).toBe(Flag.RXFE);
    io.write32(Register.CR, ENABLED | LOOPBACK | 0x8800);
    clock.spin(2 * CHARACTER);
    expect(io.read32(Register.DR)).toBe(5);
  });

  test("sends itself a break", () => {
    const { io } = uart(EIGHT_BITS, ENABLED | LOOPBACK);
    io.write32(Register.LCR_H, EIGHT_BITS | 1);
    expect(io.read32(Register.DR)).toBe(0x400);
  });
});

test("the model of the PL011 has the reset values and the identification of its data sheet", () => {
  const { io } = withDevice((port) => new Pl011(port, 24e6));
  expect([Register.FR, Register.CR, Register.IFLS].map((at) => io.read32(at))).toEqual([0x90, 0x300, 0x12]);
  expect([0xfe0, 0xfe4, 0xfe8, 0xfec, 0xff0, 0xff4, 0xff8, 0xffc].map((at) => io.read8(at))).toEqual([
    0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1,
  ]);
});
