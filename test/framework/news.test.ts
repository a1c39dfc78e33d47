/** What a driver host tells of a driver, message by message. */
import { describe, expect, test } from "vitest";
import { DriverNews, toFailure } from "../../src/framework/host/news.ts";
import { ZxError } from "../../src/zx/error.ts";
import { Status } from "../../src/zx/status.ts";
import { boot } from "./harness.ts";

describe("what is new of a driver", () => {
  test("is told in one answer for all that changed in one go, the last value of each key", async () => {
    const news = new DriverNews();
    const answer = news.watch();
    news.inspect.a = 1;
    news.inspect.b = "x";
    news.inspect.a = 2;
    expect((await answer).inspect).toEqual([
      { key: "a", value: { kind: "number", number: 2 } },
      { key: "b", value: { kind: "text", text: "x" } },
    ]);
  });

  test("is told once: the next answer waits for something else", async () => {
    const news = new DriverNews();
    news.inspect.a = 1;
    await news.watch();
    const next = news.watch();
    news.started();
    expect(await next).toMatchObject({ result: { kind: "started" }, inspect: undefined });
  });

  test("comes in several answers where it is too much for one, and the result after all of it", async () => {
    const news = new DriverNews();
    for (let i = 0; i < 40; i++) news.inspect[`key ${i}`] = "x".repeat(4096);
    news.started();
    const keys = new Set<string>();
    let answers = 0;
    for (let started = false; !started; answers++) {
      const { inspect = [], result } = await news.watch();
      for (const { key } of inspect) keys.add(key);
      started = result !== undefined;
    }
    expect(keys.size).toBe(40);
    expect(answers).toBeGreaterThan(1);
  });

  test("is told to one at a time", async () => {
    const news = new DriverNews();
    void news.watch();
    await expect(news.watch()).rejects.toMatchObject({ status: Status.BAD_STATE });
  });
});

describe("a driver may show", () => {
  test("any text, number, bigint and boolean; what FIDL has no room for is made to fit", async () => {
    const { node } = await boot(async (ctx) => {
      Object.assign(ctx.inspect, {
        text: "ä",
        number: -0.5,
        flag: false,
        big: -(2n ** 63n),
        huge: 2n ** 64n,
      });
      ctx.inspect.half = "\ud800";
      ctx.inspect.long = "y".repeat(100_000);
    });
    const { inspect } = node("").running!;
    expect(inspect).toMatchObject({ text: "ä", number: -0.5, flag: false, big: -(2n ** 63n) });
    expect(inspect.huge).toBe("0x10000000000000000");
    expect(inspect.half).toBe("\ufffd");
    expect(inspect.long).toBe("y".repeat(4096));
  });

  test("and read what it shows, but not take it back", async () => {
    const { node } = await boot(async (ctx) => {
      ctx.inspect.a = 1;
      ctx.inspect.b = Number(ctx.inspect.a) + 1;
      ctx.inspect.deleted = Reflect.deleteProperty(ctx.inspect, "a");
    });
    expect(node("").running!.inspect).toEqual({ a: 1, b: 2, deleted: false });
  });
});

describe("an error on its way to the driver manager", () => {
  test.each([
    ["keeps its status and words", new ZxError("IO", "no"), { status: Status.IO, message: "no" }],
    ["is INTERNAL if it has no status", new TypeError("no"), { status: Status.INTERNAL, message: "no" }],
    [
      "is INTERNAL if its status is OK",
      new ZxError("OK", "no"),
      { status: Status.INTERNAL, message: "OK: no" },
    ],
    ["may be no error at all", "no", { status: Status.INTERNAL, message: "no" }],
  ])("%s", (_, error, failure) => {
    expect(toFailure(error)).toEqual(failure);
  });

  test("is cut where it is too long", () => {
    expect(new TextEncoder().encode(toFailure(new Error("€".repeat(10_000))).message).length).toBeLessThan(
      8193,
    );
  });
});
