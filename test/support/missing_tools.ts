import { findProgram } from "./programs.ts";

const TOOLS = [
  { program: "qemu-system-x86_64", what: "QEMU's devices", install: "apt-get install qemu-system-x86" },
  { program: "qemu-system-aarch64", what: "QEMU's Arm board", install: "apt-get install qemu-system-arm" },
  { program: "dtc", what: "dtc's device trees", install: "apt-get install device-tree-compiler" },
  { program: "chromium", what: "a browser", install: "apt-get install chromium" },
];

/** Before the tests: one line for each tool that is missing, since its tests will be skipped. */
export default function setup(): void {
  for (const { program, what, install } of TOOLS) {
    if (findProgram(program) === undefined) console.log(`Tests with ${what} are skipped: ${install}`);
  }
}
