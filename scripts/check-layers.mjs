// Fails when an import goes up the list of layers, or when something that a browser needs imports a Node module.
// Usage: node scripts/check-layers.mjs
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Top to bottom: a layer may import itself and whatever stands below it. */
const LAYERS = [
  "cli",
  "testing",
  "inspect",
  "boards",
  "drivers",
  "bus",
  "framework",
  "driver",
  "bind",
  "firmware",
  "fidl",
  "mmio",
  "remote",
  "kernel",
  "models",
  "machine",
  "registers",
  "native",
  "events",
  "zx",
];

/** Layers that may not import these at all, although they stand below. */
const FORBIDDEN = {
  // A driver reaches the kernel and the machine only through `zx`, so that its host can be in another thread.
  drivers: ["bus", "framework", "kernel", "models", "machine", "native"],
  bus: ["framework", "kernel", "models", "machine", "native"],
  driver: ["kernel", "models", "machine", "native"],
  // Bind rules are pure: text or objects in, decisions out.
  bind: ["firmware", "fidl", "mmio", "kernel", "models", "machine", "registers", "native", "events"],
  fidl: ["mmio", "kernel", "models", "machine", "native"],
  mmio: ["kernel", "models", "machine", "native"],
  // Firmware parsers are pure: bytes in, plain descriptions out.
  firmware: ["fidl", "mmio", "kernel", "models", "machine", "native"],
};

/** The kernel knows what a machine is, never a particular one. */
const KERNEL_MAY_IMPORT_OF_MACHINE = ["machine/machine.ts"];

/** Folders and files that need Node; everything else also runs in a browser. */
const NODE_ONLY = [
  /^machine\/native_ram/,
  /^cli\//,
  /^native\//,
  /^machine\/qemu\//,
  /^remote\/node\//,
  /^framework\/worker_host\//,
  /^inspect\/server\//,
];
/** Files that import the native parts, each behind a dynamic import in its factory. */
const NATIVE_FILES = [/^kernel\/vm\/arch\/(native_|view_arena)/];

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "src");
const problems = [];

for (const file of sources(root)) {
  const from = relative(root, file);
  const layer = from.split("/")[0];
  if (!LAYERS.includes(layer) && from.includes("/"))
    problems.push(`${from}: folder ${layer}/ is not a layer`);
  const text = readFileSync(file, "utf8");
  // An erased import (of types, or a dynamic one) must respect the layers, but brings nothing into a browser by itself.
  for (const { specifier, erased } of imports(text)) {
    if (specifier.startsWith("."))
      checkRelative(from, layer, relative(root, resolve(dirname(file), specifier)), erased);
    else if (!erased) checkPackage(from, specifier);
  }
}

for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? "layers: in order" : `layers: ${problems.length} imports out of order`);
process.exitCode = problems.length === 0 ? 0 : 1;

function checkRelative(from, layer, to, erased) {
  const target = to.split("/")[0];
  if (target === layer || !to.includes("/")) return;
  if (LAYERS.indexOf(target) < LAYERS.indexOf(layer))
    problems.push(`${from}: imports ${to}, which is above it`);
  if (FORBIDDEN[layer]?.includes(target))
    problems.push(`${from}: ${layer}/ may not import ${target}/ (${to})`);
  if (layer === "kernel" && target === "machine" && !KERNEL_MAY_IMPORT_OF_MACHINE.includes(to)) {
    problems.push(`${from}: the kernel knows machine/machine.ts only, not ${to}`);
  }
  const nodeOnly = (path, extra = []) => [...NODE_ONLY, ...extra].some((pattern) => pattern.test(path));
  if (!erased && nodeOnly(to) && !nodeOnly(from, NATIVE_FILES)) {
    problems.push(`${from}: imports ${to}, which needs Node; a browser needs ${from}`);
  }
}

function checkPackage(from, specifier) {
  if (NODE_ONLY.some((pattern) => pattern.test(from))) return;
  problems.push(`${from}: imports ${specifier}; a browser needs ${from}`);
}

/** Static imports and re-exports (also those of types only) and dynamic imports. */
function imports(text) {
  const found = [];
  const statement = /^\s*(?:import|export)\s+(type\b)?(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']/gms;
  for (const [, type, specifier] of text.matchAll(statement))
    found.push({ specifier, erased: type !== undefined });
  for (const [, specifier] of text.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g))
    found.push({ specifier, erased: true });
  return found;
}

function sources(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path));
}
