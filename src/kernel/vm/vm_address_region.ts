/**
 * A VMAR: a reserved range of an address space, with mappings and smaller VMARs in it that never overlap. What may be done
 * is checked here, in the order of zircon.md 1.7; handles and their rights are the caller's business.
 */
import { VmOption } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, isPageAligned, MAX_ADDRESS, roundUp } from "../../zx/pages.ts";
import type { MapsEntry } from "../../zx/syscalls.ts";
import { IntervalTree } from "./interval_tree.ts";
import { choosePlace, type PlaceRequest } from "./place.ts";
import { ProtectionRuns } from "./protection_runs.ts";
import { regionMaps } from "./region_maps.ts";
import { applyRegionOp } from "./region_ops.ts";
import {
  CAN_MAP_PERMISSIONS,
  checkMapOptions,
  checkProtectOptions,
  checkRegionOptions,
  checkVmoOptions,
  PERMISSIONS,
  permissionNames,
  permissionsOf,
} from "./region_options.ts";
import type { VmAspace } from "./vm_aspace.ts";
import { VmMapping } from "./vm_mapping.ts";
import type { VmObject } from "./vm_object.ts";

export interface SubRegionOptions {
  /** VmOption bits of vmar_allocate. */
  readonly options: number;
  readonly offset: number;
  readonly size: number;
  readonly name?: string;
}

export interface MappingOptions {
  /** VmOption bits of vmar_map. */
  readonly options: number;
  readonly vmarOffset: number;
  readonly vmo: VmObject;
  readonly vmoOffset: number;
  readonly length: number;
  /** PERM_* bits that the VMAR's handle allows (check 7). All when left out. */
  readonly vmarPermissions?: number;
  /** PERM_* bits that the VMO's handle allows: check 7, and the ceiling of every later protect. All when left out. */
  readonly vmoPermissions?: number;
  /** Who asks, for the message of a fault on what this overwrites. */
  readonly by?: string;
}

export interface RangeOptions {
  /** Whether the handle has OP_CHILDREN: sub-regions may be touched. True when left out. */
  readonly children?: boolean;
  /** Who asks, for the message of a later fault: `vmar_unmap by "pci"`. */
  readonly by?: string;
}

/** Regions in regions: far more than anybody needs, and few enough for a walk that calls itself. */
const MAX_DEPTH = 256;

export type VmChild = VmAddressRegion | VmMapping;

export class VmAddressRegion {
  readonly kind = "region";
  readonly aspace: VmAspace;
  readonly parent: VmAddressRegion | undefined;
  readonly name: string;
  readonly base: number;
  readonly size: number;
  /** CAN_MAP_READ, CAN_MAP_WRITE, CAN_MAP_EXECUTE and CAN_MAP_SPECIFIC as it was made. */
  readonly canMap: number;
  readonly #compact: boolean;
  readonly #depth: number;
  readonly #children = new IntervalTree<VmChild>();
  #alive = true;

  constructor(
    aspace: VmAspace,
    parent: VmAddressRegion | undefined,
    shape: { name: string; base: number; size: number; options: number },
  ) {
    this.aspace = aspace;
    this.parent = parent;
    this.#depth = parent === undefined ? 1 : parent.#depth + 1;
    this.name = shape.name;
    this.base = shape.base;
    this.size = shape.size;
    this.canMap = shape.options & (CAN_MAP_PERMISSIONS | VmOption.CAN_MAP_SPECIFIC);
    this.#compact = (shape.options & VmOption.COMPACT) !== 0;
  }

  get end(): number {
    return this.base + this.size;
  }

  /** False once it is destroyed: every operation then throws BAD_STATE. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Mappings and regions directly in it, ascending. */
  get children(): VmChild[] {
    return this.#children.items();
  }

  /** `vmar "root" [0x200000, 0x7fff0000)`. */
  describe(): string {
    return `vmar ${JSON.stringify(this.name)} [${hex(this.base)}, ${hex(this.end)})`;
  }

