import type { Ram } from "../machine.ts";
import type { SimCache } from "./cache/sim_cache.ts";
import type { MsiController } from "./msi.ts";

/** A way to memory. Both return false where nothing answers. */
export interface DmaPort {
  read(paddr: number, into: Uint8Array): boolean;
  write(paddr: number, from: Uint8Array): boolean;
}

/** A device that reaches memory by itself. */
export interface DmaMaster {
  /** For reports. */
  readonly name: string;
  /** Whether its accesses ask the processor's cache (`dma-coherent`). Default false; no difference where all of the machine is. */
  readonly coherent?: boolean;
}

/**
 * The machine's memory as devices reach it: RAM, and for writes of one 32-bit word the interrupt messages. Transfers
 * between devices are not routed.
 */
export class SystemDma implements DmaPort {
  readonly #ram: Ram;
  readonly #msi: MsiController;
  readonly #cache: SimCache | undefined;
  readonly #anybody: DmaPort;

  constructor(ram: Ram, msi: MsiController, cache?: SimCache) {
    this.#ram = ram;
    this.#msi = msi;
    this.#cache = cache;
    this.#anybody = this.port({ name: "without a name" });
  }

  /** A device's own way, under its name. */
  port({ name, coherent = false }: DmaMaster): DmaPort {
    const cache = this.#cache;
    const user = { kind: "device", describe: () => `device ${JSON.stringify(name)}` } as const;
    return {
      read: (paddr, into) => {
        if (!this.#isRam(paddr, into.length)) return false;
        if (cache === undefined) this.#ram.read(paddr, into);
        else cache.deviceRead(paddr, into, user, coherent);
        return true;
      },
      write: (paddr, from) => {
        if (!this.#isRam(paddr, from.length)) return this.#message(paddr, from);
        if (cache === undefined) this.#ram.write(paddr, from);
        else cache.deviceWrite(paddr, from, user, coherent);
        return true;
      },
    };
  }

  read(paddr: number, into: Uint8Array): boolean {
    return this.#anybody.read(paddr, into);
  }

  write(paddr: number, from: Uint8Array): boolean {
    return this.#anybody.write(paddr, from);
  }

  #message(paddr: number, from: Uint8Array): boolean {
    const { base, size } = this.#msi.messages;
    if (from.length !== 4 || paddr % 4 !== 0 || paddr < base || paddr >= base + size) return false;
    this.#msi.signal(paddr, (from[0]! | (from[1]! << 8) | (from[2]! << 16) | (from[3]! << 24)) >>> 0);
    return true;
  }

  #isRam(paddr: number, size: number): boolean {
    return this.#ram.ranges.some((range) => paddr >= range.base && paddr + size <= range.base + range.size);
  }
}
