import { ZxError } from "../../zx/error.ts";
import { hex, roundUp } from "../../zx/pages.ts";

export interface AddressRange {
  readonly base: number;
  /** Bytes (or ports), more than 0. */
  readonly size: number;
}

export interface AddressRequest {
  readonly size: number;
  /** A power of two; by default the size rounded up to one, as base address registers need it. */
  readonly alignment?: number;
  /** Exactly here, whatever the alignment. */
  readonly base?: number;
}

/**
 * Hands out parts of address windows: naturally aligned, or at an exact base. Knows nothing of what they are for.
 */
export class AddressAllocator {
  readonly #windows: readonly AddressRange[];
  /** Ascending, disjoint. */
  readonly #taken: AddressRange[] = [];

  /** `windows` are disjoint; no allocation crosses from one into another. */
  constructor(windows: readonly AddressRange[]) {
    this.#windows = [...windows].sort((a, b) => a.base - b.base);
  }

  /** What is handed out, ascending. */
  get taken(): readonly AddressRange[] {
    return this.#taken;
  }

  /**
   * The lowest place that fits. INVALID_ARGS for a size or alignment that is none; NOT_FOUND where the exact base is taken or
   * outside the windows; NO_RESOURCES where nothing is left.
   */
  allocate({ size, base, ...request }: AddressRequest): AddressRange {
    if (!Number.isSafeInteger(size) || size <= 0) {
      throw new ZxError("INVALID_ARGS", `${size} is not a size of address space`);
    }
    const alignment = request.alignment ?? powerOfTwoFrom(size);
    if (!Number.isSafeInteger(alignment) || alignment <= 0 || alignment !== powerOfTwoFrom(alignment)) {
      throw new ZxError("INVALID_ARGS", `${alignment} is not an alignment`);
    }
    if (base !== undefined) {
      if (!this.#isFree(base, size))
        throw new ZxError("NOT_FOUND", `${hex(size)} at ${hex(base)} is taken or outside ${this}`);
      return this.#take({ base, size });
    }
    for (const window of this.#windows) {
      const place = this.#lowestIn(window, size, alignment);
      if (place !== undefined) return this.#take({ base: place, size });
    }
    throw new ZxError("NO_RESOURCES", `no ${hex(size)} aligned to ${hex(alignment)} left in ${this}`);
  }

  /** Takes back what `allocate` returned. NOT_FOUND for anything else. */
  free({ base, size }: AddressRange): void {
    const index = this.#taken.findIndex((range) => range.base === base && range.size === size);
    if (index < 0) throw new ZxError("NOT_FOUND", `${hex(size)} at ${hex(base)} was not handed out`);
    this.#taken.splice(index, 1);
  }

  /** `[0xc0000000, 0xfec00000)`. */
  toString(): string {
    return (
      this.#windows.map(({ base, size }) => `[${hex(base)}, ${hex(base + size)})`).join(", ") || "no window"
    );
  }

  #lowestIn(window: AddressRange, size: number, alignment: number): number | undefined {
    const end = window.base + window.size;
    let place = roundUp(window.base, alignment);
    for (const taken of this.#taken) {
      if (taken.base + taken.size <= place) continue;
      if (taken.base >= place + size) break;
      place = roundUp(taken.base + taken.size, alignment);
    }
    return place + size <= end ? place : undefined;
  }

  #isFree(base: number, size: number): boolean {
    const end = base + size;
    return (
      Number.isSafeInteger(base) &&
      this.#windows.some((window) => window.base <= base && end <= window.base + window.size) &&
      !this.#taken.some((taken) => taken.base < end && base < taken.base + taken.size)
    );
  }

  #take(range: AddressRange): AddressRange {
    const after = this.#taken.findIndex(({ base }) => base > range.base);
    this.#taken.splice(after < 0 ? this.#taken.length : after, 0, range);
    return range;
  }
}

function powerOfTwoFrom(size: number): number {
  let power = 1;
  while (power < size) power *= 2;
  return power;
}
