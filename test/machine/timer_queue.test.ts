import fc from "fast-check";
import { expect, test } from "vitest";
import { type Timer, TimerQueue } from "../../src/machine/timer_queue.ts";

test("a timer queue gives what a sorted list would, whatever is added and taken out", () => {
  const operation = fc.oneof(
    fc.record({ add: fc.nat(20) }),
    fc.record({ remove: fc.nat(30) }),
    fc.constant({ take: true as const }),
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 100 }), (operations) => {
      const queue = new TimerQueue();
      const all: Timer[] = [];
      let live: Timer[] = [];
      for (const step of operations) {
        if ("add" in step) {
          const timer = queue.add(step.add, () => {});
          all.push(timer);
          live.push(timer);
        } else if ("remove" in step) {
          const timer = all[step.remove];
          if (timer !== undefined) queue.remove(timer);
          live = live.filter((other) => other !== timer);
        } else {
          const { first } = queue;
          if (first !== undefined) queue.remove(first);
          live = live.filter((other) => other !== first);
        }
        const sorted = [...live].sort((a, b) => a.deadline - b.deadline || a.sequence - b.sequence);
        expect(queue.first).toBe(sorted[0]);
        expect(queue.size).toBe(live.length);
      }
    }),
  );
});
