// Packs the package, installs it in an empty folder (with and without its optional dependency), and uses it there as a
// stranger would: every subpath export is imported, the command is run, a driver is started with `zirconia new`, tested and run.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { exports, name } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "zirconia-package-"));

try {
  const [{ filename }] = JSON.parse(
    run(root, "npm", "pack", "--json", "--ignore-scripts", "--pack-destination", folder),
  );
  const tarball = join(folder, filename);
  for (const extra of [[], ["--omit=optional"]]) {
    for (const left of ["node_modules", "package-lock.json"])
      rmSync(join(folder, left), { recursive: true, force: true });
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ name: "stranger", private: true, type: "module" }),
    );
    run(folder, "npm", "install", "--no-audit", "--no-fund", ...extra, tarball);
    importEverything();
    const tree = JSON.parse(run(folder, "npx", name, "boot", "--json"));
    if (!tree.ok) throw new Error("the packed command did not boot sim-x64");
    const expected = extra.length > 0 || process.platform !== "linux" ? "portable" : "native";
    if (tree.addressSpace !== expected)
      throw new Error(`${tree.addressSpace} address spaces, not ${expected}`);
    console.log(
      `package: installs and boots sim-x64 (${tree.addressSpace} address space) ${extra.join(" ")}`,
    );
  }
  for (const [driver, bus] of [
    ["gadget", "pci"],
    ["my-clock", "platform"],
  ])
    makeDriver(driver, bus, tarball);
} finally {
  rmSync(folder, { recursive: true });
}

/** What `zirconia new driver` makes is a project that installs, type-checks, passes its tests and runs. */
function makeDriver(driver, bus, tarball) {
  run(folder, "npx", name, "new", "driver", driver, "--bus", bus);
  const project = join(folder, driver);
  run(project, "npm", "install", "--no-audit", "--no-fund", tarball);
  run(project, "npm", "run", "--silent", "typecheck");
  run(project, "npm", "test", "--silent");
  const tree = JSON.parse(run(project, "npm", "start", "--silent", "--", "--once", "--json"));
  const node = tree.nodes.find((candidate) => candidate.driver === driver);
  if (node?.state !== "running") throw new Error(`the new ${bus} driver does not run`);
  console.log(`package: a new ${bus} driver type-checks, passes its tests, runs on ${tree.machine}`);
}

function importEverything() {
  const specifiers = Object.keys(exports)
    .filter((path) => path !== "./package.json")
    .flatMap((path) =>
      path.includes("*") ? ["fuchsia.hardware.pci"].map((library) => path.replace("*", library)) : [path],
    )
    .map((path) => path.replace(".", name));
  writeFileSync(
    join(folder, "all.js"),
    specifiers.map((path) => `import ${JSON.stringify(path)};`).join("\n"),
  );
  run(folder, process.execPath, "all.js");
  console.log(`package: ${specifiers.length} subpath exports load`);
}

function run(cwd, command, ...args) {
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}
