/** docs/drivers.md does what it says: each of its commands, in its order, in an empty folder. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { qemuMissing } from "../support/qemu.ts";
import { install, runTool } from "./new_project.ts";
import { zirconia } from "./zirconia.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PAGE = readFileSync(join(ROOT, "docs/drivers.md"), "utf8");

const blocks = (language: string): string[] =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, text]) => text!);

const COMMANDS = blocks("console")
  .flatMap((block) => block.split(/^\$ /m).slice(1))
  .map((text) => {
    const [command, ...output] = text.trimEnd().split("\n");
    return { command: command!, output };
  });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "zirconia-page-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a command prints. */
function run(command: string): string {
  const project = join(folder, "gizmo");
  const [, words] = /^npx zirconia (.*)$/.exec(command) ?? [];
  if (words !== undefined) {
    const isNew = words.startsWith("new ");
    return zirconia(words.split(" "), {}, "", isNew ? folder : project).stdout;
  }
  switch (command) {
    case "cd gizmo && npm install":
      install(project);
      return "";
    case "npm test":
      return runTool(project, "vitest", "run");
    case "npm run typecheck":
      return runTool(project, "tsc");
    default:
      throw new Error(`the page has a command that its test does not know: ${command}`);
  }
}

/** Without what is another number each time. */
function comparable(line: string): string {
  return line
    .replace(/-> vmo \d+ -> 0x[0-9a-f]+/, "-> vmo N -> ADDRESS")
    .replace(/koid \d+ -> \d+/, "koid N -> N")
    .replace(/(\(\d+ tests\)).*/, "$1")
    .trimEnd();
}

/** Whether lines are those of the page, where `...` is any number of lines. */
function expectLines(lines: readonly string[], page: readonly string[]): void {
  let at = 0;
  for (const [i, wanted] of page.entries()) {
    if (wanted === "...") continue;
    const found = page[i - 1] === "..." ? lines.indexOf(wanted, at) : at;
    expect(lines[found], `line ${i + 1} of the page's: ${wanted}\n${lines.join("\n")}`).toBe(wanted);
    at = found + 1;
  }
  if (page.at(-1) !== "...") expect(lines.slice(at)).toEqual([]);
}

for (const { command, output } of COMMANDS) {
  const missing = command.includes("qemu") ? qemuMissing() : undefined;
  test.skipIf(missing !== undefined)(
    missing === undefined ? command : `${command} (skipped: ${missing})`,
    () => {
      const lines = run(command).trimEnd().split("\n").map(comparable);
      expectLines(lines, output.map(comparable));
    },
  );
}

test("the programs on the page are the template's, letter by letter", () => {
  const template = (path: string) => readFileSync(join(ROOT, "templates/driver/pci", path), "utf8");
  expect(blocks("ts")).toEqual([template("src/gizmo_registers.ts"), template("src/gizmo.ts")]);
});

test("the page's bind rules say what the driver's object says", () => {
  const path = join(folder, "page.bind");
  writeFileSync(path, blocks("bind")[0]!);
  const explanation = (driver: string, node: string) =>
    JSON.parse(zirconia(["driver", "debug-bind", node, driver, "--json"]).stdout).explanation;
  for (const node of ["00:00.0", "00:01.0"]) {
    const [text, object] = [path, "edu"].map((rules) => explanation(rules, node));
    expect(text.matches).toBe(object.matches);
    expect(text.statements.map(({ actual }: { actual: unknown }) => actual)).toEqual(
      object.statements.map(({ actual }: { actual: unknown }) => actual),
    );
  }
});

test("every command that the page's table names is there", () => {
  const { stdout } = zirconia(["driver", "--help"]);
  const names = [...PAGE.matchAll(/^\| `zirconia driver ([a-z-]+)/gm)].map(([, name]) => name!);
  expect(names).toHaveLength(8);
  for (const name of names) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
});
