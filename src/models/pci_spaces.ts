/** Where the BARs of a PCI host's devices can be: all of the machine's addresses, or only what the host's windows let through. */
import type { AddressMap, AddressRange } from "../machine/sim/address_map.ts";
import { ZxError } from "../zx/error.ts";
import type { Io } from "../zx/memory.ts";
import { hex } from "../zx/pages.ts";

/** Addresses of one kind, in which BARs come and go. An `AddressMap` is one. */
export interface PciSpace {
  /** Throws a ZxError that says why nothing can be decoded there. */
  add(base: number, size: number, name: string, io: Io): AddressRange;
  remove(range: AddressRange): void;
}

export interface PciSpaces {
  readonly memory: PciSpace;
  readonly io: PciSpace;
}

/** A part of a machine's addresses that a host passes on to its bus, under the same address there. */
export interface PciWindow {
  readonly base: number;
  readonly size: number;
}

/** A map of which only some windows lead to the bus. */
export class WindowedSpace implements PciSpace {
  readonly #map: AddressMap;
  readonly #windows: readonly PciWindow[];

  constructor(map: AddressMap, windows: readonly PciWindow[]) {
    this.#map = map;
    this.#windows = windows;
  }

  /** OUT_OF_RANGE outside of the windows. */
  add(base: number, size: number, name: string, io: Io): AddressRange {
    const isInside = this.#windows.some(
      (window) => base >= window.base && base + size <= window.base + window.size,
    );
    if (!isInside) {
      const windows = this.#windows.map((window) => span(window.base, window.size)).join(" ");
      throw new ZxError("OUT_OF_RANGE", `${name} at ${span(base, size)}: the host's windows are ${windows}`);
    }
    return this.#map.add(base, size, name, io);
  }

  remove(range: AddressRange): void {
    this.#map.remove(range);
  }
}

function span(base: number, size: number): string {
  return `[${hex(base)}, ${hex(base + size)})`;
}
