/** What becomes of one node: its driver is started, stops, dies, is started again; the node is removed. */
import type { Driver } from "../driver/define.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { TaskReturnCode } from "../kernel/object/job_dispatcher.ts";
import { type Handle, INVALID_HANDLE } from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import type { Activity } from "./activity.ts";
import type { DriverStarter } from "./driver_starter.ts";
import type { HostDeath, HostRegistry } from "./host_registry.ts";
import type { Node } from "./node.ts";
import type { NodeServers } from "./node_server.ts";
import { RestartBackoff, type RestartPolicy } from "./restart_policy.ts";
import type { RunningDriver } from "./running_driver.ts";
import { Sleeper } from "./sleeper.ts";
import { describeEnd, type Story } from "./story.ts";

export interface LifecycleParts {
  readonly kernel: Kernel;
  readonly root: Node;
  readonly hosts: HostRegistry;
  readonly starter: DriverStarter;
  readonly servers: NodeServers;
  readonly activity: Activity;
  readonly story: Story;
  readonly restartPolicy: RestartPolicy;
  /** Nanoseconds that a driver has to stop, and to end a start for which somebody waits to be over. */
  readonly stopDeadline: number;
  /** A driver has started: its children can be bound. */
  readonly started: (node: Node) => void;
  /** A driver is about to go: what else it has asked for goes, too. */
  readonly leaving: (node: Node) => void;
  readonly removed: (node: Node) => void;
  /** Starts the driver of a node whose host has died, in the node's turn. */
  readonly startAgain: (node: Node) => Promise<void>;
}

/** What is known of a driver that was started, beside what its node shows. */
interface Run {
  readonly token: Handle;
  startedAt: number;
  nodeClosed: boolean;
  /** Its end is being dealt with. */
  crashed: boolean;
}

