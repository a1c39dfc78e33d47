/**
 * The system calls of a process: what Fuchsia's vDSO is. A driver host has one `Zx`; everything a driver does goes
 * through it, so the kernel may be in the same thread or in another one.
 *
 * Names are Zircon's in camel case, arguments in Zircon's order, out-parameters become return values. A call that
 * fails throws a `ZxError` with the status; a call that waits returns a promise. Addresses, sizes and offsets are
 * safe integers (numbers), times are nanoseconds of the machine's clock.
 */
import type { Handle } from "./constants.ts";
import type { Memory } from "./memory.ts";

export interface ChannelMessage {
  readonly bytes: Uint8Array;
  readonly handles: readonly Handle[];
}

/** A received handle with its type and rights, as channel_read_etc gives it. */
export interface HandleInfo {
  readonly handle: Handle;
  readonly type: number;
  readonly rights: number;
}

export interface ChannelMessageEtc {
  readonly bytes: Uint8Array;
  readonly handles: readonly HandleInfo[];
}

export interface VmoInfo {
  readonly koid: number;
  readonly name: string;
  readonly sizeBytes: number;
  readonly parentKoid: number;
  readonly numChildren: number;
  readonly numMappings: number;
  readonly shareCount: number;
  /** `VmoInfoFlag`; TYPE_PAGED absent means physical. */
  readonly flags: number;
  readonly committedBytes: number;
  readonly handleRights: number;
  readonly cachePolicy: number;
}

export interface HandleBasicInfo {
  readonly koid: number;
  readonly rights: number;
  readonly type: number;
  readonly relatedKoid: number;
}

export interface VmarInfo {
  readonly base: number;
  readonly length: number;
}

export interface ResourceInfo {
  readonly kind: number;
  readonly flags: number;
  readonly base: number;
  readonly size: number;
  readonly name: string;
}

export interface BtiInfo {
  readonly minimumContiguity: number;
  readonly aspaceSize: bigint;
  /** Pins that live or lie in quarantine. */
  readonly pmoCount: number;
  readonly quarantineCount: number;
}

/** What a function must be programmed with to signal a block of MSIs: it writes `targetData + i` to `targetAddress`. */
export interface MsiInfo {
  readonly targetAddress: number;
  readonly targetData: number;
  /** Interrupts in the block. */
  readonly numIrq: number;
  /** How many of them have an interrupt object. */
  readonly interruptCount: number;
}

export interface ProcessInfo {
  readonly started: boolean;
  readonly exited: boolean;
  /** What it ended with: 0, or a negative ZX_TASK_RETCODE_*. */
  readonly returnCode: number;
}

/** Why a program cannot go on. */
export interface ExceptionReport {
  /** `ExceptionType`. */
  readonly type: number;
  /** For page faults: NOT_FOUND, ACCESS_DENIED, OUT_OF_RANGE; for policies: what the call said (`synth_code`). */
  readonly status: number;
  /** Of the access, for faults. */
  readonly address?: number;
  readonly message: string;
}

/** A line of ZX_INFO_PROCESS_MAPS: depth first, pre-order; the address space has depth 0, the root VMAR 1. */
export interface MapsEntry {
  readonly type: "aspace" | "vmar" | "mapping";
  readonly name: string;
  readonly base: number;
  readonly size: number;
  readonly depth: number;
  readonly mapping?: {
    /** PERM_READ, PERM_WRITE, PERM_EXECUTE. */
    readonly permissions: number;
    readonly cachePolicy: number;
    /** What that is on the machine's architecture: `UC` on x64, `Device-nGnRE` on arm64. */
    readonly memoryType: string;
    readonly vmoKoid: number;
    readonly vmoOffset: number;
    readonly committedBytes: number;
  };
}

/** What each topic of object_get_info returns. */
export interface InfoTopics {
  HANDLE_VALID: undefined;
  HANDLE_BASIC: HandleBasicInfo;
  HANDLE_COUNT: number;
  VMO: VmoInfo;
  VMAR: VmarInfo;
  RESOURCE: ResourceInfo;
  BTI: BtiInfo;
  MSI: MsiInfo;
  PROCESS: ProcessInfo;
  /** Of an exception (ZX_INFO_THREAD_EXCEPTION_REPORT, for a process that has one thread). */
  EXCEPTION_REPORT: ExceptionReport;
  /** One VMAR and what is in it. */
  VMAR_MAPS: readonly MapsEntry[];
  PROCESS_MAPS: readonly MapsEntry[];
  PROCESS_VMOS: readonly VmoInfo[];
}
export type InfoTopic = keyof InfoTopics;

