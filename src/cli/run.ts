import { EventStream } from "../events/events.ts";
import { TRACE_SCOPES, type TraceScope } from "../inspect/trace.ts";
import { ZxError } from "../zx/error.ts";
import { type DriverFile, DriverFileError, type LoadOptions, loadDrivers } from "./driver_files.ts";
import { driversWith } from "./driver_system.ts";
import { EXIT_FAILURE, EXIT_USAGE } from "./exit.ts";
import { kept, restartPolicyOf } from "./reload.ts";
import { RunSession } from "./run_session.ts";
import { FileWatcher } from "./watch_files.ts";
import { parseSystemOptions, type SystemOptions, withSystem } from "./with_system.ts";

export interface RunOptions extends SystemOptions {
  readonly watch?: boolean;
  readonly once?: boolean;
  readonly trace?: boolean | string;
  readonly json?: boolean;
}

/** `zirconia run`. Returns the exit status. */
export async function run(paths: readonly string[], options: RunOptions): Promise<number> {
  const request = parseSystemOptions(options, { spare: options.once !== true });
  if (typeof request === "string") return complain(request, EXIT_USAGE);
  const { watch = false, once = false, json = false } = options;
  if (once && watch) return complain("--once ends at once, and --watch stays: take one", EXIT_USAGE);
  if (json && !once) return complain("--json prints the tree once: it needs --once", EXIT_USAGE);
  const scope = options.trace === true ? "story" : options.trace || undefined;
  if (scope !== undefined && json) return complain("--json has no trace: boot --json has", EXIT_USAGE);
  if (scope !== undefined && !isTraceScope(scope))
    return complain(`--trace takes ${TRACE_SCOPES.join(", ")}, not ${scope}`, EXIT_USAGE);
  try {
    const loaded = watch ? await loadWhenPossible(paths, options) : await loadDrivers(paths, options);
    const files = watch ? loaded.map(kept) : loaded;
    const events = new EventStream();
    const session = new RunSession({ files, events, options, scope });
    const system = {
      ...request,
      drivers: driversWith(files),
      ...(watch && { restart: restartPolicyOf(loaded) }),
    };
    return await withSystem(system, events, (booted, interrupted) => session.run(booted, interrupted));
  } catch (error) {
    if (error instanceof DriverFileError) return complain(error.message, EXIT_FAILURE);
    if (error instanceof ZxError) return complain(error.detail, EXIT_FAILURE);
    throw error;
  }
}

function isTraceScope(word: string): word is TraceScope {
  return (TRACE_SCOPES as readonly string[]).includes(word);
}

function complain(message: string, status: number): number {
  console.error(`zirconia run: ${message}`);
  return status;
}

/** Loads drivers; as long as there is a mistake in one, tells it and waits for a change. */
async function loadWhenPossible(paths: readonly string[], options: LoadOptions): Promise<DriverFile[]> {
  for (;;) {
    let mistake: DriverFileError;
    try {
      return await loadDrivers(paths, options);
    } catch (error) {
      // Without a file there is nothing to watch.
      if (!(error instanceof DriverFileError) || error.loaded === undefined) throw error;
      mistake = error;
    }
    console.error(`zirconia run: ${mistake.message}\nWaiting for a change. Ctrl-C ends it.`);
    const { modules, loadedAt } = mistake.loaded!;
    await new Promise<void>((resolve) => {
      const watcher = new FileWatcher(() => {
        watcher.close();
        resolve();
      });
      watcher.watch(modules, loadedAt);
    });
  }
}
