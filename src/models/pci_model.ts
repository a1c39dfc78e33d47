/**
 * What the author of a PCI device's model writes, and what the model is given. The function's configuration space, its
 * BARs, its interrupts and the way to memory are there already: see `pci_function.ts`.
 */
import type { LogEvent } from "../events/events.ts";
import type { Clock } from "../machine/machine.ts";
import type { Io } from "../zx/memory.ts";
import type { PciConfigSpace } from "./pci_config_space.ts";

export interface PciBarSpec {
  /** Number of its register, 0 to 5; a 64-bit BAR takes the next one too. */
  readonly index: number;
  readonly kind: "memory32" | "memory64" | "io";
  /** Bytes: a power of two, at least 16 (I/O: 4 to 256). */
  readonly size: number;
  readonly prefetchable?: boolean;
}

export interface PciMsiSpec {
  /** 1, 2, 4, 8, 16 or 32. */
  readonly vectors: number;
  /** Whether messages can go to addresses beyond 4 GiB. */
  readonly address64: boolean;
  /** Whether each vector can be masked. */
  readonly maskable: boolean;
}

export interface PciModel {
  readonly name: string;
  readonly vendorId: number;
  readonly deviceId: number;
  /** Default 1af4:1100, as QEMU's devices have. */
  readonly subsystemVendorId?: number;
  readonly subsystemId?: number;
  readonly revision?: number;
  /** Base class, subclass and interface: `0x00ff00`. */
  readonly classCode: number;
  /** Says that there are other functions beside this one even when there are none. */
  readonly multifunction?: boolean;
  readonly interruptPin?: "A" | "B" | "C" | "D";
  readonly bars?: readonly PciBarSpec[];
  readonly msi?: PciMsiSpec;
  /** Vendor specific capabilities (id 0x09): their bytes after the length byte. They follow MSI in the list. */
  readonly vendorCapabilities?: readonly Uint8Array[];
  /** Makes one device: returns who answers in each BAR, in the order of `bars`. Offsets count from the BAR's start. */
  create(port: PciPort): readonly Io[];
}

/** A model's way out: its function's connections to the rest of the machine. */
export interface PciPort {
  /** `00:01.0 edu`. */
  readonly name: string;
  readonly clock: Clock;
  /** The function's configuration space, for registers that the header does not have. */
  readonly config: PciConfigSpace;
  /**
   * The device's own accesses to memory. Without bus mastering, or where nothing answers, they end in a master abort:
   * reads are all ones, writes are lost, and a line is logged.
   */
  readonly dma: { read(paddr: number, into: Uint8Array): void; write(paddr: number, from: Uint8Array): void };
  /** Sets the level of the interrupt pin. INT_DISABLE and MSI are seen to. */
  intx(level: boolean): void;
  readonly msiEnabled: boolean;
  /** Sends message `index` (fewer may be enabled than there are: then they share). Nothing while MSI is off. */
  msi(index: number): void;
  log(severity: LogEvent["severity"], message: string): void;
  /** The next number in [0, 1) of this device's own stream. */
  random(): number;
}
