// Writes src/fidl/<library>.ts for each library in fidl/, with the generator in dist/. A library that does not compile changes nothing.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { compile } from "../dist/fidl/compiler/compile.js";
import { formatDiagnostic } from "../dist/fidl/compiler/diagnostic.js";
import { generate } from "../dist/fidl/generator/generate.js";

const source = new URL("../fidl/", import.meta.url);
const target = new URL("../src/fidl/", import.meta.url);

const names = readdirSync(source).filter((name) => name.endsWith(".fidl"));
const files = names.map((name) => ({ name, text: readFileSync(new URL(name, source), "utf8") }));
const { ir, diagnostics } = compile(files);
for (const diagnostic of diagnostics) console.error(formatDiagnostic(diagnostic));
if (ir === undefined) process.exitCode = 1;
else {
  for (const { file, text } of generate(ir, { runtime: "./runtime/index.ts" })) {
    const path = new URL(file, target);
    if (text === previous(path)) continue;
    writeFileSync(path, text);
    console.log(`src/fidl/${file}`);
  }
}

function previous(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
