/**
 * What a kernel holds, as plain data: the records behind Fuchsia's vmaps, vmos, handles and `k resource`. Addresses, sizes
 * and offsets are hexadecimal strings, flags and rights lists of their names. `zirconia dump --json` prints it.
 *
 * A process's maps and VMOs are what zx_object_get_info says of it. No system call of ours lists handles, resources, or
 * the physical address under a VMO: for these the kernel's own tables are read.
 */
import type { Kernel } from "../kernel/kernel.ts";
import type { Dispatcher } from "../kernel/object/dispatcher.ts";
import type { ProcessDispatcher, ProcessState } from "../kernel/object/process_dispatcher.ts";
import { ResourceDispatcher, resourceKindName } from "../kernel/object/resource_dispatcher.ts";
import { VmoDispatcher } from "../kernel/object/vmo_dispatcher.ts";
import type { VmObject } from "../kernel/vm/vm_object.ts";
import { VmObjectPhysical } from "../kernel/vm/vm_object_physical.ts";
import { cachePolicyName, ResourceFlag, VmOption, VmoInfoFlag } from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import { hex, PAGE_SIZE } from "../zx/pages.ts";
import { type RightName, Rights, rightsNames } from "../zx/rights.ts";
import type { InfoTopics, MapsEntry, VmoInfo } from "../zx/syscalls.ts";

export const DUMP_TOPICS = ["maps", "vmos", "handles", "resources"] as const;
export type DumpTopic = (typeof DUMP_TOPICS)[number];

/** The system that was looked at. */
export interface DumpHeader {
  readonly machine: string;
  readonly architecture: string;
  readonly addressSpace: "native" | "portable";
  /** Nanoseconds of the machine's clock. */
  readonly time: number;
}

export interface ProcessRecord {
  readonly koid: number;
  readonly name: string;
  /** A dead process has no maps, no VMOs and no handles. */
  readonly state: ProcessState;
}

/** A line of vmaps: depth first, pre-order; the address space has depth 0, the root VMAR 1. */
export interface MapsRecord {
  readonly type: MapsEntry["type"];
  readonly name: string;
  readonly base: string;
  readonly size: string;
  readonly depth: number;
  readonly mapping?: {
    /** `"rw-"`. */
    readonly permissions: string;
    readonly cachePolicy: string;
    /** `"Device-nGnRE"`: what that is on this architecture. */
    readonly memoryType: string;
    readonly vmoKoid: number;
    readonly vmoOffset: string;
    readonly committed: string;
    /** Of the mapping's first byte; null unless the VMO is physical. */
    readonly physical: string | null;
  };
}

/** A line of vmos: one for each handle to a VMO and one for each mapping. */
export interface VmoRecord {
  readonly koid: number;
  readonly name: string;
  readonly size: string;
  /** 0 where it is nobody's child. */
  readonly parentKoid: number;
  readonly numChildren: number;
  readonly numMappings: number;
  /** Address spaces that map it. */
  readonly shareCount: number;
  readonly flags: readonly (keyof typeof VmoInfoFlag)[];
  readonly committed: string;
  /** Of the handle; null for what the process only maps. */
  readonly rights: readonly RightName[] | null;
  readonly cachePolicy: string;
  /** Base of a physical VMO; null for others. */
  readonly physical: string | null;
}

/** A line of handles. */
export interface HandleRecord {
  readonly handle: string;
  readonly koid: number;
  /** The peer, or the parent job; 0 for none. */
  readonly relatedKoid: number;
  readonly rights: readonly RightName[];
  readonly type: string;
  readonly name: string;
}

export interface ResourceRecord {
  readonly koid: number;
  readonly kind: string;
  readonly exclusive: boolean;
  readonly base: string;
  readonly size: string;
  readonly name: string;
  /** Every handle to it in a process. None: it is in a message on its way. */
  readonly holders: readonly { readonly koid: number; readonly name: string; readonly handle: string }[];
}

export interface MapsDump extends DumpHeader {
  readonly processes: readonly (ProcessRecord & { readonly maps: readonly MapsRecord[] })[];
}

export interface VmosDump extends DumpHeader {
  readonly processes: readonly (ProcessRecord & { readonly vmos: readonly VmoRecord[] })[];
}

