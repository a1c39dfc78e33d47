/**
 * Message-signalled interrupts of a machine with a GIC: a GICv2m frame (Arm SBSA 2.2, appendix E) turns a device's write of an
 * INTID to its MSI_SETSPI_NS register into an edge on that shared peripheral interrupt.
 */
import { ZxError } from "../zx/error.ts";
import { hex } from "../zx/pages.ts";
import type { InterruptController, MsiBlock, PhysicalRange } from "./machine.ts";

/** Offset of MSI_SETSPI_NS in the frame. */
const MSI_SETSPI_NS = 0x40;
const MOST_PER_BLOCK = 32;

export interface GicV2mFrame {
  readonly frame: PhysicalRange;
  /** The first INTID that messages can have, and how many there are (MSI_TYPER). */
  readonly firstIntid: number;
  readonly count: number;
}

/** Hands out a frame's INTIDs as blocks of messages. */
export class GicV2m {
  /** What a message is written to. */
  readonly address: number;
  readonly #frame: GicV2mFrame;
  readonly #interrupts: InterruptController;
  readonly #taken = new Set<number>();

  constructor(frame: GicV2mFrame, interrupts: InterruptController) {
    this.#frame = frame;
    this.#interrupts = interrupts;
    this.address = frame.frame.base + MSI_SETSPI_NS;
  }

  /** INVALID_ARGS unless `count` is a power of two up to 32; NO_RESOURCES when no aligned run of INTIDs is left. */
  allocate(count: number): MsiBlock {
    if (!(Number.isInteger(count) && count >= 1 && count <= MOST_PER_BLOCK && (count & (count - 1)) === 0)) {
      throw new ZxError(
        "INVALID_ARGS",
        `${String(count)} MSIs: a power of two up to ${MOST_PER_BLOCK} is possible`,
      );
    }
    const { firstIntid, count: total } = this.#frame;
    // A device puts a message's number into the low bits of the data: the first must be a multiple of the count.
    const first = firstIntid + ((count - (firstIntid % count)) % count);
    for (let data = first; data + count <= firstIntid + total; data += count) {
      const intids = Array.from({ length: count }, (_, i) => data + i);
      if (!intids.some((intid) => this.#taken.has(intid))) return this.#block(intids);
    }
    throw new ZxError(
      "NO_RESOURCES",
      `no ${count} consecutive INTIDs are left at ${hex(this.#frame.frame.base)}: ${this.#taken.size} of ${total} are in use`,
    );
  }

  #block(intids: readonly number[]): MsiBlock {
    for (const intid of intids) this.#taken.add(intid);
    const attached = new Set<number>();
    let freed = false;
    const intidOf = (index: number): number => {
      const intid = intids[index];
      if (intid === undefined)
        throw new ZxError("OUT_OF_RANGE", `MSI ${String(index)}: the block has ${intids.length}`);
      return intid;
    };
    const detach = (index: number) => {
      if (!attached.delete(index)) return;
      this.#interrupts.detach(intidOf(index));
    };
    return {
      address: this.address,
      data: intids[0]!,
      count: intids.length,
      attach: (index, handler) => {
        const intid = intidOf(index);
        if (freed) throw new ZxError("BAD_STATE", "the MSI block was freed");
        if (attached.has(index)) throw new ZxError("ALREADY_BOUND", `MSI ${index} has a handler already`);
        this.#interrupts.attach(intid, "edge", handler);
        attached.add(index);
      },
      detach: (index) => {
        intidOf(index);
        detach(index);
      },
      free: () => {
        if (freed) return;
        freed = true;
        for (const index of [...attached]) detach(index);
        for (const intid of intids) this.#taken.delete(intid);
      },
    };
  }
}
