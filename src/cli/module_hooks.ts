/**
 * How Node loads the files of a driver of one's own. Node calls these functions, on a thread of their own where it has no synchronous
 * hooks (before 22.15).
 *
 * - `zirconia/...` is the package that runs, wherever the driver is: two copies would not know each other's errors.
 * - A driver's module has a tag, and so have the modules of its author's that it imports: another tag, another instance of them all.
 * - Types are removed where Node does not do that itself (before 22.18).
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { MessagePort } from "node:worker_threads";

/** The query parameter that holds the tag. */
const TAG = "zirconia";
const ROOT = new URL("../../", import.meta.url);
const OWN = new URL("dist/", ROOT).href;

export interface ResolveContext {
  readonly parentURL?: string | undefined;
}
export interface Resolved {
  readonly url: string;
}
export interface LoadContext {
  readonly format?: string | null | undefined;
}
export interface Loaded {
  readonly format?: string | null | undefined;
  readonly source?: unknown;
  readonly shortCircuit?: boolean;
}

type StripTypes = (source: string, path: string) => string;
const runsTypeScript = Boolean((process.features as { typescript?: unknown }).typescript);
const stripTypes: StripTypes = runsTypeScript ? (source) => source : stripper();
let report: (url: string) => void = () => {};

/** `told` is called with the URL of each module that has a tag. */
export function reportTo(told: (url: string) => void): void {
  report = told;
}

/** What `module.register` calls first. */
export function initialize({ report }: { readonly report?: MessagePort }): void {
  if (report !== undefined) reportTo((url) => report.postMessage(url));
}

export async function resolve(
  specifier: string,
  context: ResolveContext,
  next: (specifier: string, context: ResolveContext) => Promise<Resolved>,
): Promise<Resolved> {
  return withTagOf(context.parentURL, await next(specifier, redirected(specifier, context)));
}

export function resolveSync(
  specifier: string,
  context: ResolveContext,
  next: (specifier: string, context: ResolveContext) => Resolved,
): Resolved {
  return withTagOf(context.parentURL, next(specifier, redirected(specifier, context)));
}

/** Serves for both kinds of hooks: what it returns is what `next` returns, or nothing to wait for. */
export function load<T>(
  url: string,
  context: LoadContext,
  next: (url: string, context: LoadContext) => T,
): T | Loaded {
  if (tagOf(url) === undefined) return next(url, context);
  report(url);
  if (!/\.m?ts$/.test(new URL(url).pathname)) return next(url, context);
  // Whatever the nearest package.json says: drivers are ES modules.
  if (runsTypeScript) return next(url, { ...context, format: "module-typescript" });
  const path = fileURLToPath(url);
  return { format: "module", source: stripTypes(readFileSync(path, "utf8"), path), shortCircuit: true };
}

export function tagged(url: string, tag: string): string {
  const with_ = new URL(url);
  with_.searchParams.set(TAG, tag);
  return with_.href;
}

export function tagOf(url: string): string | undefined {
  return url.startsWith("file:") ? (new URL(url).searchParams.get(TAG) ?? undefined) : undefined;
}

/** Text with the tags taken out of its URLs. */
export function withoutTags(text: string): string {
  return text.replaceAll(new RegExp(`\\?${TAG}=[\\w.]+`, "g"), "");
}

function redirected(specifier: string, context: ResolveContext): ResolveContext {
  const isOurs = specifier === "zirconia" || specifier.startsWith("zirconia/");
  return isOurs ? { ...context, parentURL: import.meta.url } : context;
}

function withTagOf<T extends Resolved>(parentUrl: string | undefined, resolved: T): T {
  const tag = parentUrl === undefined ? undefined : tagOf(parentUrl);
  const { url } = resolved;
  if (tag === undefined || !url.startsWith("file:")) return resolved;
  if (url.includes("/node_modules/") || url.startsWith(OWN)) return resolved;
  return { ...resolved, url: tagged(url, tag) };
}

interface StripError {
  readonly message: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly snippet: string;
}

/** What removes types by writing blanks over them, so that lines and columns stay what they are. */
function stripper(): StripTypes {
  let transform: ((source: string, options: object) => { readonly code: string }) | undefined;
  return (source, path) => {
    try {
      transform ??= createRequire(import.meta.url)("@swc/wasm-typescript").transformSync as typeof transform;
    } catch (cause) {
      throw new Error(
        `Node ${process.version} cannot run TypeScript by itself: use Node 22.18 or newer, or npm install @swc/wasm-typescript`,
        { cause },
      );
    }
    try {
      return transform!(source, { mode: "strip-only", module: true, filename: path }).code;
    } catch (error) {
      const { message, startLine, startColumn, snippet } = error as StripError;
      throw new SyntaxError(
        `${path}:${startLine}:${startColumn + 1}: ${message}\n${snippet.replace(/^\n+/, "").trimEnd()}`,
      );
    }
  };
}
