/**
 * How a driver reaches a service of its parent: a channel between the two on which the child sends the service's name and
 * the server end of a new channel. (What `fuchsia.io/Directory.Open` does for Fuchsia's drivers.)
 */
import type { Offer } from "../driver/offer.ts";
import type { EventStream } from "../events/events.ts";
import type { Binding } from "../fidl/runtime/protocol.ts";
import { type Handle, Signals, TIME_INFINITE } from "../zx/constants.ts";
import { isStatus, ZxError } from "../zx/error.ts";
import type { Zx } from "../zx/syscalls.ts";

/** Asks for `service` over `directory`; consumes `server`. */
export function openService(zx: Zx, directory: Handle, service: string, server: Handle): void {
  zx.channelWrite(directory, new TextEncoder().encode(service), [server]);
}

/** Serves `server` with the offer for `service`; otherwise closes it and throws NOT_FOUND. */
export function serveOffer(
  zx: Zx,
  events: EventStream,
  offers: readonly Offer[],
  service: string,
  server: Handle,
): Binding {
  const found = offers.find(({ protocol }) => protocol.service === service);
  if (found === undefined) {
    zx.handleClose(server);
    const known = offers.map(({ protocol }) => protocol.service).join(", ") || "nothing";
    throw new ZxError("NOT_FOUND", `no service ${service} here: ${known} is offered`);
  }
  return found.protocol.serve(zx, server, found.implementation(), { events });
}

/**
 * Takes requests on `directory` until its peer is closed, or it is. `bound` is called with each new binding. Whoever asks for what is
 * not offered finds its channel closed.
 */
export async function serveDirectory(
  zx: Zx,
  events: EventStream,
  directory: Handle,
  offers: readonly Offer[],
  bound: (binding: Binding) => void,
): Promise<void> {
  for (;;) {
    try {
      await zx.objectWaitOne(directory, Signals.READABLE | Signals.PEER_CLOSED, TIME_INFINITE);
      const { bytes, handles } = zx.channelRead(directory);
      const [server, ...surplus] = handles;
      zx.handleCloseMany(surplus);
      if (server !== undefined)
        bound(serveOffer(zx, events, offers, new TextDecoder().decode(bytes), server));
    } catch (error) {
      if (isStatus(error, "NOT_FOUND")) continue;
      if (isStatus(error, "PEER_CLOSED")) zx.handleClose(directory);
      else if (!isStatus(error, "CANCELED") && !isStatus(error, "BAD_HANDLE")) throw error;
      return;
    }
  }
}
