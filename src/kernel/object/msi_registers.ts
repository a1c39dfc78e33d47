/**
 * The registers with which a PCI function masks one message-signalled interrupt (PCI Local Bus Specification 3.0,
 * 6.8.1 and 6.8.2). As in Zircon the kernel owns the mask, and for MSI-X the address and data of the table entry;
 * everything else of the capability is the PCI bus driver's.
 */
import { ZxError } from "../../zx/error.ts";
import type { Io } from "../../zx/memory.ts";

export interface MsiRegisters {
  mask(): void;
  unmask(): void;
  /** Leaves the registers as they are to be when nobody handles the interrupt. */
  disconnect(): void;
}

/** Where the registers are: from `offset` to at most `end` in an Io. */
export interface MsiRegisterSpace {
  readonly io: Io;
  readonly offset: number;
  readonly end: number;
}

const MSI_CAPABILITY_ID = 0x05;
const CONTROL = 2;
const CONTROL_64BIT = 1 << 7;
const CONTROL_PER_VECTOR_MASKING = 1 << 8;
/** The largest MSI capability: 64-bit address and per-vector masking. */
const MSI_CAPABILITY_SIZE = 24;

const MSIX_ENTRY_SIZE = 16;
const MSIX_ADDRESS = 0;
const MSIX_UPPER_ADDRESS = 4;
const MSIX_DATA = 8;
const MSIX_VECTOR_CONTROL = 12;

/** INVALID_ARGS if there is no MSI capability. A function without per-vector masking cannot mask: then nothing does. */
export function msiCapability({ io, offset, end }: MsiRegisterSpace, id: number): MsiRegisters {
  if (offset + MSI_CAPABILITY_SIZE > end || io.read8(offset) !== MSI_CAPABILITY_ID) {
    throw new ZxError("INVALID_ARGS", "there is no MSI capability at this offset of the VMO");
  }
  const control = io.read16(offset + CONTROL);
  if ((control & CONTROL_PER_VECTOR_MASKING) === 0) return { mask() {}, unmask() {}, disconnect() {} };
  const maskBits = offset + ((control & CONTROL_64BIT) === 0 ? 0x0c : 0x10);
  const bit = 1 << id;
  const mask = (): void => io.write32(maskBits, (io.read32(maskBits) | bit) >>> 0);
  return {
    mask,
    unmask: () => io.write32(maskBits, (io.read32(maskBits) & ~bit) >>> 0),
    disconnect: mask,
  };
}

/** Programs entry `id` of an MSI-X table, left masked. INVALID_ARGS if the entry is not in the VMO. */
export function msixEntry(
  { io, offset, end }: MsiRegisterSpace,
  id: number,
  message: { readonly address: number; readonly data: number },
): MsiRegisters {
  const entry = offset + id * MSIX_ENTRY_SIZE;
  if (entry + MSIX_ENTRY_SIZE > end) {
    throw new ZxError("INVALID_ARGS", `MSI-X entry ${id} of the table is beyond the end of the VMO`);
  }
  const control = entry + MSIX_VECTOR_CONTROL;
  const mask = (): void => io.write32(control, (io.read32(control) | 1) >>> 0);
  const program = (address: number, data: number): void => {
    io.write32(entry + MSIX_ADDRESS, address % 0x1_0000_0000);
    io.write32(entry + MSIX_UPPER_ADDRESS, Math.floor(address / 0x1_0000_0000));
    io.write32(entry + MSIX_DATA, data);
  };
  mask();
  // Unlike MSI, where the function adds the vector to the data, an entry holds the data as it is written.
  program(message.address, message.data + id);
  return {
    mask,
    unmask: () => io.write32(control, (io.read32(control) & ~1) >>> 0),
    disconnect: () => {
      mask();
      program(0, 0);
    },
  };
}
