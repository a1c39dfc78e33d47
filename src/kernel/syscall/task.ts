import {
  ExceptionChannelOption,
  type Handle,
  INVALID_HANDLE,
  JobPolicyCondition,
} from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import { DefaultRights, Rights } from "../../zx/rights.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { ExceptionDispatcher } from "../object/exception_dispatcher.ts";
import type { KernelHandle } from "../object/handle.ts";
import { JobDispatcher, TaskReturnCode } from "../object/job_dispatcher.ts";
import { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { bytes, list, mask32, noOptions, objectName, record, unsigned } from "./arguments.ts";

type Calls = Pick<
  Zx,
  | "processCreate"
  | "processStart"
  | "processReadMemory"
  | "processWriteMemory"
  | "taskKill"
  | "taskCreateExceptionChannel"
  | "exceptionGetProcess"
  | "jobCreate"
  | "jobSetPolicy"
>;

/** Processes and jobs, as far as driver hosts need them (zircon.md 1.14). */
export function taskCalls(process: ProcessDispatcher): Calls {
  const { core, handles } = process;

  const findTask = (value: Handle, rights: number): ProcessDispatcher | JobDispatcher => {
    const { object } = handles.handle(value);
    if (!(object instanceof ProcessDispatcher) && !(object instanceof JobDispatcher)) {
      throw new ZxError("WRONG_TYPE", `${object.describe()} is not a task`);
    }
    handles.handle(value, rights);
    return object;
  };

  return {
    processCreate(job, name) {
      const text = objectName(name, "name");
      process.enforce(JobPolicyCondition.NEW_PROCESS);
      const parent = handles.get(job, JobDispatcher, Rights.MANAGE_PROCESS);
      const created = new ProcessDispatcher(core, parent, text);
      const { rootVmar } = created;
      return {
        process: handles.open(created, DefaultRights.PROCESS),
        rootVmar: handles.open(rootVmar, rootVmar.initialRights),
      };
    },

    processStart(value, arg1) {
      const argument = arg1 === INVALID_HANDLE ? undefined : handles.remove(arg1);
      try {
        const started = handles.get(value, ProcessDispatcher, Rights.WRITE);
        if (argument !== undefined) checkTransfer(argument);
        started.start(argument);
      } catch (error) {
        argument?.close();
        throw error;
      }
    },

    processReadMemory(value, address, into) {
      const buffer = bytes(into, "into");
      const start = unsigned(address, "address");
      return handles.get(value, ProcessDispatcher, Rights.READ).readMemory(start, buffer);
    },

    processWriteMemory(value, address, from) {
      const buffer = bytes(from, "from");
      const start = unsigned(address, "address");
      return handles.get(value, ProcessDispatcher, Rights.WRITE).writeMemory(start, buffer);
    },

    taskKill(task) {
      findTask(task, Rights.DESTROY).kill(TaskReturnCode.SYSCALL_KILL);
    },

    taskCreateExceptionChannel(task, options) {
      const flags = mask32(options, "options");
      const object = findTask(
        task,
        Rights.INSPECT | Rights.DUPLICATE | Rights.TRANSFER | Rights.MANAGE_THREAD,
      );
      const forDebugger = flags === ExceptionChannelOption.DEBUGGER && object instanceof ProcessDispatcher;
      if (flags !== 0 && !forDebugger) {
        throw new ZxError(
          "INVALID_ARGS",
          `task_create_exception_channel: options ${hex(flags)} for ${object.describe()}`,
        );
      }
      object.checkAlive("exception channel");
      const channel = (forDebugger ? object.debugger : object.exceptions).createChannel();
      return handles.open(channel, DefaultRights.CHANNEL & ~Rights.WRITE);
    },

    exceptionGetProcess(exception) {
      const { process: raised } = handles.get(exception, ExceptionDispatcher);
      return handles.open(raised, DefaultRights.PROCESS);
    },

    jobCreate(parent, options) {
      noOptions(options, "job_create");
      return handles.open(
        handles.get(parent, JobDispatcher, Rights.MANAGE_JOB).createChild(),
        DefaultRights.JOB,
      );
    },

    jobSetPolicy(job, options, policies) {
      const mode = mask32(options, "options");
      const rules = list(policies, "policies").map((policy) => {
        const { condition, action } = record(policy, "a policy", ["condition", "action"]);
        return { condition: mask32(condition, "condition"), action: mask32(action, "action") };
      });
      handles.get(job, JobDispatcher, Rights.SET_POLICY).setPolicy(mode, rules);
    },
  };
}

function checkTransfer(handle: KernelHandle): void {
  if (handle.hasRights(Rights.TRANSFER)) return;
  throw new ZxError("ACCESS_DENIED", `TRANSFER is needed to give away a handle to ${handle.describe()}`);
}
