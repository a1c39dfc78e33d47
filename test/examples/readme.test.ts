import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const read = (name: string) => readFileSync(path(name), "utf8");
const readme = read("README.md");

test("the README's driver is examples/edu.ts, letter by letter", () => {
  const [, block] = readme.match(/```ts\n([\s\S]*?)```/)!;
  expect(block).toBe(read("examples/edu.ts"));
});

test("what the README says `npm start` prints is what it prints, but for addresses in VMARs and koids", () => {
  const [, block] = readme.match(/\$ npm ci && npm start\n([\s\S]*?)```/)!;
  const { NO_COLOR = "1", ...env } = process.env;
  const output = execFileSync(
    process.execPath,
    [path("dist/bin/zirconia.js"), "boot", "--machine", "sim-x64"],
    {
      encoding: "utf8",
      env: { ...env, NO_COLOR },
    },
  );
  const comparable = (text: string) =>
    text.replaceAll(/-> vmo \d+ -> 0x[0-9a-f]+/g, "-> vmo N -> ADDRESS").trimEnd();
  expect(comparable(output)).toBe(comparable(block!));
});

test("every file that the README names is there", () => {
  for (const [, link] of readme.matchAll(/\]\(([^)#:]+)\)/g)) expect(read(link!)).not.toBe("");
  for (const [, name] of readme.matchAll(/`((?:src|test|examples)\/[\w./-]+)`/g))
    expect(read(name!)).not.toBe("");
});
