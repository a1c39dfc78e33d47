import type { Handle } from "../../zx/constants.ts";
import { VmoInfoFlag } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { Rights } from "../../zx/rights.ts";
import type { InfoTopic, InfoTopics, MapsEntry, VmoInfo } from "../../zx/syscalls.ts";
import { BtiDispatcher } from "../object/bti_dispatcher.ts";
import { ExceptionDispatcher } from "../object/exception_dispatcher.ts";
import { MsiAllocationDispatcher } from "../object/msi_allocation_dispatcher.ts";
import { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { ResourceDispatcher } from "../object/resource_dispatcher.ts";
import { VmarDispatcher } from "../object/vmar_dispatcher.ts";
import { VmoDispatcher, vmoInfo } from "../object/vmo_dispatcher.ts";

type Topics = { readonly [T in InfoTopic]: (process: ProcessDispatcher, handle: Handle) => InfoTopics[T] };

/** What each topic of zx_object_get_info reads, and the right that it needs (zircon.md 1.4). */
const TOPICS: Topics = {
  HANDLE_VALID({ handles }, value) {
    // A question, not a mistake: no policy about bad handles hears of it.
    if (handles.find(value) === undefined) throw new ZxError("BAD_HANDLE", "object_get_info: not a handle");
    return undefined;
  },

  HANDLE_BASIC({ handles }, value) {
    const { object, rights } = handles.handle(value);
    return { koid: object.koid, rights, type: object.type, relatedKoid: object.relatedKoid };
  },

  HANDLE_COUNT({ handles }, value) {
    return handles.handle(value, Rights.INSPECT).object.handleCount;
  },

  VMO({ handles }, value) {
    const handle = handles.handleOf(value, VmoDispatcher);
    return vmoInfo((handle.object as VmoDispatcher).vmo, handle.rights, VmoInfoFlag.VIA_HANDLE);
  },

  VMAR({ handles }, value) {
    const { base, size } = handles.get(value, VmarDispatcher, Rights.INSPECT).region;
    return { base, length: size };
  },

  VMAR_MAPS({ handles }, value) {
    return handles.get(value, VmarDispatcher, Rights.INSPECT).region.maps();
  },

  RESOURCE({ handles }, value) {
    return handles.get(value, ResourceDispatcher, Rights.INSPECT).info();
  },

  BTI({ handles }, value) {
    return handles.get(value, BtiDispatcher, Rights.INSPECT).info();
  },

  MSI({ handles }, value) {
    return handles.get(value, MsiAllocationDispatcher, Rights.INSPECT).info();
  },

  PROCESS({ handles }, value) {
    return handles.get(value, ProcessDispatcher, Rights.INSPECT).info();
  },

  EXCEPTION_REPORT({ handles }, value) {
    return handles.get(value, ExceptionDispatcher, Rights.INSPECT).report;
  },

  PROCESS_MAPS({ handles }, value) {
    return processMaps(handles.get(value, ProcessDispatcher, Rights.INSPECT));
  },

  PROCESS_VMOS({ handles }, value) {
    return processVmos(handles.get(value, ProcessDispatcher, Rights.INSPECT));
  },
};

export function objectInfo<T extends InfoTopic>(
  process: ProcessDispatcher,
  handle: Handle,
  topic: T,
): InfoTopics[T] {
  if (typeof topic !== "string" || !Object.hasOwn(TOPICS, topic))
    throw new ZxError("NOT_SUPPORTED", "object_get_info: this topic does not exist");
  return TOPICS[topic](process, handle);
}

/** ZX_INFO_PROCESS_MAPS. BAD_STATE when the process is dead. */
export function processMaps(process: ProcessDispatcher): MapsEntry[] {
  if (process.state === "dead") throw new ZxError("BAD_STATE", `${process.describe()} is dead`);
  return process.aspace.maps();
}

/** ZX_INFO_PROCESS_VMOS: once per handle, and once per mapping. BAD_STATE when the process is dead. */
export function processVmos(process: ProcessDispatcher): VmoInfo[] {
  if (process.state === "dead") throw new ZxError("BAD_STATE", `${process.describe()} is dead`);
  const vmos: VmoInfo[] = [];
  for (const [, { object, rights }] of process.handles.entries()) {
    if (object instanceof VmoDispatcher) vmos.push(vmoInfo(object.vmo, rights, VmoInfoFlag.VIA_HANDLE));
  }
  for (const { vmo } of process.aspace.mappings()) vmos.push(vmoInfo(vmo, 0, VmoInfoFlag.VIA_MAPPING));
  return vmos;
}