export interface HandlesDump extends DumpHeader {
  readonly processes: readonly (ProcessRecord & { readonly handles: readonly HandleRecord[] })[];
}

export interface ResourcesDump extends DumpHeader {
  /** Bytes of RAM that the kernel gives out, and how much of it VMOs have. */
  readonly memory: { readonly total: string; readonly vmos: string };
  readonly resources: readonly ResourceRecord[];
}

/** What each topic gives. */
export interface Dumps {
  readonly maps: MapsDump;
  readonly vmos: VmosDump;
  readonly handles: HandlesDump;
  readonly resources: ResourcesDump;
}

/**
 * One topic, of all processes or of those that `which` names: by name, by what follows the colon of `driver-host:edu`, or by
 * koid. Resources are then those that these processes hold. NOT_FOUND, with the names there are, if it is none of them.
 */
export function dump<T extends DumpTopic>(kernel: Kernel, topic: T, which?: string): Dumps[T] {
  return TOPICS[topic](kernel, selectProcesses(kernel, which), which !== undefined);
}

type Topics = {
  readonly [T in DumpTopic]: (
    kernel: Kernel,
    processes: readonly ProcessDispatcher[],
    isSelection: boolean,
  ) => Dumps[T];
};

const TOPICS: Topics = {
  maps(kernel, processes) {
    const physical = physicalBases(kernel);
    const maps = (process: ProcessDispatcher) =>
      infoOf(kernel, process, "PROCESS_MAPS").map((entry) => mapsRecord(entry, physical));
    return {
      ...header(kernel),
      processes: processes.map((it) => ({ ...processRecord(it), maps: maps(it) })),
    };
  },

  vmos(kernel, processes) {
    const physical = physicalBases(kernel);
    const vmos = (process: ProcessDispatcher) =>
      infoOf(kernel, process, "PROCESS_VMOS").map((info) => vmoRecord(info, physical));
    return {
      ...header(kernel),
      processes: processes.map((it) => ({ ...processRecord(it), vmos: vmos(it) })),
    };
  },

  handles(kernel, processes) {
    const handles = (process: ProcessDispatcher) =>
      [...process.handles.entries()].map(([value, { object, rights }]) =>
        handleRecord(value, object, rights),
      );
    return {
      ...header(kernel),
      processes: processes.map((it) => ({ ...processRecord(it), handles: handles(it) })),
    };
  },

  resources(kernel, processes, isSelection) {
    const { total, used } = kernel.frames;
    const resources = [...kernel.objects()]
      .filter((object) => object instanceof ResourceDispatcher)
      .sort((a, b) => a.kind - b.kind || a.region.base - b.region.base || a.koid - b.koid)
      .map((resource) => resourceRecord(kernel, resource));
    const koids = new Set(processes.map(({ koid }) => koid));
    return {
      ...header(kernel),
      memory: { total: hex(total * PAGE_SIZE), vmos: hex(used * PAGE_SIZE) },
      resources: isSelection
        ? resources.filter(({ holders }) => holders.some(({ koid }) => koids.has(koid)))
        : resources,
    };
  },
};

function header({ machine, addressSpaceKind }: Kernel): DumpHeader {
  const { name, architecture, clock } = machine;
  return { machine: name, architecture, addressSpace: addressSpaceKind, time: clock.now() };
}

function selectProcesses(kernel: Kernel, which: string | undefined): ProcessDispatcher[] {
  const all = [...kernel.processes()];
  if (which === undefined) return all;
  const chosen = all.filter(({ koid, label }) => {
    return which === label || which === String(koid) || label.endsWith(`:${which}`);
  });
  if (chosen.length > 0) return chosen;
  const names = all.map(({ koid, label }) => `${label} (koid ${koid})`).join(", ");
  throw new ZxError("NOT_FOUND", `no process ${JSON.stringify(which)}; there are: ${names}`);
}

function processRecord({ koid, label, state }: ProcessDispatcher): ProcessRecord {
  return { koid, name: label, state };
}

/**
 * What the first process hears when it asks about another one. The handle is what zx_object_get_child would give it by koid, and
 * goes again. Nothing for a dead process.
 */
