import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { withKernel } from "../../support/kernel.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

describe("docs/conformance.md", () => {
  const get = withKernel();

  test("is what `npm run conformance` writes: each suite has its object, each core-test that is cited exists", () => {
    const options = { cwd: root, encoding: "utf8" } as const;
    const { status, stderr } = spawnSync(process.execPath, ["scripts/conformance.mjs", "--check"], options);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("has every system call of the kernel in the first column of a table", () => {
    const lines = readFileSync(`${root}/docs/conformance.md`, "utf8").split("\n");
    const firstCells = lines.map((line) => line.split("|")[1] ?? "").join(" ");
    const listed = new Set(firstCells.match(/zx_\w+/g));
    // Shorthands for one property, and what is no system call in Zircon.
    const others = new Set(["zx_object_get_name", "zx_object_set_name", "zx_spin"]);
    const calls = Object.entries(get().zx)
      .filter(([, value]) => typeof value === "function")
      .map(([name]) => `zx_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`);
    expect(calls.filter((call) => !listed.has(call) && !others.has(call))).toEqual([]);
  });
});
