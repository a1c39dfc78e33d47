/** What a driver finds in its "/svc": every request to connect goes to the driver that serves it. */
import { Items, type ItemsServer } from "../fidl/fuchsia.boot.ts";
import { CompositeNodeManager, type CompositeNodeManagerServer } from "../fidl/fuchsia.driver.framework.ts";
import { Directory, type DirectoryServer, Flags } from "../fidl/fuchsia.io.ts";
import type { Binding } from "../fidl/runtime/protocol.ts";
import type { Handle } from "../zx/constants.ts";
import type { Zx } from "../zx/syscalls.ts";
import { closeWithEpitaph } from "./epitaph.ts";
import type { Node } from "./node.ts";
import { routesOf } from "./routes.ts";
import { formatServicePath, parseServicePath, type ServicePath } from "./service_path.ts";

export class Router {
  readonly #zx: Zx;
  readonly #compositeNodeManager: (node: Node) => CompositeNodeManagerServer;
  readonly #bootItems: ItemsServer;

  /** `compositeNodeManager`: as the driver on a node sees it. */
  constructor(
    zx: Zx,
    compositeNodeManager: (node: Node) => CompositeNodeManagerServer,
    bootItems: ItemsServer,
  ) {
    this.#zx = zx;
    this.#compositeNodeManager = compositeNodeManager;
    this.#bootItems = bootItems;
  }

  /** Serves the incoming services of a node's driver. */
  serve(node: Node, directory: Handle): Binding {
    const server: DirectoryServer = {
      open: (path, _flags, _options, object) => this.#open(node, path, object),
    };
    return Directory.serve(this.#zx, directory, server);
  }

  /** Connects `object` to what is offered to `node`; NOT_FOUND, as an epitaph. */
  open(node: Node, wanted: ServicePath, object: Handle): void {
    const source = findSource(node, wanted);
    if (source === undefined) closeWithEpitaph(this.#zx, object, "NOT_FOUND");
    else this.connect(source.provider, source.path, object);
  }

  #open(node: Node, path: string, object: Handle): void {
    const wanted = parseServicePath(path);
    if (path === CompositeNodeManager.service)
      CompositeNodeManager.serve(this.#zx, object, this.#compositeNodeManager(node));
    else if (path === Items.service && isBoard(node)) Items.serve(this.#zx, object, this.#bootItems);
    else if (wanted === undefined) closeWithEpitaph(this.#zx, object, "BAD_PATH");
    else this.open(node, wanted, object);
  }

  /** Connects `object` to what a node's driver serves; UNAVAILABLE, as an epitaph, where none runs. */
  connect(node: Node | undefined, path: ServicePath, object: Handle): void {
    const outgoing = node?.running?.outgoing;
    if (outgoing === undefined) {
      closeWithEpitaph(this.#zx, object, "UNAVAILABLE");
      return;
    }
    try {
      outgoing.open(`svc/${formatServicePath(path)}`, Flags.PROTOCOL_SERVICE, {}, object);
    } catch {
      // The driver has died and is about to be cleared away; `object` is closed already.
    }
  }
}

/** Its driver may have what is the whole machine's. */
function isBoard({ parent }: Node): boolean {
  return parent !== undefined && parent.parent === undefined;
}

function findSource(
  node: Node,
  { service, instance, member }: ServicePath,
): { provider: Node | undefined; path: ServicePath } | undefined {
  for (const { from, offer } of routesOf(node)) {
    if (offer.service !== service) continue;
    const found = offer.instances.find(({ target }) => target === instance);
    if (found === undefined) continue;
    return {
      provider: from.provider,
      path: { service: offer.sourceService, instance: found.source, member },
    };
  }
  return undefined;
}
