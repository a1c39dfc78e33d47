/** The machine's time, while processes give each other work that the kernel's thread does not see. */
import { expect, test, vi } from "vitest";
import { createSimX64 } from "../../src/boards/sim_x64.ts";
import { Kernel } from "../../src/kernel/kernel.ts";
import { TalkingProcesses } from "../support/talking_processes.ts";

test("time stands still while a message is on its way or being answered, and goes on when everybody waits", async () => {
  const machine = createSimX64();
  const kernel = await Kernel.create({ machine, addressSpace: "portable", seed: 1 });
  const processes = new TalkingProcesses(kernel);
  const [a, b, c] = await processes.start(3);
  const { clock } = machine;
  let isOver = false;
  // There is always something to wait for, in 1000 ns.
  const tempt = () => {
    if (!isOver) clock.at(clock.now() + 1000, tempt);
  };
  tempt();
  const opened = vi.spyOn(processes.exchange.lanes, "opened");
  const [ab, ba] = processes.channel(a!, b!);
  const [bc, cb] = processes.channel(b!, c!);
  // b asks c what time it is.
  void b!
    .run(
      async ({ zx }, from, to) => {
        for (;;) {
          const { bytes } = await zx.channelReadWhenReadable!(from);
          zx.channelWritePosted!(to, bytes);
          const answer = await zx.channelReadWhenReadable!(to);
          zx.channelWritePosted!(from, answer.bytes);
        }
      },
      ba,
      bc,
    )
    .catch(() => {});
  void c!
    .run(async ({ zx }, channel) => {
      for (;;) {
        const { bytes } = await zx.channelReadWhenReadable!(channel);
        zx.channelWritePosted!(channel, new Uint8Array(new Float64Array([zx.clockGetMonotonic()]).buffer));
        if (bytes.length === 0) return;
      }
    }, cb)
    .catch(() => {});
  const passed = await a!.run(async ({ zx }, channel) => {
    // Once there is an answer, all of them have begun.
    zx.channelWritePosted!(channel, Uint8Array.of(0));
    await zx.channelReadWhenReadable!(channel);
    const passed: number[] = [];
    for (let i = 0; i < 300; i++) {
      // A sleep lets everything rest now and then.
      const before = zx.clockGetMonotonic();
      if (i % 10 === 0) await zx.nanosleep(before + 5000);
      const asked = zx.clockGetMonotonic();
      if (i % 10 === 0 && asked < before + 5000) throw new Error("a sleep that was none");
      zx.channelWritePosted!(channel, Uint8Array.of(1));
      const { bytes } = await zx.channelReadWhenReadable!(channel);
      passed.push(new Float64Array(bytes.slice().buffer)[0]! - asked, zx.clockGetMonotonic() - asked);
    }
    return passed;
  }, ab);
  expect(opened.mock.calls.length).toBeGreaterThanOrEqual(4);
  expect(new Set(passed)).toEqual(new Set([0]));
  isOver = true;
  await processes.stop();
  await kernel.close();
});
