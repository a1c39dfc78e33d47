/** A base address register: what software writes to it decides where the device answers (PCI 3.0, section 6.2.5). */
import type { AddressRange } from "../machine/sim/address_map.ts";
import { ZxError } from "../zx/error.ts";
import type { Io } from "../zx/memory.ts";
import { hex, MAX_ADDRESS } from "../zx/pages.ts";
import { Command, ConfigRegister, type PciConfigSpace } from "./pci_config_space.ts";
import type { PciBarSpec } from "./pci_model.ts";
import type { PciSpace } from "./pci_spaces.ts";

const BAR_COUNT = 6;
const MEMORY_64 = 1 << 2;
const PREFETCHABLE = 1 << 3;

export class PciBar {
  readonly #spec: PciBarSpec;
  readonly #name: string;
  readonly #config: PciConfigSpace;
  readonly #space: PciSpace;
  readonly #io: Io;
  readonly #register: number;
  #range: AddressRange | undefined;
  /** The conflict that keeps the BAR from answering, told once. */
  #conflict: string | undefined;

  /** `space`: where its kind of addresses is decoded. Throws INVALID_ARGS for a BAR that PCI cannot have. */
  constructor(spec: PciBarSpec, functionName: string, config: PciConfigSpace, space: PciSpace, io: Io) {
    this.#spec = spec;
    this.#name = `${functionName} BAR ${spec.index}`;
    this.#config = config;
    this.#space = space;
    this.#io = io;
    this.#register = ConfigRegister.BASE_ADDRESS_0 + 4 * spec.index;
    checkSpec(spec, this.#name);
    this.#declare();
  }

  /** Follows the registers. Returns whether addresses became free that another device may be waiting for. */
  update(report: (message: string) => void): boolean {
    const address = this.#address();
    const old = this.#range;
    if (old !== undefined && old.base === address) return false;
    if (old !== undefined) this.#space.remove(old);
    this.#range = undefined;
    if (address === undefined) this.#conflict = undefined;
    else this.#decode(address, report);
    return old !== undefined;
  }

  #decode(address: number, report: (message: string) => void): void {
    try {
      this.#range = this.#space.add(address, this.#spec.size, this.#name, this.#io);
      this.#conflict = undefined;
    } catch (error) {
      if (!(error instanceof ZxError)) throw error;
      if (this.#conflict !== error.detail) report(`BAR ${this.#spec.index} is not decoded: ${error.detail}`);
      this.#conflict = error.detail;
    }
  }

  /** Sets the bits that say what the BAR is, and lets software write those of the address: that is how it learns the size. */
  #declare(): void {
    const { kind, size, prefetchable } = this.#spec;
    if (kind === "io") {
      this.#config.set(this.#register, 4, 1);
      this.#config.allow(this.#register, 4, 2 ** 32 - size);
      return;
    }
    const isWide = kind === "memory64";
    this.#config.set(
      this.#register,
      4,
      (isWide ? MEMORY_64 : 0) | (prefetchable === true ? PREFETCHABLE : 0),
    );
    this.#config.allow(this.#register, 4, size >= 2 ** 32 ? 0 : 2 ** 32 - size);
    if (isWide)
      this.#config.allow(this.#register + 4, 4, size <= 2 ** 32 ? 0xffff_ffff : 2 ** 32 - size / 2 ** 32);
  }

  /**
   * Where the device answers; undefined while decoding is off, at address 0 (no address was given), and where the
   * range reaches the very end of its address space (what sizing writes).
   */
  #address(): number | undefined {
    const { kind, size } = this.#spec;
    const command = this.#config.read(ConfigRegister.COMMAND, 2);
    if ((command & (kind === "io" ? Command.IO : Command.MEMORY)) === 0) return undefined;
    const low = this.#config.read(this.#register, 4);
    const high = kind === "memory64" ? this.#config.read(this.#register + 4, 4) : 0;
    const address = high * 2 ** 32 + (low - (low % (kind === "io" ? 4 : 16)));
    const end = kind === "io" ? 2 ** 16 : kind === "memory64" ? MAX_ADDRESS : 2 ** 32 - 1;
    return address === 0 || address + size > end ? undefined : address;
  }
}

function checkSpec({ index, kind, size }: PciBarSpec, name: string): void {
  const registers = kind === "memory64" ? 2 : 1;
  if (!Number.isInteger(index) || index < 0 || index + registers > BAR_COUNT) {
    throw new ZxError("INVALID_ARGS", `${name}: a ${kind} BAR starts at 0 to ${BAR_COUNT - registers}`);
  }
  const least = kind === "io" ? 4 : 16;
  const most = kind === "io" ? 2 ** 8 : kind === "memory32" ? 2 ** 31 : 2 ** 52;
  if (!Number.isInteger(Math.log2(size)) || size < least || size > most) {
    throw new ZxError(
      "INVALID_ARGS",
      `${name}: ${hex(size)} bytes; a power of two from ${hex(least)} to ${hex(most)}`,
    );
  }
}
