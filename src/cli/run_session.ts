/** A machine with drivers of one's own at work: what is shown of it, until somebody ends it. */
import type { EventStream, NodeEvent } from "../events/events.ts";
import type { System } from "../framework/system.ts";
import { type SystemSnapshot, snapshot } from "../inspect/snapshot.ts";
import type { Style } from "../inspect/style.ts";
import { type TraceScope, trace } from "../inspect/trace.ts";
import { formatTree } from "../inspect/tree.ts";
import { type DriverFile, DriverFileError, loadDriver } from "./driver_files.ts";
import { formatUnbound } from "./driver_near_misses.ts";
import { nodesWith } from "./driver_records.ts";
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK } from "./exit.ts";
import { jsonText } from "./json_text.ts";
import { keepRealTime } from "./real_time.ts";
import { kept, reloadDriver } from "./reload.ts";
import type { RunOptions } from "./run.ts";
import { formatLog, formatNode } from "./run_log.ts";
import { debugBindCommand } from "./suggestions.ts";
import { FileWatcher } from "./watch_files.ts";
import { styleOf } from "./with_system.ts";

export interface RunSessionParts {
  readonly files: readonly DriverFile[];
  readonly events: EventStream;
  readonly options: RunOptions;
  /** What to trace; undefined for log lines only. */
  readonly scope: TraceScope | undefined;
}

export class RunSession {
  readonly #parts: RunSessionParts;
  readonly #style: Style = styleOf(process.stdout);
  readonly #files: DriverFile[];
  /** Paths of files whose newest version could not be loaded: the one before it runs on. */
  readonly #broken = new Set<string>();
  readonly #endTrace: () => void;
  readonly #ended = new AbortController();
  /** What becomes of the nodes is shown afterwards. */
  #isReloading = false;

  /** Listens to `events` at once, to hear the boot. */
  constructor(parts: RunSessionParts) {
    this.#parts = parts;
    this.#files = [...parts.files];
    this.#endTrace = this.#tellEvents();
  }

