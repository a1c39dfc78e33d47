import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { zirconia } from "./zirconia.ts";

const OWN = fileURLToPath(new URL("../../fidl/", import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "zirconia-fidl-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("zirconia fidl check", () => {
  test("finds nothing wrong with the libraries that come with it", () => {
    const { status, stdout, stderr } = zirconia(["fidl", "check", OWN]);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^no errors in \d+ libraries\n$/);
    expect(status).toBe(0);
  });

  test("finds what a file imports among them", () => {
    const path = file("a.fidl", "library a;\nusing zx;\nalias S = zx.Status;\n");
    expect(zirconia(["fidl", "check", path])).toMatchObject({
      status: 0,
      stdout: "no errors in 1 library\n",
    });
  });

  test("shows each error with its place", () => {
    const path = file("a.fidl", "library a;\ntype S = struct {\n    b Bra;\n};\n");
    const { status, stdout, stderr } = zirconia(["fidl", "check", path]);
    expect(stdout).toBe("");
    expect(stderr).toBe(
      `${path}:3:7: error: cannot find 'Bra' in library a [fi-0052]\n        b Bra;\n          ^~~\n1 error\n`,
    );
    expect(status).toBe(1);
    const json = zirconia(["fidl", "check", path, "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject([{ code: "fi-0052", line: 3, column: 7, length: 3 }]);
    expect(json.status).toBe(1);
  });

  test("compiles at a version, and with modifiers read as they once were", () => {
    const path = file(
      "a.fidl",
      "@available(added=2)\nlibrary a;\n@available(removed=5)\ntype S = struct { x Nothing; };\nprotocol P { M(); };\n",
    );
    const { stderr } = zirconia(["fidl", "check", path]);
    expect(stderr).toContain("fi-0192");
    expect(stderr).toContain("fi-0191");
    expect(zirconia(["fidl", "check", path, "--modifiers", "legacy"]).status).toBe(0);
    const old = zirconia(["fidl", "check", "--available", "a:4", path, "--modifiers", "legacy"]);
    expect(old.stderr).toContain("fi-0052");
  });

  test("a wrong command line, and a file that is not there, are told apart", () => {
    const path = file("a.fidl", "library a;\n");
    expect(zirconia(["fidl", "check", path, "--modifiers", "some"]).status).toBe(2);
    expect(zirconia(["fidl", "check", path, "--available", "a:soon"]).status).toBe(2);
    expect(zirconia(["fidl", "check"]).status).toBe(2);
    const { status, stderr } = zirconia(["fidl", "check", join(folder, "b.fidl")]);
    expect(stderr).toMatch(/^zirconia fidl check: ENOENT/);
    expect(status).toBe(1);
  });
});

describe("zirconia fidl ir", () => {
  test("prints the libraries that were asked for, 64-bit numbers as text", () => {
    const { status, stdout } = zirconia(["fidl", "ir", join(OWN, "fuchsia.hardware.pci.fidl")]);
    const libraries = JSON.parse(stdout);
    expect(libraries.map(({ name }: { name: string }) => name)).toEqual(["fuchsia.hardware.pci"]);
    const device = libraries[0].declarations.find(
      ({ name }: { name: string }) => name === "fuchsia.hardware.pci/Device",
    );
    expect(device.methods.find(({ name }: { name: string }) => name === "GetBar").ordinal).toBe(
      String(0x6b2683f6fbbff679n),
    );
    expect(status).toBe(0);
  });

  test("prints one that is imported, by its name", () => {
    const pci = join(OWN, "fuchsia.hardware.pci.fidl");
    expect(JSON.parse(zirconia(["fidl", "ir", pci, "--library", "zx"]).stdout)[0].name).toBe("zx");
    const { status, stderr } = zirconia(["fidl", "ir", pci, "--library", "zy"]);
    expect(stderr).toMatch(/no library zy; there are: .*zx/);
    expect(status).toBe(1);
  });
});

describe("zirconia fidl format", () => {
  test("prints the canonical form, or puts it in place, or only names what has another", () => {
    const path = file("a.fidl", "library a;type S=struct{x uint8;};");
    const canonical = "library a;\ntype S = struct {\n    x uint8;\n};\n";
    expect(zirconia(["fidl", "format", path])).toMatchObject({ status: 0, stdout: canonical });
    expect(zirconia(["fidl", "format", "--check", folder])).toMatchObject({ status: 1, stdout: `${path}\n` });
    expect(zirconia(["fidl", "format", "--write", path])).toMatchObject({ status: 0, stdout: `${path}\n` });
    expect(readFileSync(path, "utf8")).toBe(canonical);
    expect(zirconia(["fidl", "format", "--check", path])).toMatchObject({ status: 0, stdout: "" });
  });

  test("leaves files with syntax errors alone", () => {
    const path = file("a.fidl", "library a;type S=;");
    const { status, stderr } = zirconia(["fidl", "format", "--write", path]);
    expect(stderr).toContain("fi-0007");
    expect(status).toBe(1);
    expect(readFileSync(path, "utf8")).toBe("library a;type S=;");
  });
});
