/** Drivers of one's own: files that export one by default. */
import { statSync } from "node:fs";
import { dirname, extname, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Driver } from "../driver/define.ts";
import { installHooks } from "./install_hooks.ts";
import { tagged, tagOf, withoutTags } from "./module_hooks.ts";

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

const EXTENSIONS = [".ts", ".mts", ".js", ".mjs"];

let takeLoaded: (() => readonly string[]) | undefined;
let loads = 0;

/** Whether a word of a command line is a driver's file rather than its URL or name. */
export function isDriverFile(word: string): boolean {
  return !word.includes("://") && EXTENSIONS.includes(extname(word));
}

/** Loads a driver's file, anew each time, with all that it imports of its author's. DriverFileError. */
export async function loadDriver(path: string): Promise<DriverFile> {
  const file = resolve(path);
  checkFile(path, file);
  takeLoaded ??= installHooks();
  const tag = String(++loads);
  const url = tagged(pathToFileURL(file).href, tag);
  const loadedAt = Date.now();
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(url);
  } catch (error) {
    throw new DriverFileError(describe(error, file), { modules: modulesOf(tag, file), loadedAt });
  }
  const modules = modulesOf(tag, file);
  if (!isDriver(module.default))
    throw new DriverFileError(`${path} ${whatInstead(module)}`, { modules, loadedAt });
  return { path, driver: { ...module.default, binary: url }, modules, loadedAt };
}

/** Loads several. DriverFileError, also if two of them have one name. */
export async function loadDrivers(paths: readonly string[]): Promise<DriverFile[]> {
  const files: DriverFile[] = [];
  for (const path of paths) {
    const file = await loadDriver(path);
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

function modulesOf(tag: string, file: string): ReadonlySet<string> {
  const urls = takeLoaded!().filter((url) => tagOf(url) === tag);
  return new Set([file, ...urls.map((url) => fileURLToPath(url))]);
}

function isDriver(value: unknown): value is Driver {
  const { start, url, name } = (value ?? {}) as Partial<Driver>;
  return typeof start === "function" && typeof url === "string" && typeof name === "string";
}

/** What a module exports that exports no driver by default. */
function whatInstead(module: Readonly<Record<string, unknown>>): string {
  const named = Object.keys(module).find((name) => isDriver(module[name]));
  const what =
    named !== undefined
      ? `exports the driver as ${named}, not by default`
      : module.default === undefined
        ? "exports nothing by default"
        : "exports something by default that defineDriver has not made";
  return `${what}; a driver's file has: export default defineDriver({ ... })`;
}

/** A message that starts with the place: our own, about TypeScript's syntax. */
const PLACE = /^(\/|[A-Za-z]:\\)[^\n]*:\d+:\d+: /;
/** What Node puts in front of the stack of a syntax error: the place, and the line with a mark under it. */
const EXCERPT = /^([^\n]+:\d+)\n([\s\S]*?\^[\s\S]*?)\n\n/;

/** What went wrong in a driver's module, with the place in it, paths seen from here. */
function describe(error: unknown, file: string): string {
  if (!(error instanceof Error)) return `${relativePath(file)}: threw ${String(error)}`;
  const folder = dirname(file) + sep;
  const clean = (text: string) => withoutTags(text).replaceAll("file://", "");
  const message = clean(error.message);
  const stack = clean(error.stack ?? "");
  const name = error instanceof SyntaxError || error.name === "Error" ? "" : `${error.name}: `;
  const lines = [`${PLACE.test(message) ? "" : `${file}: `}${name}${message}`];
  const excerpt = EXCERPT.exec(stack);
  const frame = stack.split("\n").find((line) => line.includes(folder) && /:\d+:\d+\)?$/.test(line));
  if (excerpt !== null) lines.splice(0, 1, `${excerpt[1]}: ${name}${message}`, excerpt[2]!);
  else if (frame !== undefined) lines.push(frame);
  if (message.includes("does not provide an export named"))
    lines.push("If that is a type, say so: import type { ... }, or import { type ... }.");
  return lines.join("\n").replaceAll(folder, relativePath(folder));
}

/** Seen from here, unless that leads out of here. */
function relativePath(path: string): string {
  const from = relative(process.cwd(), path);
  if (from.startsWith("..")) return path;
  return path.endsWith(sep) && from !== "" ? from + sep : from;
}
