import { type PciAddress, packAddress } from "../../src/bus/pci/address.ts";
import { Config, type ConfigAccess, type ConfigSpace } from "../../src/bus/pci/config.ts";

interface FakeBar {
  readonly kind: "memory" | "io";
  readonly size: number;
  readonly is64?: boolean;
  readonly prefetchable?: boolean;
  /** Where firmware put it. */
  readonly address?: number;
  /** I/O registers may have their upper half hard-wired to zero. */
  readonly narrow?: boolean;
}

/** A configuration space of bytes whose base address registers keep only the bits that their size leaves. */
export class FakeConfig implements ConfigSpace {
  readonly size: number;
  readonly log: string[] = [];
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Bits of each base address register that take a write. */
  readonly #writable = new Map<number, number>();

  constructor(size = 256) {
    this.size = size;
    this.#bytes = new Uint8Array(size);
    this.#view = new DataView(this.#bytes.buffer);
    for (let id = 0; id < 6; id++) this.#writable.set(Config.BASE_ADDRESSES + 4 * id, 0);
  }

  ids(vendor: number, device: number, headerType = 0): this {
    this.#view.setUint16(Config.VENDOR_ID, vendor, true);
    this.#view.setUint16(Config.DEVICE_ID, device, true);
    this.#view.setUint8(Config.HEADER_TYPE, headerType);
    return this;
  }

  /** Bytes as they are, past what a register would keep. */
  poke(offset: number, ...bytes: number[]): this {
    this.#bytes.set(bytes, offset);
    return this;
  }

  command(value: number): this {
    this.#view.setUint16(Config.COMMAND, value, true);
    return this;
  }

  bar(
    id: number,
    { kind, size, is64 = false, prefetchable = false, address = 0, narrow = false }: FakeBar,
  ): this {
    const register = Config.BASE_ADDRESSES + 4 * id;
    const flags = kind === "io" ? 1 : (is64 ? 4 : 0) | (prefetchable ? 8 : 0);
    const mask = size >= 2 ** 32 ? 0 : 2 ** 32 - size;
    this.#writable.set(register, narrow ? mask & 0xffff : mask);
    this.#view.setUint32(register, ((address % 2 ** 32) | flags) >>> 0, true);
    if (is64) {
      this.#writable.set(register + 4, size >= 2 ** 32 ? 2 ** 32 - size / 2 ** 32 : 0xffff_ffff);
      this.#view.setUint32(register + 4, Math.floor(address / 2 ** 32), true);
    }
    return this;
  }

  /** Makes a base address register keep just these bits, whatever they mean. */
  stickyBits(id: number, bits: number): this {
    this.#writable.set(Config.BASE_ADDRESSES + 4 * id, bits);
    return this;
  }

  read8(offset: number): number {
    return this.#view.getUint8(offset);
  }
  read16(offset: number): number {
    return this.#view.getUint16(offset, true);
  }
  read32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }
  write8(offset: number, value: number): void {
    this.#note(8, offset, value);
    this.#view.setUint8(offset, value);
  }
  write16(offset: number, value: number): void {
    this.#note(16, offset, value);
    this.#view.setUint16(offset, value, true);
  }
  write32(offset: number, value: number): void {
    this.#note(32, offset, value);
    const writable = this.#writable.get(offset) ?? 0xffff_ffff;
    const kept = this.read32(offset) & ~writable;
    this.#view.setUint32(offset, ((value & writable) | kept) >>> 0, true);
  }

  #note(width: number, offset: number, value: number): void {
    this.log.push(`write${width} 0x${offset.toString(16)} = 0x${value.toString(16)}`);
  }
}

/** A bus of fake functions; everything else reads all ones. */
export class FakeConfigAccess implements ConfigAccess {
  readonly asked: PciAddress[] = [];
  readonly #functions = new Map<number, FakeConfig>();

  add(address: PciAddress, config: FakeConfig): FakeConfig {
    this.#functions.set(packAddress(address), config);
    return config;
  }

  at(address: PciAddress): ConfigSpace {
    this.asked.push(address);
    return (
      this.#functions.get(packAddress(address)) ?? new FakeConfig().poke(0, ...new Array(256).fill(0xff))
    );
  }
}
