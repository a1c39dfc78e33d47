// Writes docs/conformance.md from the titles of the kernel's tests and from test/kernel/conformance/differences.json.
// Usage: node scripts/conformance.mjs [--check]    (--check writes nothing, and fails if the document is stale)
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { EXCLUDED, OBJECTS } from "./conformance_objects.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const DOCUMENT = join(root, "docs", "conformance.md");
const DATA = join(root, "test", "kernel", "conformance");

const problems = [];
const coreTests = JSON.parse(readFileSync(join(DATA, "core_tests.json"), "utf8"));
const differences = JSON.parse(readFileSync(join(DATA, "differences.json"), "utf8"));
const rows = collect(listTests());
const text = render();

if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  process.exit(1);
}
if (!process.argv.includes("--check")) writeFileSync(DOCUMENT, text);
else if (read(DOCUMENT) !== text) {
  console.error("docs/conformance.md is stale: npm run conformance");
  process.exit(1);
}

/** Every test below test/kernel, by Vitest's own account: `{ file, name }`, the names of suites and test joined by " > ". */
function listTests() {
  const folder = mkdtempSync(join(tmpdir(), "conformance-"));
  try {
    const report = join(folder, "tests.json");
    const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
    // A Vitest that was started by another one must not take itself for its worker.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST")),
    );
    // Nothing runs, so the files may share one worker and what they import.
    const args = [vitest, "list", `--json=${report}`, "--no-isolate", "--pool=threads", "test/kernel"];
    execFileSync(process.execPath, args, { cwd: root, env, stdio: ["ignore", "ignore", "pipe"] });
    return JSON.parse(readFileSync(report, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The rows of each object's table, in the order of its system calls and then of the titles. */
function collect(tests) {
  const found = new Map(OBJECTS.map((object) => [object, new Map()]));
  for (const { file, name } of tests) {
    const path = relative(join(root, "test", "kernel"), file);
    const [first, ...rest] = name.split(" > ");
    const onBoth =
      / address space( \(skipped.*\))?$/.test(first) && / (portable|native) address space/.test(first);
    const suite = first.replace(/, (portable|native) address space( \(skipped.*\))?$/, "");
    if (EXCLUDED.some((excluded) => excluded === suite || excluded === path)) continue;
    const place = placeOf(suite, path);
    if (place === undefined) {
      problems.push(
        `${path}: which object is the suite ${JSON.stringify(suite)} about? (scripts/conformance_objects.mjs)`,
      );
      continue;
    }
    const isNamed = suite.startsWith("zx_") || suite.startsWith("ZX_");
    const titles = isNamed ? rest : [suite, ...rest];
    const { behaviour, names } = splitTitle(titles, path);
    const key = `${place.calls.join(", ")} ${behaviour} ${names}`;
    const spaces = onBoth && suite !== first ? "both" : "";
    found.get(place.object).set(key, { calls: place.calls, behaviour, names, spaces, path });
  }
  return new Map([...found].map(([object, byKey]) => [object, sorted(object, [...byKey.values()])]));
}

/** The object that a suite is about, and the system calls; undefined for a suite that nobody knows. */
function placeOf(suite, path) {
  const calls = suite.match(/zx_\w+/g) ?? [];
  for (const object of OBJECTS) {
    if (calls.length > 0 && object.calls.includes(calls[0])) return { object, calls };
    const known = object.suites[suite] ?? object.suites[path];
    if (known !== undefined) return { object, calls: known };
  }
  return undefined;
}

/** Takes the names of core-tests off a title: `Suite.Case / OtherCase: behaviour`, or `behaviour (Suite.Case)`. */
function splitTitle(titles, path) {
  const last = titles.at(-1);
  const [, before, behaviour] = last.match(/^([A-Z]\w+\.\w+(?: \/ [\w.]+)*): (.*)$/) ?? [
    undefined,
    undefined,
    last,
  ];
  const [, text, behind] = behaviour.match(/^(.*) \(([A-Z]\w+\.\w+)\)$/) ?? [undefined, behaviour, undefined];
  const cited = (before ?? behind)?.split(" / ") ?? [];
  let suite = "";
  const names = cited.map((name) => {
    const [prefix, rest] = name.includes(".") ? name.split(".") : [suite, name];
    suite = prefix;
    if (!coreTests[suite]?.includes(rest))
      problems.push(`${path}: there is no core-test ${suite}.${rest} (core_tests.json)`);
    return `${suite}.${rest}`;
  });
  return { behaviour: [...titles.slice(0, -1), text].join(": "), names: names.join(", ") };
}

function sorted(object, list) {
  const order = ({ calls }) => (calls.length === 0 ? -1 : object.calls.indexOf(calls[0]));
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  return list.sort(
    (a, b) =>
      order(a) - order(b) ||
      compare(a.calls.join(), b.calls.join()) ||
      compare(a.path, b.path) ||
      compare(a.behaviour, b.behaviour),
  );
}

function render() {
  const total = [...rows.values()].reduce((sum, list) => sum + list.length, 0);
  const lines = [
    "# Conformance of the kernel",
    "",
    "Generated by `npm run conformance` from the titles of the tests in `test/kernel` and from",
    "`test/kernel/conformance/differences.json`. Do not edit it.",
    "",
    `${total} behaviours, each with the test that shows it. *core-test*: the test of Zircon's`,
    "(`zircon/system/utest`) that it corresponds to, where there is one. *both*: it runs on the native and on the",
    "portable address space. Besides, every system call is given garbage in every argument position",
    "(`garbage.test.ts`), and random histories of handles, VMARs and VMO trees are compared with models.",
    "",
    ...OBJECTS.map(({ title }) => `- [${title}](#${anchor(title)}): ${rows.get(objectOf(title)).length}`),
    "- [Everywhere](#everywhere)",
  ];
  for (const object of OBJECTS) lines.push("", ...section(object));
  lines.push("", "## Everywhere", "", ...differenceTable("everywhere"), "");
  for (const { object } of differences) {
    if (object !== "everywhere" && !OBJECTS.some(({ id }) => id === object))
      problems.push(`differences.json: there is no object ${object}`);
  }
  return lines.join("\n");
}

function section(object) {
  const lines = [
    `## ${object.title}`,
    "",
    "| system call | behaviour | core-test | spaces |",
    "|---|---|---|---|",
  ];
  let previous = "";
  for (const { calls, behaviour, names, spaces } of rows.get(object)) {
    const shown = calls.map((call) => `\`${call}\``).join(", ");
    lines.push(`| ${shown === previous ? "" : shown} | ${cell(behaviour)} | ${names} | ${spaces} |`);
    previous = shown;
  }
  const table = differenceTable(object.id);
  return table.length === 0 ? lines : [...lines, "", "Deliberate differences:", "", ...table];
}

function differenceTable(id) {
  const list = differences.filter(({ object }) => object === id);
  if (list.length === 0) return [];
  return [
    "| what | Zircon | here | why |",
    "|---|---|---|---|",
    ...list.map(({ what, zircon, here, why }) => `| ${[what, zircon, here, why].map(cell).join(" | ")} |`),
  ];
}

function objectOf(title) {
  return OBJECTS.find((object) => object.title === title);
}

function anchor(title) {
  return title
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .replaceAll(" ", "-");
}

function cell(text) {
  return text.replaceAll("|", "\\|");
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
