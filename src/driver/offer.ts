import type { Protocol } from "../fidl/runtime/protocol.ts";

/** A service that a driver offers to a child node, or serves itself: a protocol and who answers it. */
export interface Offer {
  readonly protocol: Protocol<unknown, unknown>;
  /** Called once per connection. */
  readonly implementation: () => unknown;
  /** Called when a connection is over, with what `implementation` made for it: the client hung up, or its process has died. */
  readonly closed?: ((implementation: unknown) => void) | undefined;
}

/**
 * `offer(PciDevice, () => new PciDeviceServer(fn))`: the second argument makes a server for each connection, the third hears when
 * its connection is over.
 */
export function offer<Client, Server, Implementation extends Server>(
  protocol: Protocol<Client, Server>,
  implementation: () => Implementation,
  closed?: (implementation: Implementation) => void,
): Offer {
  return {
    protocol: protocol as Protocol<unknown, unknown>,
    implementation,
    closed: closed as Offer["closed"],
  };
}
