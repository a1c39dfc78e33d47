/** Starts a driver in a host: makes what crosses to it, and nothing else does. */
import type { ResourceName } from "../driver/context.ts";
import type { Driver } from "../driver/define.ts";
import { toFidlProperties } from "../driver/property_values.ts";
import {
  type NodePropertyEntry2,
  Node as NodeProtocol,
  type NodeServer,
  type NodeSymbol,
} from "../fidl/fuchsia.driver.framework.ts";
import { Directory } from "../fidl/fuchsia.io.ts";
import { createEndpoints } from "../fidl/runtime/protocol.ts";
import { Driver as DriverProtocol, type RootResources } from "../fidl/zirconia.driver.host.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { type Handle, INVALID_HANDLE, VmOption } from "../zx/constants.ts";
import { isStatus, type ZxError } from "../zx/error.ts";
import { PAGE_SIZE, roundDown } from "../zx/pages.ts";
import { Rights } from "../zx/rights.ts";
import type { DriverHost } from "./driver_host.ts";
import type { Node } from "./node.ts";
import type { Router } from "./router.ts";
import { fidlOffersOf } from "./routes.ts";
import { RunningDriver } from "./running_driver.ts";
import { DEFAULT_INSTANCE } from "./service_path.ts";

/** A host's root VMAR is parted among at most this many drivers. */
const DRIVERS_PER_HOST = 16;

export interface StartRequest {
  readonly node: Node;
  readonly driver: Driver;
  readonly host: DriverHost;
  /** The driver gets a part of the root VMAR. */
  readonly isShared: boolean;
  /** The host of the driver that added the node. */
  readonly providerHost: DriverHost | undefined;
  /** Board drivers get the root resources. */
  readonly isBoard: boolean;
  /** Serves the driver's Node. */
  readonly server: NodeServer;
  /** Stands for the node; the driver gets a duplicate. */
  readonly token: Handle;
  /** The driver has closed its Node. */
  readonly nodeClosed: () => void;
  readonly gone: (error: ZxError) => void;
}

export class DriverStarter {
  readonly #kernel: Kernel;
  readonly #router: Router;

  constructor(kernel: Kernel, router: Router) {
    this.#kernel = kernel;
    this.#router = router;
  }

  /** What the driver is by then is in `started` of the result. Throws, with nothing left behind, where it cannot even be asked. */
  start(request: StartRequest): RunningDriver {
    const { node, driver, host, isShared, token, server, nodeClosed, gone } = request;
    const { zx } = this.#kernel.root;
    const vmar = isShared ? this.#part(host) : undefined;
    const nodeEnds = createEndpoints(zx, NodeProtocol);
    const incoming = createEndpoints(zx, Directory);
    const outgoing = createEndpoints(zx, Directory);
    const driverEnds = createEndpoints(zx, DriverProtocol);
    const nodeBinding = NodeProtocol.serve(zx, nodeEnds.server, server);
    void nodeBinding.closed.then(nodeClosed);
    const running = new RunningDriver({
      host,
      client: DriverProtocol.client(zx, driverEnds.client),
      outgoing: Directory.client(zx, outgoing.client),
      bindings: [nodeBinding, this.#router.serve(node, incoming.server)],
      gone,
    });
    const binary = driver.binary;
    try {
      host.client.start(
        {
          node: nodeEnds.client,
          symbols: symbolsFor(request),
          url: driver.url,
          program: {
            entries: [
              { key: "runner", value: { kind: "str", str: "driver" } },
              ...(binary === undefined
                ? []
                : [{ key: "binary", value: { kind: "str", str: binary } } as const]),
            ],
          },
          incoming: [{ path: "/svc", directory: incoming.client }],
          outgoingDir: outgoing.server,
          nodeName: node.name,
          nodeOffers: fidlOffersOf(node),
          nodeToken: zx.handleDuplicate(token, Rights.SAME_RIGHTS),
          nodeProperties2: propertiesOf(node),
          vmar,
        },
        node.moniker,
        request.isBoard ? this.#rootResources() : {},
        driverEnds.server,
      );
    } catch (error) {
      // A host that is dead by now shows in `started`: its end of the channel is closed.
      if (!isStatus(error, "PEER_CLOSED") && !isStatus(error, "CANCELED")) {
        running.close();
        throw error;
      }
    }
    return running;
  }

  #part(host: DriverHost): Handle {
    const { zx } = this.#kernel.root;
    const { length } = zx.objectGetInfo(host.rootVmar, "VMAR");
    const size = roundDown(length / DRIVERS_PER_HOST);
    const options = VmOption.CAN_MAP_READ | VmOption.CAN_MAP_WRITE;
    return zx.vmarAllocate(host.rootVmar, options, 0, Math.max(size, PAGE_SIZE)).vmar;
  }

  /** Duplicates of the root resources. */
  #rootResources(): RootResources {
    const { root } = this.#kernel;
    const names: readonly ResourceName[] = ["mmio", "irq", "ioport", "system", "iommu"];
    const there = names.filter((name) => root[name] !== INVALID_HANDLE);
    return Object.fromEntries(
      there.map((name) => [name, root.zx.handleDuplicate(root[name], Rights.SAME_RIGHTS)]),
    );
  }
}

/** Symbols mean something in the host of the driver that added the node, and nowhere else. */
function symbolsFor({ node, host, providerHost }: StartRequest): readonly NodeSymbol[] | undefined {
  const { symbols } = node.isComposite ? node.parents[0]!.node : node;
  return providerHost === host && symbols.length > 0 ? symbols : undefined;
}

function propertiesOf(node: Node): NodePropertyEntry2[] {
  if (!node.isComposite) return [{ name: DEFAULT_INSTANCE, properties: toFidlProperties(node.properties) }];
  const entries = node.parents.map(({ name, properties }) => ({
    name,
    properties: toFidlProperties(properties),
  }));
  return [...entries, { name: DEFAULT_INSTANCE, properties: entries[0]!.properties }];
}
