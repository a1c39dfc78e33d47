import type { NodeAddArgs, NodeController, ResourceName } from "../driver/context.ts";
import type { Driver, NodeProperties } from "../driver/define.ts";
import type { Offer } from "../driver/offer.ts";
import type { Handle } from "../zx/constants.ts";

/** What a driver is started with. Handles are in the driver manager's table and are moved into the host. */
export interface DriverStartArgs {
  readonly driver: Driver;
  readonly node: { readonly name: string; readonly moniker: string; readonly properties: NodeProperties };
  /** Names of the services that the parent offers, for messages. */
  readonly services: readonly string[];
  /** A channel on which the parent's driver takes requests to connect to these; INVALID_HANDLE if it has no parent driver. */
  readonly incoming: Handle;
  /** Root resources, for a board driver. */
  readonly resources: Readonly<Partial<Record<ResourceName, Handle>>>;
  /** In-process protocols of the parent, when it is in the same host. */
  readonly banjo: Readonly<Record<string, object>>;
  addChild(args: NodeAddArgs): Promise<NodeController>;
}

/** A range of device memory that a driver has mapped. */
export interface MappedMemory {
  readonly name: string;
  readonly vmoKoid: number;
  /** Bytes from the start of the VMO. */
  readonly vmoOffset: number;
  readonly size: number;
  /** In the host's VMAR. */
  readonly address: number;
  readonly policy: string;
}

/** A driver at work on a node. */
export interface RunningDriver {
  readonly host: DriverHost;
  readonly inspect: Readonly<Record<string, string | number | boolean | bigint>>;
  readonly memory: readonly MappedMemory[];
  /** Takes requests on `directory` (a manager's handle, moved) for what was offered to one child. */
  serveChild(offers: readonly Offer[], directory: Handle): void;
  /** Connects `server` (a manager's handle, moved) to a service that the driver serves at its own node. NOT_FOUND. */
  connectTo(service: string, server: Handle): void;
  /** Quiets the device and releases everything; never rejects: what went wrong is returned. */
  stop(): Promise<Error | undefined>;
}

/**
 * A process in Fuchsia's sense, with a handle table and a root VMAR, in which drivers run. This interface is all that
 * the driver manager knows of it, so that a host can be in another thread.
 */
export interface DriverHost {
  readonly name: string;
  readonly processKoid: number;
  /** Fulfilled when the driver has started; rejected with its error, everything released, when it has not. */
  start(args: DriverStartArgs): Promise<RunningDriver>;
  /** Ends the process: its handles are closed and its mappings gone. Idempotent. */
  destroy(): void;
}
