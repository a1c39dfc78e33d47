// Compiles src/mmio/accessors.wat into src/mmio/accessors.generated.ts. Does nothing when that is up to date.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const source = new URL("../src/mmio/accessors.wat", import.meta.url);
const target = new URL("../src/mmio/accessors.generated.ts", import.meta.url);

const wat = readFileSync(source, "utf8");
const stamp = createHash("sha256")
  .update(wat)
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .digest("hex");

if (!previous().includes(stamp)) {
  const { default: loadWabt } = await import("wabt");
  const wabt = await loadWabt();
  const module = wabt.parseWat("accessors.wat", wat, { threads: true });
  module.validate({ threads: true });
  const bytes = Buffer.from(module.toBinary({}).buffer);
  writeFileSync(
    target,
    `// Made from accessors.wat by scripts/build-accessors.mjs (${stamp}).
/** The accessor module, in base64. */
export const ACCESSORS_WASM =
${bytes
  .toString("base64")
  .match(/.{1,96}/g)
  .map((line) => `  "${line}"`)
  .join(" +\n")};
`,
  );
  console.error(`accessors.generated.ts: ${bytes.length} bytes of WebAssembly`);
}

function previous() {
  try {
    return readFileSync(target, "utf8");
  } catch {
    return "";
  }
}
