/** Drivers of one's own: files that export one by default. */
import { statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Driver } from "../driver/define.ts";
import { ZxError } from "../zx/error.ts";
import { installHooks } from "./install_hooks.ts";
import { loadInThread } from "./load_in_thread.ts";
import { describeModuleError } from "./module_error.ts";
import { tagged } from "./module_hooks.ts";

export interface DriverFile {
  /** As it was given. */
  readonly path: string;
  /** Knows the module that it is in (`binary`), for a driver host in another thread. */
  readonly driver: Driver;
  /** Absolute paths of the file and of what it imports, packages excepted. */
  readonly modules: ReadonlySet<string>;
  /** When loading began, in milliseconds since 1970. */
  readonly loadedAt: number;
}

/** A driver's file that cannot be used: the message is for whoever wrote it. */
export class DriverFileError extends Error {
  /** What was loaded before it failed, and since when. */
  readonly loaded: Pick<DriverFile, "modules" | "loadedAt"> | undefined;

  constructor(message: string, loaded?: Pick<DriverFile, "modules" | "loadedAt">) {
    super(message);
    this.loaded = loaded;
  }
}

export interface LoadOptions {
  /** Which driver hosts run it. With `in-thread` ones its module is loaded in this thread, too, once it is known to come to an end. */
  readonly hosts: string;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

const EXTENSIONS = [".ts", ".mts", ".js", ".mjs"];

let hasHooks = false;
let loads = 0;

/** Whether a word of a command line is a driver's file rather than its URL or name. */
export function isDriverFile(word: string): boolean {
  return !word.includes("://") && EXTENSIONS.includes(extname(word));
}

/** Loads a driver's file, anew each time, with all that it imports of its author's. DriverFileError. */
export async function loadDriver(path: string, { hosts, signal }: LoadOptions): Promise<DriverFile> {
  const file = resolve(path);
  checkFile(path, file);
  const url = tagged(pathToFileURL(file).href, String(++loads));
  const loadedAt = Date.now();
  const { outcome, modules } = await loadInThread({ path, file, url }, signal);
  if (outcome.problem !== undefined) throw new DriverFileError(outcome.problem, { modules, loadedAt });
  const program = hosts === "in-thread" ? await loadHere(file, url) : elsewhere(path);
  return { path, driver: { ...outcome.driver, ...program, binary: url }, modules, loadedAt };
}

/** Loads several. DriverFileError, also if two of them have one name. */
export async function loadDrivers(paths: readonly string[], options: LoadOptions): Promise<DriverFile[]> {
  const files: DriverFile[] = [];
  for (const path of paths) {
    const file = await loadDriver(path, options);
    const same = files.find(({ driver }) => driver.url === file.driver.url);
    if (same !== undefined)
      throw new DriverFileError(`${same.path} and ${path} are both called ${file.driver.name}`);
    files.push(file);
  }
  return files;
}

function checkFile(path: string, file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new DriverFileError(`${path}: there is no such file`);
  if (!found.isFile()) throw new DriverFileError(`${path} is no file; a driver is one, as src/gizmo.ts`);
  if (!EXTENSIONS.includes(extname(file)))
    throw new DriverFileError(`${path}: a driver's file ends in ${EXTENSIONS.join(", ")}`);
}

type Program = Pick<Driver, "start" | "stop">;

async function loadHere(file: string, url: string): Promise<Program> {
  if (!hasHooks) installHooks();
  hasHooks = true;
  try {
    return ((await import(url)) as { readonly default: Driver }).default;
  } catch (error) {
    throw new DriverFileError(describeModuleError(error, file));
  }
}

/** Hosts in threads load it by themselves; this thread knows the driver only. */
function elsewhere(path: string): Program {
  return {
    start: () =>
      Promise.reject(new ZxError("NOT_SUPPORTED", `${path} was loaded for driver hosts in other threads`)),
  };
}
