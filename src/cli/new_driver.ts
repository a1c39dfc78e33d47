import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from "./exit.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BUSES = ["pci", "platform"] as const;
type Bus = (typeof BUSES)[number];

/** What the driver in `templates/` is called. */
const PLACEHOLDER = { name: "gizmo", title: "Gizmo" };

/** The machine that has the template's device as a model, as an option. */
const MACHINE: Readonly<Record<Bus, string>> = { pci: "", platform: " -m sim-arm64" };

/** Without a file of its own, a project inside of another takes the other's. */
const VITEST_CONFIG = `import { defineConfig } from "vitest/config";

export default defineConfig({ test: { include: ["test/**/*.test.ts"] } });
`;

export interface NewDriverOptions {
  readonly bus: string;
  readonly dir?: string;
  readonly json?: boolean;
}

/** `zirconia new driver`. Returns the exit status. */
export function newDriver(name: string, { bus, dir = name, json }: NewDriverOptions): number {
  if (!/^[a-z][a-z0-9_-]*$/.test(name))
    return complain(`a driver is called by lower case letters, digits, - and _, not ${name}`, EXIT_USAGE);
  if (!isBus(bus)) return complain(`no bus ${bus}; there are: ${BUSES.join(", ")}`, EXIT_USAGE);
  if (existsSync(dir) && readdirSync(dir).length > 0)
    return complain(`${dir} exists, and is not empty; --dir takes another folder`, EXIT_FAILURE);
  const files = [...projectFiles(name, bus), ...templateFiles(name, bus)];
  for (const { path, text } of files) {
    const target = join(dir, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  if (json) console.log(JSON.stringify({ dir, files: files.map(({ path }) => path) }, undefined, 2));
  else console.log(nextSteps(name, dir, bus, files));
  return EXIT_OK;
}

interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

/** The template's files under the new name. */
function templateFiles(name: string, bus: Bus): ProjectFile[] {
  const folder = join(ROOT, "templates", "driver", bus);
  const rename = (text: string) =>
    text.replaceAll(PLACEHOLDER.name, name).replaceAll(PLACEHOLDER.title, titleOf(name));
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({
      path: rename(relative(folder, path).replaceAll(sep, "/")),
      text: rename(readFileSync(path, "utf8")),
    }));
}

/** `MyDisk` of `my-disk`. */
function titleOf(name: string): string {
  return name
    .split(/[-_]/)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join("");
}

/** What npm does not keep in a package, or what tells it where a package starts. */
function projectFiles(name: string, bus: Bus): ProjectFile[] {
  const own = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const run = `zirconia run src/${name}.ts${MACHINE[bus]}`;
  const { "@types/node": node, typescript, vitest } = own.devDependencies;
  const manifest = {
    name,
    version: "0.0.0",
    private: true,
    type: "module",
    scripts: { start: run, watch: `${run} --watch`, test: "vitest run", typecheck: "tsc" },
    dependencies: { zirconia: whence(own.version) },
    devDependencies: { "@types/node": node, typescript, vitest },
  };
  const compilerOptions = {
    target: "ES2023",
    lib: ["ES2023", "ESNext.Disposable"],
    module: "NodeNext",
    types: ["node"],
    strict: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
  };
  return [
    { path: "package.json", text: jsonFile(manifest) },
    { path: "tsconfig.json", text: jsonFile({ compilerOptions, include: ["src", "test"] }) },
    { path: "vitest.config.ts", text: VITEST_CONFIG },
    { path: ".gitignore", text: "node_modules\n" },
  ];
}

/** Where npm finds zirconia: in its registry, or, for who has a checkout of the sources, where that is. */
function whence(version: string): string {
  return ROOT.split(sep).includes("node_modules") ? `^${version}` : `file:${ROOT}`;
}

function jsonFile(data: unknown): string {
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

function nextSteps(name: string, dir: string, bus: Bus, files: readonly ProjectFile[]): string {
  const steps = [
    [`cd ${dir} && npm install`, ""],
    ["npm test", "the driver on fakes of its device"],
    ["npm start", `on ${bus === "pci" ? "sim-x64's edu device" : "sim-arm64's clock"}, until Ctrl-C`],
    ["npm run watch", `and again at each change of src/${name}.ts`],
  ] as const;
  const width = Math.max(...steps.map(([command]) => command.length));
  return [
    ...files.map(({ path }) => join(dir, path)),
    "",
    "Next:",
    ...steps.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`.trimEnd()),
  ].join("\n");
}

function isBus(word: string): word is Bus {
  return (BUSES as readonly string[]).includes(word);
}

function complain(message: string, status: number): number {
  console.error(`zirconia new driver: ${message}`);
  return status;
}
