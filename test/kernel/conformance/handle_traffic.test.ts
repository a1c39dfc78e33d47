/** Random traffic of handles between processes, against a model that knows nothing but the rules. */
import fc from "fast-check";
import { test } from "vitest";
import { createBufferRam } from "../../../src/machine/ram.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { type Command, histories } from "../../support/handle_commands.ts";
import { Traffic } from "../../support/handle_traffic.ts";
import { createTestKernel } from "../../support/kernel.ts";

/** Sequences in a run of the tests. */
const SEQUENCES = 3000;

test(`${SEQUENCES} random histories of handles on their way between processes lose none and close none twice`, async () => {
  // Most calls of a history fail as they should, and nobody reads where.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    await fc.assert(fc.asyncProperty(histories, run), { numRuns: SEQUENCES });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
});

async function run(steps: readonly Command[]): Promise<void> {
  const ram = createBufferRam({ ranges: [{ base: 0, size: 64 * PAGE_SIZE }], reserved: [] });
  const traffic = new Traffic(await createTestKernel("portable", { ram }));
  for (const step of steps) await traffic.run(step);
  await traffic.finish();
}
