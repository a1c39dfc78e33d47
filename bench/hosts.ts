/**
 * Driver hosts in threads: a system call and a FIDL round trip between two of them, beside a bare `Atomics.wait` ping-pong and a bare
 * `postMessage` round trip between two threads; and the start of a host up to a running driver, beside that of an empty thread. All
 * rows of a round run one after the other, so that what else the computer does falls on them alike.
 */
import { BroadcastChannel, MessageChannel, Worker } from "node:worker_threads";
import { createSimX64 } from "../src/boards/sim_x64.ts";
import { builtinDrivers } from "../src/cli/builtin_drivers.ts";
import { Device } from "../src/fidl/zirconia.edu.ts";
import { System } from "../src/framework/system.ts";
import { WorkerHosts } from "../src/framework/worker_host/worker_hosts.ts";
import { Kernel } from "../src/kernel/kernel.ts";
import { ProcessThread } from "../src/remote/node/process_thread.ts";
import { StartedThread } from "../src/remote/node/started_thread.ts";
import { Exchange } from "../src/remote/server/exchange.ts";
import type { Order, Role } from "./hosts_program.ts";
import { median } from "./support.ts";

const ROUNDS = 41;
const CALLS = 200;
const STARTS = 11;
const PAUSE = 200;
const WIDTH = 62;
const AIM = "; the aim is at most 2";

export async function run(): Promise<void> {
  await calls();
  await starts();
}

async function calls(): Promise<void> {
  const kernel = await Kernel.create({ machine: createSimX64(), addressSpace: "portable" });
  const exchange = new Exchange();
  const { zx } = kernel.root;
  const [near, far] = zx.channelCreate();
  const client = await Caller.start(kernel, exchange, near, false);
  const server = await Caller.start(kernel, exchange, far, true);
  const [a, b] = zx.channelCreate();
  const binding = Device.serve(zx, a, {
    getId: async () => 0,
    checkLiveness: async (value) => ~value >>> 0,
    computeFactorial: async (input) => input,
    dmaRoundTrip: async (data) => data,
  });
  const here = Device.client(zx, b);
  const waiting = new PingPong();
  const posting = await Posting.start();
  const rows = {
    syscallHere: () => timed(() => void zx.objectGetInfo(zx.processSelf, "HANDLE_VALID")),
    syscallThere: () => client.time("syscall"),
    waiting: () => waiting.time(),
    fidlHere: () => timed(() => here.checkLiveness(7)),
    fidlThere: () => client.time("fidl"),
    posting: () => posting.time(),
  };
  const times = Object.fromEntries(Object.keys(rows).map((name) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, row] of Object.entries(rows)) times[name]!.push(await row());
  const tell = (title: string, row: keyof typeof rows, baseline: keyof typeof rows, of: string) => {
    const ratios = times[row]!.map((time, i) => time / times[baseline]![i]!);
    const us = 1000 * median(times[row]!);
    console.log(`${title.padEnd(WIDTH)} ${median(ratios).toFixed(2)} x ${of} (${us.toFixed(1)} us)${AIM}`);
  };
  tell("system call, host in the kernel's thread", "syscallHere", "waiting", "an Atomics.wait ping-pong");
  tell("system call, host in a thread of its own", "syscallThere", "waiting", "an Atomics.wait ping-pong");
  tell(
    "FIDL call and reply, both hosts in the kernel's thread",
    "fidlHere",
    "posting",
    "a postMessage round trip",
  );
  tell("FIDL call and reply, each host in a thread", "fidlThere", "posting", "a postMessage round trip");
  here.close();
  await binding.closed;
  await Promise.all([client.stop(), server.stop(), waiting.stop(), posting.stop()]);
  await kernel.close();
}

/** Milliseconds of one. */
async function timed(act: () => unknown): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < CALLS; i++) await act();
  return (performance.now() - start) / CALLS;
}

/** A process in a thread that makes the calls and takes the time. */
class Caller {
  readonly #thread: ProcessThread;
  readonly #orders: BroadcastChannel;

  static async start(
    kernel: Kernel,
    exchange: Exchange,
    channel: number,
    isServer: boolean,
  ): Promise<Caller> {
    const { zx, job } = kernel.root;
    const name = `bench ${isServer ? "server" : "client"} ${process.pid}`;
    const { process: created, rootVmar } = zx.processCreate(job, name);
    zx.processStart(created, channel);
    const { koid } = zx.objectGetInfo(created, "HANDLE_BASIC");
    zx.handleClose(rootVmar);
    const entry = new URL("./hosts_program.js", import.meta.url);
    const thread = new ProcessThread(new StartedThread({ entry, name }));
    const caller = new Caller(thread, new BroadcastChannel(name));
    const ready = caller.#next();
    thread.become({
      exchange,
      gate: kernel.gateOf(koid),
      events: kernel.events,
      raise: (report) => kernel.raiseException(koid, report),
      mappingAt: () => undefined,
      hold: () => kernel.machine.clock.hold?.() ?? (() => {}),
      deadline: 0,
      payload: { name, channel: kernel.takeStartHandle(koid), isServer } satisfies Role,
    });
    await ready;
    return caller;
  }

  private constructor(thread: ProcessThread, orders: BroadcastChannel) {
    this.#thread = thread;
    this.#orders = orders;
  }

  time(what: Order["what"]): Promise<number> {
    const time = this.#next() as Promise<number>;
    this.#orders.postMessage({ what, count: CALLS } satisfies Order);
    return time;
  }

  async stop(): Promise<void> {
    this.#orders.close();
    await this.#thread.terminate();
  }

