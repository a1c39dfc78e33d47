import { Session } from "node:inspector";
import { describe, expect, test } from "vitest";
import {
  type AnyCodec,
  bytes,
  decodeBody,
  FidlError,
  flexibleUnion,
  MAX_BOUND,
  optional,
  string,
  struct,
  table,
  uint8,
  uint64,
  vector,
} from "../../../src/fidl/runtime/index.ts";

const DECODINGS = 2000;

/** Bytes of the heap that `act` takes, what is free again included. */
function allocated(act: () => void): number {
  const session = new Session();
  session.connect();
  session.post("HeapProfiler.startSampling", {
    samplingInterval: 1024,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  } as { samplingInterval: number });
  act();
  let total = 0;
  session.post("HeapProfiler.stopSampling", (error, { profile }) => {
    if (error) throw error;
    const pending = [profile.head];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      total += node.selfSize;
      pending.push(...node.children);
    }
  });
  session.disconnect();
  return total;
}

/** A message of 64 KiB whose first 16 bytes are a count, and that what is counted is there. */
function claiming(count: number): Uint8Array {
  const message = new Uint8Array(65_536);
  const view = new DataView(message.buffer);
  view.setUint32(0, count, true);
  view.setBigUint64(8, 0xffff_ffff_ffff_ffffn, true);
  return message;
}

function refuse(codec: AnyCodec, message: Uint8Array): void {
  try {
    decodeBody(codec, message);
  } catch (error) {
    if (error instanceof FidlError) return;
    throw error;
  }
  throw new Error(`a message that claims too much was understood as ${codec.name}`);
}

describe("nothing is allocated for what a message claims and does not have:", () => {
  const MEMBER = struct<object>("Member", { a: uint64, b: uint64 });
  const cases: [string, AnyCodec][] = [
    ["elements of a vector", vector(MEMBER)],
    ["bytes of a vector", bytes()],
    ["bytes that may be absent", optional(bytes(MAX_BOUND))],
    ["characters", string()],
    ["members of a table", table<object>("T", { a: [1, uint8] })],
    ["vectors in a vector", vector(vector(uint64))],
    ["unions in a vector", vector(flexibleUnion<{ a: number }>("U", { a: [1, uint8] }))],
  ];
  test.each(cases)("%s", (_, codec) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    const lies = [0xffff_ffff, 0x1000_0000, 65_537].map(claiming);
    const total = allocated(() => {
      for (let i = 0; i < DECODINGS; i++) refuse(codec, lies[i % lies.length]!);
    });
    Error.stackTraceLimit = limit;
    // An error with its text; a tenth of the smallest thing that could have been made for 65,537 parts.
    expect(total / DECODINGS).toBeLessThan(6_500);
  });
});
