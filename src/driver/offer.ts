import type { Protocol } from "../fidl/runtime/protocol.ts";

/** A service that a driver offers to a child node, or serves itself: a protocol and who answers it. */
export interface Offer {
  readonly protocol: Protocol<unknown, unknown>;
  /** Called once per connection. */
  readonly implementation: () => unknown;
}

/** `offer(PciDevice, () => new PciDeviceServer(fn))`: the second argument makes a server for each connection. */
export function offer<Client, Server>(
  protocol: Protocol<Client, Server>,
  implementation: () => Server,
): Offer {
  return { protocol: protocol as Protocol<unknown, unknown>, implementation };
}
