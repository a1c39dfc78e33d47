/**
 * The kernel: objects and the handles to them, on a machine. A program makes one, gets the system calls of the first
 * process (`kernel.root.zx`), and starts others from there.
 */
import { EventStream } from "../events/events.ts";
import type { Machine } from "../machine/machine.ts";
import { type Handle, INVALID_HANDLE, ResourceKind } from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import { randomStream } from "../zx/random.ts";
import { DefaultRights } from "../zx/rights.ts";
import type { ExceptionReport, Zx } from "../zx/syscalls.ts";
import { BtiDispatcher } from "./object/bti_dispatcher.ts";
import { ChannelDispatcher } from "./object/channel_dispatcher.ts";
import type { Dispatcher } from "./object/dispatcher.ts";
import { IommuDispatcher } from "./object/iommu_dispatcher.ts";
import { JobDispatcher, TaskReturnCode } from "./object/job_dispatcher.ts";
import { KernelCore } from "./object/kernel_core.ts";
import { memoryNameOf } from "./object/memory_names.ts";
import { ProcessDispatcher } from "./object/process_dispatcher.ts";
import { ResourceDispatcher } from "./object/resource_dispatcher.ts";
import { ResourceSpaces } from "./object/resource_spaces.ts";
import { VmoDispatcher } from "./object/vmo_dispatcher.ts";
import { SyscallGate } from "./syscall/zx.ts";
import { type AspaceKind, createAspaceFactory } from "./vm/aspace_factory.ts";
import { FrameAllocator } from "./vm/frames.ts";
import { VmObjectPhysical } from "./vm/vm_object_physical.ts";

export interface KernelOptions {
  readonly machine: Machine;
  /** What maps memory: the host's MMU, or tables in JavaScript; by default the MMU where that can be. */
  readonly addressSpace?: "auto" | AspaceKind | undefined;
  /** Makes handle values and places in address spaces come out the same every time. */
  readonly seed?: number;
  readonly events?: EventStream;
  /** Calls that only development builds of Fuchsia have: CACHE_INVALIDATE. Default false. */
  readonly debuggingSyscalls?: boolean;
}

/** What the kernel gives its first process; the handles are valid in that process. */
export interface RootProcess {
  readonly zx: Zx;
  /** The resources of whole address spaces; `ioport` is INVALID_HANDLE on machines without I/O ports. */
  readonly mmio: Handle;
  readonly irq: Handle;
  readonly ioport: Handle;
  readonly system: Handle;
  readonly iommu: Handle;
  readonly job: Handle;
}

export class Kernel {
  readonly machine: Machine;
  readonly events: EventStream;
  readonly addressSpaceKind: AspaceKind;
  /** Why the address spaces are not native, where that was asked of "auto". */
  readonly addressSpaceReason: string | undefined;
  readonly root: RootProcess;
  readonly core: KernelCore;
  readonly #rootJob: JobDispatcher;
  readonly #gates = new Map<number, SyscallGate>();
  #closing: Promise<void> | undefined;

