import { describe, expect, test } from "vitest";
import { type BindRules, defineDriver } from "../../src/driver/define.ts";
import { DriverIndex } from "../../src/framework/driver_index.ts";
import { Status } from "../../src/zx/status.ts";

const driver = (name: string, bind: BindRules) => defineDriver({ name, bind, start: async () => {} });

describe("the driver index", () => {
  test("finds the one driver whose rules a node satisfies", () => {
    const edu = driver("edu", { vid: 1 });
    expect(new DriverIndex([driver("nvme", { vid: 2 }), edu]).match({ vid: 1 })).toBe(edu);
  });

  test("finds nothing for a node that nobody asks for", () => {
    expect(new DriverIndex([driver("edu", { vid: 1 })]).match({ vid: 3 })).toBeUndefined();
  });

  test("binds nothing where two drivers match, and names both", () => {
    const index = new DriverIndex([driver("one", { vid: 1 }), driver("two", { vid: 1 })]);
    expect(() => index.match({ vid: 1 })).toThrow(
      expect.objectContaining({
        status: Status.NOT_SUPPORTED,
        message: expect.stringMatching(/one\.cm.*two\.cm/),
      }),
    );
  });

  test("refuses a second driver of the same name", () => {
    const index = new DriverIndex([driver("edu", { vid: 1 })]);
    expect(() => index.register(driver("edu", { vid: 2 }))).toThrow(
      expect.objectContaining({ status: Status.ALREADY_EXISTS }),
    );
  });
});

describe("defineDriver", () => {
  test("refuses rules that would match every node", () => {
    expect(() => driver("greedy", {})).toThrow(/every node/);
  });

  test("refuses a name that cannot stand in a component URL", () => {
    expect(() => driver("My Driver", { vid: 1 })).toThrow(/lower case/);
  });
});
