import type { EventStream } from "../events/events.ts";
import type { DeviceClient as PciDeviceClient } from "../fidl/fuchsia.hardware.pci.ts";
import type { Protocol } from "../fidl/runtime/protocol.ts";
import type { MmioBuffer } from "../mmio/mmio_buffer.ts";
import type { CachePolicyName, Handle } from "../zx/constants.ts";
import type { ZxError } from "../zx/error.ts";
import type { StatusName } from "../zx/status.ts";
import type { Zx } from "../zx/syscalls.ts";
import type { NodeProperties } from "./define.ts";
import type { DmaBuffer } from "./dma_buffer.ts";
import type { IrqWaiter } from "./irq_waiter.ts";
import type { CompositeNodeSpec, NodeAddArgs, NodeController, OwnedNode } from "./node.ts";
import type { Offer } from "./offer.ts";

export type ResourceName = "mmio" | "irq" | "ioport" | "system" | "iommu";

export interface MmioOptions {
  /** What errors and traces call it; default: the VMO's name. */
  readonly name?: string;
  /** Bytes from the start of the VMO (default 0). */
  readonly offset?: number;
  /** Bytes (default: to the end of the VMO). */
  readonly size?: number;
  /** Default UNCACHED_DEVICE. */
  readonly policy?: CachePolicyName;
}

/** What a driver is given. Everything obtained through it is released when the driver stops, last first. */
export interface DriverContext {
  /** The system calls of this driver's host process. */
  readonly zx: Zx;
  readonly node: {
    readonly name: string;
    readonly moniker: string;
    /** The node's own; for a composite node those of the primary parent's specification. */
    readonly properties: NodeProperties;
    /** For a composite node: what the specification says of each parent, under the name that the bind rules give it. */
    readonly parents: Readonly<Record<string, NodeProperties>>;
  };
  /** The part of the host's address space that is this driver's: its root VMAR, or a child of it where several drivers share a host. */
  readonly vmar: Handle;
  readonly log: {
    debug(text: string): void;
    info(text: string): void;
    warn(text: string): void;
    error(text: string): void;
  };
  /** The machine's clock, in nanoseconds. */
  readonly clock: { now(): number; sleep(ns: number): Promise<void> };
  readonly events: EventStream;
  /** Named values that `zirconia boot` shows under the driver's node. Set keys as you learn them. */
  readonly inspect: Record<string, string | number | boolean | bigint>;

  /**
   * Connects to a service that the parent offers; a composite node's driver says which parent, by the name in its bind rules (default:
   * the primary one). NOT_FOUND names what there is.
   */
  connect<Client extends Disposable>(protocol: Protocol<Client, never>, parent?: string): Promise<Client>;
  /** An in-process protocol of the parent's driver, in the same host. NOT_FOUND if it offers none of that name. */
  banjo<T extends object>(name: string): T;
  /** Serves a protocol at this driver's own node: for its clients outside the driver framework, and for tests. */
  serve(offer: Offer): void;
  /** Adds a child, for which the framework looks for a driver once this one has started. INVALID_ARGS, ALREADY_EXISTS, BAD_STATE. */
  addChild(args: NodeAddArgs): Promise<NodeController>;
  /** Adds a child that stays this driver's: nothing is bound to it. */
  addOwnedChild(args: NodeAddArgs): Promise<OwnedNode>;
  /**
   * Adds a node that comes into being once all its parents are there, whoever adds these; it lasts no longer than this driver runs.
   * INVALID_ARGS, ALREADY_EXISTS.
   */
  addCompositeNodeSpec(spec: CompositeNodeSpec): Promise<void>;
  /**
   * Gives this driver's own node up. The framework then stops the driver and removes the node, or, with `hostRestartOnCrash`, starts
   * the driver anew.
   */
  closeNode(): void;
  /** A duplicate of a root resource: board drivers only (ACCESS_DENIED elsewhere). */
  resource(name: ResourceName): Handle;

  /** GetBar, then MmioBuffer.create in this host's VMAR. NOT_SUPPORTED for an I/O BAR. */
  mapBar(pci: PciDeviceClient, barId: number, options?: MmioOptions): Promise<MmioBuffer>;
  /** Maps a VMO of registers; consumes the handle. */
  mapMmio(vmo: Handle, options?: MmioOptions): MmioBuffer;
  /** SetInterruptMode and MapInterrupt; the result waits for interrupts with a time-out. Default mode LEGACY. */
  mapInterrupt(
    pci: PciDeviceClient,
    options?: { mode?: "LEGACY" | "MSI"; which?: number },
  ): Promise<IrqWaiter>;
  /** Contiguous RAM, mapped here and pinned for the device behind `bti`. Default policy: one that needs no cache maintenance. */
  allocateDma(bti: Handle, size: number, policy?: CachePolicyName): DmaBuffer;

  /** Runs at stop, in reverse order of registration. */
  defer(undo: (() => void | Promise<void>) | Disposable): void;
  /** Closes the handle at stop; returns it. */
  own(handle: Handle): Handle;
  error(status: StatusName, detail: string): ZxError;
}
