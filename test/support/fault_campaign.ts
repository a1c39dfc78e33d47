/**
 * Deaths, one after the other, of a driver that does I/O, while another driver in another host works. Which deaths, and when in the
 * driver's life, is a matter of the seed.
 */
import { BroadcastChannel } from "node:worker_threads";
import { createSimX64 } from "../../src/boards/sim_x64.ts";
import { busDrivers } from "../../src/bus/index.ts";
import edu from "../../src/drivers/edu.ts";
import { EventStream } from "../../src/events/events.ts";
import { Device as Edu } from "../../src/fidl/zirconia.edu.ts";
import type { DriverHost, HostEnd, HostEndReason } from "../../src/framework/driver_host.ts";
import { System } from "../../src/framework/system.ts";
import { WorkerHosts } from "../../src/framework/worker_host/worker_hosts.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { randomStream } from "../../src/zx/random.ts";
import faultyEdu, { type Death, PLANS, type Plan } from "../framework/programs/faulty_edu.ts";
import { findProblems } from "./kernel_invariants.ts";
import { workerProgram } from "./worker_programs.ts";

export interface CampaignOptions {
  readonly seed: number;
  readonly deaths: number;
}

export interface CampaignReport {
  /** How many died in each way. */
  readonly died: Readonly<Record<Death, number>>;
  /** Of these, that were put down to the event loop's standing still before they were over. */
  readonly late: number;
  /** Deaths that the driver manager was told another reason for, and whatever was wrong with the kernel's books. */
  readonly problems: readonly string[];
  /** Milliseconds from a death to the driver running again, ascending. */
  readonly recoveries: readonly number[];
  /** Requests to the dying driver, and those that its deaths left unanswered. */
  readonly requests: number;
  readonly lost: number;
  /** Requests to the other driver, all of which were answered, and rightly. */
  readonly steady: number;
  /** What there was early and late in the campaign, each time right after a restart. */
  readonly before: Books;
  readonly after: Books;
}

/** What a leak would show in. */
export interface Books {
  readonly handles: number;
  readonly objects: number;
  readonly frames: number;
  readonly mappings: number;
  /** MiB. */
  readonly resident: number;
}

/** How the driver manager is told of each. */
const REASON: Readonly<Record<Death, HostEndReason>> = {
  throw: "error",
  reject: "rejection",
  loop: "unresponsive",
  heap: "out of memory",
  exit: "exit",
};

/** How many of each there are among twenty: loops take as long as the deadline. */
const SHARES: readonly Death[] = [
  ...Array<Death>(5).fill("throw"),
  ...Array<Death>(5).fill("reject"),
  ...Array<Death>(5).fill("exit"),
  ...Array<Death>(4).fill("heap"),
  "loop",
];

/** Milliseconds that the dying driver's event loop may stand still. */
const DEADLINE = 500;
const HEAP = 24 * 2 ** 20;
/** System calls and accesses of a whole life, about: starting takes 200 of them, each request some 20. */
const LONGEST_LIFE = 400;
/** Deaths before the first look at the books, when everything has been used that is used at all. */
const WARM_UP = 1 / 4;

export async function runCampaign({ seed, deaths }: CampaignOptions): Promise<CampaignReport> {
  const plans = makePlans(seed, deaths);
  const campaign = new Campaign(plans);
  const system = await boot(seed, campaign);
  try {
    return await campaign.run(system);
  } finally {
    campaign.close();
    await system.stop();
  }
}

function makePlans(seed: number, deaths: number): Plan[] {
  const random = randomStream(seed, "fault campaign");
  return Array.from({ length: deaths }, () => ({
    death: SHARES[Math.floor(random() * SHARES.length)]!,
    after: 1 + Math.floor(random() * LONGEST_LIFE),
  }));
}

async function boot(seed: number, campaign: Campaign): Promise<System> {
  const entry = await workerProgram("test_driver_host");
  const faulty = { ...faultyEdu, binary: (await workerProgram("faulty_edu")).href };
  const steady = { ...edu, bind: { ...(edu.bind as object), "fuchsia.BIND_PCI_TOPO": 2 << 3 } };
  return System.boot({
    machine: createSimX64({ devices: ["edu", "edu"] }),
    drivers: [...busDrivers, steady, faulty],
    events: campaign.events,
    seed,
    restart: { firstDelay: 1, maxDelay: 1, limit: Number.POSITIVE_INFINITY },
    hosts: (kernel: Kernel) => {
      const sound = new WorkerHosts(kernel, { entry, deadline: 20_000 });
      const dying = new WorkerHosts(kernel, { entry, deadline: DEADLINE, heap: HEAP });
      return {
        create(name) {
          if (!name.endsWith("faulty-edu")) return sound.create(name);
          const host = dying.create(name);
          campaign.watch(host);
          return host;
        },
        prepare() {
          sound.prepare();
          dying.prepare();
        },
      };
    },
  });
}

