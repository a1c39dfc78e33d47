/**
 * Base address registers: what a function wants to have in memory or I/O space, and telling it where that is.
 *
 * Source: PCI Local Bus 3.0, 6.2.5.1.
 */
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import { Command, Config, type ConfigSpace } from "./config.ts";

const IO_SPACE = 1 << 0;
const TYPE_MASK = 3 << 1;
const TYPE_32 = 0 << 1;
const TYPE_64 = 2 << 1;
const PREFETCHABLE = 1 << 3;
const MEMORY_FLAGS = 0xf;
const IO_FLAGS = 0x3;

/** A base address register as probing found it. */
export interface BarProbe {
  /** The index of the register, or of the first of two. */
  readonly id: number;
  readonly kind: "memory" | "io";
  /** Bytes, a power of two. */
  readonly size: number;
  readonly is64: boolean;
  readonly prefetchable: boolean;
  /** Where firmware put it; 0 if it did not (the function was not decoding). */
  readonly address: number;
}

/**
 * Sizes the first `count` base address registers: writes ones, reads back which bits stick. The function decodes
 * nothing meanwhile; registers and command are put back afterwards.
 *
 * BAD_STATE for what the specification does not allow: a 64-bit register without a second half, a size that is not a
 * power of two, a reserved type.
 */
export function probeBars(config: ConfigSpace, count: number): BarProbe[] {
  const command = config.read16(Config.COMMAND);
  config.write16(Config.COMMAND, command & ~(Command.IO_EN | Command.MEM_EN));
  try {
    const bars: BarProbe[] = [];
    for (let id = 0; id < count; id++) {
      const bar = probeBar(config, id, count, command);
      if (bar === undefined) continue;
      bars.push(bar);
      if (bar.is64) id++;
    }
    return bars;
  } finally {
    config.write16(Config.COMMAND, command);
  }
}

/** Writes where the BAR begins. The function must not be decoding. */
export function writeBar(config: ConfigSpace, bar: BarProbe, address: number): void {
  config.write32(registerOf(bar.id), address % 2 ** 32);
  if (bar.is64) config.write32(registerOf(bar.id + 1), Math.floor(address / 2 ** 32));
}

function probeBar(config: ConfigSpace, id: number, count: number, command: number): BarProbe | undefined {
  const register = registerOf(id);
  const original = config.read32(register);
  const isIo = (original & IO_SPACE) !== 0;
  const type = original & TYPE_MASK;
  if (!isIo && type !== TYPE_32 && type !== TYPE_64) {
    throw new ZxError("BAD_STATE", `BAR ${id} (${hex(original, 8)}) is of the reserved type ${type >> 1}`);
  }
  const is64 = !isIo && type === TYPE_64;
  if (is64 && id + 1 >= count)
    throw new ZxError("BAD_STATE", `BAR ${id} is 64 bits wide, but it is the last`);

  const low = clear(stickyBits(config, register, original), isIo ? IO_FLAGS : MEMORY_FLAGS);
  const originalHigh = is64 ? config.read32(register + 4) : 0;
  const high = is64 ? stickyBits(config, register + 4, originalHigh) : 0xffff_ffff;
  if (low === 0 && (!is64 || high === 0)) return undefined;

  const decoded = (command & (isIo ? Command.IO_EN : Command.MEM_EN)) !== 0;
  return {
    id,
    kind: isIo ? "io" : "memory",
    size: sizeOf(id, isIo && low <= 0xffff ? low + 0xffff_0000 : low, high),
    is64,
    prefetchable: !isIo && (original & PREFETCHABLE) !== 0,
    address: decoded ? clear(original, isIo ? IO_FLAGS : MEMORY_FLAGS) + originalHigh * 2 ** 32 : 0,
  };
}

/** Which bits of a register take a one. Puts the register back. */
function stickyBits(config: ConfigSpace, register: number, original: number): number {
  config.write32(register, 0xffff_ffff);
  const bits = config.read32(register);
  config.write32(register, original);
  return bits;
}

/** The sticky bits must be all bits from the size's upwards. */
function sizeOf(id: number, low: number, high: number): number {
  const lowest = low !== 0 ? lowestBit(low) : lowestBit(high) * 2 ** 32;
  const expectedLow = low !== 0 ? 2 ** 32 - lowest : 0;
  const expectedHigh = low !== 0 ? 0xffff_ffff : 2 ** 32 - lowest / 2 ** 32;
  if (low !== expectedLow || high !== expectedHigh) {
    throw new ZxError(
      "BAD_STATE",
      `BAR ${id} decodes the bits ${hex(high, 8)}_${hex(low, 8).slice(2)}, which is no size`,
    );
  }
  return lowest;
}

function lowestBit(value: number): number {
  return (value & -value) >>> 0;
}

function clear(value: number, flags: number): number {
  return (value & ~flags) >>> 0;
}

function registerOf(id: number): number {
  return Config.BASE_ADDRESSES + 4 * id;
}
