/**
 * The numbers of Zircon's system calls: object types, signals, options, topics. Each table names its header.
 */

/** A handle value: per process, its two low bits set, `INVALID_HANDLE` (0) for none. */
export type Handle = number;
export const INVALID_HANDLE: Handle = 0;

/** Object types (`zircon/types.h`, zx_obj_type_t). */
export const ObjectType = {
  NONE: 0,
  PROCESS: 1,
  THREAD: 2,
  VMO: 3,
  CHANNEL: 4,
  EVENT: 5,
  PORT: 6,
  INTERRUPT: 9,
  RESOURCE: 15,
  EVENTPAIR: 16,
  JOB: 17,
  VMAR: 18,
  IOMMU: 23,
  BTI: 24,
  PMT: 26,
  EXCEPTION: 29,
  MSI: 32,
} as const;
export type ObjectTypeName = keyof typeof ObjectType;

/** Signals (`zircon/types.h`); user signals are bits 24 to 31. */
export const Signals = {
  NONE: 0,
  READABLE: 1 << 0,
  WRITABLE: 1 << 1,
  PEER_CLOSED: 1 << 2,
  SIGNALED: 1 << 3,
  TASK_TERMINATED: 1 << 3,
  VMO_ZERO_CHILDREN: 1 << 3,
  VIRTUAL_INTERRUPT_UNTRIGGERED: 1 << 4,
  HANDLE_CLOSED: 1 << 23,
  USER_ALL: 0xff00_0000,
} as const;

/** Cache policies (`zircon/types.h`), the same numbers as the kernel's MMU flags. */
export const CachePolicy = {
  CACHED: 0,
  UNCACHED: 1,
  UNCACHED_DEVICE: 2,
  WRITE_COMBINING: 3,
  MASK: 3,
} as const;
export type CachePolicyName = Exclude<keyof typeof CachePolicy, "MASK">;

export function cachePolicyName(policy: number): string {
  return ["CACHED", "UNCACHED", "UNCACHED_DEVICE", "WRITE_COMBINING"][policy] ?? String(policy);
}

/** Options of cache_flush (`zircon/syscalls.h`): DATA cleans, with INVALIDATE it also invalidates, INSN is about instructions. */
export const CacheFlush = { INSN: 1 << 0, DATA: 1 << 1, INVALIDATE: 1 << 2 } as const;

/** Options of vmar_allocate, vmar_map and vmar_protect (`zx_vm_option_t`). */
export const VmOption = {
  PERM_READ: 1 << 0,
  PERM_WRITE: 1 << 1,
  PERM_EXECUTE: 1 << 2,
  COMPACT: 1 << 3,
  SPECIFIC: 1 << 4,
  SPECIFIC_OVERWRITE: 1 << 5,
  CAN_MAP_SPECIFIC: 1 << 6,
  CAN_MAP_READ: 1 << 7,
  CAN_MAP_WRITE: 1 << 8,
  CAN_MAP_EXECUTE: 1 << 9,
  MAP_RANGE: 1 << 10,
  REQUIRE_NON_RESIZABLE: 1 << 11,
  ALLOW_FAULTS: 1 << 12,
  OFFSET_IS_UPPER_LIMIT: 1 << 13,
  PERM_READ_IF_XOM_UNSUPPORTED: 1 << 14,
  FAULT_BEYOND_STREAM_SIZE: 1 << 15,
  /** log2 of the alignment in the top byte: 10 to 32, or 0. */
  ALIGN_BASE: 24,
} as const;

/** Options of object_wait_async. */
export const WaitAsyncOption = { TIMESTAMP: 1, EDGE: 2 } as const;

/** Options of vmo_create. */
export const VmoOption = {
  RESIZABLE: 1 << 1,
  DISCARDABLE: 1 << 2,
  TRAP_DIRTY: 1 << 3,
  UNBOUNDED: 1 << 4,
} as const;

/** Options of vmo_create_child. */
export const VmoChildOption = {
  SNAPSHOT: 1 << 0,
  RESIZABLE: 1 << 2,
  SLICE: 1 << 3,
  SNAPSHOT_AT_LEAST_ON_WRITE: 1 << 4,
  NO_WRITE: 1 << 5,
  REFERENCE: 1 << 6,
  SNAPSHOT_MODIFIED: 1 << 7,
} as const;

/** Operations of vmo_op_range and vmar_op_range. */
export const VmoOp = {
  COMMIT: 1,
  DECOMMIT: 2,
  LOCK: 3,
  UNLOCK: 4,
  CACHE_SYNC: 6,
  CACHE_INVALIDATE: 7,
  CACHE_CLEAN: 8,
  CACHE_CLEAN_INVALIDATE: 9,
  ZERO: 10,
  TRY_LOCK: 11,
  DONT_NEED: 12,
  ALWAYS_NEED: 13,
  PREFETCH: 14,
} as const;
export const VmarOp = {
  COMMIT: 1,
  DECOMMIT: 2,
  MAP_RANGE: 3,
  ZERO: 10,
  DONT_NEED: 12,
  ALWAYS_NEED: 13,
  PREFETCH: 14,
} as const;