/** What each property of object_get_property is. */
export interface PropertyTypes {
  /** At most 31 bytes of UTF-8. */
  NAME: string;
  /** The stream size. */
  VMO_CONTENT_SIZE: number;
  /** `ExceptionState`. */
  EXCEPTION_STATE: number;
}
export type PropertyName = keyof PropertyTypes;

/** A packet of a port (48 bytes in Zircon): what was queued, by key. */
export type PortPacket =
  | { readonly type: "user"; readonly key: bigint; readonly status: number; readonly user: Uint8Array }
  | {
      readonly type: "signal";
      readonly key: bigint;
      readonly trigger: number;
      readonly observed: number;
      readonly count: number;
      readonly timestamp: number;
    }
  | { readonly type: "interrupt"; readonly key: bigint; readonly timestamp: number };

export interface UserPacket {
  readonly key: bigint;
  readonly status: number;
  /** 32 bytes of the sender's. */
  readonly user: Uint8Array;
}

/** zx_vmo_lock_state_t: what was locked, and which part of it has lost its content. */
export interface VmoLockState {
  readonly offset: number;
  readonly size: number;
  readonly discardedOffset: number;
  readonly discardedSize: number;
}

/** A rule of job_set_policy: `JobPolicyCondition` and `JobPolicyAction`. */
export interface JobPolicy {
  readonly condition: number;
  readonly action: number;
}

/** What object_wait_many waits for: any of `signals` of the object. */
export interface WaitItem {
  readonly handle: Handle;
  readonly signals: number;
}

/** What channel_read has room for; without it, for every message. */
export interface ReadLimits {
  readonly maxBytes?: number;
  readonly maxHandles?: number;
  /** ZX_CHANNEL_READ_MAY_DISCARD: a message that is too large is dropped. */
  readonly mayDiscard?: boolean;
}

/** A handle to send with channel_write_etc. */
export interface HandleDisposition {
  readonly operation: "move" | "duplicate";
  readonly handle: Handle;
  /** `ObjectType`; NONE for any. */
  readonly type: number;
  /** Rights that it arrives with: a subset, or SAME_RIGHTS. */
  readonly rights: number;
}

/** The `in` and `out` instructions, for ports that ioports_request has opened to this process. */
export interface IoPorts {
  in8(port: number): number;
  in16(port: number): number;
  in32(port: number): number;
  out8(port: number, value: number): void;
  out16(port: number, value: number): void;
  out32(port: number, value: number): void;
}

export interface Zx {
  /** Name of this process, for messages. */
  readonly processName: string;
  /** Startup handles: this process, its root VMAR, its job. */
  readonly processSelf: Handle;
  readonly vmarRootSelf: Handle;
  /** The loads and stores of this process. */
  readonly memory: Memory;
  /** x64's `in` and `out`: ACCESS_DENIED for a port that was not requested. */
  readonly ports: IoPorts;

  handleClose(handle: Handle): void;
  handleCloseMany(handles: readonly Handle[]): void;
  handleDuplicate(handle: Handle, rights: number): Handle;
  handleReplace(handle: Handle, rights: number): Handle;

  objectGetInfo<T extends InfoTopic>(handle: Handle, topic: T): InfoTopics[T];
  objectGetProperty<P extends PropertyName>(handle: Handle, property: P): PropertyTypes[P];
  objectSetProperty<P extends PropertyName>(handle: Handle, property: P, value: PropertyTypes[P]): void;
  /** The NAME property. */
  objectGetName(handle: Handle): string;
  objectSetName(handle: Handle, name: string): void;
  objectSignal(handle: Handle, clear: number, set: number): void;
  objectSignalPeer(handle: Handle, clear: number, set: number): void;
  /** Resolves with the observed signals; TIMED_OUT, CANCELED. */
  objectWaitOne(handle: Handle, signals: number, deadline: number): Promise<number>;
  /** Resolves with the signals of each item (64 at most) once one has what it waits for; TIMED_OUT, CANCELED. */
  objectWaitMany(items: readonly WaitItem[], deadline: number): Promise<number[]>;
  /** One packet of type "signal" in the port once the object has one of `signals`. `options`: `WaitAsyncOption`. */
  objectWaitAsync(handle: Handle, port: Handle, key: bigint, signals: number, options: number): void;