function infoOf<T extends "PROCESS_MAPS" | "PROCESS_VMOS">(
  kernel: Kernel,
  process: ProcessDispatcher,
  topic: T,
): InfoTopics[T] | [] {
  if (process.state === "dead") return [];
  const { zx } = kernel.root;
  const first = kernel.process(zx.objectGetInfo(zx.processSelf, "HANDLE_BASIC").koid);
  const handle = first.handles.open(process, Rights.INSPECT);
  try {
    return zx.objectGetInfo(handle, topic);
  } finally {
    zx.handleClose(handle);
  }
}

/** Where in physical memory each physical VMO begins that a process has or maps. */
function physicalBases(kernel: Kernel): ReadonlyMap<number, number> {
  const bases = new Map<number, number>();
  const note = (vmo: VmObject) => {
    if (vmo instanceof VmObjectPhysical) bases.set(vmo.koid, vmo.range.base);
  };
  for (const object of kernel.objects()) if (object instanceof VmoDispatcher) note(object.vmo);
  // A mapping keeps a VMO that no handle holds any more.
  for (const { aspace } of kernel.processes()) for (const { vmo } of aspace.mappings()) note(vmo);
  return bases;
}

function mapsRecord(entry: MapsEntry, physicalBase: ReadonlyMap<number, number>): MapsRecord {
  const { type, name, depth, mapping } = entry;
  const record = { type, name, base: hex(entry.base), size: hex(entry.size), depth };
  if (mapping === undefined) return record;
  const { permissions, cachePolicy, memoryType, vmoKoid, vmoOffset, committedBytes } = mapping;
  const base = physicalBase.get(vmoKoid);
  return {
    ...record,
    mapping: {
      permissions: permissionLetters(permissions),
      cachePolicy: cachePolicyName(cachePolicy),
      memoryType,
      vmoKoid,
      vmoOffset: hex(vmoOffset),
      committed: hex(committedBytes),
      physical: base === undefined ? null : hex(base + vmoOffset),
    },
  };
}

function permissionLetters(permissions: number): string {
  const letter = (bit: number, name: string) => ((permissions & bit) !== 0 ? name : "-");
  return (
    letter(VmOption.PERM_READ, "r") + letter(VmOption.PERM_WRITE, "w") + letter(VmOption.PERM_EXECUTE, "x")
  );
}

function vmoRecord(info: VmoInfo, physicalBase: ReadonlyMap<number, number>): VmoRecord {
  const { koid, name, parentKoid, numChildren, numMappings, shareCount, flags } = info;
  const base = physicalBase.get(koid);
  return {
    koid,
    name,
    size: hex(info.sizeBytes),
    parentKoid,
    numChildren,
    numMappings,
    shareCount,
    flags: VMO_FLAGS.filter((flag) => (flags & VmoInfoFlag[flag]) !== 0),
    committed: hex(info.committedBytes),
    rights: (flags & VmoInfoFlag.VIA_HANDLE) === 0 ? null : rightsList(info.handleRights),
    cachePolicy: cachePolicyName(info.cachePolicy),
    physical: base === undefined ? null : hex(base),
  };
}

const VMO_FLAGS = Object.keys(VmoInfoFlag) as (keyof typeof VmoInfoFlag)[];

function rightsList(rights: number): RightName[] {
  return rights === 0 ? [] : (rightsNames(rights).split("|") as RightName[]);
}

function handleRecord(value: number, object: Dispatcher, rights: number): HandleRecord {
  const { koid, relatedKoid, typeName: type, label: name } = object;
  return { handle: hex(value), koid, relatedKoid, rights: rightsList(rights), type, name };
}

function resourceRecord(kernel: Kernel, resource: ResourceDispatcher): ResourceRecord {
  const { kind, flags, base, size, name } = resource.info();
  const holders = [...kernel.processes()].flatMap((process) =>
    [...process.handles.entries()]
      .filter(([, { object }]) => object === resource)
      .map(([handle]) => ({ koid: process.koid, name: process.label, handle: hex(handle) })),
  );
  return {
    koid: resource.koid,
    kind: resourceKindName(kind),
    exclusive: (flags & ResourceFlag.EXCLUSIVE) !== 0,
    base: hex(base),
    size: hex(size),
    name,
    holders,
  };
}
