/** Memory that remembers every access, as `read32 0x10` or `write8 0x0 = 0x5`. */
import { BytesIo } from "../../src/machine/ram.ts";
import { hex } from "../../src/zx/pages.ts";

export class CountingIo extends BytesIo {
  readonly log: string[] = [];
  readonly bytes: Uint8Array;

  constructor(size: number) {
    const bytes = new Uint8Array(size);
    super(bytes);
    this.bytes = bytes;
  }

  /** The log, which starts anew. */
  take(): string[] {
    return this.log.splice(0);
  }

  override read8(offset: number): number {
    this.log.push(`read8 ${hex(offset)}`);
    return super.read8(offset);
  }
  override read16(offset: number): number {
    this.log.push(`read16 ${hex(offset)}`);
    return super.read16(offset);
  }
  override read32(offset: number): number {
    this.log.push(`read32 ${hex(offset)}`);
    return super.read32(offset);
  }
  override read64(offset: number): number {
    this.log.push(`read64 ${hex(offset)}`);
    return super.read64(offset);
  }
  override write8(offset: number, value: number): void {
    this.log.push(`write8 ${hex(offset)} = ${hex(value)}`);
    super.write8(offset, value);
  }
  override write16(offset: number, value: number): void {
    this.log.push(`write16 ${hex(offset)} = ${hex(value)}`);
    super.write16(offset, value);
  }
  override write32(offset: number, value: number): void {
    this.log.push(`write32 ${hex(offset)} = ${hex(value)}`);
    super.write32(offset, value);
  }
  override write64(offset: number, low: number, high: number): void {
    this.log.push(`write64 ${hex(offset)} = ${hex((BigInt(high) << 32n) | BigInt(low))}`);
    super.write64(offset, low, high);
  }
}
