/** How a process in a thread ends, and that nothing of it is left. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { Exchange } from "../../src/remote/server/exchange.ts";
import { withKernel } from "../support/kernel.ts";
import { RemoteProcess } from "../support/remote_process.ts";

const get = withKernel("portable");

test.each<[what: string, die: () => void, reason: string, message: RegExp]>([
  [
    "an error that nobody catches",
    () => {
      setImmediate(() => {
        throw new TypeError("not caught");
      });
    },
    "exception",
    /TypeError: not caught\n +at/,
  ],
  [
    "a rejection that nobody handles",
    () => void Promise.reject(new Error("not handled")),
    "rejection",
    /Error: not handled/,
  ],
  ["process.exit", () => process.exit(7), "exit", /exit code 7/],
  [
    "an endless loop",
    () => {
      setImmediate(() => {
        for (;;);
      });
    },
    "unresponsive",
    /stood still for 1000 ms/,
  ],
  [
    "a heap that grows for ever",
    () => {
      setImmediate(() => {
        for (const hog: unknown[] = []; ; ) hog.push(new Array(100_000).fill(1));
      });
    },
    "out of memory",
    /memory/,
  ],
])("%s is told as what it is", async (_, die, reason, message) => {
  // Whoever fills a heap needs his time, too.
  const deadline = reason === "unresponsive" ? 1000 : 0;
  const remote = await RemoteProcess.start(get().kernel, { deadline, heapMiB: 24 });
  await remote.run(({ zx }) => zx.eventCreate(0));
  void remote.run(die).catch(() => {});
  expect(await remote.thread.ended).toMatchObject({ reason, message: expect.stringMatching(message) });
  await remote.stop();
});

test("a thread that makes one call after the other and never returns is unresponsive too", async () => {
  const remote = await RemoteProcess.start(get().kernel, { deadline: 1000 });
  void remote
    .run(({ zx }) => {
      for (;;) zx.clockGetMonotonic();
    })
    .catch(() => {});
  expect((await remote.thread.ended).reason).toBe("unresponsive");
  await remote.stop();
});

test("a thread that is busy again and again, but comes to its event loop, is left alone", async () => {
  const remote = await RemoteProcess.start(get().kernel, { deadline: 2000 });
  const turns = await remote.run(async ({ zx }) => {
    for (let turn = 0; turn < 40; turn++) {
      for (const end = performance.now() + 60; performance.now() < end; ) zx.clockGetMonotonic();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return "still here";
  });
  expect(turns).toBe("still here");
  await remote.stop();
});

test("a thread that is ended in the middle of a system call leaves the kernel and the others as they were", async () => {
  const exchange = new Exchange();
  const other = await RemoteProcess.start(get().kernel, { exchange, name: "other" });
  for (let i = 0; i < 5; i++) {
    const remote = await RemoteProcess.start(get().kernel, { exchange });
    void remote
      .run(({ zx }) => {
        const big = new Uint8Array(300_000);
        const vmo = zx.vmoCreate(2 ** 20, 0);
        for (;;) zx.vmoWrite(vmo, big, 0);
      })
      .catch(() => {});
    await other.run(({ zx }) => zx.handleClose(zx.eventCreate(0)));
    expect((await remote.stop()).reason).toBe("terminated");
    expect(await other.run(({ zx }) => zx.vmoGetSize(zx.vmoCreate(4096, 0)))).toBe(4096);
    expect(get().problems()).toEqual([]);
  }
  await other.stop();
  expect(exchange.size).toBe(0);
});

test("a program that scribbles over its mailbox is ended for it", async () => {
  const remote = await RemoteProcess.start(get().kernel);
  // The mailbox is the only shared memory that the program can come by: through the words that it is told to wait on.
  void remote
    .run(() => {
      const { load } = Atomics;
      Atomics.load = ((words: Int32Array, index: number) => {
        words[2] = 77;
        return load(words, index);
      }) as typeof Atomics.load;
    })
    .then(() => remote.run(({ zx }) => zx.clockGetMonotonic()))
    .catch(() => {});
  expect((await remote.thread.ended).reason).toBe("violation");
  await remote.stop();
});

test("of a hundred threads that were started and ended nothing is kept", async () => {
  const kernel = get();
  const exchange = new Exchange();
  const threads: WeakRef<object>[] = [];
  const objects = [...kernel.kernel.objects()].length;
  const handles = kernel.userboot.handles.size;
  for (let i = 0; i < 100; i++) {
    const remote = await RemoteProcess.start(kernel.kernel, { exchange });
    threads.push(new WeakRef(remote.thread));
    await remote.stop();
  }
  expect(exchange.size).toBe(0);
  expect([...kernel.kernel.objects()]).toHaveLength(objects);
  expect(kernel.userboot.handles.size).toBe(handles);
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let i = 0; i < 4; i++) {
    await new Promise(setImmediate);
    collect();
  }
  // The last ones may still be on somebody's stack.
  expect(threads.filter((thread) => thread.deref() !== undefined).length).toBeLessThan(5);
});
