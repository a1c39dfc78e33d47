// Fuzzes for as long as one likes what the tests fuzz for moments.
// Usage: node scripts/fuzz.mjs fidl [--seconds 60] [--seed 7]
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const TESTS = { fidl: "test/fidl/fuzz/guided.test.ts" };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
  },
});
const test = TESTS[positionals[0]];
if (
  test === undefined ||
  positionals.length > 1 ||
  !(Number(values.seconds) > 0) ||
  !Number.isSafeInteger(Number(values.seed))
) {
  console.error(`usage: fuzz ${Object.keys(TESTS).join("|")} [--seconds 60] [--seed 7]`);
  process.exit(2);
}
console.log(`seed ${values.seed}`);
const { status } = spawnSync("npx", ["vitest", "run", "--disableConsoleIntercept=true", test], {
  stdio: "inherit",
  env: { ...process.env, ZIRCONIA_FUZZ_SECONDS: values.seconds, ZIRCONIA_FUZZ_SEED: values.seed },
});
process.exitCode = status ?? 1;
