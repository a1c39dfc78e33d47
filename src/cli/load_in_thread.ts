/** Loads a driver's module in a thread: one that loops, or waits for ever, or ends its process, does so there. */
import { url as inspectorUrl } from "node:inspector";
import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { LoadedDriver, LoadOrder } from "./load_thread.ts";
import { describeModuleError } from "./module_error.ts";

/** Milliseconds that a module may take, with all that it imports. */
const DEADLINE = 10_000;
/** MiB that it may have on its heap: as much as in a driver host. */
const HEAP = 256;

export type LoadOutcome =
  | { readonly driver: LoadedDriver; readonly problem?: undefined }
  | { readonly problem: string };

/** Also what was loaded, however it went: absolute paths of the file and of what it imports, packages excepted. */
export async function loadInThread(
  order: Omit<LoadOrder, "report">,
  signal?: AbortSignal,
): Promise<{ outcome: LoadOutcome; modules: ReadonlySet<string> }> {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL("./load_thread.js", import.meta.url), {
    name: "zirconia driver file",
    workerData: { ...order, report: port2 } satisfies LoadOrder,
    transferList: [port2],
    resourceLimits: { maxOldGenerationSizeMb: HEAP },
  });
  const outcome = await outcomeOf(worker, order, signal);
  await worker.terminate();
  const modules = new Set([order.file, ...pathsFrom(port1)]);
  port1.close();
  return { outcome, modules };
}

function outcomeOf(
  worker: Worker,
  { path, file }: Omit<LoadOrder, "report">,
  signal: AbortSignal | undefined,
): Promise<LoadOutcome> {
  let timer: NodeJS.Timeout | undefined;
  let giveUp = () => {};
  const outcome = new Promise<LoadOutcome>((resolve) => {
    const fail = (problem: string) => resolve({ problem: `${path}: ${problem}` });
    // A module that is being debugged takes as long as it likes.
    if (inspectorUrl() === undefined) timer = setTimeout(() => fail(whyLate(worker)), DEADLINE);
    giveUp = () => fail("given up");
    signal?.addEventListener("abort", giveUp);
    worker.once("message", resolve);
    worker.once("error", (error) => {
      const isMemory = (error as { code?: unknown }).code === "ERR_WORKER_OUT_OF_MEMORY";
      if (isMemory) fail(`its module takes more than ${HEAP} MiB of memory as it is loaded`);
      else resolve({ problem: describeModuleError(error, file) });
    });
    worker.once("exit", (code) => fail(`its module called process.exit(${code}) as it was loaded`));
  });
  return outcome.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  });
}

function whyLate(worker: Worker): string {
  const seconds = DEADLINE / 1000;
  const isBusy = worker.performance.eventLoopUtilization().utilization > 0.5;
  return isBusy
    ? `its module still ran after ${seconds} s, and was ended; a loop without end? What a driver does, it does in start()`
    : `its module waited at its top level for ${seconds} s, and was ended; what a driver waits for, it waits for in start()`;
}

function pathsFrom(port: MessagePort): string[] {
  const paths: string[] = [];
  for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port))
    paths.push(fileURLToPath(got.message as string));
  return paths;
}
