import { expect, test } from "vitest";
import { PageFault, pageFaultOf, ZxError } from "../../src/zx/error.ts";

test("a page fault is found behind the errors that it caused", () => {
  const fault = new PageFault("NOT_FOUND", "nothing is mapped there", 0x1000);
  const error = new Error("no luck", { cause: new ZxError("IO", "read32", { cause: fault }) });
  expect(pageFaultOf(error)).toBe(fault);
  expect(pageFaultOf(fault)).toBe(fault);
  expect(fault).toMatchObject({ statusName: "NOT_FOUND", address: 0x1000 });
});

test("what has none among its causes is none, a circle of causes included", () => {
  const circle = new Error("a");
  circle.cause = new Error("b", { cause: circle });
  for (const error of [circle, new ZxError("NOT_FOUND", "x"), "text", undefined])
    expect(pageFaultOf(error)).toBeUndefined();
});
