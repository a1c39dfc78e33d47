/**
 * The commands of qtest (QEMU's `softmmu/qtest.c`) that are used here. QEMU aborts on what it does not like (a port above
 * 0xffff, a word too few), so every argument is checked before a command is made of it.
 */
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";

/** Bits of one access. */
export type Width = 8 | 16 | 32 | 64;
export type PortWidth = 8 | 16 | 32;

const SUFFIX = { 8: "b", 16: "w", 32: "l", 64: "q" } as const;
/** Bits of a physical address that x86 has room for. */
const ADDRESS_LIMIT = 2 ** 52;
const PORT_COUNT = 0x1_0000;

export function readCommand(width: Width, address: number): string {
  return `read${SUFFIX[width]} ${checkedAddress(width, address)}`;
}

/** `high` counts for 64 bits only. Values are taken modulo the width. */
export function writeCommand(width: Width, address: number, low: number, high: number): string {
  return `write${SUFFIX[width]} ${checkedAddress(width, address)} ${value(width, low, high)}`;
}

export function inCommand(width: PortWidth, port: number): string {
  return `in${SUFFIX[width]} ${checkedPort("in", width, port)}`;
}

export function outCommand(width: PortWidth, port: number, low: number): string {
  return `out${SUFFIX[width]} ${checkedPort("out", width, port)} ${value(width, low, 0)}`;
}

/** Has QEMU tell of every change at the inputs of one device, instead of passing it on. `path` is a QOM path. */
export function interceptCommand(path: string): string {
  if (!/^[\w/.[\]-]+$/.test(path))
    throw new ZxError("INVALID_ARGS", `${JSON.stringify(path)} is no QOM path`);
  return `irq_intercept_in ${path}`;
}

function checkedAddress(width: Width, address: number): string {
  if (!(Number.isSafeInteger(address) && address >= 0 && address + width / 8 <= ADDRESS_LIMIT)) {
    throw new ZxError(
      "OUT_OF_RANGE",
      `a ${width}-bit access at ${describe(address)}: physical addresses end at ${hex(ADDRESS_LIMIT)}`,
    );
  }
  return `0x${address.toString(16)}`;
}

function checkedPort(direction: "in" | "out", width: PortWidth, port: number): string {
  if (!(Number.isInteger(port) && port >= 0 && port + width / 8 <= PORT_COUNT)) {
    throw new ZxError(
      "OUT_OF_RANGE",
      `${direction}${width} at port ${describe(port)}: ports are 0 to ${hex(PORT_COUNT - 1)}`,
    );
  }
  return `0x${port.toString(16)}`;
}

function value(width: Width, low: number, high: number): string {
  switch (width) {
    case 8:
      return `0x${(low & 0xff).toString(16)}`;
    case 16:
      return `0x${(low & 0xffff).toString(16)}`;
    case 32:
      return `0x${(low >>> 0).toString(16)}`;
    case 64:
      return `0x${(high >>> 0).toString(16)}${(low >>> 0).toString(16).padStart(8, "0")}`;
  }
}

function describe(address: unknown): string {
  if (typeof address !== "number") return `a ${typeof address}`;
  return Number.isSafeInteger(address) && address >= 0 ? hex(address) : String(address);
}
