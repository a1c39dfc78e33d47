/** The memory of a lane, with its writer, its reader, and the kernel's thread that closes it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { CHANNEL_MAX_PENDING_MESSAGES } from "../../src/kernel/object/channel_dispatcher.ts";
import { LaneRing } from "../../src/remote/lane_ring.ts";
import { Busy } from "../../src/remote/mailbox.ts";

/** Three views of the same memory. */
function ends(): { writer: LaneRing; reader: LaneRing; kernel: LaneRing } {
  const kernel = new LaneRing();
  return { writer: new LaneRing(kernel.buffer), reader: new LaneRing(kernel.buffer), kernel };
}

test("messages come out as they went in, in their order, however often they wrap around its end", () => {
  const { writer, reader } = ends();
  const message = fc.tuple(fc.nat(5000), fc.nat(255)).map(([size, fill]) => new Uint8Array(size).fill(fill));
  const waiting: Uint8Array[] = [];
  fc.assert(
    fc.property(fc.array(message, { maxLength: 20 }), fc.nat(20), (messages, reads) => {
      for (const message of messages) if (writer.write(message)) waiting.push(message);
      for (let i = 0; i < reads; i++) {
        const [read, expected] = [reader.read(), waiting.shift()];
        expect(read?.length).toBe(expected?.length);
        expect(read?.every((byte) => byte === expected![0])).toBe(expected?.every(() => true));
      }
      expect(reader.isEmpty).toBe(waiting.length === 0);
    }),
    { numRuns: 300, seed: 5 },
  );
});

test("what does not fit is refused whole; of the shortest messages, fewer fit than may wait in a channel", () => {
  const { writer, reader } = ends();
  expect(writer.write(new Uint8Array(65536))).toBe(false);
  expect(reader.isEmpty).toBe(true);
  let count = 0;
  while (writer.write(new Uint8Array(0))) count++;
  expect(count).toBeGreaterThan(100);
  expect(count).toBeLessThan(CHANNEL_MAX_PENDING_MESSAGES);
  expect(reader.read()).toEqual(new Uint8Array(0));
  expect(writer.write(new Uint8Array(0))).toBe(true);
});

test("who closes it gets what nobody has read; nothing is written or read any more", () => {
  const { writer, reader, kernel } = ends();
  for (let i = 0; i < 5; i++) writer.write(Uint8Array.of(i));
  reader.read();
  expect(kernel.close()).toEqual([1, 2, 3, 4].map((i) => Uint8Array.of(i)));
  expect([writer.isClosed, reader.isClosed]).toEqual([true, true]);
  expect(writer.write(Uint8Array.of(9))).toBe(false);
  expect(reader.read()).toBeUndefined();
  expect(kernel.close()).toHaveLength(4);
});

test("it is idle when its reader rests and has read all, or rests and wants nothing", () => {
  const { writer, reader, kernel } = ends();
  expect([kernel.isIdle, writer.isAsleep]).toEqual([false, false]);
  reader.setReader(Busy.NO);
  expect([kernel.isIdle, writer.isAsleep]).toEqual([true, true]);
  writer.write(Uint8Array.of(1));
  expect([kernel.isIdle, writer.isAsleep]).toEqual([false, true]);
  reader.setReader(Busy.NO, false);
  expect([kernel.isIdle, writer.isAsleep]).toEqual([true, false]);
  reader.setReader(Busy.WAITS, false);
  expect([kernel.isIdle, writer.isAsleep]).toEqual([false, true]);
});

test("whatever is scribbled over it, who reads or closes it gets messages that fit into it, or learns that it makes no sense", () => {
  const scribble = fc.tuple(
    fc.nat(63),
    fc.oneof(fc.integer(), fc.nat(70_000), fc.constantFrom(0, 16, 32, 0x8000)),
  );
  let senseless = 0;
  fc.assert(
    fc.property(
      fc.array(fc.nat(3000), { maxLength: 12 }),
      fc.array(scribble, { minLength: 1, maxLength: 6 }),
      (sizes, scribbles) => {
        const { writer, reader, kernel } = ends();
        for (const size of sizes) writer.write(new Uint8Array(size));
        const header = new Int32Array(kernel.buffer, 0, 64);
        const lengths = new Int32Array(kernel.buffer, 256);
        for (const [at, value] of scribbles) {
          if (at % 2 === 0) header[at] = value;
          else lengths[at * 4] = value;
        }
        try {
          for (let i = 0; i < 5; i++) reader.read();
        } catch (error) {
          expect((error as { statusName: string }).statusName).toBe("IO_DATA_INTEGRITY");
        }
        const left = kernel.close();
        if (left === undefined) senseless++;
        else expect(left.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(0x8000);
      },
    ),
    { numRuns: 2000, seed: 5 },
  );
  expect(senseless).toBeGreaterThan(100);
});
