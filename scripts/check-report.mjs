// Reads Vitest's JSON report and fails when a test failed or was skipped: where everything is installed, nothing may skip.
// Usage: node scripts/check-report.mjs REPORT.json
import { readFileSync } from "node:fs";

const report = JSON.parse(readFileSync(process.argv[2], "utf8"));
const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
const count = (...states) => tests.filter(({ status }) => states.includes(status)).length;
for (const { fullName, status } of tests) {
  if (status !== "passed") console.error(`${status}: ${fullName}`);
}
const passed = count("passed");
const failed = count("failed");
const skipped = tests.length - passed - failed;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
if (passed === 0 || failed > 0 || skipped > 0 || !report.success) process.exitCode = 1;
