// Writes src/boards/sim_arm64_dtb.ts from src/boards/sim_arm64.dts, with dtc. Run it after every change of that file.
// Usage: node scripts/build-dtb.mjs
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../src/boards/sim_arm64.dts", import.meta.url));
const target = fileURLToPath(new URL("../src/boards/sim_arm64_dtb.ts", import.meta.url));
const WIDTH = 100;

const dtb = execFileSync("dtc", ["-I", "dts", "-O", "dtb", source]);
const lines = dtb.toString("base64").match(new RegExp(`.{1,${WIDTH}}`, "g"));
writeFileSync(
  target,
  `/** The compiled sim_arm64.dts, in base64. Made by scripts/build-dtb.mjs: change the .dts. */
export const SIM_ARM64_DTB = \`
${lines.join("\n")}
\`;
`,
);
console.log(`src/boards/sim_arm64_dtb.ts: ${dtb.length} bytes of device tree`);