export class Lifecycle {
  readonly #parts: LifecycleParts;
  readonly #runs = new Map<Node, Run>();
  readonly #removals = new Map<Node, Promise<void>>();
  readonly #backoffs = new WeakMap<Node, RestartBackoff>();
  readonly #sleeper: Sleeper<Node>;

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
    this.#sleeper = new Sleeper(parts.kernel.root.zx);
  }

  /** What stands for a node on which a driver runs. */
  tokenOf(node: Node): Handle | undefined {
    return node.state === "running" ? this.#runs.get(node)?.token : undefined;
  }

  /** Starts a driver on a node, in the node's turn. Never rejects: what went wrong is the node's error. */
  async start(node: Node, driver: Driver): Promise<void> {
    const { hosts, story, activity } = this.#parts;
    node.driver = driver;
    node.error = undefined;
    node.state = "starting";
    story.tell(node, "bound");
    try {
      const { host, isShared } = await hosts.claim(node, driver);
      if (node.isLeaving) throw new ZxError("CANCELED", `${node.moniker} is being removed`);
      story.tell(node, "starting", { host });
      await this.#run(node, driver, isShared);
    } catch (error) {
      await this.#failed(node, error instanceof Error ? error : new Error(String(error)));
      return;
    }
    node.state = "running";
    this.#runs.get(node)!.startedAt = this.#now();
    const host = hosts.hostOf(node)!;
    story.tell(node, "started", { host });
    const death = hosts.deathOf(host);
    // It has died since, when it was not to be seen yet that it had started.
    if (death !== undefined) void activity.track(this.#crashed(node, death));
    else this.#parts.started(node);
  }

  /** Stops what is below a node, then the driver on it, and removes the node. Idempotent. */
  remove(node: Node): Promise<void> {
    let removal = this.#removals.get(node);
    if (removal !== undefined || node.state === "removed") return removal ?? Promise.resolve();
    node.isBeingRemoved = true;
    this.#sleeper.wake(node);
    this.hasten(node);
    removal = this.#parts.activity.track(node.inTurn(() => this.#remove(node)));
    this.#removals.set(node, removal);
    return removal;
  }

  /**
   * Stops what is below a node and its driver, in the node's turn, since somebody wants it started anew: how often it has died before
   * is forgotten. The node stays and may get a driver again.
   */
  async clear(node: Node): Promise<void> {
    this.#backoffs.delete(node);
    this.#sleeper.wake(node);
    await this.#clear(node);
  }

  /** Somebody waits for the node's turn: a driver that is starting has to be done by the deadline, or its host is killed. */
  hasten(node: Node): void {
    const { state, running } = node;
    if (state === "starting" && running !== undefined)
      this.#inTime(node, running, "started", running.started).catch(() => {});
  }

  /** A host has died: every driver in it has. */
  died(death: HostDeath): void {
    const { activity, story } = this.#parts;
    const words = describeEnd(death.host, death.end, death.left);
    const names = death.residents.map(({ driver, moniker }) => `${driver?.name} on ${moniker}`).join(", ");
    const [, ...stack] = death.end.message.split("\n");
    story.log("error", [`${words}. It was the host of ${names}`, ...stack].join("\n"));
    // Those that are starting learn it from their start, those that are stopping have stopped.
    for (const node of death.residents)
      if (node.state === "running") void activity.track(this.#crashed(node, death));
  }

  /** Starts the driver in the host that the node has. Rejects with why it did not start. */
  async #run(node: Node, driver: Driver, isShared: boolean): Promise<void> {
    const { hosts, kernel, root, servers, starter } = this.#parts;
    const host = hosts.hostOf(node)!;
    const run: Run = {
      token: kernel.root.zx.eventCreate(0),
      startedAt: 0,
      nodeClosed: false,
      crashed: false,
    };
    this.#runs.set(node, run);
    const providerNode = node.isComposite ? node.parents[0]!.node.provider : node.provider;
    node.running = starter.start({
      node,
      driver,
      host,
      isShared,
      providerHost: providerNode && hosts.hostOf(providerNode),
      isBoard: node.parent === root,
      server: servers.node(node),
      token: run.token,
      nodeClosed: () => this.#nodeClosed(node, run),
      gone: () => this.#gone(node, run),
    });
    try {
      await node.running.started;
    } catch (error) {
      if (this.#isAlive(host.processKoid)) throw error;
      const { reason, message } = await host.ended;
      throw new ZxError("PEER_CLOSED", `${host.name} has died (${reason}): ${message}`, { cause: error });
    }
    if (run.nodeClosed)
      this.#parts.story.log(
        "warning",
        `${driver.name} on ${node.moniker} has closed its node while it started`,
      );
  }

  async #failed(node: Node, error: Error): Promise<void> {
    const { hosts, story, activity } = this.#parts;
    const host = hosts.hostOf(node);
    const death = host && hosts.deathOf(host);
    node.error = error;
    node.state = "quarantined";
    await this.#removeChildren(node);
    this.#end(node);
    story.tell(node, "failed", { host, detail: error.message });
    if (death !== undefined && node.driver!.hostRestartOnCrash && !node.isLeaving)
      void activity.track(this.#restartLater(node));
  }

  async #clear(node: Node): Promise<void> {
    node.state = "restarting";
    this.#parts.story.tell(node, "restarting", { host: node.running?.host });
    await this.#stop(node);
  }

  async #remove(node: Node): Promise<void> {
    node.state = "stopping";
    await this.#stop(node);
    node.markRemoved();
    this.#removals.delete(node);
    this.#parts.story.tell(node, "removed");
    this.#parts.removed(node);
  }

  async #stop(node: Node): Promise<void> {
    const { story } = this.#parts;
    await this.#removeChildren(node);
    const { running } = node;
    if (running === undefined) return;
    const { host } = running;
    const wasAlive = this.#isAlive(host.processKoid);
    if (wasAlive) story.tell(node, "stopping", { host });
    const failure = await this.#inTime(node, running, "stopped", running.stop());
    this.#end(node);
    if (wasAlive) story.tell(node, "stopped", { host, detail: failure?.message });
  }

  /** A driver that never ends what it has begun must not keep all others from stopping: its host, which nobody else can free, is killed. */
  async #inTime<T>(node: Node, { host }: RunningDriver, what: string, ending: Promise<T>): Promise<T> {
    const { kernel, stopDeadline } = this.#parts;
    const { clock } = kernel.machine;
    const giveUp = () => {
      if (!this.#isAlive(host.processKoid)) return;
      const message = `${node.driver?.name} on ${node.moniker} has not ${what} within ${stopDeadline / 1e9} s`;
      kernel.process(host.processKoid).kill(TaskReturnCode.SYSCALL_KILL, message);
    };
    const cancel = clock.at(clock.now() + stopDeadline, giveUp);
    try {
      return await ending;
    } finally {
      cancel();
    }
  }

  /** Last added first. */
  async #removeChildren(node: Node): Promise<void> {
    this.#parts.leaving(node);
    for (let child = node.children.at(-1); child !== undefined; child = node.children.at(-1)) {
      await this.remove(child);
    }
  }

  /** Gives back all that the driver manager has for a driver. */
  #end(node: Node): void {
    node.running?.close();
    node.running = undefined;
    this.#parts.kernel.root.zx.handleClose(this.#runs.get(node)?.token ?? INVALID_HANDLE);
    this.#runs.delete(node);
    this.#parts.hosts.release(node);
  }

  /** The driver has let go of its node; when it was asked to stop, or is dead, that is no news. */
  #nodeClosed(node: Node, run: Run): void {
    run.nodeClosed = true;
    const { running } = node;
    if (this.#runs.get(node) !== run || running === undefined || node.state !== "running") return;
    if (this.#isAlive(running.host.processKoid))
      void this.#parts.activity.track(this.#crashed(node, "it has closed its node"));
  }

  /** The channel of a driver is closed; if its host has died that is told for all drivers in it. */
  #gone(node: Node, run: Run): void {
    const { running } = node;
    if (this.#runs.get(node) !== run || running === undefined || node.state !== "running") return;
    if (this.#isAlive(running.host.processKoid))
      void this.#parts.activity.track(this.#crashed(node, "its host has closed the driver's channel"));
  }

  /** A driver that ran is gone: its node is removed, or the driver is started again. */
  async #crashed(node: Node, cause: HostDeath | string): Promise<void> {
    const run = this.#runs.get(node);
    if (run === undefined || run.crashed) return;
    run.crashed = true;
    const host = node.running?.host;
    const detail = typeof cause === "string" ? cause : describeEnd(cause.host, cause.end, cause.left);
    this.#parts.story.tell(node, "crashed", { host, detail });
    if (node.driver?.hostRestartOnCrash && !node.isLeaving) await this.#restartLater(node);
    else await this.remove(node);
  }

  /** Clears the node, and after a pause starts its driver again, unless somebody else has done so before; gives up after too many in a row. */
  async #restartLater(node: Node): Promise<void> {
    const { restartPolicy, startAgain, story } = this.#parts;
    const run = this.#runs.get(node);
    const ranFor = run === undefined ? 0 : this.#now() - run.startedAt;
    let paused: Promise<void> | undefined;
    await node.inTurn(async () => {
      const { driver } = node;
      if (this.#runs.get(node) !== run || driver === undefined || node.isLeaving) return;
      const backoff = this.#backoffs.get(node) ?? new RestartBackoff(restartPolicy);
      this.#backoffs.set(node, backoff);
      const delay = backoff.next(ranFor);
      await this.#clear(node);
      if (node.isLeaving) return;
      if (delay !== undefined) {
        paused = this.#sleeper.sleep(node, delay);
        return;
      }
      node.state = "quarantined";
      const times = backoff.inRow === 0 ? "" : ` ${backoff.inRow + 1} times in a row`;
      node.error = new ZxError("UNAVAILABLE", `${driver.name} has died${times}: it is not started again`);
      story.tell(node, "failed", { detail: node.error.message });
    });
    if (paused === undefined) return;
    await paused;
    await node.inTurn(async () => {
      if (node.state === "restarting" && !node.isLeaving) await startAgain(node);
    });
  }

  #isAlive(processKoid: number): boolean {
    try {
      return this.#parts.kernel.process(processKoid).state !== "dead";
    } catch {
      return false;
    }
  }

  #now(): number {
    return this.#parts.kernel.machine.clock.now();
  }
}
