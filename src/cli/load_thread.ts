/** What the thread runs that loads a driver's module, and tells what it exports. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { compileRules } from "../bind/compile_rules.ts";
import type { Driver } from "../driver/define.ts";
import { installHooks } from "./install_hooks.ts";
import type { LoadOutcome } from "./load_in_thread.ts";
import { describeModuleError } from "./module_error.ts";

export interface LoadOrder {
  /** As it was given, and from the root. */
  readonly path: string;
  readonly file: string;
  /** With its tag. */
  readonly url: string;
  /** Hears the URL of each of the author's modules as its loading begins. */
  readonly report: MessagePort;
}

/** What of a driver is data. */
export type LoadedDriver = Omit<Driver, "start" | "stop" | "binary">;

type Module = Readonly<Record<string, unknown>>;

const { path, file, url, report } = workerData as LoadOrder;
installHooks(report);
process.once("beforeExit", () =>
  tell({ problem: `${path}: its module waits at its top level for what can never come` }),
);
// Not awaited here: V8 ends the whole process when a thread is ended while it evaluates a module that awaits something.
void load().then(tell);

function tell(outcome: LoadOutcome): void {
  parentPort!.postMessage(outcome);
}

async function load(): Promise<LoadOutcome> {
  try {
    const module: Module = await import(url);
    if (!isDriver(module.default)) return { problem: `${path} ${whatInstead(module)}` };
    return { driver: dataOf(module.default) };
  } catch (error) {
    return { problem: describeModuleError(error, file) };
  }
}

/** Whatever else the object has stays here. */
function dataOf({ name, url, bind, colocate, fallback, hostRestartOnCrash }: Driver): LoadedDriver {
  return {
    name,
    url,
    bind: compileRules(bind),
    colocate: colocate === true,
    fallback: fallback === true,
    hostRestartOnCrash: hostRestartOnCrash === true,
  };
}

function isDriver(value: unknown): value is Driver {
  const { start, url, name } = (value ?? {}) as Partial<Driver>;
  return typeof start === "function" && typeof url === "string" && typeof name === "string";
}

/** What a module exports that exports no driver by default. */
function whatInstead(module: Module): string {
  const named = Object.keys(module).find((name) => isDriver(module[name]));
  const what =
    named !== undefined
      ? `exports the driver as ${named}, not by default`
      : module.default === undefined
        ? "exports nothing by default"
        : "exports something by default that defineDriver has not made";
  return `${what}; a driver's file has: export default defineDriver({ ... })`;
}