  #next(): Promise<unknown> {
    return new Promise((resolve) => {
      this.#orders.onmessage = (message) => resolve((message as { data: unknown }).data);
    });
  }
}

/** Two threads that wake one another with `Atomics.wait` and `Atomics.notify`, this one being one of them. */
class PingPong {
  readonly #words = new Int32Array(new SharedArrayBuffer(8));
  readonly #worker = new Worker(
    `const words = new Int32Array(require("node:worker_threads").workerData);
     for (let seen = 0; ; ) {
       Atomics.wait(words, 0, seen);
       seen = Atomics.load(words, 0);
       Atomics.store(words, 1, seen);
       Atomics.notify(words, 1);
     }`,
    { eval: true, workerData: this.#words.buffer },
  );

  time(): number {
    const start = performance.now();
    for (let i = 0; i < CALLS; i++) {
      const sent = Atomics.add(this.#words, 0, 1) + 1;
      Atomics.notify(this.#words, 0);
      while (Atomics.load(this.#words, 1) !== sent) Atomics.wait(this.#words, 1, sent - 1);
    }
    return (performance.now() - start) / CALLS;
  }

  stop(): Promise<number> {
    return this.#worker.terminate();
  }
}

/** Two threads that send a message to and fro. */
class Posting {
  readonly #caller: Worker;
  readonly #echo: Worker;

  static async start(): Promise<Posting> {
    const { port1, port2 } = new MessageChannel();
    const echo = `const { parentPort, workerData: port } = require("node:worker_threads");
      port.on("message", (message) => port.postMessage(message));
      parentPort.postMessage("ready");`;
    const call = `const { parentPort, workerData: port } = require("node:worker_threads");
      let answered;
      port.on("message", () => answered());
      parentPort.on("message", async (count) => {
        const start = performance.now();
        for (let i = 0; i < count; i++) await new Promise((resolve) => { answered = resolve; port.postMessage(i); });
        parentPort.postMessage((performance.now() - start) / count);
      });
      parentPort.postMessage("ready");`;
    const start = async (text: string, port: typeof port1) => {
      const worker = new Worker(text, { eval: true, workerData: port, transferList: [port] });
      await new Promise((resolve) => worker.once("message", resolve));
      return worker;
    };
    return new Posting(await start(call, port1), await start(echo, port2));
  }

  private constructor(caller: Worker, echo: Worker) {
    this.#caller = caller;
    this.#echo = echo;
  }

  time(): Promise<number> {
    return new Promise((resolve) => {
      this.#caller.once("message", resolve);
      this.#caller.postMessage(CALLS);
    });
  }

  async stop(): Promise<void> {
    await Promise.all([this.#caller.terminate(), this.#echo.terminate()]);
  }
}

/** The start of a host, from when the driver manager asks for it up to edu running there; and an empty thread, from its making to its first turn. */
async function starts(): Promise<void> {
  const systems = { ahead: await Restarted.boot(true), alone: await Restarted.boot(false) };
  const rows = Object.entries(systems).map(
    ([name, system]) => ({ name, system, host: [], restart: [] }) as Row,
  );
  for (let i = 0; i < STARTS; i++) {
    for (const { system, host, restart } of rows) {
      // The thread ahead has the time to start that it has in a system which does not lose a host every few milliseconds.
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      const empty = await emptyStart();
      const times = await system.restart();
      host.push(times.host / empty);
      restart.push(times.restart / empty);
    }
  }
  for (const { name, system, host, restart } of rows) {
    await system.stop();
    const how = name === "ahead" ? "a thread being ahead" : "none being ahead";
    const tell = (title: string, ratios: readonly number[]) =>
      console.log(
        `${`${title}, ${how}`.padEnd(WIDTH)} ${median(ratios).toFixed(2)} x the start of an empty thread`,
      );
    tell("a host started, and edu in it", host);
    tell("edu stopped, and started in a new host", restart);
  }
}

interface Row {
  readonly name: string;
  readonly system: Restarted;
  readonly host: number[];
  readonly restart: number[];
}

/** A system whose edu driver is stopped and started again, in a new host each time. */
class Restarted {
  readonly #system: System;
  readonly #hosts: { askedAt: number };

  static async boot(spare: boolean): Promise<Restarted> {
    const entry = new URL("../../dist/bin/driver_host.js", import.meta.url);
    const asked = { askedAt: 0 };
    const hosts = (kernel: Kernel) => {
      const workers = new WorkerHosts(kernel, { entry, spare });
      return {
        create(name: string) {
          asked.askedAt = performance.now();
          return workers.create(name);
        },
        prepare: () => workers.prepare(),
      };
    };
    const system = await System.boot({
      machine: createSimX64(),
      drivers: builtinDrivers,
      addressSpace: "portable",
      hosts,
    });
    return new Restarted(system, asked);
  }

  private constructor(system: System, hosts: { askedAt: number }) {
    this.#system = system;
    this.#hosts = hosts;
  }

  /** Milliseconds: of the whole, and of what comes after the driver manager has asked for the new host. */
  async restart(): Promise<{ restart: number; host: number }> {
    const start = performance.now();
    await this.#system.manager.restart("fuchsia-boot:///#meta/edu.cm");
    const end = performance.now();
    return { restart: end - start, host: end - this.#hosts.askedAt };
  }

  stop(): Promise<void> {
    return this.#system.stop();
  }
}

async function emptyStart(): Promise<number> {
  const start = performance.now();
  const worker = new Worker("", { eval: true });
  await new Promise((resolve) => worker.once("online", resolve));
  const time = performance.now() - start;
  await worker.terminate();
  return time;
}
