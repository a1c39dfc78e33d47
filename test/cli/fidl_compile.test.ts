import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { zirconia } from "./zirconia.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "zirconia-fidl-cli-"));
  write(
    "one.fidl",
    "library test.one;\nusing zx;\ntype A = struct { status zx.Status; rights zx.Rights; };\n",
  );
  write("two.fidl", "library test.two;\nusing test.one;\ntype B = struct { a test.one.A; };\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const read = (name: string) => readFileSync(join(folder, name), "utf8");

describe("zirconia fidl compile", () => {
  it("writes a module for each library that is given, and says which", () => {
    const { status, stdout, stderr } = zirconia(["fidl", "compile", folder, "--out", join(folder, "out")]);
    expect([status, stderr]).toEqual([0, ""]);
    const files = ["test.one.ts", "test.two.ts"];
    expect(stdout.trim().split("\n")).toEqual(files.map((name) => join(folder, "out", name)));
    expect(readdirSync(join(folder, "out")).sort()).toEqual(files);
  });

  it("imports what comes with this package from there, and what was given from beside", () => {
    zirconia(["fidl", "compile", folder, "-o", folder]);
    expect(read("test.one.ts")).toContain('from "zirconia/fidl/runtime";');
    expect(read("test.one.ts")).toContain('import * as zx from "zirconia/fidl/zx";');
    expect(read("test.two.ts")).toContain('import * as testOne from "./test.one.ts";');
  });

  it("takes the runtime from where it is told", () => {
    zirconia(["fidl", "compile", join(folder, "one.fidl"), "-o", folder, "--runtime", "./fidl.js"]);
    expect(read("test.one.ts")).toContain('from "./fidl.js";');
  });

  it("writes one library where only one is wanted, and none where there is no such one", () => {
    zirconia(["fidl", "compile", folder, "-o", join(folder, "out"), "--library", "test.two"]);
    expect(readdirSync(join(folder, "out"))).toEqual(["test.two.ts"]);
    const { status, stderr } = zirconia(["fidl", "compile", folder, "-o", folder, "--library", "zx"]);
    expect(status).toBe(1);
    expect(stderr).toBe("zirconia fidl compile: no library zx; given are: test.one, test.two\n");
  });

  it("leaves a file alone that would not change", () => {
    const args = ["fidl", "compile", join(folder, "one.fidl"), "-o", folder];
    zirconia(args);
    const before = statSync(join(folder, "test.one.ts")).mtimeMs;
    expect(zirconia(args).stdout).toBe(`${join(folder, "test.one.ts")} (as it was)\n`);
    expect(statSync(join(folder, "test.one.ts")).mtimeMs).toBe(before);
    expect(JSON.parse(zirconia([...args, "--json"]).stdout)).toEqual([
      { library: "test.one", path: join(folder, "test.one.ts"), isNew: false },
    ]);
  });

  it("writes nothing for a schema with errors, and shows where they are", () => {
    write("one.fidl", "library test.one;\ntype A = struct { b B; };\n");
    const { status, stdout, stderr } = zirconia(["fidl", "compile", folder, "-o", join(folder, "out")]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("one.fidl:2:21: error:");
    expect(readdirSync(folder)).not.toContain("out");
  });

  it("says why it cannot read or write", () => {
    const missing = zirconia(["fidl", "compile", join(folder, "none.fidl"), "-o", folder]);
    expect(missing.status).toBe(1);
    expect(missing.stderr).toContain("zirconia fidl compile: ENOENT");
    const blocked = zirconia(["fidl", "compile", join(folder, "one.fidl"), "-o", join(folder, "two.fidl")]);
    expect(blocked.status).toBe(1);
    expect(blocked.stderr).toContain("zirconia fidl compile: EEXIST");
  });
});
