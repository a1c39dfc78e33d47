/** Nodes, as the driver that adds them sees them. */
import type { BindRule, ParentSpec } from "../bind/parent_spec.ts";
import type { BusInfo } from "../fidl/fuchsia.driver.framework.ts";
import type { NodeProperties } from "./define.ts";
import type { Offer } from "./offer.ts";

export type { BindRule, ParentSpec };

export interface NodeAddArgs {
  /** Unique among its siblings, at most 128 bytes. In monikers `.` and `:` become `_`, so siblings must differ in more than these. */
  readonly name: string;
  /** `fuchsia.NAME` and `fuchsia.Service` (the first that is offered) are added. */
  readonly properties?: NodeProperties;
  /** Services that the child's driver can connect to. Each also becomes a property, so that rules can bind to it. */
  readonly offers?: readonly Offer[];
  /** In-process protocols for a child that is colocated: name -> object. */
  readonly banjo?: Readonly<Record<string, object>>;
  /** Nodes that name the same host here have their drivers in one host. */
  readonly driverHost?: string;
  /** Where on its bus the device is. */
  readonly busInfo?: BusInfo;
}

export interface RequestBindOptions {
  /** Stops the driver that the node has. */
  readonly forceRebind?: boolean;
  /** Considers only drivers whose URL ends like this. */
  readonly driverUrlSuffix?: string;
}

/** The parent's hold on a child node. Forgetting it does not remove the child. */
export interface NodeController {
  readonly moniker: string;
  /** Removes the node and everything below it, bottom-up; fulfilled when it is gone. */
  remove(): Promise<void>;
  /** Looks for a driver again: ALREADY_BOUND, ALREADY_EXISTS while another request is under way, NOT_FOUND; why a driver did not start. */
  requestBind(options?: RequestBindOptions): Promise<void>;
  /**
   * Fulfilled once a driver has started. Rejected once none can come any more: NOT_FOUND, or with what its start failed with; CANCELED
   * when the node is removed, ALREADY_EXISTS while another wait is under way. May be awaited in the start of the driver that has added
   * the node: then the node is bound before that start has ended, and a rejection comes a second later.
   */
  waitForDriver(): Promise<void>;
}

/** A child that has no driver because the driver that added it keeps it, to add nodes below it. */
export interface OwnedNode extends NodeController {
  addChild(args: NodeAddArgs): Promise<NodeController>;
  addOwnedChild(args: NodeAddArgs): Promise<OwnedNode>;
  /** Lets go of the node, which removes it and everything below it. */
  close(): void;
}

/** A node with several parents, the first of which is the primary one: `fuchsia.driver.framework/CompositeNodeSpec`. */
export interface CompositeNodeSpec {
  readonly name: string;
  readonly parents: readonly ParentSpec[];
  /** As in `NodeAddArgs`. */
  readonly driverHost?: string;
}
