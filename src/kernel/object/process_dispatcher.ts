import {
  ExceptionState,
  ExceptionType,
  type Handle,
  INVALID_HANDLE,
  JobPolicyAction,
  ObjectType,
  Signals,
} from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, PAGE_SIZE } from "../../zx/pages.ts";
import { DefaultRights } from "../../zx/rights.ts";
import type { ExceptionReport, ProcessInfo } from "../../zx/syscalls.ts";
import type { VmAspace } from "../vm/vm_aspace.ts";
import type { VmObject } from "../vm/vm_object.ts";
import { BlockedCalls } from "./blocked_call.ts";
import { PmtDispatcher } from "./bti_dispatcher.ts";
import { Exceptionate } from "./exception_dispatcher.ts";
import type { KernelHandle } from "./handle.ts";
import { HandleTable } from "./handle_table.ts";
import { IoBitmap } from "./io_bitmap.ts";
import { type JobDispatcher, TaskReturnCode } from "./job_dispatcher.ts";
import { conditionName } from "./job_policy.ts";
import type { KernelCore } from "./kernel_core.ts";
import { NamedDispatcher } from "./named_dispatcher.ts";
import { VmarDispatcher } from "./vmar_dispatcher.ts";

/** The most that one call copies between processes. */
const MAX_DEBUG_BLOCK = 64 * 1024 * 1024;

export type ProcessState = "created" | "running" | "dead";

/** How a process ended, and what it had that was taken back. */
export interface ProcessEnd {
  /** 0, or a negative ZX_TASK_RETCODE_*. */
  readonly returnCode: number;
  /** Undefined where nobody gave one. */
  readonly reason: string | undefined;
  readonly handles: number;
  readonly mappings: number;
  /** Pages that nobody unpinned: they are in the quarantine of their BTI. */
  readonly pinnedPages: number;
}

/** A handle table and an address space: what a driver host is to the kernel. */
export class ProcessDispatcher extends NamedDispatcher {
  static readonly TYPE = ObjectType.PROCESS;
  readonly job: JobDispatcher;
  readonly handles: HandleTable;
  readonly aspace: VmAspace;
  readonly rootVmar: VmarDispatcher;
  readonly ports: IoBitmap;
  readonly debugger: Exceptionate;
  readonly exceptions: Exceptionate;
  readonly #onDeath = new Set<(end: ProcessEnd) => void>();
  /** Its system calls that wait. */
  readonly calls: BlockedCalls;
  #state: ProcessState = "created";
  #returnCode = 0;
  #end = "";
  #self: { readonly process: Handle; readonly vmarRoot: Handle } | undefined;
  #startHandle: Handle = INVALID_HANDLE;

