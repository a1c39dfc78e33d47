import { ObjectType, Signals } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { JobPolicy } from "../../zx/syscalls.ts";
import { Exceptionate } from "./exception_dispatcher.ts";
import { PolicyRules } from "./job_policy.ts";
import type { KernelCore } from "./kernel_core.ts";
import { NamedDispatcher } from "./named_dispatcher.ts";
import type { ProcessDispatcher } from "./process_dispatcher.ts";

/** Return codes of tasks that the system killed (zircon/types.h, ZX_TASK_RETCODE_*). */
export const TaskReturnCode = {
  SYSCALL_KILL: -1024,
  OOM_KILL: -1025,
  POLICY_KILL: -1026,
  VDSO_KILL: -1027,
  EXCEPTION_KILL: -1028,
  CRITICAL_PROCESS_KILL: -1029,
} as const;

/** A group of processes and jobs, which die together. */
export class JobDispatcher extends NamedDispatcher {
  static readonly TYPE = ObjectType.JOB;
  readonly parent: JobDispatcher | undefined;
  readonly #processes = new Set<ProcessDispatcher>();
  readonly #jobs = new Set<JobDispatcher>();
  readonly exceptions: Exceptionate;
  #dead = false;
  #policy: PolicyRules;

  private constructor(core: KernelCore, parent: JobDispatcher | undefined) {
    super(core, ObjectType.JOB);
    this.parent = parent;
    this.exceptions = new Exceptionate(core);
    this.#policy = parent === undefined ? new PolicyRules() : parent.#policy;
    if (parent === undefined) return;
    parent.retain();
    parent.#jobs.add(this);
  }

  static createRoot(core: KernelCore): JobDispatcher {
    return new JobDispatcher(core, undefined);
  }

  /** BAD_STATE if the job was killed. */
  createChild(): JobDispatcher {
    this.checkAlive("job");
    return new JobDispatcher(this.core, this);
  }

  override get relatedKoid(): number {
    return this.parent?.koid ?? 0;
  }

  get processes(): ReadonlySet<ProcessDispatcher> {
    return this.#processes;
  }

  get jobs(): ReadonlySet<JobDispatcher> {
    return this.#jobs;
  }

  checkAlive(what: string): void {
    if (this.#dead) throw new ZxError("BAD_STATE", `no new ${what}: ${this.describe()} was killed`);
  }

  /** Where exceptions of its processes go: here, then to the jobs above. */
  exceptionChain(): Exceptionate[] {
    return [this.exceptions, ...(this.parent?.exceptionChain() ?? [])];
  }

  get policy(): PolicyRules {
    return this.#policy;
  }

  /** BAD_STATE once there are processes or jobs in it; INVALID_ARGS, ALREADY_EXISTS. */
  setPolicy(option: number, policies: readonly JobPolicy[]): void {
    if (this.#dead || this.#processes.size > 0 || this.#jobs.size > 0) {
      throw new ZxError("BAD_STATE", `the policy of ${this.describe()} is in use, or the job was killed`);
    }
    this.#policy = this.#policy.add(option, policies);
  }

  addProcess(process: ProcessDispatcher): void {
    this.#processes.add(process);
    this.retain();
  }

  removeProcess(process: ProcessDispatcher): void {
    if (this.#processes.delete(process)) this.release();
  }

  kill(returnCode: number): void {
    if (this.#dead) return;
    this.#dead = true;
    for (const job of [...this.#jobs]) job.kill(returnCode);
    for (const process of [...this.#processes]) process.kill(returnCode);
    this.exceptions.shutDown();
    this.updateSignals(0, Signals.TASK_TERMINATED);
  }

  protected override onDestroy(): void {
    this.exceptions.shutDown();
    const { parent } = this;
    if (parent === undefined) return;
    parent.#jobs.delete(this);
    parent.release();
  }
}
