/** Bytes in a page: 4096 on x64 and on arm64 as Fuchsia builds it. */
export const PAGE_SIZE = 4096;
export const PAGE_SHIFT = 12;

/** The largest address or size that the kernel takes: a safe integer, rounded down to a page. */
export const MAX_ADDRESS = Number.MAX_SAFE_INTEGER - (Number.MAX_SAFE_INTEGER % PAGE_SIZE);

/** Rounds down to a multiple of `alignment` (any positive safe integer), without 32-bit overflow. */
export function roundDown(value: number, alignment: number = PAGE_SIZE): number {
  return value - (value % alignment);
}

/** Rounds up to a multiple of `alignment` (any positive safe integer), without 32-bit overflow. */
export function roundUp(value: number, alignment: number = PAGE_SIZE): number {
  const rest = value % alignment;
  return rest === 0 ? value : value - rest + alignment;
}

export function isPageAligned(value: number): boolean {
  return value % PAGE_SIZE === 0;
}

/** An address or size as people read it: `0xfebf0000`. */
export function hex(value: number | bigint, digits = 0): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}
