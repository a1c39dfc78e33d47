/** The x86 I/O space. Each access costs a little time, as any device access does. */
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import type { PortSpace } from "../machine.ts";
import { AddressMap, type AddressRange } from "./address_map.ts";
import type { VirtualClock } from "./clock.ts";
import type { Log } from "./log.ts";

export const PORT_COUNT = 0x1_0000;

/**
 * An access that is not aligned, or that lies in two devices' ports, is made byte by byte. Where nobody answers, reads
 * are all ones and writes are lost; the first such access to a port is reported.
 */
export class SimPorts implements PortSpace {
  /** Who answers at which ports. */
  readonly map = new AddressMap(PORT_COUNT);
  readonly #clock: VirtualClock;
  readonly #log: Log;
  readonly #reported = new Set<number>();

  constructor(clock: VirtualClock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  in8(port: number): number {
    const range = this.#enter(port, 1, "in8");
    return range?.io === undefined ? 0xff : range.io.read8(port - range.base);
  }

  in16(port: number): number {
    const range = this.#enter(port, 2, "in16");
    if (range?.io !== undefined) return range.io.read16(port - range.base);
    return this.in8(port) + this.in8(port + 1) * 0x100;
  }

  in32(port: number): number {
    const range = this.#enter(port, 4, "in32");
    if (range?.io !== undefined) return range.io.read32(port - range.base);
    return this.in16(port) + this.in16(port + 2) * 0x1_0000;
  }

  out8(port: number, value: number): void {
    const range = this.#enter(port, 1, "out8");
    range?.io?.write8(port - range.base, value & 0xff);
  }

  out16(port: number, value: number): void {
    const range = this.#enter(port, 2, "out16");
    if (range?.io !== undefined) {
      range.io.write16(port - range.base, value & 0xffff);
      return;
    }
    this.out8(port, value);
    this.out8(port + 1, value >>> 8);
  }

  out32(port: number, value: number): void {
    const range = this.#enter(port, 4, "out32");
    if (range?.io !== undefined) {
      range.io.write32(port - range.base, value >>> 0);
      return;
    }
    this.out16(port, value);
    this.out16(port + 2, value >>> 16);
  }

  /** The range that answers the whole access, if one does. OUT_OF_RANGE for what is no port. */
  #enter(port: number, bytes: number, access: string): AddressRange | undefined {
    if (!Number.isInteger(port) || port < 0 || port + bytes > PORT_COUNT) {
      throw new ZxError(
        "OUT_OF_RANGE",
        `${access} at port ${String(port)}: ports are 0 to ${hex(PORT_COUNT - 1)}`,
      );
    }
    this.#clock.access();
    const range = this.map.find(port);
    if (range === undefined) this.#report(port, access);
    return range !== undefined && port % bytes === 0 && port + bytes <= range.base + range.size
      ? range
      : undefined;
  }

  #report(port: number, access: string): void {
    if (this.#reported.has(port)) return;
    this.#reported.add(port);
    this.#log("ports", "warning", `${access} at port ${hex(port)}: nothing answers there`);
  }
}
