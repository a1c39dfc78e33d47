import type { Machine } from "../../machine/machine.ts";
import { ResourceKind, SystemResource } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, MAX_ADDRESS } from "../../zx/pages.ts";

export interface Region {
  readonly base: number;
  readonly size: number;
}

/** The address space of one kind of resource, and who has which part of it. */
export class ResourceSpace {
  readonly kind: string;
  readonly extent: Region;
  readonly #exclusive = new Set<Region>();
  readonly #shared = new Set<Region>();

  constructor(kind: string, size: number) {
    this.kind = kind;
    this.extent = { base: 0, size };
  }

  /**
   * Takes a region. Shared ones may overlap each other, an exclusive one overlaps nothing. INVALID_ARGS for size 0;
   * NOT_FOUND for a conflict, and for what lies outside.
   */
  take(region: Region, exclusive: boolean): void {
    if (region.size === 0)
      throw new ZxError("INVALID_ARGS", `a ${this.kind} resource of size 0 at ${hex(region.base)}`);
    if (!contains(this.extent, region)) {
      throw new ZxError("NOT_FOUND", `${this.kind} ${show(region)} is not inside ${show(this.extent)}`);
    }
    for (const other of this.#exclusive) this.#refuse(region, other, "exclusive");
    if (exclusive) for (const other of this.#shared) this.#refuse(region, other, "shared");
    (exclusive ? this.#exclusive : this.#shared).add(region);
  }

  giveBack(region: Region): void {
    this.#exclusive.delete(region);
    this.#shared.delete(region);
  }

  #refuse(wanted: Region, taken: Region, how: string): void {
    if (!overlap(wanted, taken)) return;
    throw new ZxError(
      "NOT_FOUND",
      `${this.kind} ${show(wanted)} overlaps the ${how} resource ${show(taken)}`,
    );
  }
}

/** The address spaces that this machine has, by kind of resource. */
export class ResourceSpaces {
  readonly #spaces: ReadonlyMap<number, ResourceSpace>;

  constructor(machine: Machine) {
    const spaces = [
      [ResourceKind.MMIO, new ResourceSpace("MMIO", MAX_ADDRESS)],
      [ResourceKind.IRQ, new ResourceSpace("IRQ", machine.interrupts.count)],
      [ResourceKind.SYSTEM, new ResourceSpace("SYSTEM", SystemResource.COUNT)],
    ] as [number, ResourceSpace][];
    if (machine.ports !== undefined)
      spaces.push([ResourceKind.IOPORT, new ResourceSpace("IOPORT", 0x1_0000)]);
    this.#spaces = new Map(spaces);
  }

  get(kind: number): ResourceSpace | undefined {
    return this.#spaces.get(kind);
  }
}

export function contains(outer: Region, inner: Region): boolean {
  return inner.base >= outer.base && inner.base + inner.size <= outer.base + outer.size;
}

export function overlap(a: Region, b: Region): boolean {
  return a.base < b.base + b.size && b.base < a.base + a.size;
}

/** `[0xfe000000, 0xfe100000)`. */
export function show({ base, size }: Region): string {
  return `[${hex(base)}, ${hex(base + size)})`;
}
