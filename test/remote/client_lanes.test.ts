/** A worker's end of lanes, with the other end and the kernel's thread played by the test. */
import { beforeEach, expect, test } from "vitest";
import { Lanes, type Read } from "../../src/remote/client/lanes.ts";
import { SharedMemories } from "../../src/remote/client/shared_memories.ts";
import { LaneRing } from "../../src/remote/lane_ring.ts";
import type { ChannelMessageEtc } from "../../src/zx/syscalls.ts";

const CHANNEL = 0x77;
const LANE = 1;

let ring: LaneRing;
let lanes: Lanes;
let broken: number[];
/** How each read has ended, by its name. */
let ended: string[];

beforeEach(() => {
  ring = new LaneRing();
  broken = [];
  ended = [];
  lanes = new Lanes(new SharedMemories(() => ring.buffer), (number) => broken.push(number));
});

function waiting(name: string): Read["waiting"] {
  return {
    resolve: (value) => ended.push(`${name}: ${(value as ChannelMessageEtc).bytes}`),
    reject: ({ statusName }) => ended.push(`${name}: ${statusName}`),
  };
}

function write(...messages: number[]): void {
  for (const message of messages) expect(ring.write(Uint8Array.of(message))).toBe(true);
}

test("a read that the kernel's thread is about to hand over is in front of those that come later", () => {
  write(1, 2);
  lanes.opened(LANE, CHANNEL, 0, [{ number: 7, waiting: waiting("first"), isOurs: false }]);
  lanes.read(CHANNEL, waiting("second"));
  expect([ended, lanes.isEmpty]).toEqual([[], true]);
  lanes.handedOver(7);
  expect(ended).toEqual(["first: 1", "second: 2"]);
});

test("a read that the kernel's thread has ended after all is in nobody's way", () => {
  lanes.opened(LANE, CHANNEL, 0, [{ number: 7, waiting: waiting("first"), isOurs: false }]);
  lanes.read(CHANNEL, waiting("second"));
  write(2);
  lanes.ended(7);
  expect(lanes.isEmpty).toBe(false);
  expect(lanes.turn()).toBe(true);
  expect(ended).toEqual(["second: 2"]);
});

test("reads that still wait when the lane is recalled are the kernel's again, those of a channel that is gone are CANCELED", () => {
  for (const isGone of [false, true]) {
    lanes = new Lanes(new SharedMemories(() => ring.buffer), () => {});
    lanes.opened(LANE, CHANNEL, 0, [{ number: 7, waiting: waiting("under way"), isOurs: false }]);
    lanes.handedOver(8);
    const mine = waiting("mine");
    lanes.read(CHANNEL, mine);
    expect(lanes.recalled(LANE, isGone).reads).toEqual(isGone ? [] : [mine]);
    expect(lanes.leadsFrom(CHANNEL)).toBe(false);
  }
  expect(ended).toEqual(["mine: CANCELED"]);
});

test("nonsense in a lane is told once, and what is read there waits for the kernel's thread", () => {
  lanes.opened(LANE, CHANNEL, 0, []);
  write(1);
  new Int32Array(ring.buffer).fill(-5, 64);
  lanes.read(CHANNEL, waiting("one"));
  expect([broken, ended, lanes.turn(), lanes.isEmpty]).toEqual([[LANE], [], false, true]);
  expect(lanes.recalled(LANE, false).reads).toHaveLength(1);
});

test("of many messages that wait, so many are taken in a turn that the event loop has its own", () => {
  lanes.opened(LANE, CHANNEL, 0, []);
  for (let i = 0; i < 200; i++) {
    write(i);
    lanes.read(CHANNEL, waiting(`${i}`));
  }
  expect(ended.length).toBeLessThan(100);
  while (!lanes.isEmpty) expect(lanes.turn()).toBe(true);
  expect(ended).toEqual(Array.from({ length: 200 }, (_, i) => `${i}: ${i}`));
});

test("what cannot go by a lane ends it for the writer: nothing that he writes later may arrive first", () => {
  lanes.took(LANE, { channel: CHANNEL, ring: 0, bell: 1 });
  expect(lanes.write(CHANNEL, Uint8Array.of(1))).toBe(true);
  expect(lanes.write(CHANNEL, new Uint8Array(65536))).toBe(false);
  expect(lanes.leadsTo(CHANNEL)).toBe(false);
  expect(lanes.write(CHANNEL, Uint8Array.of(2))).toBe(false);
  expect(ring.read()).toEqual(Uint8Array.of(1));
  expect(ring.isEmpty).toBe(true);
});
