import type { NodeAddArgs, ResourceName } from "../driver/context.ts";
import type { Driver, NodeProperties } from "../driver/define.ts";
import type { NodeEvent } from "../events/events.ts";
import type { Protocol } from "../fidl/runtime/protocol.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { type Handle, INVALID_HANDLE } from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import { Rights } from "../zx/rights.ts";
import type { DriverHost, RunningDriver } from "./driver_host.ts";
import type { DriverIndex } from "./driver_index.ts";
import { InThreadHost } from "./in_thread_host.ts";
import { Node } from "./node.ts";

/**
 * Owns the node topology: adds nodes, has the driver index choose a driver for each, starts it in a driver host, and
 * stops drivers bottom-up.
 */
export class DriverManager {
  readonly root: Node;
  readonly #kernel: Kernel;
  readonly #index: DriverIndex;
  readonly #hosts = new Set<DriverHost>();
  /** Binds in progress: empty when every driver that can bind has. */
  readonly #binding = new Map<Node, Promise<void>>();

  constructor(kernel: Kernel, index: DriverIndex) {
    this.#kernel = kernel;
    this.#index = index;
    this.root = new Node(undefined, { name: "root", properties: {}, offers: [], banjo: {} });
  }

  /** Hosts that are alive. */
  get hosts(): ReadonlySet<DriverHost> {
    return this.#hosts;
  }

  /** Adds the node of a board, whose driver gets the root resources, and waits until nothing more binds. */
  async addBoard(name: string, properties: NodeProperties): Promise<Node> {
    const node = this.#add(this.root, { name, properties });
    await this.settled();
    return node;
  }

  /** Fulfilled when no bind is in progress: every driver that can start has started or failed. */
  async settled(): Promise<void> {
    while (this.#binding.size > 0) await Promise.all(this.#binding.values());
  }

  /** NOT_FOUND names what is near. */
  find(moniker: string): Node {
    for (const node of this.root.walk()) if (node.moniker === moniker) return node;
    const known = [...this.root.walk()].map((node) => node.moniker).join(", ");
    throw new ZxError("NOT_FOUND", `no node ${moniker}; there are: ${known}`);
  }

  /** A client of a protocol that the driver of `node` serves. Its channel is the driver manager's. */
  connect<Client>(node: Node, protocol: Protocol<Client, never>): Client {
    if (node.running === undefined) {
      throw new ZxError("BAD_STATE", `${node.moniker} has no running driver (it is ${node.state})`, {
        cause: node.error,
      });
    }
    const { zx } = this.#kernel.root;
    const [client, server] = zx.channelCreate();
    try {
      node.running.connectTo(protocol.service, server);
    } catch (error) {
      zx.handleClose(client);
      throw error;
    }
    return protocol.client(zx, client, { events: this.#kernel.events });
  }

  /** Stops the drivers of a node and everything below it, children first, and removes the nodes. */
  async remove(node: Node): Promise<void> {
    // A driver that is still starting is not stopped; nor is it waited for by those above and beside it, who may be starting too.
    for (let starting = this.#startingIn(node); starting.length > 0; starting = this.#startingIn(node)) {
      await Promise.all(starting);
    }
    await this.#stop(node);
    if (node.parent !== undefined) node.parent.children.splice(node.parent.children.indexOf(node), 1);
  }

  /** Stops everything, bottom-up. */
  async stopAll(): Promise<void> {
    await this.settled();
    for (const child of [...this.root.children].reverse()) await this.remove(child);
  }

  #add(parent: Node, args: NodeAddArgs): Node {
    if (parent.state === "stopping" || parent.state === "removed") {
      throw new ZxError("BAD_STATE", `${parent.moniker} is ${parent.state}: no children can be added`);
    }
    const { name, properties = {}, offers = [], banjo = {} } = args;
    const node = new Node(parent, { name, properties, offers, banjo });
    this.#tell(node, "added");
    // A child of a driver that is still starting is bound when that driver has started, and not at all if it fails:
    // until then its parent may not be able to answer.
    if (parent.state !== "starting") this.#bindSoon(node);
    return node;
  }

  #bindSoon(node: Node): void {
    this.#binding.set(
      node,
      this.#bind(node).finally(() => this.#binding.delete(node)),
    );
  }