  /** BAD_STATE if the job was killed. */
  constructor(core: KernelCore, job: JobDispatcher, name: string) {
    job.checkAlive("process");
    super(core, ObjectType.PROCESS);
    this.job = job;
    this.rename(name);
    const self = `process ${JSON.stringify(name)}`;
    this.handles = new HandleTable(core, self, (condition, error) => this.#refused(condition, error));
    this.debugger = new Exceptionate(core);
    this.exceptions = new Exceptionate(core);
    this.calls = new BlockedCalls(core);
    this.ports = new IoBitmap(core.machine.ports, self);
    this.aspace = core.aspaces.create({ name, random: core.random });
    this.rootVmar = new VmarDispatcher(core, this.aspace.root);
    this.rootVmar.retain();
    job.addProcess(this);
  }

  override get relatedKoid(): number {
    return this.job.koid;
  }

  get state(): ProcessState {
    return this.#state;
  }

  /** BAD_STATE when it is dead: for its own system calls, and for those who want something of it. */
  checkAlive(what = "system call"): void {
    if (this.#state === "dead") throw new ZxError("BAD_STATE", `no ${what} after ${this.#end}`);
  }

  info(): ProcessInfo {
    return {
      started: this.#self !== undefined,
      exited: this.#state === "dead",
      returnCode: this.#returnCode,
    };
  }

  /** Its startup handles to itself and its root VMAR. BAD_STATE unless it runs. */
  get self(): { readonly process: Handle; readonly vmarRoot: Handle } {
    if (this.#self === undefined) throw new ZxError("BAD_STATE", `${this.describe()} has not been started`);
    return this.#self;
  }

  /** Starts it with a handle of its own (or none). BAD_STATE unless it was just created; the handle is consumed anyway. */
  start(argument: KernelHandle | undefined): void {
    if (this.#state !== "created") {
      argument?.close();
      throw new ZxError("BAD_STATE", `start: ${this.describe()} is ${this.#state}`);
    }
    this.#state = "running";
    this.retain();
    this.#self = {
      process: this.handles.open(this, DefaultRights.PROCESS),
      vmarRoot: this.handles.open(this.rootVmar, this.rootVmar.initialRights),
    };
    if (argument !== undefined) this.#startHandle = this.handles.add(argument);
  }

  /** The handle that the process was started with; INVALID_HANDLE if there was none, and from the second time on. */
  takeStartHandle(): Handle {
    const handle = this.#startHandle;
    this.#startHandle = INVALID_HANDLE;
    return handle;
  }

  /** `tell` is called once, when everything has been taken back. */
  onDeath(tell: (end: ProcessEnd) => void): void {
    this.#onDeath.add(tell);
  }

  /** Ends it: waits are canceled, handles closed, mappings gone; pins that it leaves go to quarantine. Idempotent. */
  kill(returnCode: number, reason?: string): void {
    if (this.#state === "dead") return;
    const wasRunning = this.#state === "running";
    this.#state = "dead";
    this.#returnCode = returnCode;
    const by = `the end of ${this.describe()}${reason === undefined ? "" : ` (${reason})`}`;
    this.#end = by;
    const end = this.#reckon(returnCode, reason);
    this.calls.cancelAll(by);
    this.ports.clear();
    try {
      this.handles.closeAll();
    } finally {
      this.aspace.destroy(by);
      this.debugger.shutDown();
      this.exceptions.shutDown();
      this.rootVmar.release();
      this.updateSignals(0, Signals.TASK_TERMINATED);
      this.job.removeProcess(this);
      for (const tell of this.#onDeath) tell(end);
      if (wasRunning) this.release();
    }
  }

  /** What the job's policy says about an action of this process: ACCESS_DENIED, and perhaps its end. */
  enforce(condition: number): void {
    const action = this.job.policy.action(condition);
    if (action === JobPolicyAction.ALLOW) return;
    const what = conditionName(condition);
    const error = new ZxError("ACCESS_DENIED", `the policy of ${this.job.describe()} forbids ${what}`);
    this.#punish(action, error);
    // An exception that nobody handled has ended the process, whatever the action would have allowed.
    if (action !== JobPolicyAction.ALLOW_EXCEPTION || this.#state === "dead") throw error;
  }

  /** Mistakes that fail anyway: the policy says whether they do more. */
  #refused(condition: number, error: ZxError): void {
    this.#punish(this.job.policy.action(condition), error);
  }

  #punish(action: number, error: ZxError): void {
    if (action === JobPolicyAction.KILL) this.kill(TaskReturnCode.POLICY_KILL, error.detail);
    else if (action === JobPolicyAction.ALLOW_EXCEPTION || action === JobPolicyAction.DENY_EXCEPTION)
      this.violate(error);
  }

  /** A policy exception: it ends the process unless somebody handles it. `error` is what the offending call says. */
  violate(error: ZxError): void {
    const { status, detail: message } = error;
    void this.raise({ type: ExceptionType.POLICY_ERROR, status, message }, TaskReturnCode.POLICY_KILL);
  }

  /**
   * Something the program cannot go on from. Those who listen are asked one after the other: its debugger, the process
   * itself, its job and the jobs above. True if one has handled it, so that it can go on; otherwise the process has ended.
   * Where nobody listens it has ended before this returns.
   */
  async raise(report: ExceptionReport, returnCode: number = TaskReturnCode.EXCEPTION_KILL): Promise<boolean> {
    for (const listener of [this.debugger, this.exceptions, ...this.job.exceptionChain()]) {
      const answer = listener.deliver(this, report);
      if (answer === undefined) continue;
      const state = await answer;
      if (this.#state === "dead") return false;
      if (state === ExceptionState.HANDLED) return true;
      if (state === ExceptionState.THREAD_EXIT) {
        this.kill(0, report.message);
        return false;
      }
    }
    this.kill(returnCode, report.message);
    return false;
  }

  /** zx_process_read_memory: bytes read, from one mapping. NOT_FOUND, OUT_OF_RANGE at `address`; BAD_STATE when dead. */
  readMemory(address: number, into: Uint8Array): number {
    return this.#copy(address, into.length, (vmo, offset, size) => vmo.read(offset, into.subarray(0, size)));
  }

  writeMemory(address: number, from: Uint8Array): number {
    return this.#copy(address, from.length, (vmo, offset, size) => vmo.write(offset, from.subarray(0, size)));
  }

  /** A debugger's access: what the mapping allows the process itself does not matter. */
  #copy(
    address: number,
    length: number,
    copy: (vmo: VmObject, offset: number, size: number) => void,
  ): number {
    if (length === 0 || length > MAX_DEBUG_BLOCK)
      throw new ZxError("INVALID_ARGS", `a block of ${length} bytes`);
    if (this.#state === "dead") throw new ZxError("BAD_STATE", `${this.describe()} is dead`);
    const mapping = this.aspace.find(address);
    if (mapping === undefined)
      throw new ZxError("NOT_FOUND", `nothing is mapped at ${hex(address)} of ${this.describe()}`);
    const { vmo, base, size, vmoOffset } = mapping;
    const offset = vmoOffset + (address - base);
    if (offset >= vmo.size)
      throw new ZxError("OUT_OF_RANGE", `${hex(address)} is beyond the end of ${vmo.describe()}`);
    const copied = Math.min(length, base + size - address, vmo.size - offset);
    copy(vmo, offset, copied);
    return copied;
  }

  #reckon(returnCode: number, reason: string | undefined): ProcessEnd {
    let pinnedPages = 0;
    for (const [, { object }] of this.handles.entries())
      if (object instanceof PmtDispatcher) pinnedPages += object.size / PAGE_SIZE;
    const mappings = this.aspace.mappings().length;
    return { returnCode, reason, handles: this.handles.size, mappings, pinnedPages };
  }

  protected override onZeroHandles(): void {
    // Nobody can start it any more.
    if (this.#state === "created") this.kill(0);
  }
}
