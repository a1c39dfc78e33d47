/** What went wrong in a driver's module, for whoever wrote it. */
import { dirname, relative, sep } from "node:path";
import { withoutTags } from "./module_hooks.ts";

/** A message that starts with the place: our own, about TypeScript's syntax. */
const PLACE = /^(\/|[A-Za-z]:\\)[^\n]*:\d+:\d+: /;
/** What Node puts in front of the stack of a syntax error: the place, and the line, with a mark under it unless it is the file's end. */
const EXCERPT = /^([^\n]+:\d+)\n+([\s\S]*?)\n+(?=SyntaxError\b)/;

/** With the place in the module, paths seen from here. */
export function describeModuleError(error: unknown, file: string): string {
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
