/** What reads and writes do to the bits that a device keeps, by the modes of its registers' fields: the device's side. */
import { type Halves, maskOf } from "./halves.ts";
import { isReadable, type Mode } from "./modes.ts";
import type { RegisterInfo } from "./register.ts";

/** What a read of the register gives: bits that cannot be read are 0. */
export function readResult(register: RegisterInfo, stored: Halves): Halves {
  return byMode(register, (mode, bits) => (isReadable(mode) ? bits.stored : 0), stored, stored);
}

/** What the register holds after a read. */
export function afterRead(register: RegisterInfo, stored: Halves): Halves {
  return byMode(
    register,
    (mode, bits) => (mode === "rc" ? 0 : mode === "rs" ? -1 : bits.stored),
    stored,
    stored,
  );
}

/** What the register holds after a write. Reserved bits keep what they hold. */
export function afterWrite(register: RegisterInfo, stored: Halves, written: Halves): Halves {
  return byMode(register, (mode, bits) => WRITE[mode](bits.stored, bits.written), stored, written);
}

/** 32 bits at a time; results count as bit patterns, so that -1 is all ones. */
const WRITE: Record<Mode, (stored: number, written: number) => number> = {
  rw: (_stored, written) => written,
  wo: (_stored, written) => written,
  ro: (stored) => stored,
  rc: (stored) => stored,
  rs: (stored) => stored,
  w1c: (stored, written) => stored & ~written,
  w1s: (stored, written) => stored | written,
  w1t: (stored, written) => stored ^ written,
  w0c: (stored, written) => stored & written,
  w0s: (stored, written) => stored | ~written,
  w0t: (stored, written) => stored ^ ~written,
  wc: () => 0,
  ws: () => -1,
};

type Rule = (mode: Mode, bits: { stored: number; written: number }) => number;

function byMode(register: RegisterInfo, rule: Rule, stored: Halves, written: Halves): Halves {
  const whole = maskOf(0, register.width);
  const half = (name: "low" | "high"): number => {
    const bits = { stored: stored[name], written: written[name] };
    let result = rule(register.mode, bits) & whole[name];
    for (const { mask, mode, kind } of register.fields) {
      const ruled = kind === "reserved" ? stored[name] : rule(mode, bits);
      result = (result & ~mask[name]) | (ruled & mask[name]);
    }
    return result >>> 0;
  };
  return { low: half("low"), high: half("high") };
}
