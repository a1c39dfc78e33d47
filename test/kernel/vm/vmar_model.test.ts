/** Random histories of VMARs against a model that knows nothing but pages. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { VmAddressRegion } from "../../../src/kernel/vm/vm_address_region.ts";
import type { VmObject } from "../../../src/kernel/vm/vm_object.ts";
import { VmOption } from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { onBothSpaces, READ, RW, type Space, statusOf } from "../../support/address_spaces.ts";

const P = PAGE_SIZE;
const PAGES = 48;
const VMO_PAGES = 16;
const CAN_MAP = VmOption.CAN_MAP_READ | VmOption.CAN_MAP_WRITE | VmOption.CAN_MAP_SPECIFIC;

const place = { region: fc.nat(), page: fc.nat(PAGES - 1), pages: fc.integer({ min: 1, max: 12 }) };
const command = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("map" as const),
      ...place,
      vmo: fc.nat(2),
      vmoPage: fc.nat(VMO_PAGES),
      permissions: fc.constantFrom(0, READ, RW),
      ceiling: fc.constantFrom(READ, RW, RW),
      how: fc.constantFrom("specific", "overwrite", "populate", "anywhere"),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("unmap" as const), ...place }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("protect" as const),
      ...place,
      permissions: fc.constantFrom(0, READ, RW),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("allocate" as const), ...place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("destroy" as const), ...place }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("write" as const), ...place, vmo: fc.nat(2), value: fc.nat(255) }),
  },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

interface ModelRegion {
  readonly vmar: VmAddressRegion;
  readonly parent: ModelRegion | undefined;
  readonly first: number;
  readonly end: number;
  alive: boolean;
}

interface ModelPage {
  readonly region: ModelRegion;
  readonly vmo: number;
  readonly vmoPage: number;
  readonly permissions: number;
  readonly ceiling: number;
}

class Model {
  readonly space: Space;
  readonly vmos: VmObject[];
  /** A byte per page of each VMO. */
  readonly bytes: number[][] = [0, 1, 2].map(() => new Array<number>(VMO_PAGES).fill(0));
  readonly pages: (ModelPage | undefined)[] = new Array(PAGES).fill(undefined);
  readonly regions: ModelRegion[];

  constructor(space: Space) {
    this.space = space;
    this.vmos = [space.vmo(VMO_PAGES), space.vmo(VMO_PAGES), space.contiguous(VMO_PAGES)];
    const vmar = space.root.allocate({ options: CAN_MAP, offset: 0, size: PAGES * P });
    this.regions = [{ vmar, parent: undefined, first: 0, end: PAGES, alive: true }];
  }

  get base(): number {
    return this.regions[0]!.vmar.base;
  }

  /** The live region directly in `of` that a page belongs to. */
  childAt(of: ModelRegion, page: number): ModelRegion | undefined {
    return this.regions.find((r) => r.alive && r.parent === of && page >= r.first && page < r.end);
  }

  kill(region: ModelRegion): void {
    region.alive = false;
    for (const other of this.regions) if (other.alive && other.parent === region) this.kill(other);
    for (let page = region.first; page < region.end; page++) {
      if (this.pages[page]?.region === region) this.pages[page] = undefined;
    }
  }

  /** Makes the command and says what the model expects of it. */
  run(step: Command): { actual: string; expected: string } {
    const region = this.regions[step.region % this.regions.length]!;
    const first = region.first + (step.page % (region.end - region.first));
    const end = first + step.pages;
    const range = Array.from({ length: step.pages }, (_, i) => first + i);
    const address = this.base + first * P;
    const fits = end <= region.end;
    switch (step.do) {
      case "map": {
        const isAnywhere = step.how === "anywhere";
        const expected = this.#expectMap(region, range, step, fits);
        let base = 0;
        const actual = statusOf(() => {
          base = region.vmar.map({
            options: step.permissions | optionsOf(step.how),
            vmarOffset: isAnywhere ? 0 : address - region.vmar.base,
            vmo: this.vmos[step.vmo]!,
            vmoOffset: step.vmoPage * P,
            length: step.pages * P,
            vmoPermissions: step.ceiling,
          }).base;
        });
        if (actual === "OK" && expected === "OK") {
          const start = isAnywhere ? (base - this.base) / P : first;
          const { vmo, permissions, ceiling } = step;
          for (let i = 0; i < step.pages; i++) {
            if (isAnywhere) expect(this.pages[start + i] ?? this.childAt(region, start + i)).toBeUndefined();
            this.pages[start + i] = { region, vmo, vmoPage: step.vmoPage + i, permissions, ceiling };
          }
        }
        return { actual, expected };
      }
      case "unmap": {
        const expected = this.#expectUnmap(region, range, fits);
        const actual = statusOf(() => region.vmar.unmap(address, step.pages * P));
        if (expected === "OK") {
          for (const page of range) {
            const child = this.childAt(region, page);
            if (child !== undefined) this.kill(child);
            this.pages[page] = undefined;
          }
        }
        return { actual, expected };
      }
      case "protect": {
        const expected = !region.alive
          ? "BAD_STATE"
          : fits
            ? this.#expectProtect(region, range, step.permissions, false)
            : "INVALID_ARGS";
        const actual = statusOf(() => region.vmar.protect(step.permissions, address, step.pages * P));
        if (expected === "OK") {
          for (const page of range)
            this.pages[page] = { ...this.pages[page]!, permissions: step.permissions };
        }
        return { actual, expected };
      }
      case "allocate": {
        const expected = !region.alive
          ? "BAD_STATE"
          : !fits
            ? "INVALID_ARGS"
            : range.some((page) => this.#isTaken(region, page))
              ? "ALREADY_EXISTS"
              : "OK";
        const actual = statusOf(() => {
          const options = CAN_MAP | VmOption.SPECIFIC;
          const offset = address - region.vmar.base;
          const vmar = region.vmar.allocate({ options, offset, size: step.pages * P });
          this.regions.push({ vmar, parent: region, first, end, alive: true });
        });
        return { actual, expected };
      }
      case "destroy": {
        if (region.parent === undefined) return { actual: "OK", expected: "OK" };
        const expected = region.alive ? "OK" : "BAD_STATE";
        const actual = statusOf(() => region.vmar.destroy());
        if (expected === "OK") this.kill(region);
        return { actual, expected };
      }
      case "write": {
        const page = step.page % VMO_PAGES;
        this.vmos[step.vmo]!.write(page * P, Uint8Array.of(step.value));
        this.bytes[step.vmo]![page] = step.value;
        return { actual: "OK", expected: "OK" };
      }
    }
  }

  /** What the real tree says of every page, and what the model says; equal, one hopes. */
  tree(): { real: string; model: string } {
    const real: string[] = [];
    const model: string[] = [];
    for (let page = 0; page < PAGES; page++) {
      const address = this.base + page * P;
      const mapping = this.space.aspace.find(address);
      if (mapping === undefined) {
        real.push("-");
      } else {
        const vmoPage = (mapping.vmoOffset + address - mapping.base) / P;
        real.push(
          describePage(
            this.vmos.indexOf(mapping.vmo),
            vmoPage,
            mapping.permissionsAt(address),
            mapping.ceiling,
          ),
        );
      }
      const there = this.pages[page];
      model.push(
        there === undefined ? "-" : describePage(there.vmo, there.vmoPage, there.permissions, there.ceiling),
      );
    }
    return { real: real.join(" "), model: model.join(" ") };
  }

  /** Whether VMOs know of their mappings, and no others. */
  checkVmos(): void {
    const mappings = this.space.aspace.mappings();
    for (const [index, vmo] of this.vmos.entries()) {
      expect(vmo.numMappings).toBe(mappings.filter((mapping) => mapping.vmo === vmo).length);
      expect(vmo.numMappings > 0).toBe(this.pages.some((page) => page?.vmo === index));
    }
  }

  /** Whether loads and stores do what the model says at every page. */
  checkAccesses(): void {
    for (let page = 0; page < PAGES; page++) {
      const address = this.base + page * P;
      const model = this.pages[page];
      let loaded = -1;
      const load = statusOf(() => {
        loaded = this.space.cpu.load8(address);
      });
      const store = statusOf(() => this.space.cpu.store8(address, page));
      const expected = this.#expectAccess(model);
      if (
        load !== expected.load ||
        store !== expected.store ||
        (load === "OK" && loaded !== expected.value)
      ) {
        expect({ page, load, store, loaded }).toEqual({ page, ...expected });
      }
      if (model !== undefined && expected.store === "OK") this.bytes[model.vmo]![model.vmoPage] = page;
    }
  }

  #expectAccess(page: ModelPage | undefined): { load: string; store: string; value: number } {
    if (page === undefined) return { load: "NOT_FOUND", store: "NOT_FOUND", value: -1 };
    const beyond = page.vmoPage >= VMO_PAGES;
    const status = (allowed: number, needed: number) =>
      beyond ? "OUT_OF_RANGE" : (allowed & needed) === 0 ? "ACCESS_DENIED" : "OK";
    return {
      load: status(page.permissions, VmOption.PERM_READ),
      store: status(page.permissions, VmOption.PERM_WRITE),
      value: beyond ? -1 : this.bytes[page.vmo]![page.vmoPage]!,
    };
  }

  #isTaken(region: ModelRegion, page: number): boolean {
    return this.pages[page] !== undefined || this.childAt(region, page) !== undefined;
  }

  #expectMap(
    region: ModelRegion,
    range: number[],
    step: { permissions: number; ceiling: number; how: string },
    fits: boolean,
  ): string {
    if ((step.permissions & ~step.ceiling) !== 0) return "ACCESS_DENIED";
    if (!region.alive) return "BAD_STATE";
    if (step.how === "anywhere") {
      if (range.length > region.end - region.first) return "INVALID_ARGS";
      let free = 0;
      for (let page = region.first; page < region.end && free < range.length; page++) {
        free = this.#isTaken(region, page) ? 0 : free + 1;
      }
      return free >= range.length ? "OK" : "NO_RESOURCES";
    }
    if (!fits) return "INVALID_ARGS";
    if (step.how === "overwrite") {
      return range.some((page) => this.childAt(region, page) !== undefined) ? "INVALID_ARGS" : "OK";
    }
    return range.some((page) => this.#isTaken(region, page)) ? "ALREADY_EXISTS" : "OK";
  }

  #expectUnmap(region: ModelRegion, range: number[], fits: boolean): string {
    if (!region.alive) return "BAD_STATE";
    if (!fits) return "INVALID_ARGS";
    const touched = new Set(
      range.map((page) => this.childAt(region, page)).filter((child) => child !== undefined),
    );
    const inPart = [...touched].some((child) => child.first < range[0]! || child.end > range.at(-1)! + 1);
    return inPart ? "INVALID_ARGS" : "OK";
  }

  /** In the order of addresses: the first page that stands against it decides. */
  #expectProtect(region: ModelRegion, range: number[], permissions: number, onlyReduce: boolean): string {
    for (const page of range) {
      const child = this.childAt(region, page);
      if (child !== undefined) {
        const status = this.#expectProtect(child, [page], permissions, true);
        if (status !== "OK") return status;
        continue;
      }
      const there = this.pages[page];
      if (there === undefined) return "NOT_FOUND";
      if ((permissions & ~there.ceiling) !== 0) return "ACCESS_DENIED";
      if (onlyReduce && (permissions & ~there.permissions) !== 0) return "ACCESS_DENIED";
    }
    return "OK";
  }
}

function describePage(vmo: number, vmoPage: number, permissions: number, ceiling: number): string {
  return `${vmo}+${vmoPage}:${permissions}/${ceiling}`;
}

function optionsOf(how: string): number {
  if (how === "anywhere") return 0;
  if (how === "overwrite") return VmOption.SPECIFIC_OVERWRITE;
  return how === "populate" ? VmOption.SPECIFIC | VmOption.MAP_RANGE : VmOption.SPECIFIC;
}

onBothSpaces("any history of a VMAR", ({ kind, create }) => {
  test("does page by page what the model does", async () => {
    const space = await create();
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const model = new Model(space);
        for (const step of commands) {
          const { actual, expected } = model.run(step);
          if (actual !== expected) expect({ step, status: actual }).toEqual({ step, status: expected });
        }
        const { real, model: expectedTree } = model.tree();
        expect(real).toBe(expectedTree);
        model.checkVmos();
        model.checkAccesses();
        model.regions[0]!.vmar.destroy();
        for (const vmo of model.vmos) vmo.release();
        expect(space.frames.used).toBe(0);
      }),
      { numRuns: kind === "portable" ? 10_000 : 500 },
    );
    space.close();
  });
});