  vmoCreate(size: number, options: number): Handle;
  vmoCreateContiguous(bti: Handle, size: number, alignmentLog2: number): Handle;
  /** A VMO that *is* the physical range: for bus drivers, which hold an MMIO resource. */
  vmoCreatePhysical(resource: Handle, paddr: number, size: number): Handle;
  vmoRead(vmo: Handle, into: Uint8Array, offset: number): void;
  vmoWrite(vmo: Handle, from: Uint8Array, offset: number): void;
  vmoGetSize(vmo: Handle): number;
  vmoSetCachePolicy(vmo: Handle, policy: number): void;
  vmoSetSize(vmo: Handle, size: number): void;
  /** The bytes up to which the content goes, at most the VMO's size. */
  vmoGetStreamSize(vmo: Handle): number;
  vmoSetStreamSize(vmo: Handle, size: number): void;
  /** `options`: `VmoChildOption`. */
  vmoCreateChild(vmo: Handle, options: number, offset: number, size: number): Handle;
  /** `op`: `VmoOp`. Only LOCK returns something: what was discarded since the last unlock. */
  vmoOpRange(vmo: Handle, op: number, offset: number, size: number): VmoLockState | undefined;
  /** The same VMO with EXECUTE. Always consumes `vmo`. `vmex`: a SYSTEM resource covering VMEX, or INVALID_HANDLE. */
  vmoReplaceAsExecutable(vmo: Handle, vmex: Handle): Handle;

  vmarAllocate(
    parent: Handle,
    options: number,
    offset: number,
    size: number,
  ): { vmar: Handle; address: number };
  /** Returns the address of the mapping. */
  vmarMap(
    vmar: Handle,
    options: number,
    vmarOffset: number,
    vmo: Handle,
    vmoOffset: number,
    length: number,
  ): number;
  vmarUnmap(vmar: Handle, address: number, length: number): void;
  vmarProtect(vmar: Handle, options: number, address: number, length: number): void;
  vmarDestroy(vmar: Handle): void;
  /** `op`: `VmarOp`. */
  vmarOpRange(vmar: Handle, op: number, address: number, size: number): void;

  /**
   * Cache maintenance by address, of every line that has a byte in [address, address+size): no handle and no right are asked for.
   * `options`: `CacheFlush`; INVALIDATE only together with DATA. Faults as a read of the range would: NOT_FOUND, ACCESS_DENIED, OUT_OF_RANGE.
   */
  cacheFlush(address: number, size: number, options: number): void;

  eventCreate(options: number): Handle;
  eventpairCreate(options: number): [Handle, Handle];

  channelCreate(): [Handle, Handle];
  /** Consumes the handles, also when it fails. */
  channelWrite(channel: Handle, bytes: Uint8Array, handles: readonly Handle[]): void;
  /** Like channelWrite, with type and rights for each handle; those that are duplicated stay. */
  channelWriteEtc(channel: Handle, bytes: Uint8Array, handles: readonly HandleDisposition[]): void;
  /** SHOULD_WAIT when empty, PEER_CLOSED when empty and the peer is gone; BUFFER_TOO_SMALL keeps the message. */
  channelRead(channel: Handle, limits?: ReadLimits): ChannelMessage;
  channelReadEtc(channel: Handle, limits?: ReadLimits): ChannelMessageEtc;
  /**
   * The next message, once there is one; PEER_CLOSED, CANCELED. Absent where object_wait_one and channel_read_etc are as fast:
   * no system call in Zircon, but both of these in one for a process in another thread than the kernel's.
   */
  channelReadWhenReadable?(channel: Handle): Promise<ChannelMessageEtc>;
  /**
   * channel_write without handles, for which nobody waits: it is done before whatever this process asks for next, and soon in any case;
   * whether it has failed is not told. Absent where channel_write is as fast.
   */
  channelWritePosted?(channel: Handle, bytes: Uint8Array): void;
  channelCall(
    channel: Handle,
    deadline: number,
    bytes: Uint8Array,
    handles: readonly Handle[],
  ): Promise<ChannelMessage>;

