import { ObjectType, ResourceFlag, ResourceKind } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { PAGE_SIZE, roundDown, roundUp } from "../../zx/pages.ts";
import type { ResourceInfo } from "../../zx/syscalls.ts";
import { DenyList } from "./deny_list.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { KernelCore } from "./kernel_core.ts";
import { contains, type Region, type ResourceSpace, show } from "./resource_spaces.ts";

const kindNames = new Map<number, string>(Object.entries(ResourceKind).map(([name, kind]) => [kind, name]));

/** `"MMIO"` for 0. */
export function resourceKindName(kind: number): string {
  return kindNames.get(kind) ?? String(kind);
}

/** The right to make objects over a range of one kind of address space. Objects made from it do not keep it alive. */
export class ResourceDispatcher extends Dispatcher {
  static readonly TYPE = ObjectType.RESOURCE;
  readonly kind: number;
  readonly region: Region;
  readonly exclusive: boolean;
  /** Covers its whole address space, for the kernel's first process: not in anybody's way, but filtered. */
  readonly isRangedRoot: boolean;
  readonly #name: string;
  readonly #space: ResourceSpace;

  private constructor(
    core: KernelCore,
    space: ResourceSpace,
    options: { kind: number; region: Region; exclusive: boolean; isRangedRoot: boolean; name: string },
  ) {
    super(core, ObjectType.RESOURCE);
    this.#space = space;
    this.kind = options.kind;
    this.region = options.region;
    this.exclusive = options.exclusive;
    this.isRangedRoot = options.isRangedRoot;
    this.#name = options.name;
  }

  /** The resource of a whole address space; undefined where the machine has no such space. */
  static createRangedRoot(core: KernelCore, kind: number, name: string): ResourceDispatcher | undefined {
    const space = core.resources.get(kind);
    if (space === undefined) return undefined;
    return new ResourceDispatcher(core, space, {
      kind,
      region: space.extent,
      exclusive: false,
      isRangedRoot: true,
      name,
    });
  }

  /**
   * A part of this resource. ACCESS_DENIED if it is not one, or is on the deny list; INVALID_ARGS if it ends beyond all
   * addresses or is cut from (or to be) an exclusive one; NOT_FOUND if somebody else's exclusive one is in the way.
   */
  createChild(kind: number, flags: number, region: Region, name: string): ResourceDispatcher {
    const space = this.core.resources.get(kind);
    if (kind !== this.kind || space === undefined) {
      throw new ZxError("ACCESS_DENIED", `${resourceKindName(kind)} cannot be cut from ${this.describe()}`);
    }
    if (!Number.isSafeInteger(region.base + region.size)) {
      throw new ZxError("INVALID_ARGS", `${region.size} bytes from ${region.base} end beyond all addresses`);
    }
    if (this.isRangedRoot) this.#refuseDenied(region);
    else if (!contains(this.region, region))
      throw new ZxError("ACCESS_DENIED", `${show(region)} is not inside ${this.describe()}`);
    const exclusive = (flags & ResourceFlag.EXCLUSIVE) !== 0;
    if (!this.isRangedRoot && (exclusive || this.exclusive)) {
      throw new ZxError(
        "INVALID_ARGS",
        `an exclusive resource is cut from a root only, not from ${this.describe()}`,
      );
    }
    space.take(region, exclusive);
    return new ResourceDispatcher(this.core, space, { kind, region, exclusive, isRangedRoot: false, name });
  }

  /**
   * Whether this resource allows an object over `region`: WRONG_TYPE for another kind, OUT_OF_RANGE for what is not
   * inside (MMIO counts in whole pages, since the MMU does), ACCESS_DENIED for what a root must not give out.
   */
  validate(kind: number, region: Region): void {
    if (this.kind !== kind) {
      throw new ZxError(
        "WRONG_TYPE",
        `a resource of kind ${resourceKindName(kind)} is needed, not ${this.describe()}`,
      );
    }
    const { base, size } = this.region;
    const start = kind === ResourceKind.MMIO ? roundDown(base) : base;
    const end = kind === ResourceKind.MMIO ? roundUp(base + size, PAGE_SIZE) : base + size;
    // A root of all MMIO has no outside: what ends beyond all addresses is for the caller to refuse.
    const hasOutside = !this.isRangedRoot || kind !== ResourceKind.MMIO;
    if (hasOutside && !contains({ base: start, size: end - start }, region)) {
      throw new ZxError("OUT_OF_RANGE", `${show(region)} is not inside ${this.describe()}`);
    }
    if (this.isRangedRoot) this.#refuseDenied(region);
  }

  #refuseDenied(region: Region): void {
    if (this.kind !== ResourceKind.MMIO || region.size === 0) return;
    const what = new DenyList(this.core.machine).find(region);
    if (what !== undefined) throw new ZxError("ACCESS_DENIED", `${show(region)} shares a page with ${what}`);
  }

  info(): ResourceInfo {
    const { base, size } = this.region;
    const flags = this.exclusive ? ResourceFlag.EXCLUSIVE : 0;
    return { kind: this.kind, flags, base, size, name: this.#name };
  }

  override get label(): string {
    return this.#name;
  }

  override describe(): string {
    const kind = `${this.exclusive ? "exclusive " : ""}${resourceKindName(this.kind)}`;
    return `${kind} resource ${JSON.stringify(this.#name)} ${show(this.region)}`;
  }

  protected override onDestroy(): void {
    this.#space.giveBack(this.region);
  }
}
