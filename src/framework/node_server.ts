/** `Node` and `NodeController` as the driver manager serves them. */
import {
  type DriverResult,
  NodeController as NodeControllerProtocol,
  type NodeControllerServer,
  Node as NodeProtocol,
  type NodeServer,
} from "../fidl/fuchsia.driver.framework.ts";
import type { Handle } from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import type { Zx } from "../zx/syscalls.ts";
import type { Node, NodeArgs } from "./node.ts";
import { parseNodeArgs } from "./node_args.ts";

/** What drivers can do to nodes. */
export interface NodeActions {
  add(parent: Node, args: NodeArgs, isOwned: boolean): Node;
  remove(node: Node): Promise<void>;
  requestBind(
    node: Node,
    options: { forceRebind: boolean; driverUrlSuffix: string | undefined },
  ): Promise<void>;
  waitForDriver(node: Node): Promise<DriverResult>;
}

export class NodeServers {
  readonly #zx: Zx;
  readonly #actions: NodeActions;

  constructor(zx: Zx, actions: NodeActions) {
    this.#zx = zx;
    this.#actions = actions;
  }

  /** For whoever adds nodes below `node`: the driver on it, or the one that owns it. */
  node(node: Node): NodeServer {
    return {
      addChild: (args, controller, owned) => {
        let child: Node;
        try {
          child = this.#actions.add(node, parseNodeArgs(node, args), owned !== undefined);
        } catch (error) {
          this.#zx.handleCloseMany(owned === undefined ? [controller] : [controller, owned]);
          throw error;
        }
        this.#control(child, controller);
        if (owned !== undefined) this.#own(child, owned);
      },
    };
  }

  /** Serves the parent's hold on a child until either is gone. */
  #control(node: Node, channel: Handle): void {
    let waiting = false;
    const server: NodeControllerServer = {
      remove: () => void this.#actions.remove(node),
      requestBind: ({ forceRebind = false, driverUrlSuffix }) =>
        this.#actions.requestBind(node, { forceRebind, driverUrlSuffix }),
      waitForDriver: async () => {
        if (waiting)
          throw new ZxError("ALREADY_EXISTS", `${node.moniker}: another wait for its driver is under way`);
        waiting = true;
        try {
          return await this.#actions.waitForDriver(node);
        } finally {
          waiting = false;
        }
      },
    };
    const binding = NodeControllerProtocol.serve(this.#zx, channel, server);
    node.whenRemoved(() => binding.close());
  }

  /** Serves an owned node to its owner, whose closing it removes it. */
  #own(node: Node, channel: Handle): void {
    const binding = NodeProtocol.serve(this.#zx, channel, this.node(node));
    void binding.closed.then(() => this.#actions.remove(node));
    node.whenRemoved(() => binding.close());
  }
}
