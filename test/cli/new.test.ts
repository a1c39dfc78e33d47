import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { install, runTool } from "./new_project.ts";
import { zirconia } from "./zirconia.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "zirconia-new-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const create = (name: string, ...words: string[]) =>
  zirconia(["new", "driver", name, "--dir", join(folder, name), ...words]);

describe("zirconia new driver", () => {
  test.each([
    ["gadget", "pci", 3, "sim-x64"],
    ["my-clock_2", "platform", 2, "sim-arm64"],
  ])(
    "%s on %s: a project whose types are sound, whose tests pass, and that runs",
    (name, bus, tests, machine) => {
      expect(create(name, "--bus", bus).status).toBe(0);
      const project = join(folder, name);
      install(project);
      expect(runTool(project, "tsc")).toBe("");
      expect(runTool(project, "vitest", "run")).toMatch(new RegExp(`Tests +${tests} passed`));
      const path = join(project, "src", `${name}.ts`);
      const { status, stdout } = zirconia(["run", path, "--once", "-m", machine]);
      expect(stdout).toMatch(new RegExp(`${name} +running {2}in driver-host:${name}`));
      expect(stdout).toContain(`[${name}] INFO: the ${name} is up`);
      expect(status).toBe(0);
    },
  );

  test("names what it has written, and what to do next", () => {
    const { stdout } = create("gadget");
    const project = join(folder, "gadget");
    const [files, next] = stdout.split("\n\n");
    expect(files!.split("\n")).toEqual(
      [
        "package.json",
        "tsconfig.json",
        "vitest.config.ts",
        ".gitignore",
        "README.md",
        "src/gadget.ts",
        "src/gadget_registers.ts",
        "test/gadget.test.ts",
      ].map((path) => join(project, path)),
    );
    expect(next).toContain("npm install");
    expect(JSON.parse(create("other", "--json").stdout).files).toContain("src/other.ts");
  });

  test("leaves nothing of the template's name behind, and says with which versions it was made", () => {
    create("gadget");
    for (const entry of readdirSync(join(folder, "gadget"), { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        expect(readFileSync(join(entry.parentPath, entry.name), "utf8")).not.toMatch(/gizmo/i);
    const { scripts, dependencies, devDependencies } = JSON.parse(
      readFileSync(join(folder, "gadget", "package.json"), "utf8"),
    );
    expect(scripts.start).toBe("zirconia run src/gadget.ts");
    expect(Object.keys(dependencies)).toEqual(["zirconia"]);
    expect(Object.values(devDependencies)).not.toContain(undefined);
  });

  test("made with a checkout, the project takes zirconia from there", () => {
    create("gadget");
    const { dependencies } = JSON.parse(readFileSync(join(folder, "gadget", "package.json"), "utf8"));
    const [, checkout] = /^file:(.*)$/.exec(dependencies.zirconia)!;
    expect(JSON.parse(readFileSync(join(checkout!, "package.json"), "utf8")).name).toBe("zirconia");
  });

  test("does not write into a folder that has something in it", () => {
    writeFileSync(join(folder, "treasure"), "gold");
    const { status, stderr } = zirconia(["new", "driver", "gadget", "--dir", folder]);
    expect(stderr).toMatch(/exists, and is not empty/);
    expect(status).toBe(1);
    expect(readdirSync(folder)).toEqual(["treasure"]);
  });

  test.each([
    [["Gadget"], /lower case letters, digits, - and _, not Gadget/],
    [["gadget", "--bus", "isa"], /no bus isa; there are: pci, platform/],
    [[], /missing required argument 'name'/],
  ])("%j: a wrong command line exits with 2", (words, message) => {
    const { status, stderr } = zirconia(["new", "driver", ...words]);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});
