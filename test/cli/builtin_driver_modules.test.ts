import { expect, test } from "vitest";
import { builtinDriverModules } from "../../src/cli/builtin_driver_modules.ts";
import { builtinDrivers } from "../../src/cli/builtin_drivers.ts";

test("every driver that comes with Zirconia is found by a host that loads it by its URL, and no other", async () => {
  const found = await Promise.all(
    Object.entries(builtinDriverModules).map(async ([url, load]) => [url, (await load()).default] as const),
  );
  expect(new Map(found)).toEqual(new Map(builtinDrivers.map((driver) => [driver.url, driver])));
});
