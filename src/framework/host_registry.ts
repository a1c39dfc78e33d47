import type { Driver } from "../driver/define.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { ProcessEnd } from "../kernel/object/process_dispatcher.ts";
import { ZxError } from "../zx/error.ts";
import type { DriverHost, DriverHostFactory, HostEnd } from "./driver_host.ts";
import type { Node } from "./node.ts";

/** A host that has died while there were drivers in it. */
export interface HostDeath {
  readonly host: DriverHost;
  readonly end: HostEnd;
  readonly left: ProcessEnd;
  readonly residents: readonly Node[];
}

/** The driver hosts: which node's driver is in which, and that none lives longer than the drivers in it. */
export class HostRegistry {
  readonly #kernel: Kernel;
  readonly #factory: DriverHostFactory;
  readonly #died: (death: HostDeath) => void;
  readonly #residents = new Map<DriverHost, Set<Node>>();
  readonly #hostOf = new Map<Node, DriverHost>();
  /** Hosts that nodes name, by that name. */
  readonly #named = new Map<string, Promise<DriverHost>>();
  readonly #deaths = new WeakMap<DriverHost, HostDeath>();

  constructor(kernel: Kernel, factory: DriverHostFactory, died: (death: HostDeath) => void) {
    this.#kernel = kernel;
    this.#factory = factory;
    this.#died = died;
  }

  /** Those that are alive. */
  get hosts(): ReadonlySet<DriverHost> {
    return new Set(this.#residents.keys());
  }

  /** The nodes whose drivers are in a host. */
  residents(host: DriverHost): readonly Node[] {
    return [...(this.#residents.get(host) ?? [])];
  }

  hostOf(node: Node): DriverHost | undefined {
    return this.#hostOf.get(node);
  }

  /** How a host died; undefined while it lives. */
  deathOf(host: DriverHost): HostDeath | undefined {
    return this.#deaths.get(host);
  }

  /**
   * The host for a driver on a node, which is the node's until `release`: its parent's if the driver is to be colocated, the one that the node
   * names, or a new one. `isShared`: other drivers are in it, or may come. INVALID_ARGS where there is none to be colocated in, or the
   * driver is also to be restarted alone.
   */
  async claim(node: Node, driver: Driver): Promise<{ host: DriverHost; isShared: boolean }> {
    const { colocate = false, hostRestartOnCrash = false } = driver;
    if (colocate && hostRestartOnCrash)
      throw new ZxError("INVALID_ARGS", `${driver.name} cannot be colocated and have its host restarted`);
    if (colocate) {
      const host = this.#candidate(node);
      if (host === undefined || !this.#residents.has(host)) {
        const of = node.parent?.moniker;
        throw new ZxError("INVALID_ARGS", `${driver.name} wants its parent's host, but ${of} has none`);
      }
      this.#settle(node, host);
      return { host, isShared: true };
    }
    const { driverHost } = node;
    const host =
      driverHost === undefined
        ? await this.#create(`driver-host:${driver.name}`, node)
        : await this.#joinNamed(driverHost, node);
    return { host, isShared: driverHost !== undefined };
  }

  /** The node's driver is not in its host any more; an empty host is destroyed. */
  release(node: Node): void {
    const host = this.#hostOf.get(node);
    if (host === undefined) return;
    this.#hostOf.delete(node);
    const residents = this.#residents.get(host);
    residents?.delete(node);
    if (residents?.size === 0) this.#forget(host);
  }

  /** The host of the nearest driver above. */
  #candidate(node: Node): DriverHost | undefined {
    for (let above = node.parent; above !== undefined; above = above.parent) {
      const host = this.#hostOf.get(above);
      if (host !== undefined) return host;
    }
    return undefined;
  }

  async #joinNamed(name: string, node: Node): Promise<DriverHost> {
    for (let known = this.#named.get(name); known !== undefined; known = this.#named.get(name)) {
      const host = await known.catch(() => undefined);
      if (host !== undefined && this.#residents.has(host)) {
        this.#settle(node, host);
        return host;
      }
      if (this.#named.get(name) === known) this.#named.delete(name);
    }
    const creating = this.#create(`driver-host:${name}`, node);
    this.#named.set(name, creating);
    const forget = () => {
      if (this.#named.get(name) === creating) this.#named.delete(name);
    };
    creating.then((host) => host.ended).then(forget, forget);
    return creating;
  }

  async #create(name: string, node: Node): Promise<DriverHost> {
    const host = await this.#factory.create(name);
    const process = this.#kernel.process(host.processKoid);
    if (process.state === "dead") {
      host.destroy();
      const { reason, message } = await host.ended;
      throw new ZxError("PEER_CLOSED", `${name} has died (${reason}): ${message}`);
    }
    let left: ProcessEnd | undefined;
    process.onDeath((end) => {
      left = end;
    });
    this.#residents.set(host, new Set());
    this.#settle(node, host);
    void host.ended.then((end) => this.#ended(host, end, left!));
    return host;
  }

  #settle(node: Node, host: DriverHost): void {
    this.#residents.get(host)!.add(node);
    this.#hostOf.set(node, host);
  }

  #ended(host: DriverHost, end: HostEnd, left: ProcessEnd): void {
    const residents = this.residents(host);
    const death = { host, end, left, residents };
    this.#deaths.set(host, death);
    if (!this.#residents.has(host)) return;
    this.#forget(host);
    this.#died(death);
  }

  #forget(host: DriverHost): void {
    this.#residents.delete(host);
    host.destroy();
  }
}