class Campaign {
  readonly events = new EventStream();
  readonly #plans: readonly Plan[];
  readonly #channel = new BroadcastChannel(PLANS);
  readonly #problems: string[] = [];
  readonly #recoveries: number[] = [];
  readonly #died: Record<Death, number> = { throw: 0, reject: 0, loop: 0, heap: 0, exit: 0 };
  readonly #books: Books[] = [];
  /** The plan of the driver that lives now, and how many there were. */
  #plan: Plan | undefined;
  #given = 0;
  #diedAt = 0;
  #late = 0;
  #requests = 0;
  #lost = 0;
  #steady = 0;
  #system: System | undefined;
  #isOver = false;

  constructor(plans: readonly Plan[]) {
    this.#plans = plans;
    this.#channel.onmessage = (message) => {
      if ((message as { data: { asked?: true } }).data.asked !== true) return;
      this.#plan = this.#plans[this.#given++];
      const immortal: Plan = { death: "exit", after: Number.POSITIVE_INFINITY };
      this.#channel.postMessage({ plan: this.#plan ?? immortal });
    };
    this.events.listen(
      (event) => {
        if (event.kind === "node" && event.driver === "faulty-edu" && event.what === "started")
          this.#started();
      },
      ["node"],
    );
  }

  /** A host in which the dying driver is about to be started. */
  watch(host: DriverHost): void {
    void host.ended.then((end) => this.#ended(end));
  }

  async run(system: System): Promise<CampaignReport> {
    this.#system = system;
    const dying = this.#useDying();
    const steady = this.#useSteady();
    await dying;
    this.#isOver = true;
    await steady;
    await system.manager.settled();
    this.#look();
    return {
      died: this.#died,
      late: this.#late,
      problems: this.#problems,
      recoveries: [...this.#recoveries].sort((a, b) => a - b),
      requests: this.#requests,
      lost: this.#lost,
      steady: this.#steady,
      before: this.#books[0]!,
      after: this.#books.at(-1)!,
    };
  }

  close(): void {
    this.#isOver = true;
    this.#channel.close();
  }

  get #deaths(): number {
    return Object.values(this.#died).reduce((sum, count) => sum + count, 0);
  }

  /** Requests to the dying driver, until it has died of every plan. */
  async #useDying(): Promise<void> {
    const { manager } = this.#system!;
    const node = [...manager.root.walk()].find(({ driver }) => driver?.name === "faulty-edu")!;
    while (this.#deaths < this.#plans.length) {
      if (node.state !== "running") {
        await turn();
        continue;
      }
      const client = this.#system!.connect(node.moniker, Edu);
      try {
        while (this.#deaths < this.#plans.length) {
          this.#requests++;
          await client.computeFactorial(5);
          this.#requests++;
          await client.dmaRoundTrip(new Uint8Array(64).fill(7));
        }
      } catch {
        this.#lost++;
      } finally {
        client.close();
      }
      await turn();
    }
  }

  /** Requests to the other driver, each of which has its answer. */
  async #useSteady(): Promise<void> {
    const { manager } = this.#system!;
    const node = [...manager.root.walk()].find(({ driver }) => driver?.name === "edu")!;
    const client = this.#system!.connect(node.moniker, Edu);
    const sent = Uint8Array.from({ length: 64 }, (_, i) => i * 3);
    for (let n = 0; !this.#isOver; n = (n + 1) % 12) {
      const answer = await client.computeFactorial(n);
      // A transfer takes a tenth of a second of the machine's time, which otherwise would hardly pass for anybody.
      const data = await client.dmaRoundTrip(sent);
      if (answer !== factorial(n) || !data.every((byte, i) => byte === sent[i]))
        this.#problems.push(`the other driver's answers: ${n}! is ${answer}, and [${data}]`);
      this.#steady += 2;
    }
    client.close();
  }

  #ended({ reason, message }: HostEnd): void {
    const plan = this.#plan;
    if (this.#isOver || plan === undefined) return;
    this.#diedAt = performance.now();
    this.#died[plan.death]++;
    // On a busy computer anything may take longer than an event loop may stand still.
    if (reason === "unresponsive" && plan.death !== "loop") this.#late++;
    else if (reason !== REASON[plan.death]) {
      const what = `${plan.death} after ${plan.after} was told as "${reason}": ${message}`;
      this.#problems.push(`death ${this.#given}, ${what}`);
    }
    for (const problem of findProblems(this.#system!.kernel))
      this.#problems.push(`after death ${this.#given} (${plan.death}): ${problem}`);
  }

  #started(): void {
    if (this.#diedAt === 0) return;
    this.#recoveries.push(performance.now() - this.#diedAt);
    this.#diedAt = 0;
    if (this.#books.length === 0 && this.#deaths >= this.#plans.length * WARM_UP) this.#look();
  }

  #look(): void {
    globalThis.gc?.();
    const { kernel } = this.#system!;
    const processes = [...kernel.processes()].filter(({ state }) => state === "running");
    this.#books.push({
      handles: processes.reduce((sum, { handles }) => sum + handles.size, 0),
      objects: [...kernel.objects()].length,
      frames: kernel.frames.used,
      mappings: processes.reduce((sum, { aspace }) => sum + aspace.mappings().length, 0),
      resident: Math.round(process.memoryUsage.rss() / 2 ** 20),
    });
  }
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