/** Flags of ZX_INFO_VMO; a physical VMO is the one without TYPE_PAGED. */
export const VmoInfoFlag = {
  TYPE_PAGED: 1 << 0,
  RESIZABLE: 1 << 1,
  IS_COW_CLONE: 1 << 2,
  VIA_HANDLE: 1 << 3,
  VIA_MAPPING: 1 << 4,
  PAGER_BACKED: 1 << 5,
  CONTIGUOUS: 1 << 6,
  DISCARDABLE: 1 << 7,
  IMMUTABLE: 1 << 8,
} as const;

/** Kinds of resource (newest numbering), flags, and the bases of SYSTEM resources. */
export const ResourceKind = { MMIO: 0, IRQ: 1, IOPORT: 2, SMC: 4, SYSTEM: 5, COUNT: 6 } as const;
export type ResourceKindName = Exclude<keyof typeof ResourceKind, "COUNT">;
export const ResourceFlag = { EXCLUSIVE: 0x1_0000, MASK: 0xffff_0000 } as const;
export const SystemResource = {
  HYPERVISOR: 0,
  VMEX: 1,
  DEBUG: 2,
  INFO: 3,
  CPU: 4,
  POWER: 5,
  MEXEC: 6,
  IOMMU: 8,
  MSI: 11,
  COUNT: 16,
} as const;

/** Options of bti_pin. */
export const BtiPin = { PERM_READ: 1, PERM_WRITE: 2, PERM_EXECUTE: 4, COMPRESS: 8, CONTIGUOUS: 16 } as const;

/** Options of interrupt_create. */
export const InterruptOption = {
  REMAP_IRQ: 1,
  MODE_DEFAULT: 0,
  MODE_EDGE_LOW: 2,
  MODE_EDGE_HIGH: 4,
  MODE_LEVEL_LOW: 6,
  MODE_LEVEL_HIGH: 8,
  MODE_EDGE_BOTH: 10,
  MODE_MASK: 0xe,
  VIRTUAL: 0x10,
  WAKE_VECTOR: 0x20,
  TIMESTAMP_MONO: 0x40,
} as const;

/** What a job's policy can be about, what it then does, and how it combines with the parent's (zircon/syscalls/policy.h). */
export const JobPolicyCondition = {
  BAD_HANDLE: 0,
  WRONG_OBJECT: 1,
  VMAR_WX: 2,
  NEW_ANY: 3,
  NEW_VMO: 4,
  NEW_CHANNEL: 5,
  NEW_EVENT: 6,
  NEW_EVENTPAIR: 7,
  NEW_PORT: 8,
  NEW_PROCESS: 12,
  AMBIENT_MARK_VMO_EXEC: 15,
} as const;
export const JobPolicyAction = { ALLOW: 0, DENY: 1, ALLOW_EXCEPTION: 2, DENY_EXCEPTION: 3, KILL: 4 } as const;
export const JobPolicyOption = { RELATIVE: 0, ABSOLUTE: 1 } as const;

/** Types of exception (zircon/syscalls/exception.h). */
export const ExceptionType = {
  GENERAL: 0x008,
  FATAL_PAGE_FAULT: 0x108,
  UNDEFINED_INSTRUCTION: 0x208,
  SW_BREAKPOINT: 0x308,
  HW_BREAKPOINT: 0x408,
  UNALIGNED_ACCESS: 0x508,
  POLICY_ERROR: 0x8208,
} as const;

/** What closing an exception's handle means: pass it on, retry the access, or end the program. */
export const ExceptionState = { TRY_NEXT: 0, HANDLED: 1, THREAD_EXIT: 2 } as const;

/** Options of task_create_exception_channel: hear of a process's exceptions before the process itself. */
export const ExceptionChannelOption = { DEBUGGER: 1 } as const;

/** Options of msi_create. */
export const MsiOption = { MODE_MSI_X: 1 } as const;

/** Options of port_create. */
export const PortOption = { BIND_TO_INTERRUPT: 1 } as const;

/** Limits of a channel message. */
export const CHANNEL_MAX_MSG_BYTES = 65536;
export const CHANNEL_MAX_MSG_HANDLES = 64;

/** Length of a kernel object's name, with its terminating NUL. */
export const MAX_NAME_LEN = 32;

/** Times are nanoseconds of the machine's clock; this one never comes. */
export const TIME_INFINITE = Number.POSITIVE_INFINITY;
