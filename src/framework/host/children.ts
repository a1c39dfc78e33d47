/** The nodes that a driver adds, seen from its host. */
import type { NodeAddArgs, NodeController, OwnedNode, RequestBindOptions } from "../../driver/node.ts";
import { toFidlProperties } from "../../driver/property_values.ts";
import {
  type NodeClient,
  type NodeControllerClient,
  NodeController as NodeControllerProtocol,
  Node as NodeProtocol,
} from "../../fidl/fuchsia.driver.framework.ts";
import { createEndpoints } from "../../fidl/runtime/protocol.ts";
import { type Handle, INVALID_HANDLE, Signals, TIME_INFINITE } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { statusName } from "../../zx/status.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { monikerOf } from "../moniker.ts";
import { fromNodeError } from "../node_error.ts";
import { offerOf } from "../offers.ts";
import type { BanjoTable } from "./banjo_table.ts";
import type { OutgoingDirectory } from "./outgoing.ts";

export interface ChildrenParts {
  readonly zx: Zx;
  readonly outgoing: OutgoingDirectory;
  readonly banjo: BanjoTable;
}

/** Adds children with their services and in-process protocols, which are there from before a child is added until it is gone. */
export class Children {
  readonly #parts: ChildrenParts;
  readonly #open = new Set<Disposable>();

  constructor(parts: ChildrenParts) {
    this.#parts = parts;
  }

  async add(parent: NodeClient, parentMoniker: string, args: NodeAddArgs): Promise<NodeController> {
    return this.#add(parent, parentMoniker, args, INVALID_HANDLE);
  }

  async addOwned(parent: NodeClient, parentMoniker: string, args: NodeAddArgs): Promise<OwnedNode> {
    const { zx } = this.#parts;
    const { client, server } = createEndpoints(zx, NodeProtocol);
    const node = NodeProtocol.client(zx, client);
    this.#open.add(node);
    try {
      const controller = await this.#add(parent, parentMoniker, args, server);
      const { moniker } = controller;
      return {
        moniker,
        remove: () => controller.remove(),
        requestBind: (options) => controller.requestBind(options),
        waitForDriver: () => controller.waitForDriver(),
        addChild: (child) => this.add(node, moniker, child),
        addOwnedChild: (child) => this.addOwned(node, moniker, child),
        close: () => {
          this.#open.delete(node);
          node.close();
        },
      };
    } catch (error) {
      this.#open.delete(node);
      node.close();
      throw error;
    }
  }

  /** Forgets all children, which removes those that are owned. */
  close(): void {
    for (const connection of this.#open) connection[Symbol.dispose]();
    this.#open.clear();
  }

  async #add(
    parent: NodeClient,
    parentMoniker: string,
    args: NodeAddArgs,
    node: Handle,
  ): Promise<NodeController> {
    const { zx, outgoing, banjo } = this.#parts;
    const { name, properties = {}, offers = [] } = args;
    const moniker = monikerOf(parentMoniker, String(name));
    let instance: string;
    try {
      instance = outgoing.publish(String(name), offers);
    } catch (error) {
      zx.handleClose(node);
      throw error;
    }
    const symbols = banjo.add(args.banjo ?? {});
    const withdraw = () => {
      outgoing.withdraw(instance);
      banjo.remove(symbols);
    };
    const { client, server } = createEndpoints(zx, NodeControllerProtocol);
    const child = new Child(zx, client, moniker, withdraw);
    this.#open.add(child);
    void child.gone.then(() => this.#open.delete(child));
    try {
      await parent.addChild(
        {
          name,
          symbols: symbols.length > 0 ? symbols : undefined,
          properties2: toFidlProperties(properties),
          offers2: offers.map(({ protocol }) => offerOf(protocol.service, instance)),
          busInfo: args.busInfo,
          driverHost: args.driverHost,
        },
        server,
        node === INVALID_HANDLE ? undefined : node,
      );
    } catch (error) {
      child[Symbol.dispose]();
      throw fromNodeError(error, `child ${JSON.stringify(name)} of ${parentMoniker}`);
    }
    return child;
  }
}

/** A child's NodeController. */
class Child implements NodeController, Disposable {
  readonly moniker: string;
  /** Fulfilled when the node is gone, or nobody here holds on to it any more. */
  readonly gone: Promise<void>;
  readonly #zx: Zx;
  readonly #client: NodeControllerClient;

  constructor(zx: Zx, channel: Handle, moniker: string, withdraw: () => void) {
    this.moniker = moniker;
    this.#zx = zx;
    this.#client = NodeControllerProtocol.client(zx, channel);
    const end = () => {
      withdraw();
      this.#client.close();
    };
    // The driver manager closes its end when it has removed the node.
    this.gone = zx.objectWaitOne(channel, Signals.PEER_CLOSED, TIME_INFINITE).then(end, end);
  }

  async remove(): Promise<void> {
    try {
      this.#client.remove();
    } catch (error) {
      // It is gone already.
      if (!(error instanceof ZxError)) throw error;
    }
    await this.gone;
  }

  async requestBind(options: RequestBindOptions = {}): Promise<void> {
    await this.#client.requestBind(options);
  }

  async waitForDriver(): Promise<void> {
    const result = await this.#client.waitForDriver();
    if (result.kind === "driverStartedNodeToken") this.#zx.handleClose(result.driverStartedNodeToken);
    else if (result.kind === "matchError")
      throw this.#failure(result.matchError, "no driver is meant for it");
    else if (result.kind === "startError") throw this.#failure(result.startError, "its driver did not start");
    else
      throw new ZxError(
        "NOT_SUPPORTED",
        `${this.moniker}: the driver manager's answer is of an unknown kind`,
      );
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  #failure(status: number, what: string): ZxError {
    return new ZxError(status, `${this.moniker}: ${what} (${statusName(status)})`);
  }
}
