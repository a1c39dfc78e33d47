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
import type { Offer } from "./offer.ts";

export interface NodeAddArgs {
  /** Unique among its siblings; no `.`. */
  readonly name: string;
  readonly properties?: NodeProperties;
  /** Services that the child's driver can connect to. Each also becomes a property, so that rules can bind to it. */
  readonly offers?: readonly Offer[];
  /** In-process protocols for a child that is colocated: name -> object. */
  readonly banjo?: Readonly<Record<string, object>>;
}

/** The parent's hold on a child node. Forgetting it does not remove the child. */
export interface NodeController {
  readonly moniker: string;
  /** Removes the node and everything below it, bottom-up. */
  remove(): Promise<void>;
}

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
  readonly node: { readonly name: string; readonly moniker: string; readonly properties: NodeProperties };
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

  /** Connects to a service that the parent offers. NOT_FOUND names what it does offer. */
  connect<Client extends Disposable>(protocol: Protocol<Client, never>): Promise<Client>;
  /** An in-process protocol of the parent's driver, in the same host. NOT_FOUND if it offers none of that name. */
  banjo<T extends object>(name: string): T;
  /** Serves a protocol at this driver's own node: for its clients outside the driver framework, and for tests. */
  serve(offer: Offer): void;
  addChild(args: NodeAddArgs): Promise<NodeController>;
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
  /** Contiguous RAM, mapped here and pinned for the device behind `bti`. */
  allocateDma(bti: Handle, size: number): DmaBuffer;

  /** Runs at stop, in reverse order of registration. */
  defer(undo: (() => void | Promise<void>) | Disposable): void;
  /** Closes the handle at stop; returns it. */
  own(handle: Handle): Handle;
  error(status: StatusName, detail: string): ZxError;
}
