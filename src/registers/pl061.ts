/** The registers of the Arm PrimeCell General Purpose Input/Output PL061: eight pins (DDI 0190B, section 3.3). */
import { array, bits, r32, registers } from "./index.ts";
import { primecellId } from "./primecell.ts";

const pins = { pins: bits(7, 0) };

export const Pl061 = registers("pl061", {
  Data: array(
    0x100,
    4,
    r32(0x000, pins, {
      doc: "the pins that are 1 in the element's index: Data[0x81] reads and writes pins 7 and 0 only",
    }),
  ),
  Dir: r32(0x400, pins, { doc: "direction: 1 is an output" }),
  Is: r32(0x404, pins, { doc: "interrupt sense: 1 is level, 0 edge" }),
  Ibe: r32(0x408, pins, { doc: "interrupt on both edges" }),
  Iev: r32(0x40c, pins, { doc: "interrupt event: 1 is rising edge or high level" }),
  Ie: r32(0x410, pins, { doc: "interrupt mask: 1 lets a pin's interrupt through" }),
  Ris: r32(0x414, "ro", pins, { doc: "raw interrupt status" }),
  Mis: r32(0x418, "ro", pins, { doc: "masked interrupt status" }),
  Ic: r32(0x41c, "wo", pins, { doc: "interrupt clear, of edges" }),
  Afsel: r32(0x420, pins, { doc: "mode control: 1 gives a pin to the hardware" }),
  ...primecellId,
});
