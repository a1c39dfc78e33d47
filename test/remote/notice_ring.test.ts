import fc from "fast-check";
import { expect, test } from "vitest";
import { MailboxMemory, RING_SIZE, Word } from "../../src/remote/mailbox.ts";
import { NoticeReceiver, NoticeSender } from "../../src/remote/notice_ring.ts";

function ring() {
  const memory = new MailboxMemory();
  return { memory, sender: new NoticeSender(memory), receiver: new NoticeReceiver(memory) };
}

test("notices arrive whole and in their order, around the end of the ring and beyond what fits into it", () => {
  const message = fc.tuple(fc.nat(0xff), fc.oneof(fc.nat(40), fc.nat(RING_SIZE / 2)));
  const step = fc.oneof(
    fc.record({ send: message }),
    fc.record({ take: fc.nat(8) }),
    fc.constant({ refill: 1 }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { sender, receiver } = ring();
      const sent: Uint8Array[] = [];
      const received: Uint8Array[] = [];
      const take = (most: number) => {
        for (let i = 0; i < most; i++) {
          // Whoever is thrown out of it sees it again.
          const throws = () => {
            throw new RangeError();
          };
          if (receiver.isEmpty) return;
          expect(() => receiver.take(throws)).toThrow(RangeError);
          receiver.take((next) => received.push(next));
        }
      };
      for (const each of steps) {
        if ("send" in each) {
          const bytes = new Uint8Array(each.send[1]).fill(each.send[0]);
          sent.push(bytes);
          sender.send(bytes);
        } else if ("take" in each) take(each.take);
        else sender.refill();
      }
      do take(Number.POSITIVE_INFINITY);
      while (sender.refill());
      take(Number.POSITIVE_INFINITY);
      expect(received.map(({ length }) => length)).toEqual(sent.map(({ length }) => length));
      expect(received.every((bytes, i) => bytes[0] === sent[i]![0])).toBe(true);
      expect(sender.isRead).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test("a reader that claims to have read what was not sent gets nothing more, and nothing is overwritten", () => {
  const { memory, sender } = ring();
  for (const tail of [1, -1, 2 ** 31 - 1, -(2 ** 31), RING_SIZE]) {
    Atomics.store(memory.words, Word.TAIL, tail);
    sender.send(new Uint8Array(100));
    expect(sender.hasBacklog).toBe(true);
    expect(Atomics.load(memory.words, Word.HEAD)).toBe(0);
  }
});
