import { expect, test } from "vitest";
import { runCampaign } from "../support/fault_campaign.ts";

test("a driver that dies a thousand deaths takes nothing with it: no other driver, no handle, no frame, no memory", async () => {
  const deaths = 1000;
  const report = await runCampaign({ seed: 5, deaths });
  const { died, late, problems, recoveries, requests, lost, steady, before, after } = report;
  const median = recoveries[recoveries.length >> 1]!;
  console.log(
    `${deaths} deaths (${JSON.stringify(died)}, ${late} of them late), recovery in ${median.toFixed(0)} ms (median), ` +
      `${recoveries.at(-1)!.toFixed(0)} ms (worst); ${lost} of ${requests} requests lost; ${steady} answered by the other driver; ` +
      `before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`,
  );
  expect(problems).toEqual([]);
  expect(Object.values(died).reduce((sum, count) => sum + count)).toBe(deaths);
  // At most the one request that is under way when a driver dies.
  expect(lost).toBeLessThanOrEqual(deaths);
  expect(steady).toBeGreaterThan(deaths);
  for (const what of ["handles", "objects", "frames", "mappings"] as const)
    expect(after[what], what).toBeLessThanOrEqual(before[what]);
  expect(after.resident).toBeLessThan(before.resident + 100);
});