  resourceCreate(parent: Handle, options: number, base: number, size: number, name: string): Handle;

  /** `resource`: SYSTEM, covering IOMMU. `type`: 0, the dummy one; NOT_SUPPORTED for others. */
  iommuCreate(resource: Handle, type: number): Handle;
  /** `iommu`: the platform's, from the root process. */
  btiCreate(iommu: Handle, options: number, btiId: number): Handle;
  /** Device addresses of the pages, as `options` asks (one per page, per contiguity unit, or one in all), and the pin. */
  btiPin(
    bti: Handle,
    options: number,
    vmo: Handle,
    offset: number,
    size: number,
  ): { addrs: number[]; pmt: Handle };
  btiReleaseQuarantine(bti: Handle): void;
  /** Always consumes the handle. */
  pmtUnpin(pmt: Handle): void;

  interruptCreate(resource: Handle, vector: number, options: number): Handle;
  /** Resolves with the time of the trigger; CANCELED when the interrupt is destroyed. Acknowledges the one before. */
  interruptWait(interrupt: Handle): Promise<number>;
  interruptAck(interrupt: Handle): void;
  /** Virtual interrupts only. */
  interruptTrigger(interrupt: Handle, options: number, timestamp: number): void;
  interruptDestroy(interrupt: Handle): void;
  /** `options`: 0 binds, 1 unbinds. The port must have been made with PortOption.BIND_TO_INTERRUPT. */
  interruptBind(interrupt: Handle, port: Handle, key: bigint, options: number): void;

  portCreate(options: number): Handle;
  portQueue(port: Handle, packet: UserPacket): void;
  /** Resolves with the next packet, interrupt packets first; TIMED_OUT. */
  portWait(port: Handle, deadline: number): Promise<PortPacket>;
  /** Forgets what objectWaitAsync set up for `source` with `key`, and its packets; NOT_FOUND if there is nothing. */
  portCancel(port: Handle, source: Handle, key: bigint): void;

  /** A process that has not started: its handle and its root VMAR's. Its `Zx` is what a driver host runs on. */
  processCreate(job: Handle, name: string): { process: Handle; rootVmar: Handle };
  /** Starts it, moving `arg1` (or INVALID_HANDLE) into its handle table. */
  processStart(process: Handle, arg1: Handle): void;
  taskKill(task: Handle): void;
  /** Copies out of a process's mappings as far as they go; the number of bytes. NOT_FOUND, OUT_OF_RANGE at the start. */
  processReadMemory(process: Handle, address: number, into: Uint8Array): number;
  processWriteMemory(process: Handle, address: number, from: Uint8Array): number;
  /**
   * A channel, to be read only, in which a process's exceptions arrive (of all below it, for a job): 24 bytes (process
   * koid, thread koid, type) and a handle to the exception. ALREADY_BOUND while there is one. `options`: `ExceptionChannelOption`.
   */
  taskCreateExceptionChannel(task: Handle, options: number): Handle;
  exceptionGetProcess(exception: Handle): Handle;
  jobCreate(parent: Handle, options: number): Handle;
  /** Rules for all processes made in the job from now on. `options`: `JobPolicyOption`. */
  jobSetPolicy(job: Handle, options: number, policies: readonly JobPolicy[]): void;

  msiAllocate(resource: Handle, count: number): Handle;
  msiCreate(msi: Handle, options: number, msiId: number, vmo: Handle, vmoOffset: number): Handle;

  /** Opens I/O ports [address, address+length) to this process (x64). */
  ioportsRequest(resource: Handle, address: number, length: number): void;
  ioportsRelease(resource: Handle, address: number, length: number): void;

  clockGetMonotonic(): number;
  nanosleep(deadline: number): Promise<void>;
  /**
   * Lets at least `ns` of the machine's time pass before it returns: what a synchronous wait for a device does between two
   * reads. No system call in Zircon, where time passes by itself.
   */
  spin(ns: number): void;
}
