/** What a register declaration works over: anything that has the accesses of an `MmioBuffer`. */

import type { IoPolled } from "../zx/memory.ts";
import type { Halves } from "./halves.ts";
import type { RegisterNames } from "./names.ts";
import type { PollClock, PollOptions } from "./poll.ts";

export interface RegisterIo {
  /** What messages call it. */
  readonly name: string;
  /** The clock of `poll`. */
  readonly clock: PollClock;
  read8(offset: number): number;
  read16(offset: number): number;
  read32(offset: number): number;
  /** One 64-bit read: returns bits 31..0; bits 63..32 are then in `high`. */
  read64Halves(offset: number): number;
  readonly high: number;
  write8(offset: number, value: number): void;
  write16(offset: number, value: number): void;
  write32(offset: number, value: number): void;
  /** One 64-bit write. */
  write64Halves(offset: number, low: number, high: number): void;
  /** A poll by whoever takes the accesses, where that is faster than reading one by one; undefined where it is not. */
  pollThere?(
    width: 8 | 16 | 32 | 64,
    offset: number,
    mask: Halves,
    expected: Halves,
    options: PollOptions,
  ): IoPolled | undefined;
  /** Told which registers lie here, for messages and traces. */
  describe?(names: RegisterNames): void;
}