  /** A region inside this one (zx_vmar_allocate). */
  allocate(request: SubRegionOptions): VmAddressRegion {
    checkRegionOptions(request.options);
    if (!isPageAligned(request.size))
      throw new ZxError("INVALID_ARGS", `size ${hex(request.size)} is not whole pages`);
    if (this.#depth >= MAX_DEPTH)
      throw new ZxError("NO_MEMORY", `${MAX_DEPTH} regions are in one another already`);
    const { options, offset, size } = request;
    const base = this.#place({
      options,
      offset,
      size,
      permissions: permissionsOf(options),
    });
    const region = new VmAddressRegion(this.aspace, this, {
      name: request.name ?? "useralloc",
      base,
      size,
      options,
    });
    this.#children.insert(region);
    return region;
  }

  /** A mapping in this region (zx_vmar_map). */
  map(request: MappingOptions): VmMapping {
    const { vmo, vmoOffset } = request;
    const ceiling = request.vmoPermissions ?? PERMISSIONS;
    const options = checkMapOptions(request.options, (request.vmarPermissions ?? PERMISSIONS) & ceiling);
    checkVmoOptions(options, vmo);
    if (!isPageAligned(vmoOffset))
      throw new ZxError("INVALID_ARGS", `vmo_offset ${hex(vmoOffset)} is not page aligned`);
    if (request.length > MAX_ADDRESS)
      throw new ZxError("OUT_OF_RANGE", `a mapping of ${request.length} bytes`);
    const size = roundUp(request.length);
    if (vmoOffset > MAX_ADDRESS - size) {
      throw new ZxError(
        "OUT_OF_RANGE",
        `vmo_offset ${hex(vmoOffset)} + ${hex(size)} is beyond ${hex(MAX_ADDRESS)}`,
      );
    }
    const permissions = options & PERMISSIONS;
    const base = this.#place({ options, offset: request.vmarOffset, size, permissions });
    if ((options & VmOption.SPECIFIC_OVERWRITE) !== 0) {
      this.#clear(base, base + size, request.by ?? "it was overwritten by vmar_map");
    }
    const mapping = new VmMapping({
      aspace: this.aspace,
      base,
      size,
      vmo,
      vmoOffset,
      protection: new ProtectionRuns(size, permissions),
      ceiling,
      cachePolicy: vmo.cachePolicy,
      faultBeyondStreamSize: (options & VmOption.FAULT_BEYOND_STREAM_SIZE) !== 0,
    });
    this.#children.insert(mapping);
    if (!vmo.contiguous && (options & VmOption.MAP_RANGE) === 0) return mapping;
    try {
      mapping.populate(base, base + size);
    } catch (error) {
      this.#clear(base, base + size, "vmar_map failed");
      throw error;
    }
    return mapping;
  }

  /** Unmaps pages, mappings in part too, and destroys the sub-regions that are wholly inside (zx_vmar_unmap). */
  unmap(address: number, length: number, options: RangeOptions = {}): void {
    const end = this.#checkRange("unmap", address, length);
    const affected = this.#children.overlapping(address, end);
    for (const child of affected) {
      if (child.kind === "mapping") continue;
      if (options.children === false) {
        throw new ZxError("INVALID_ARGS", `unmap of ${child.describe()} without the right OP_CHILDREN`);
      }
      if (child.base < address || child.end > end) {
        throw new ZxError(
          "INVALID_ARGS",
          `unmap of [${hex(address)}, ${hex(end)}): part of ${child.describe()}`,
        );
      }
    }
    this.#take(affected, address, end, options.by ?? "vmar_unmap");
  }

  /** Sets the permissions of every mapping in the range, or of none if one of them may not have them (zx_vmar_protect). */
  protect(options: number, address: number, length: number, range: RangeOptions = {}): void {
    const permissions = checkProtectOptions(options);
    const end = this.#checkRange("protect", address, length);
    this.#checkProtect(permissions, address, end, range.children ?? true, false);
    this.#protect(permissions, address, end);
  }

  /** Destroys the region and all in it; its range is its parent's again. NOT_SUPPORTED for the root. */
  destroy(by = "vmar_destroy"): void {
    this.#checkAlive();
    if (this.parent === undefined) throw new ZxError("NOT_SUPPORTED", "the root VMAR cannot be destroyed");
    this.parent.#children.delete(this);
    this.#end(by);
  }

  /** zx_vmar_op_range. `writable`: whether the VMAR's handle has WRITE. Both true when left out. */
  opRange(
    op: number,
    address: number,
    size: number,
    rights: { children?: boolean; writable?: boolean } = {},
  ): void {
    applyRegionOp(this, op, address, size, {
      children: rights.children ?? true,
      writable: rights.writable ?? true,
    });
  }

  /** ZX_INFO_VMAR_MAPS: depth first, pre-order, this region at `depth`. */
  maps(depth = 1): MapsEntry[] {
    return regionMaps(this, depth);
  }

  /** The mapping at an address, in this region or below. */
  find(address: number): VmMapping | undefined {
    let region: VmAddressRegion = this;
    for (;;) {
      const child = region.#children.at(address);
      if (child === undefined || child.kind === "mapping") return child;
      region = child;
    }
  }

  /** Children that have a byte in [start, end), ascending. */
  overlapping(start: number, end: number): VmChild[] {
    return this.#children.overlapping(start, end);
  }

  /** The process is gone, and with it the address space: nothing is unmapped page by page. */
  abandon(): void {
    this.#alive = false;
    for (const child of this.#children.items()) {
      if (child.kind === "mapping") child.drop();
      else child.abandon();
    }
    this.#children.clear();
  }

  #checkAlive(): void {
    if (!this.#alive) throw new ZxError("BAD_STATE", `${this.describe()} is destroyed`);
  }

  /** The checks that unmap and protect share. Returns the end of the range, rounded up. */
  #checkRange(what: string, address: number, length: number): number {
    if (!isPageAligned(address))
      throw new ZxError("INVALID_ARGS", `${what} at ${hex(address)}: not page aligned`);
    if (length === 0) throw new ZxError("INVALID_ARGS", `${what} of 0 bytes`);
    const size = roundUp(length);
    this.#checkAlive();
    if (address < this.base || address > this.end || size > this.end - address) {
      const range = `[${hex(address)}, ${hex(address + size)})`;
      throw new ZxError("INVALID_ARGS", `${what} of ${range}, which is not inside ${this.describe()}`);
    }
    return address + size;
  }

  /** Where a child of `size` bytes goes; throws what forbids it. */
  #place(request: PlaceRequest): number {
    this.#checkAlive();
    return choosePlace(this, this.#children, this.#compact, request);
  }

  /** Takes everything out of [start, end); sub-regions in it are wholly inside. */
  #clear(start: number, end: number, by: string): void {
    this.#take(this.#children.overlapping(start, end), start, end, by);
  }

  /** Takes the part in [start, end) of these children out, which are all that have a part there. */
  #take(children: readonly VmChild[], start: number, end: number, by: string): void {
    for (const child of children) {
      this.#children.delete(child);
      if (child.kind === "region") {
        child.#end(by);
        continue;
      }
      const rest = child.cut(Math.max(start, child.base), Math.min(end, child.end), by);
      for (const mapping of rest) this.#children.insert(mapping);
    }
  }

  #end(by: string): void {
    this.#clear(this.base, this.end, by);
    this.#alive = false;
  }

  /** `onlyReduce`: in sub-regions permissions can be taken away, not given. */
  #checkProtect(
    permissions: number,
    start: number,
    end: number,
    children: boolean,
    onlyReduce: boolean,
  ): void {
    let at = start;
    for (const child of this.#children.overlapping(start, end)) {
      if (child.base > at) break;
      const stop = Math.min(end, child.end);
      if (child.kind === "region") {
        if (!children) {
          throw new ZxError("INVALID_ARGS", `protect of ${child.describe()} without the right OP_CHILDREN`);
        }
        child.#checkProtect(permissions, at, stop, children, true);
      } else {
        this.#checkProtectMapping(permissions, child, at, stop, onlyReduce);
      }
      at = stop;
    }
    if (at < end)
      throw new ZxError(
        "NOT_FOUND",
        `protect of [${hex(start)}, ${hex(end)}): nothing is mapped at ${hex(at)}`,
      );
  }

  #checkProtectMapping(
    permissions: number,
    mapping: VmMapping,
    start: number,
    end: number,
    onlyReduce: boolean,
  ): void {
    const allowed = mapping.ceiling & permissionsOf(this.canMap);
    if ((permissions & ~allowed) !== 0) {
      const asked = `${permissionNames(permissions)} for ${mapping.describe()}`;
      throw new ZxError("ACCESS_DENIED", `${asked}, which can have ${permissionNames(allowed)} at most`);
    }
    if (onlyReduce && (permissions & ~mapping.permissionsWithin(start, end - start).every) !== 0) {
      const asked = `${permissionNames(permissions)} for ${mapping.describe()} in a sub-region`;
      throw new ZxError("ACCESS_DENIED", `${asked}, where permissions can only be taken away`);
    }
  }

  #protect(permissions: number, start: number, end: number): void {
    for (const child of this.#children.overlapping(start, end)) {
      const from = Math.max(start, child.base);
      const to = Math.min(end, child.end);
      if (child.kind === "region") child.#protect(permissions, from, to);
      else child.protect(from, to, permissions);
    }
  }
}
