/**
 * Message-signalled interrupts as on x86: a write of 32 bits to the local APICs' range signals the vector in its low
 * byte (Intel SDM volume 3, "Message Signalled Interrupts"). There is one processor, so the destination is ignored.
 */
import { ZxError } from "../../zx/error.ts";
import type { MsiBlock, PhysicalRange } from "../machine.ts";
import type { Log } from "./log.ts";

/** Where devices' interrupt messages go, and who gets them. */
export interface MsiController {
  /** A device's write of 32 bits in here is a message. */
  readonly messages: PhysicalRange;
  allocate(count: number): MsiBlock;
  /** A device's write to `messages`. */
  signal(address: number, data: number): void;
}

/** The local APICs: a processor's accesses reach its own APIC, a device's writes are messages. */
export const LOCAL_APIC_RANGE: PhysicalRange = { base: 0xfee0_0000, size: 0x10_0000 };

/** 0x00-0x1f are the processor's exceptions; 0xf0 and up are kept for the kernel's own use, as systems do. */
const FIRST_VECTOR = 0x20;
const END_VECTOR = 0xf0;
const MOST_PER_BLOCK = 32;

export class MsiVectors implements MsiController {
  readonly messages = LOCAL_APIC_RANGE;
  readonly #handlers = new Map<number, () => void>();
  readonly #taken = new Set<number>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** INVALID_ARGS unless `count` is a power of two up to 32; NO_RESOURCES when no aligned run of vectors is left. */
  allocate(count: number): MsiBlock {
    if (!Number.isInteger(count) || count < 1 || count > MOST_PER_BLOCK || (count & (count - 1)) !== 0) {
      throw new ZxError(
        "INVALID_ARGS",
        `${count} message-signalled interrupts: a power of two up to ${MOST_PER_BLOCK}`,
      );
    }
    for (let first = FIRST_VECTOR; first + count <= END_VECTOR; first += count) {
      const vectors = Array.from({ length: count }, (_, i) => first + i);
      if (vectors.some((vector) => this.#taken.has(vector))) continue;
      return this.#block(first, vectors);
    }
    const total = END_VECTOR - FIRST_VECTOR;
    throw new ZxError(
      "NO_RESOURCES",
      `no ${count} consecutive interrupt vectors are left: ${this.#taken.size} of ${total} are in use`,
    );
  }

  /** A device's write to the local APICs' range. */
  signal(address: number, data: number): void {
    const vector = data & 0xff;
    const handler = this.#handlers.get(vector);
    if (handler !== undefined) handler();
    else
      this.#log(
        "msi",
        "warning",
        `message 0x${data.toString(16)} to 0x${address.toString(16)}: nobody listens to its vector`,
      );
  }

  #block(first: number, vectors: readonly number[]): MsiBlock {
    for (const vector of vectors) this.#taken.add(vector);
    let freed = false;
    const vectorOf = (index: number): number => {
      const vector = vectors[index];
      if (vector === undefined)
        throw new ZxError("OUT_OF_RANGE", `MSI ${index}: the block has ${vectors.length}`);
      return vector;
    };
    return {
      address: LOCAL_APIC_RANGE.base,
      data: first,
      count: vectors.length,
      attach: (index, handler) => {
        const vector = vectorOf(index);
        if (freed) throw new ZxError("BAD_STATE", "the MSI block was freed");
        if (this.#handlers.has(vector))
          throw new ZxError("ALREADY_BOUND", `MSI ${index} has a handler already`);
        this.#handlers.set(vector, handler);
      },
      detach: (index) => {
        if (!freed) this.#handlers.delete(vectorOf(index));
      },
      free: () => {
        if (freed) return;
        freed = true;
        for (const vector of vectors) {
          this.#handlers.delete(vector);
          this.#taken.delete(vector);
        }
      },
    };
  }
}