  /** Shows the tree, and stays until it is interrupted or nothing is left to run. Returns the exit status. */
  async run(system: System, interrupted: Promise<void>): Promise<number> {
    const { once, watch, json } = this.#parts.options;
    const state = snapshot(system);
    console.log(json ? jsonText(state) : formatTree(state, this.#style));
    for (const file of this.#files) this.#tellUnbound(system, file);
    if (once) {
      this.#endTrace();
      const areBound = this.#files.every((file) => nodesOf(system, file).length > 0);
      return state.ok && areBound ? EXIT_OK : EXIT_FAILURE;
    }
    if (!watch && !this.#isAnyAtWork(system)) return EXIT_FAILURE;
    return this.#stay(system, interrupted);
  }

  async #stay(system: System, interrupted: Promise<void>): Promise<number> {
    const { events, options } = this.#parts;
    const endPacing = keepRealTime(system.kernel.machine.clock);
    const endNodes = events.listen((event) => this.#tellNode(event as NodeEvent), ["node"]);
    const watcher = options.watch ? this.#watch(system) : undefined;
    const what = watcher === undefined ? "Running." : "Watching: a change restarts the driver.";
    console.log(this.#style.dim(`${what} Ctrl-C ends it.`));
    const ends = [interrupted.then(() => EXIT_INTERRUPTED)];
    if (watcher === undefined) ends.push(this.#allGone(system).then(() => EXIT_FAILURE));
    try {
      return await Promise.race(ends);
    } finally {
      watcher?.close();
      this.#ended.abort();
      endNodes();
      endPacing();
    }
  }

  /** Reloads one after the other what changes. */
  #watch(system: System): FileWatcher {
    let reloads = Promise.resolve();
    const watcher = new FileWatcher((paths) => {
      reloads = reloads.then(() => this.#changed(system, watcher, paths));
    });
    for (const { modules, loadedAt } of this.#files) watcher.watch(modules, loadedAt);
    return watcher;
  }

  async #changed(system: System, watcher: FileWatcher, paths: ReadonlySet<string>): Promise<void> {
    const hasRules = [...paths].some((path) => path.endsWith(".bind"));
    for (const [i, file] of this.#files.entries()) {
      const isConcerned =
        hasRules || this.#broken.has(file.path) || [...paths].some((path) => file.modules.has(path));
      if (!isConcerned) continue;
      try {
        this.#files[i] = await this.#reload(system, watcher, file);
        this.#broken.delete(file.path);
      } catch (error) {
        if (this.#ended.signal.aborted) return;
        this.#broken.add(file.path);
        const loaded = error instanceof DriverFileError ? error.loaded : undefined;
        if (loaded !== undefined) watcher.watch(loaded.modules, loaded.loadedAt);
        const { message } = error as Error;
        console.error(`${this.#style.bad(message)}\nThe version before it stays; waiting for a change.`);
      }
    }
  }

  async #reload(system: System, watcher: FileWatcher, before: DriverFile): Promise<DriverFile> {
    const { hosts } = this.#parts.options;
    const file = kept(await loadDriver(before.path, { hosts, signal: this.#ended.signal }));
    watcher.watch(file.modules, file.loadedAt);
    const same = this.#files.find((other) => other !== before && other.driver.url === file.driver.url);
    if (same !== undefined)
      throw new DriverFileError(`${same.path} and ${file.path} are both called ${file.driver.name}`);
    this.#isReloading = true;
    await reloadDriver(system.manager, before.driver, file.driver).finally(() => {
      this.#isReloading = false;
    });
    const state = snapshot(system);
    const names = new Set(nodesOf(system, file).map(({ moniker }) => moniker));
    console.log(`${file.path} was loaded anew${names.size === 0 ? "" : ":"}`);
    for (const part of subtrees(state, names)) console.log(formatTree(part, this.#style));
    this.#tellUnbound(system, file);
    return file;
  }

  /** Fulfilled when none of the drivers runs any more, nor will again. */
  #allGone(system: System): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!this.#isAnyAtWork(system)) resolve();
      };
      this.#parts.events.listen(check, ["node"]);
    });
  }

  #isAnyAtWork(system: System): boolean {
    return this.#files.some((file) => nodesOf(system, file).some(({ state }) => state !== "quarantined"));
  }

  #tellUnbound({ manager }: System, { driver, path }: DriverFile): void {
    if (nodesWith(manager, driver).length > 0) return;
    const others = this.#files.map((file) => file.path).filter((other) => other !== path);
    const debugBind = (node: string) => debugBindCommand(node, path, this.#parts.options, others);
    const lines = formatUnbound(manager, driver, debugBind, this.#style);
    console.error(`${path} (${driver.name}) is bound to no node:\n${lines.join("\n")}`);
  }

  #tellEvents(): () => void {
    const { events, scope, options } = this.#parts;
    const write = (line: string) => (options.json ? console.error(line) : console.log(line));
    if (scope !== undefined)
      return trace(events, {
        write,
        style: this.#style,
        scope,
        quiet: (mapping) => mapping === "pci config",
      });
    return events.listen(
      (event) => {
        if (event.kind === "log" && event.severity !== "debug") write(formatLog(event, this.#style));
      },
      ["log"],
    );
  }

  #tellNode(event: NodeEvent): void {
    const line = formatNode(event, this.#style);
    const isTold = this.#isReloading || this.#parts.scope !== undefined;
    if (line !== undefined && !isTold) console.log(line);
  }
}

function nodesOf({ manager }: System, { driver }: DriverFile) {
  return nodesWith(manager, driver);
}

/** The nodes of these monikers with what is below each, as trees of their own. */
function subtrees(state: SystemSnapshot, monikers: ReadonlySet<string>): SystemSnapshot[] {
  return state.nodes.flatMap((top, start) => {
    if (!monikers.has(top.moniker)) return [];
    const rest = state.nodes.slice(start + 1);
    const end = rest.findIndex(({ depth }) => depth <= top.depth);
    const below = end < 0 ? rest : rest.slice(0, end);
    return [{ ...state, nodes: [top, ...below].map((node) => ({ ...node, depth: node.depth - top.depth })) }];
  });
}
