import type { NodeProperties } from "../bind/properties.ts";
import type { Driver } from "../driver/define.ts";
import type { CompositeNodeSpec } from "../driver/node.ts";
import type { CompositeNodeSpec as FidlSpec } from "../fidl/fuchsia.driver.framework.ts";
import { createEndpoints, type Protocol } from "../fidl/runtime/protocol.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { ZxError } from "../zx/error.ts";
import { Activity } from "./activity.ts";
import { Binder } from "./binder.ts";
import { bootItems } from "./boot_items.ts";
import { fromFidlSpec } from "./composite/fidl_spec.ts";
import { CompositeSpecs, type CompositeState } from "./composite/specs.ts";
import type { DriverHost, DriverHostFactory } from "./driver_host.ts";
import type { DriverIndex } from "./driver_index.ts";
import { DriverStarter } from "./driver_starter.ts";
import { HostRegistry } from "./host_registry.ts";
import { Lifecycle } from "./lifecycle.ts";
import { Node, type NodeArgs } from "./node.ts";
import { NodeServers } from "./node_server.ts";
import { DEFAULT_RESTART_POLICY, type RestartPolicy } from "./restart_policy.ts";
import { Restarts } from "./restarts.ts";
import { Router } from "./router.ts";
import { DEFAULT_INSTANCE, memberOf } from "./service_path.ts";
import { Story } from "./story.ts";
import { DriverWaits } from "./waits.ts";

/** Nanoseconds of the machine's time. */
const DEFAULT_STOP_DEADLINE = 10e9;

export interface DriverManagerOptions {
  readonly restart?: Partial<RestartPolicy> | undefined;
  /**
   * Nanoseconds that a driver has to stop, or to end its start where somebody waits for that to stop it (default 10 s). Then its host is
   * killed, with all drivers in it.
   */
  readonly stopDeadline?: number | undefined;
}

/**
 * Owns the node topology: adds nodes as drivers ask, has the driver index choose a driver for each, starts it in a driver host, stops
 * drivers bottom-up, and goes on where a host has died.
 */
export class DriverManager {
  readonly root: Node;
  readonly index: DriverIndex;
  readonly #kernel: Kernel;
  readonly #hosts: HostRegistry;
  readonly #specs = new CompositeSpecs();
  readonly #activity: Activity;
  readonly #router: Router;
  readonly #lifecycle: Lifecycle;
  readonly #binder: Binder;
  readonly #restarts: Restarts;
  readonly #story: Story;

