/**
 * The one piece of memory that all workers of a kernel's thread share: while it waits a moment for the next request of any of them,
 * each wakes it by this. What a worker scribbles here makes that moment shorter or longer than it need be, and nothing else.
 */
export const Gong = {
  /** Bytes. */
  SIZE: 8,
  /** Numbers of 32-bit words: raised to wake the kernel's thread; 1 while that waits. */
  STROKES: 0,
  HEARD: 1,
} as const;
