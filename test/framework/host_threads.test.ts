import { BroadcastChannel } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import { HostThreads } from "../../src/framework/worker_host/host_threads.ts";
import { ProcessThread } from "../../src/remote/node/process_thread.ts";
import { StartedThread } from "../../src/remote/node/started_thread.ts";

const CHANNEL = `host threads ${process.pid}`;

/** A program that tells on a channel which thread it is, and stays. */
const TELLS = program(`
  import { BroadcastChannel, parentPort, threadId } from "node:worker_threads";
  parentPort.on("message", () => {});
  new BroadcastChannel(${JSON.stringify(CHANNEL)}).postMessage(threadId);
`);

function program(text: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}

const channel = new BroadcastChannel(CHANNEL);
const told: number[] = [];
let heard = () => {};
channel.onmessage = (message) => {
  told.push((message as { data: number }).data);
  heard();
};

async function threadsTold(count: number): Promise<readonly number[]> {
  while (told.length < count) {
    await new Promise<void>((resolve) => {
      heard = resolve;
    });
  }
  return told;
}

let threads: HostThreads;
const taken: StartedThread[] = [];

function take(): StartedThread {
  const thread = threads.take();
  taken.push(thread);
  return thread;
}

afterEach(async () => {
  await Promise.all([threads?.close(), ...taken.splice(0).map(({ worker }) => worker.terminate())]);
  told.length = 0;
});

test("threads that were prepared run before they are taken, and are taken first come first served", async () => {
  threads = new HostThreads({ entry: TELLS });
  threads.prepare(2);
  const [first, second] = await threadsTold(2);
  expect([take(), take()].map(({ worker }) => worker.threadId)).toEqual([first, second]);
});

test("a thread that was taken is not made up for, until one is prepared again", async () => {
  threads = new HostThreads({ entry: TELLS });
  threads.prepare(1);
  await threadsTold(1);
  take();
  const another = take();
  expect(await threadsTold(2)).toContain(another.worker.threadId);
  threads.prepare(1);
  const third = (await threadsTold(3))[2];
  expect(take().worker.threadId).toBe(third);
});

test("threads that nobody has taken end when the others' owner closes them", async () => {
  threads = new HostThreads({ entry: TELLS });
  threads.prepare(2);
  await threadsTold(2);
  const kept = take();
  await threads.close();
  // Only then is nothing left of a thread.
  expect(kept.worker.threadId).toBeGreaterThan(0);
  expect(take().worker.threadId).toBeGreaterThan(Math.max(...told));
});

test("whoever takes a thread that has failed by then learns why", async () => {
  const entry = program(`throw new Error("there is no program");`);
  const thread = new StartedThread({ entry, name: "failing" });
  await new Promise((resolve) => thread.worker.once("exit", resolve));
  const end = await new ProcessThread(thread).ended;
  expect(end.reason).toBe("exception");
  expect(end.message).toContain("there is no program");
});
