import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { irOf, Project, ROOT } from "./support.ts";

const PAGE = readFileSync(join(ROOT, "docs/fidl.md"), "utf8");

/** Code of one language, in the order of the page. */
function blocks(language: string): string[] {
  const found = PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"));
  return [...found].map(([, code]) => code!);
}

const project = new Project();

/** The package's modules by the paths that they have here. */
function localized(code: string): string {
  return code
    .replaceAll('"zirconia/fidl/runtime"', `"${project.pathOf("src/fidl/runtime/index.ts")}"`)
    .replaceAll('"zirconia/fidl/compiler"', `"${project.pathOf("src/fidl/compiler/index.ts")}"`)
    .replaceAll('"zirconia/fidl/generator"', `"${project.pathOf("src/fidl/generator/index.ts")}"`)
    .replaceAll('"zirconia/fidl/dynamic/schema"', `"${project.pathOf("src/fidl/dynamic/schema.ts")}"`)
    .replaceAll('"zirconia/events"', `"${project.pathOf("src/events/events.ts")}"`);
}

beforeAll(() => {
  const [schema] = blocks("fidl");
  project.generate(irOf(schema!));
  for (const code of blocks("ts")) {
    const name = /^\/\/ (\S+\.ts)\n/.exec(code)?.[1];
    if (name === undefined) throw new Error(`this code says no file name:\n${code}`);
    project.write(name, localized(code));
  }
});
afterAll(() => project.remove());

test("The page's programs pass the compiler's checks", () => {
  expect(project.typeErrors()).toBe("");
});

test("The page's program prints what the page says", async () => {
  const printed = vi.spyOn(console, "log").mockReturnValue(undefined);
  await project.import("main.ts");
  const lines = printed.mock.calls.map(([line]) => line);
  printed.mockRestore();
  const page = blocks("console").find((text) => text.startsWith("sensor"))!;
  expect(lines).toEqual(page.trim().split("\n"));
});

test("The page's bytes at rest come back as they were", async () => {
  expect(await project.import("at_rest.ts")).toMatchObject({ reading: { celsius: 21.5 } });
});

test("The page's log tells of each message", async () => {
  const { logged } = (await project.import("log.ts")) as {
    logged(port: MessagePort, write: (line: string) => void): { count(): Promise<number>; close(): void };
  };
  const { serveThermometer } = (await project.import("server.ts")) as {
    serveThermometer(port: MessagePort): void;
  };
  const { port1, port2 } = new MessageChannel();
  serveThermometer(port2);
  const lines: string[] = [];
  const client = logged(port1, (line) => lines.push(line));
  await client.count();
  client.close();
  expect(lines.map((line) => line.trim())).toEqual([
    "send request example.thermometer/Thermometer.Count",
    "receive response example.thermometer/Thermometer.Count { sensors: uint8 = 2 }",
  ]);
});

test("The page's bytes at rest are read without generated code, too", async () => {
  const { bytes } = (await project.import("at_rest.ts")) as { bytes: Uint8Array };
  const { valueAtRest } = (await project.import("dynamic.ts")) as {
    valueAtRest(text: string, type: string, bytes: Uint8Array): unknown;
  };
  const [schema] = blocks("fidl");
  expect(valueAtRest(schema!, "example.thermometer/Reading", bytes)).toEqual({ celsius: 21.5 });
  expect(() => valueAtRest(schema!, "example.thermometer/Writing", bytes)).toThrow("no type");
});

test("The page's build makes the module that the command makes", async () => {
  const { build } = (await project.import("build.ts")) as { build(name: string, text: string): string };
  const [schema] = blocks("fidl");
  expect(build("thermometer.fidl", schema!)).toContain("export const Thermometer = defineProtocol");
  expect(() => build("x.fidl", "library x; type A = B;")).toThrow("x.fidl:1:");
});

test("The page's command writes the file that its programs import", () => {
  const [command] = blocks("console");
  expect(command).toContain("npx zirconia fidl compile thermometer.fidl --out .\nexample.thermometer.ts");
});