  #startingIn(node: Node): Promise<void>[] {
    return [...node.walk()].flatMap((below) => this.#binding.get(below) ?? []);
  }

  async #bind(node: Node): Promise<void> {
    let host: DriverHost | undefined;
    try {
      node.driver = this.#index.match(node.properties);
      if (node.driver === undefined) return;
      node.state = "starting";
      this.#tell(node, "bound");
      host = this.#hostFor(node, node.driver);
      this.#tell(node, "starting", { host });
      node.running = await this.#start(node, node.driver, host);
      node.state = "running";
      this.#tell(node, "started", { host });
    } catch (error) {
      node.error = error instanceof Error ? error : new Error(String(error));
      if (node.driver !== undefined) node.state = "quarantined";
      for (const child of node.children.splice(0)) this.#markRemoved(child);
      if (host !== undefined) this.#destroyIfEmpty(host);
      this.#tell(node, "failed", { host, detail: node.error.message });
      return;
    }
    for (const child of node.children) this.#bindSoon(child);
  }

  #hostFor(node: Node, driver: Driver): DriverHost {
    if (driver.colocate) {
      const host = node.parent?.running?.host;
      if (host !== undefined) return host;
      throw new ZxError(
        "INVALID_ARGS",
        `${driver.name} wants its parent's host, but ${node.parent?.moniker} has none`,
      );
    }
    const host = new InThreadHost(this.#kernel, `driver-host:${driver.name}`);
    this.#hosts.add(host);
    return host;
  }

  #start(node: Node, driver: Driver, host: DriverHost): Promise<RunningDriver> {
    const { zx } = this.#kernel.root;
    const parent = node.parent?.running;
    let incoming = INVALID_HANDLE;
    if (parent !== undefined && node.offers.length > 0) {
      const [client, server] = zx.channelCreate();
      incoming = client;
      parent.serveChild(node.offers, server);
    }
    return host.start({
      driver,
      node: { name: node.name, moniker: node.moniker, properties: node.properties },
      services: node.offers.map(({ protocol }) => protocol.service),
      incoming,
      resources: node.parent === this.root ? this.#rootResources() : {},
      banjo: parent?.host === host ? node.banjo : {},
      addChild: async (args) => {
        const child = this.#add(node, args);
        return { moniker: child.moniker, remove: () => this.remove(child) };
      },
    });
  }

  /** Duplicates of the root resources, for a board driver: nobody else gets them. */
  #rootResources(): Record<ResourceName, Handle> {
    const { zx, mmio, irq, ioport, system, iommu } = this.#kernel.root;
    const duplicate = (handle: Handle) => zx.handleDuplicate(handle, Rights.SAME_RIGHTS);
    return {
      mmio: duplicate(mmio),
      irq: duplicate(irq),
      ioport: duplicate(ioport),
      system: duplicate(system),
      iommu: duplicate(iommu),
    };
  }

  /** Children first, last added first; then the node's own driver, and its host when nobody else is in it. */
  async #stop(node: Node): Promise<void> {
    const { running } = node;
    node.state = "stopping";
    for (const child of [...node.children].reverse()) await this.#stop(child);
    if (running !== undefined) {
      this.#tell(node, "stopping");
      const failure = await running.stop();
      node.running = undefined;
      this.#tell(node, "stopped", { host: running.host, detail: failure?.message });
      this.#destroyIfEmpty(running.host);
    }
    this.#markRemoved(node);
  }

  #markRemoved(node: Node): void {
    for (const below of node.walk()) {
      below.state = "removed";
      this.#tell(below, "removed");
    }
    node.children.length = 0;
  }

  #destroyIfEmpty(host: DriverHost): void {
    for (const node of this.root.walk()) if (node.running?.host === host) return;
    host.destroy();
    this.#hosts.delete(host);
  }

  #tell(
    node: Node,
    what: NodeEvent["what"],
    { host, detail }: { host?: DriverHost | undefined; detail?: string | undefined } = {},
  ): void {
    const { events, machine } = this.#kernel;
    if (!events.wants.node) return;
    events.emit({
      kind: "node",
      time: machine.clock.now(),
      moniker: node.moniker,
      what,
      driver: node.driver?.name,
      host: host?.name,
      detail,
    });
  }
}
