/**
 * What a program sees of its process's memory: loads and stores through mappings, nothing else.
 *
 * A `Window` is one mapped range made ready for fast accesses (think of a TLB entry that a library
 * holds); when the mapping changes, the holder is told and asks again, or faults.
 */

/**
 * Something that takes accesses of one width at a byte offset: a device model, a QEMU device, RAM behind
 * page tables, a test double. Values are unsigned numbers; a 64-bit access is made as two 32-bit halves
 * that travel in **one** access, so that no bigint is needed on the way.
 *
 * Callers have checked bounds and alignment.
 */
export interface Io {
  read8(offset: number): number;
  read16(offset: number): number;
  read32(offset: number): number;
  /** One 64-bit read. Returns bits 31..0; bits 63..32 are then in `high`. */
  read64(offset: number): number;
  /** Bits 63..32 of the last `read64`, unsigned. */
  readonly high: number;
  write8(offset: number, value: number): void;
  write16(offset: number, value: number): void;
  write32(offset: number, value: number): void;
  /** One 64-bit write. */
  write64(offset: number, low: number, high: number): void;
  /** Waits until writes that were posted have reached the device. Absent where none are ever posted. */
  flush?(): void;
  /** A whole poll. Absent where reads one by one are as fast: only for accesses that cross to another thread they are not. */
  poll?(poll: IoPoll): IoPolled;
  /** Where other threads can make these accesses by themselves, while they have a loan. */
  readonly loan?: {
    readonly lender: IoLender /** What the lender knows offset 0 as. */;
    readonly base: number;
  };
}

/** A device's road, which its thread lends to others, and takes back whenever it likes. */
export interface IoLender {
  /** A further borrower; undefined where there can be none. */
  enroll(): IoTicket | undefined;
  /** Lends, unless something is under way. */
  lend(ticket: IoTicket): void;
  /** Ends all loans: when this returns, nobody but this thread makes accesses. */
  takeBack(): void;
  /** That one borrows no more. */
  dismiss(ticket: IoTicket): void;
}

/** What makes a thread a borrower. */
export interface IoTicket {
  readonly shared: SharedArrayBuffer;
  readonly slot: number;
  /** File descriptors, which are those of all threads of a process. */
  readonly commands: number;
  readonly answers: number;
}

/** The borrower's side. Where a method gives false it has done nothing: the access is to be made by the owner. */
export interface IoBorrower {
  readonly isLent: boolean;
  /** The last value that was read. */
  readonly low: number;
  readonly high: number;
  /** The owner has to take it back, for there is something that concerns it; until that is set to false. */
  hasNews: boolean;
  /** Makes what was posted, then a read. */
  read(width: 8 | 16 | 32 | 64, address: number): boolean;
  /** A write that is made with the next `read` or `send`; false when there is no room for more. */
  post(width: 8 | 16 | 32 | 64, address: number, low: number, high: number): boolean;
  send(): boolean;
  /** Drops what was posted. */
  forget(): void;
}

/** Reads of one width at one offset until `(value & mask) == expected`, or time is over. */
export interface IoPoll {
  readonly width: 8 | 16 | 32 | 64;
  readonly offset: number;
  /** Bits 31..0 and 63..32. */
  readonly mask: { readonly low: number; readonly high: number };
  readonly expected: { readonly low: number; readonly high: number };
  /** Nanoseconds of the machine's clock, in all and between two reads. */
  readonly timeout: number;
  readonly interval: number;
}

/** How a poll ended, and the last value that was read. */
export interface IoPolled {
  readonly done: boolean;
  readonly low: number;
  readonly high: number;
}

/** Memory that the processor's MMU maps: lib/mmio reaches it through the Wasm accessor module. */
export interface DirectWindow {
  readonly kind: "direct";
  readonly memory: WebAssembly.Memory;
  /** Byte offset in `memory` of the window's first byte. */
  readonly address: number;
}

/** Memory reached by calls: a dispatched device, or any memory of the portable address space. */
export interface DispatchedWindow {
  readonly kind: "dispatched";
  readonly io: Io;
  /** Offset in `io` of the window's first byte. */
  readonly offset: number;
}

export type Window = (DirectWindow | DispatchedWindow) & {
  readonly size: number;
  readonly readable: boolean;
  readonly writable: boolean;
};

export type AccessKind = "read" | "write";

/** A register of which a program has said where it is. */
export interface RegisterPlace {
  /** `Status`, `Channel[3].Control`. */
  readonly name: string;
  /** Bytes from the start of its block of registers. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  /** Whether a read there is one of this register, not of another one that shares its place; and a write. */
  readonly readable: boolean;
  readonly writable: boolean;
}

export interface Memory {
  /**
   * Whether devices see what is written to CACHED memory, and the processor what they write there, without cache maintenance: always
   * on x64.
   */
  readonly coherent: boolean;

  /**
   * The window [address, address+size), which must lie in one mapping. `revoked` is called once, when the
   * mapping under it is unmapped or its permissions or pages change: from then on the window must not be used.
   * It is called in the middle of that change, so it takes note and asks for nothing.
   *
   * A direct window's pages may be absent at any time: the access traps before it is made, and can be made after `fault`.
   *
   * Throws what a page fault at `address` would: NOT_FOUND where nothing is mapped, OUT_OF_RANGE past the VMO.
   */
  window(address: number, size: number, revoked: () => void): Window;

  /** Gives a window back: `revoked` will not be called any more. */
  release(window: Window): void;

  /**
   * The page fault of an access that trapped or that no window allows. Returns when the access may be tried
   * again (a page was committed or copied); otherwise throws a ZxError whose message names the mapping, its
   * VMO, and, where the range was unmapped, by whom: NOT_FOUND, ACCESS_DENIED or OUT_OF_RANGE.
   */
  fault(address: number, access: AccessKind, size: number): void;

  /**
   * A typed-array view of RAM. The range must lie in mappings of RAM that can be read and written (ACCESS_DENIED), since
   * nothing can stop the array's elements from being set; its pages are committed first, and stay while the view is good.
   * NOT_SUPPORTED for device memory, for CACHED memory where a cache is modelled (which an array goes past), and on the portable address space where the frames are not consecutive in one buffer
   * (or the machine's RAM is not a buffer at all). After unmapping, the view shows other memory (zeros, usually), never a crash.
   */
  bytes(address: number, size: number): Uint8Array;

  /**
   * A block of registers begins at `address`, in a mapping: for whoever tells of the program's accesses. Absent where nobody does but
   * the program itself.
   */
  describe?(address: number, registers: readonly RegisterPlace[]): void;

  /** Copies out of mappings (RAM or not: device memory is NOT_SUPPORTED). Faults as an access would. */
  read(address: number, into: Uint8Array): void;
  /** Copies into mappings. */
  write(address: number, from: Uint8Array): void;
}
