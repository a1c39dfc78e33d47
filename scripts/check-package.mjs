// Packs the package, installs it in an empty folder (with and without its optional dependency), and uses it there as a
// stranger would: every subpath export is imported, the command is run, the README's driver is type-checked and run.
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
} finally {
  rmSync(folder, { recursive: true });
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
