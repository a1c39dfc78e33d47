/** The layout of a flattened device tree. Source: Devicetree Specification v0.4, chapter 5. Everything is big-endian. */
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";

export const MAGIC = 0xd00dfeed;
/** The newest layout there is. A file says from which version on a reader understands it. */
export const VERSION = 17;
/** The first version that is not read by the rules of 16: full paths as names, other alignment. */
export const FIRST_MODERN_VERSION = 16;

/** Byte offsets of the header's fields. */
export const Header = {
  MAGIC: 0,
  TOTAL_SIZE: 4,
  STRUCTURE_OFFSET: 8,
  STRINGS_OFFSET: 12,
  RESERVATIONS_OFFSET: 16,
  VERSION: 20,
  LAST_COMPATIBLE_VERSION: 24,
  /** From version 2. */
  BOOT_CPU: 28,
  /** From version 3. */
  STRINGS_SIZE: 32,
  /** From version 17. */
  STRUCTURE_SIZE: 36,
} as const;

/** Bytes of the header of a version. */
export function headerSize(version: number): number {
  if (version >= 17) return 40;
  if (version >= 3) return 36;
  return version === 2 ? 32 : 28;
}

export const Token = { BEGIN_NODE: 1, END_NODE: 2, PROP: 3, NOP: 4, END: 9 } as const;

/** Bytes of an entry of the memory reservation block: address and size. */
export const RESERVATION_SIZE = 16;

/**
 * Bytes of the longest name. The specification has 31, real trees have more; without a limit, properties that all refer to one long
 * string would be names of a total length that grows with the square of the file.
 */
export const MAX_NAME = 255;

/** Tokens and names are padded so that what follows begins at a multiple of 4. */
export function align(offset: number, alignment = 4): number {
  return (offset + alignment - 1) & -alignment;
}

/** What is wrong with a file, and where. */
export function malformed(offset: number, what: string): ZxError {
  return new ZxError("IO_DATA_INTEGRITY", `device tree, byte ${hex(offset)}: ${what}`);
}

/** What a ZxError says, for where a thing that cannot be read is explained instead of being the end of it all. */
export function reasonOf(error: unknown): string {
  if (error instanceof ZxError) return error.detail;
  throw error;
}
