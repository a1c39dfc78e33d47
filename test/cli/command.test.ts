import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CLI } from "./zirconia.ts";

test.skipIf(process.platform === "win32")(
  "a build leaves the command executable, so that npx finds it in a checkout after each build",
  () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(execFileSync(CLI, ["--version"], { encoding: "utf8" })).toBe(`${version}\n`);
  },
);
