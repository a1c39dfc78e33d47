/** A sanitizer's report as text. */
import type { SanitizerEvent } from "../../../events/events.ts";
import { hex } from "../../../zx/pages.ts";
import type { CacheOperation } from "../../machine.ts";
import type { DoneOperation } from "./shadow.ts";

/** What an event has besides its time. */
export type Report = Omit<SanitizerEvent, "kind" | "time" | "sanitizer">;

export const OPERATION_NAMES: Readonly<Record<CacheOperation, string>> = {
  sync: "CACHE_SYNC",
  clean: "CACHE_CLEAN",
  invalidate: "CACHE_INVALIDATE",
  cleanInvalidate: "CACHE_CLEAN_INVALIDATE",
};

const WHAT_IS_WRONG: Readonly<Record<Report["problem"], string>> = {
  "not cleaned": "that may still be in the cache only",
  "not invalidated": "of which the cache may have an older copy",
  "written while dirty": "that an eviction of the line may have overwritten",
  "written while stale": "that may have been overwritten with an older copy of the line",
  "invalidated while dirty": "whose last value may have been thrown away",
  "cached registers": "of registers that are mapped CACHED",
};

/** `CACHE_CLEAN of 0x40 bytes from vmo "ring" (koid 1042) +0x40 on, by "host" ..., which does not reach that line`. */
export function whatWasDone(
  { operation, start, end, who, time }: DoneOperation,
  wanted: { readonly line: number; readonly lineSize: number; readonly since: number },
  describe: (place: number) => string,
): string {
  const reaches = start < wanted.line + wanted.lineSize && wanted.line < end;
  const why =
    time <= wanted.since
      ? "came too early"
      : !reaches
        ? "does not reach that line"
        : operation === "sync"
          ? "says nothing about devices"
          : operation === "clean"
            ? "leaves the line in the cache"
            : "came too late";
  return `${OPERATION_NAMES[operation]} of ${hex(end - start)} bytes from ${describe(start)} on, by ${who.describe()}: ${why}`;
}

export function withText(facts: Omit<Report, "message">): Report {
  const { problem, by, op, address, size, line, lines, memory, writer, missing, lastOperation } = facts;
  const more = lines === 1 ? "" : `, and ${lines - 1} more`;
  const outcome = facts.wrongThisTime ? "it was wrong this time" : "by chance it was right this time";
  const message = [
    `coherency: ${op} of ${size} byte${size === 1 ? "" : "s"} at ${hex(address)} by ${by}`,
    `  sees bytes ${WHAT_IS_WRONG[problem]} (${outcome})`,
    `  memory:  ${memory}, line ${hex(line)}${more}`,
    `  writer:  ${writer}`,
    `  missing: ${missing}`,
    `  done:    ${lastOperation ?? "no cache operation on that page"}`,
  ].join("\n");
  return { ...facts, message };
}