  constructor(
    kernel: Kernel,
    index: DriverIndex,
    factory: DriverHostFactory,
    { restart = {}, stopDeadline = DEFAULT_STOP_DEADLINE }: DriverManagerOptions = {},
  ) {
    const { zx } = kernel.root;
    const root = new Node(undefined, { name: "root", properties: {}, offers: [], symbols: [] });
    const story = new Story(kernel);
    const waits = new DriverWaits(
      kernel,
      (node) => this.#lifecycle.tokenOf(node),
      () => this.#activity.isIdle,
    );
    const activity = new Activity(() => {
      waits.changed();
      factory.prepare?.();
    });
    const hosts = new HostRegistry(kernel, factory, (death) => this.#lifecycle.died(death));
    const compositeNodes = (adder: Node) => ({
      addSpec: (spec: FidlSpec) => this.#binder.addSpec(fromFidlSpec(spec), adder),
    });
    const router = new Router(zx, compositeNodes, bootItems(zx, kernel.machine.board));
    const actions = {
      add: (parent: Node, args: NodeArgs, isOwned: boolean) => this.#add(parent, args, isOwned),
      remove: (node: Node) => this.remove(node),
      requestBind: (node: Node, options: Parameters<Binder["request"]>[1]) =>
        this.#binder.request(node, options),
      waitForDriver: async (node: Node) => {
        await this.#binder.wanted(node);
        return waits.wait(node);
      },
    };
    this.root = root;
    this.index = index;
    this.#kernel = kernel;
    this.#hosts = hosts;
    this.#activity = activity;
    this.#router = router;
    this.#story = story;
    this.#lifecycle = new Lifecycle({
      kernel,
      root,
      hosts,
      starter: new DriverStarter(kernel, router),
      servers: new NodeServers(zx, actions),
      activity,
      story,
      restartPolicy: { ...DEFAULT_RESTART_POLICY, ...restart },
      stopDeadline,
      started: (node) => {
        waits.changed();
        this.#binder.started(node);
      },
      leaving: (node) => this.#binder.leaving(node),
      removed: (node) => {
        waits.changed();
        this.#binder.removed(node);
      },
      startAgain: (node) => this.#binder.startAgain(node),
    });
    const lifecycle = this.#lifecycle;
    this.#binder = new Binder({ root, index, specs: this.#specs, lifecycle, activity, story });
    this.#restarts = new Restarts({ root, index, hosts, lifecycle, binder: this.#binder, activity });
  }

  /** Hosts that are alive. */
  get hosts(): ReadonlySet<DriverHost> {
    return this.#hosts.hosts;
  }

  /** The nodes whose drivers are in a host. */
  residents(host: DriverHost): readonly Node[] {
    return this.#hosts.residents(host);
  }

  /** Composite node specifications, with what of each is there. */
  get compositeNodeSpecs(): readonly CompositeState[] {
    return this.#specs.states;
  }

  /** Adds the node of a board, whose driver gets the root resources, and waits until nothing more binds. */
  async addBoard(name: string, properties: NodeProperties): Promise<Node> {
    const node = this.#add(this.root, { name, properties, offers: [], symbols: [] }, false);
    await this.settled();
    return node;
  }

  /** Adds a node that comes into being once all its parents are there; `DomainError` of a CompositeNodeSpecError. */
  addCompositeNodeSpec(spec: CompositeNodeSpec): void {
    this.#binder.addSpec(spec);
  }

  /**
   * Fulfilled when nothing is under way: every driver that can start has started or failed, and what is to be removed or started again
   * has been.
   */
  settled(): Promise<void> {
    return this.#activity.settled();
  }

  /** NOT_FOUND names what is near. */
  find(moniker: string): Node {
    for (const node of this.root.walk()) if (node.moniker === moniker) return node;
    const known = [...this.root.walk()].map((node) => node.moniker).join(", ");
    throw new ZxError("NOT_FOUND", `no node ${moniker}; there are: ${known}`);
  }

  /**
   * A client of a protocol that the driver of `node` serves. Its channel is the driver manager's; calls fail with NOT_FOUND if the driver
   * does not serve it.
   */
  connect<Client>(node: Node, protocol: Protocol<Client, never>): Client {
    if (node.running === undefined || node.state === "starting") {
      throw new ZxError("BAD_STATE", `${node.moniker} has no running driver (it is ${node.state})`, {
        cause: node.error,
      });
    }
    const { zx } = this.#kernel.root;
    const { client, server } = createEndpoints(zx, protocol);
    const path = { service: protocol.service, instance: DEFAULT_INSTANCE, member: memberOf(protocol) };
    this.#router.connect(node, path, server);
    return protocol.client(zx, client, { events: this.#kernel.events });
  }

  /**
   * A client of what is offered to `node`, as its driver would get it; of a composite node, from the parent that is named. Calls fail with
   * NOT_FOUND where it is not offered, with UNAVAILABLE where its driver does not run.
   */
  connectFrom<Client>(node: Node, protocol: Protocol<Client, never>, parent = DEFAULT_INSTANCE): Client {
    const { zx } = this.#kernel.root;
    const { client, server } = createEndpoints(zx, protocol);
    this.#router.open(
      node,
      { service: protocol.service, instance: parent, member: memberOf(protocol) },
      server,
    );
    return protocol.client(zx, client, { events: this.#kernel.events });
  }

  /** Stops the drivers of a node and everything below it, children first, and removes the nodes. Idempotent. */
  remove(node: Node): Promise<void> {
    return this.#lifecycle.remove(node);
  }

  /** Has the index know another driver, and binds the nodes that have waited for it. ALREADY_EXISTS. Returns the nodes it was bound to. */
  async register(driver: Driver): Promise<readonly Node[]> {
    this.index.register(driver);
    this.#binder.driversChanged();
    await this.settled();
    return this.#nodesWith(driver.url);
  }

  /** From now on the driver is not bound to any node; where it runs it goes on until it is restarted. NOT_FOUND. */
  disable(url: string): void {
    this.index.disable(url);
  }

  /** Undoes `disable`, and binds the nodes that have waited. NOT_FOUND. */
  async enable(url: string): Promise<void> {
    this.index.enable(url);
    this.#binder.driversChanged();
    await this.settled();
  }

  /**
   * Restarts every host with this driver, all its drivers stopping first and then starting again on their nodes, and tries again where
   * the driver did not start. With `rematch`, and for drivers that are disabled, the nodes look for a driver anew. NOT_FOUND. Returns the
   * number of hosts.
   */
  restart(url: string, options: { rematch?: boolean } = {}): Promise<number> {
    return this.#restarts.restart(url, options);
  }

  /**
   * Puts another version of a driver in the place of the one with its URL, restarts it, and binds the nodes that have waited for it.
   * NOT_FOUND, INVALID_ARGS. Returns the number of hosts.
   */
  async reload(driver: Driver): Promise<number> {
    this.index.replace(driver);
    const hosts = await this.#restarts.restart(driver.url, { rematch: true });
    this.#binder.driversChanged();
    await this.settled();
    return hosts;
  }

  /** Stops everything, bottom-up; first what drivers have that were registered after the start, and those below them. */
  async stopAll(): Promise<void> {
    const later = [...this.root.walk()].filter(({ driver }) => driver && !this.index.isBoot(driver.url));
    for (const node of later.reverse()) await this.remove(node);
    for (const child of [...this.root.children].reverse()) await this.remove(child);
  }

  #nodesWith(url: string): Node[] {
    return [...this.root.walk()].filter(({ driver }) => driver?.url === url);
  }

  #add(parent: Node, args: NodeArgs, isOwned: boolean): Node {
    const node = new Node(parent, args, { isOwned });
    this.#story.tell(node, "added");
    if (!isOwned) this.#binder.added(node);
    return node;
  }
}
