// Writes src/bind/libraries.ts, which brings the bind libraries in bind/ to where there are no files.
// Usage: node scripts/generate-bind.mjs
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const source = new URL("../bind/", import.meta.url);
const names = readdirSync(source).map((file) => file.replace(/\.bind$/, ""));
const entries = names.sort().map((name) => {
  const text = readFileSync(new URL(`${name}.bind`, source), "utf8").replaceAll(/[\\`]|\$\{/g, "\\$&");
  return `  [\n    "${name}",\n    \`${text}\`,\n  ],\n`;
});
writeFileSync(
  new URL("../src/bind/libraries.ts", import.meta.url),
  `// Generated from bind/*.bind by scripts/generate-bind.mjs.

/** The package's bind libraries, by name. */
export const LIBRARIES: ReadonlyMap<string, string> = new Map([
${entries.join("")}]);
`,
);
