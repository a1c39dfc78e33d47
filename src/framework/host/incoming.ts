/** A driver's incoming namespace: the services of its parents, and those of the driver manager itself. */
import type { CompositeNodeSpec } from "../../driver/node.ts";
import type { EventStream } from "../../events/events.ts";
import { Items } from "../../fidl/fuchsia.boot.ts";
import { CompositeNodeManager, type DriverStartArgs } from "../../fidl/fuchsia.driver.framework.ts";
import { Directory, type DirectoryClient, Flags } from "../../fidl/fuchsia.io.ts";
import { createEndpoints, type Protocol } from "../../fidl/runtime/protocol.ts";
import { ZxError } from "../../zx/error.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { toFidlSpec } from "../composite/fidl_spec.ts";
import { fromSpecError } from "../node_error.ts";
import { serviceOf } from "../offers.ts";
import { DEFAULT_INSTANCE, formatServicePath, memberOf } from "../service_path.ts";

/** Protocols that the driver manager itself serves. */
const DRIVER_MANAGERS: readonly string[] = [CompositeNodeManager.service, Items.service];

export interface IncomingParts {
  readonly zx: Zx;
  readonly events: EventStream;
  readonly moniker: string;
  readonly args: DriverStartArgs;
}

export class Incoming {
  readonly #parts: IncomingParts;
  readonly #services: DirectoryClient | undefined;

  /** Takes the directories in `args.incoming`; only "/svc" is used. */
  constructor(parts: IncomingParts) {
    this.#parts = parts;
    const { zx, args } = parts;
    let services: DirectoryClient | undefined;
    for (const { path, directory } of args.incoming ?? []) {
      if (directory === undefined) continue;
      if (path === "/svc" && services === undefined) services = Directory.client(zx, directory);
      else zx.handleClose(directory);
    }
    this.#services = services;
  }

  async connect<Client extends Disposable>(
    protocol: Protocol<Client, never>,
    parent: string | undefined,
    keep: (client: Client) => void,
  ): Promise<Client> {
    if (DRIVER_MANAGERS.includes(protocol.service)) return this.#open(protocol, protocol.service, keep);
    const { service } = protocol;
    const instance = parent ?? DEFAULT_INSTANCE;
    const offered = this.#offered();
    if (!offered.some((offer) => offer.service === service && offer.instance === instance)) {
      const from = parent === undefined ? "its parent" : `its parent ${JSON.stringify(parent)}`;
      const known = offered.map((offer) => `${offer.service} (${offer.instance})`).join(", ") || "nothing";
      throw new ZxError(
        "NOT_FOUND",
        `${this.#parts.moniker}: ${from} does not offer ${service}; there is: ${known}`,
      );
    }
    const path = formatServicePath({ service, instance, member: memberOf(protocol) });
    return this.#open(protocol, path, keep);
  }

  async addCompositeNodeSpec(spec: CompositeNodeSpec): Promise<void> {
    using manager = this.#open(CompositeNodeManager, CompositeNodeManager.service, () => {});
    try {
      await manager.addSpec(toFidlSpec(spec));
    } catch (error) {
      throw fromSpecError(error, `composite node ${JSON.stringify(spec.name)}`);
    }
  }

  close(): void {
    this.#services?.close();
  }

  #open<Client extends Disposable>(
    protocol: Protocol<Client, never>,
    path: string,
    keep: (client: Client) => void,
  ): Client {
    const { zx, events, moniker } = this.#parts;
    if (this.#services === undefined) throw new ZxError("NOT_FOUND", `${moniker} has no incoming services`);
    const { client, server } = createEndpoints(zx, protocol);
    const connected = protocol.client(zx, client, { events });
    keep(connected);
    this.#services.open(path, Flags.PROTOCOL_SERVICE, {}, server);
    return connected;
  }

  #offered(): { service: string; instance: string }[] {
    return (this.#parts.args.nodeOffers ?? []).flatMap((offer) => {
      const { targetName = "", renamedInstances = [] } = serviceOf(offer) ?? {};
      return renamedInstances.map(({ targetName: instance }) => ({ service: targetName, instance }));
    });
  }
}