  private constructor(core: KernelCore) {
    this.core = core;
    this.machine = core.machine;
    this.events = core.events;
    this.addressSpaceKind = core.aspaces.kind;
    this.addressSpaceReason = core.aspaces.reason;
    this.#rootJob = JobDispatcher.createRoot(core);
    this.#rootJob.rename("root");
    this.#rootJob.retain();
    const userboot = new ProcessDispatcher(core, this.#rootJob, "userboot");
    userboot.start(undefined);
    const { handles } = userboot;
    const resource = (kind: number, name: string): Handle => {
      const root = ResourceDispatcher.createRangedRoot(core, kind, name);
      return root === undefined ? INVALID_HANDLE : handles.open(root, DefaultRights.RESOURCE);
    };
    this.root = {
      zx: this.zxOf(userboot.koid),
      mmio: resource(ResourceKind.MMIO, "mmio"),
      irq: resource(ResourceKind.IRQ, "irq"),
      ioport: resource(ResourceKind.IOPORT, "io"),
      system: resource(ResourceKind.SYSTEM, "system"),
      iommu: handles.open(new IommuDispatcher(core), DefaultRights.IOMMU),
      job: handles.open(this.#rootJob, DefaultRights.JOB),
    };
  }

  /** NOT_SUPPORTED if native address spaces are asked for where they cannot be. */
  static async create(options: KernelOptions): Promise<Kernel> {
    const { machine } = options;
    const frames = new FrameAllocator(machine.ram, machine.cache);
    const aspaces = await createAspaceFactory({ machine, frames, kind: options.addressSpace ?? "auto" });
    const core = new KernelCore({
      machine,
      events: options.events ?? new EventStream(),
      random: randomStream(options.seed ?? Math.floor(Math.random() * 0x1_0000_0000), "kernel"),
      frames,
      aspaces,
      resources: new ResourceSpaces(machine),
      debuggingSyscalls: options.debuggingSyscalls ?? false,
    });
    machine.cache?.nameMemory((paddr) => memoryNameOf(core, paddr));
    return new Kernel(core);
  }

  /** The system calls of a process that runs. NOT_FOUND if there is no such process, BAD_STATE if it was not started. */
  zxOf(processKoid: number): Zx {
    return this.gateOf(processKoid).zx;
  }

  /** The same by name, for a host in another thread. */
  gateOf(processKoid: number): SyscallGate {
    const known = this.#gates.get(processKoid);
    if (known !== undefined) return known;
    const process = this.process(processKoid);
    if (process.state === "created")
      throw new ZxError("BAD_STATE", `${process.describe()} has not been started`);
    const gate = new SyscallGate(process);
    this.#gates.set(processKoid, gate);
    process.onDeath(() => this.#gates.delete(processKoid));
    return gate;
  }

  /** The handle that process_start gave to a process, once; INVALID_HANDLE if there was none. */
  takeStartHandle(processKoid: number): Handle {
    return this.process(processKoid).takeStartHandle();
  }

  /** NOT_FOUND. */
  process(koid: number): ProcessDispatcher {
    const object = this.core.objects.get(koid);
    if (object instanceof ProcessDispatcher) return object;
    throw new ZxError("NOT_FOUND", `there is no process with koid ${koid}`);
  }

  /** All processes that handles or the kernel hold, in the order in which they were made. */
  *processes(): IterableIterator<ProcessDispatcher> {
    for (const object of this.core.objects.values()) if (object instanceof ProcessDispatcher) yield object;
  }

  /** What a VMO is, for pictures of memory; undefined if no handle holds it. */
  vmo(
    koid: number,
  ): { readonly name: string; readonly size: number; readonly physicalBase: number | undefined } | undefined {
    const object = this.core.objects.get(koid);
    if (!(object instanceof VmoDispatcher)) return undefined;
    const { vmo } = object;
    const physicalBase = vmo instanceof VmObjectPhysical ? vmo.range.base : undefined;
    return { name: vmo.name, size: vmo.size, physicalBase };
  }

  /**
   * What a processor's trap is: a driver host tells the kernel that its program cannot go on (a page fault, an error that
   * nobody catches). True if somebody handled it and the access may be tried again; otherwise the process has been killed.
   */
  raiseException(processKoid: number, report: ExceptionReport): Promise<boolean> {
    return this.process(processKoid).raise(report);
  }

  /** Every object. */
  objects(): IterableIterator<Dispatcher> {
    return this.core.objects.values();
  }

  /** Frames of RAM: what there is, and what is taken. */
  get frames(): { readonly total: number; readonly used: number } {
    const { total, used } = this.core.frames;
    return { total, used };
  }

  /** Kills every process, frees what they left in quarantine, and closes the machine. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      this.#rootJob.kill(TaskReturnCode.SYSCALL_KILL);
    } finally {
      await this.machine.close();
    }
    for (const object of [...this.objects()]) {
      // No device can reach the pages any more; nobody can reach channels that wait in messages of their own.
      if (object instanceof BtiDispatcher) object.releaseQuarantine();
      if (object instanceof ChannelDispatcher) object.shutDown();
    }
    this.#rootJob.release();
  }
}
