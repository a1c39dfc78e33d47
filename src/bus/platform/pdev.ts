import type { Handle } from "../../zx/constants.ts";

/** Its name among a platform node's in-process protocols. */
export const PDEV = "fuchsia.hardware.platform.device";

/** Registers: where they are in a VMO of whole pages. */
export interface PdevMmio {
  /** Bytes from the start of the VMO. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  /** A new VMO at each call, and the caller's. */
  readonly vmo: Handle;
}

export interface PdevDeviceInfo {
  readonly vid: number;
  readonly pid: number;
  readonly did: number;
  readonly mmioCount: number;
  readonly irqCount: number;
  readonly btiCount: number;
  readonly smcCount: number;
  readonly metadataCount: number;
  readonly name: string;
}

export interface PdevBoardInfo {
  readonly vid: number;
  readonly pid: number;
  readonly boardName: string;
  readonly boardRevision: number;
}

/**
 * What a driver in the platform bus's own host asks of it, without messages (Banjo `fuchsia.hardware.platform.device`). Every handle is
 * the caller's. Where there is no resource of an index: OUT_OF_RANGE.
 */
export interface Pdev {
  /** NOT_FOUND where the board driver does not know the address; otherwise the status of vmo_create_physical. */
  getMmio(index: number): PdevMmio;
  /** `flags`: options of interrupt_create; a mode among them is taken instead of the board's. INVALID_ARGS for WAKE_VECTOR. */
  getInterrupt(index: number, flags: number): Handle;
  /** NOT_FOUND where nobody has registered its IOMMU. */
  getBti(index: number): Handle;
  /** NOT_SUPPORTED: the kernel has no resource of secure monitor calls. */
  getSmc(index: number): Handle;
  getDeviceInfo(): PdevDeviceInfo;
  getBoardInfo(): PdevBoardInfo;
  /** NOT_FOUND where the board driver left none of this id. */
  getMetadata(id: string): Uint8Array;
}
