/** The MSI capability of a function (PCI 3.0, section 6.8.1): 32 or 64-bit address, with or without masks. */
import { ZxError } from "../zx/error.ts";
import type { PciConfigSpace } from "./pci_config_space.ts";
import type { PciMsiSpec } from "./pci_model.ts";

const MSI_CAPABILITY = 0x05;

/** Message control: its bits, and where its two counts (powers of two) start. */
const Control = {
  ENABLE: 1 << 0,
  CAPABLE_SHIFT: 1,
  ENABLED_SHIFT: 4,
  ENABLED_MASK: 7 << 4,
  ADDRESS_64: 1 << 7,
  MASKABLE: 1 << 8,
} as const;

export class PciMsi {
  readonly #config: PciConfigSpace;
  readonly #spec: PciMsiSpec;
  readonly #send: (address: number, data: number) => void;
  readonly #control: number;
  readonly #data: number;
  readonly #mask: number;

  /** Adds the capability. `send` writes a message to memory. */
  constructor(config: PciConfigSpace, spec: PciMsiSpec, send: (address: number, data: number) => void) {
    if (![1, 2, 4, 8, 16, 32].includes(spec.vectors)) {
      throw new ZxError("INVALID_ARGS", `MSI with ${spec.vectors} vectors: a power of two up to 32`);
    }
    this.#config = config;
    this.#spec = spec;
    this.#send = send;
    // Control, address, its upper half, data with 16 reserved bits, mask and pending bits: as many as there are.
    const size = 2 + 4 + (spec.address64 ? 4 : 0) + (spec.maskable ? 12 : 2);
    this.#control = config.addCapability(MSI_CAPABILITY, new Uint8Array(size)) + 2;
    this.#data = this.#control + 6 + (spec.address64 ? 4 : 0);
    this.#mask = this.#data + 4;
    this.#declare();
  }

  get enabled(): boolean {
    return (this.#config.read(this.#control, 2) & Control.ENABLE) !== 0;
  }

  /** Sends message `index`, or keeps it pending while its vector is masked. */
  signal(index: number): void {
    if (!this.enabled) return;
    const vector = index % this.#enabledVectors();
    if (this.#spec.maskable && (this.#config.read(this.#mask, 4) & (1 << vector)) !== 0) {
      this.#setPending(this.#config.read(this.#mask + 4, 4) | (1 << vector));
      return;
    }
    const low = this.#config.read(this.#control + 2, 4);
    const high = this.#spec.address64 ? this.#config.read(this.#control + 6, 4) : 0;
    const data = this.#config.read(this.#data, 2);
    this.#send(high * 2 ** 32 + low, data - (data % this.#enabledVectors()) + vector);
  }

  #declare(): void {
    const { vectors, address64, maskable } = this.#spec;
    const capable = Math.log2(vectors) << Control.CAPABLE_SHIFT;
    const kind = (address64 ? Control.ADDRESS_64 : 0) | (maskable ? Control.MASKABLE : 0);
    this.#config.set(this.#control, 2, capable | kind);
    this.#config.allow(this.#control, 2, Control.ENABLE | Control.ENABLED_MASK);
    this.#config.watch(this.#control, 2, () => this.#limitVectors());
    this.#config.allow(this.#control + 2, 4, 0xffff_fffc);
    if (address64) this.#config.allow(this.#control + 6, 4, 0xffff_ffff);
    this.#config.allow(this.#data, 2, 0xffff);
    if (!maskable) return;
    this.#config.allow(this.#mask, 4, 2 ** vectors - 1);
    this.#config.watch(this.#mask, 4, () => this.#sendPending());
    this.#config.watch(this.#control, 2, () => this.#sendPending());
  }

  #enabledVectors(): number {
    return 1 << ((this.#config.read(this.#control, 2) & Control.ENABLED_MASK) >> Control.ENABLED_SHIFT);
  }

  /** Software that enables more vectors than there are gets those there are, as with QEMU's devices. */
  #limitVectors(): void {
    if (!this.enabled || this.#enabledVectors() <= this.#spec.vectors) return;
    const rest = this.#config.read(this.#control, 2) & ~Control.ENABLED_MASK;
    this.#config.set(this.#control, 2, rest | (Math.log2(this.#spec.vectors) << Control.ENABLED_SHIFT));
  }

  #sendPending(): void {
    if (!this.enabled) return;
    const pending = this.#config.read(this.#mask + 4, 4);
    const open = pending & ~this.#config.read(this.#mask, 4);
    if (open === 0) return;
    this.#setPending(pending & ~open);
    for (let vector = 0; vector < this.#spec.vectors; vector++)
      if ((open & (1 << vector)) !== 0) this.signal(vector);
  }

  #setPending(bits: number): void {
    this.#config.set(this.#mask + 4, 4, bits);
  }
}
