/**
 * What a kernel runs on. A machine has memory, devices behind physical addresses, interrupts and a clock; what
 * it is made of (models, a QEMU process, the host's own hardware) is its own business.
 */
import type { Io } from "../zx/memory.ts";

export type Architecture = "x64" | "arm64";

/** A range of physical addresses, in bytes. */
export interface PhysicalRange {
  readonly base: number;
  readonly size: number;
}

/**
 * The machine's RAM. Offsets are from the start of the RAM's backing, in which the `ranges` follow one another;
 * most machines have one range at physical address 0, where offset and address are the same.
 */
export interface Ram {
  /** RAM that the kernel may allocate frames from, and that a device can reach: ascending, page aligned. */
  readonly ranges: readonly PhysicalRange[];
  /** Parts of `ranges` that firmware keeps (interrupt vectors, tables, a boot ROM's shadow): never allocated. */
  readonly reserved: readonly PhysicalRange[];
  /** All RAM as one array indexed by offset, where it can be viewed at all. */
  readonly bytes: Uint8Array | undefined;
  /** A file descriptor of all RAM, for mmap by offset, where there is one. */
  readonly fd: number | undefined;
  /** Physical address -> offset; undefined if it is not RAM. */
  offsetOf(paddr: number): number | undefined;
  /** Copies out of RAM. Works on every machine; `paddr` .. `paddr + into.length` must be RAM. */
  read(paddr: number, into: Uint8Array): void;
  write(paddr: number, from: Uint8Array): void;
  fill(paddr: number, size: number, value: number): void;
  /** Accesses of one width to RAM at an offset of the backing, for machines whose `bytes` is undefined (and for tests). */
  readonly io: Io;
}

/** Who makes an access to memory. Asked for its name only when there is something to tell. */
export interface Accessor {
  /** A program can be told by an error at the access; the kernel's own copies must not fail half-way. */
  readonly kind: "program" | "kernel";
  /** `"driver-host:pl330" through [0x200000, 0x201000) of vmo "ring" (koid 1042) +0x0`. */
  describe(): string;
}

/** `sync` makes instructions and data agree, and says nothing about devices. */
export type CacheOperation = "sync" | "clean" | "invalidate" | "cleanInvalidate";

/**
 * The data cache of a processor whose devices do not see what is in it. What goes through it are mappings that are CACHED, and the
 * kernel's own copies; everything else goes past it, straight to memory.
 */
export interface DataCache {
  /** Bytes of a line: what an operation on any of its bytes acts on. */
  readonly lineSize: number;
  /** RAM through the cache, or past it. Its `bytes` and `fd` are undefined. */
  ram(who: Accessor, path: "cached" | "uncached"): Ram;
  /** A device's registers from physical address `paddr` on, as a cached mapping reaches them. Offsets stay those of `io`. */
  registers(io: Io, paddr: number, who: Accessor): Io;
  /** Does an operation on every line that has a byte in a physical range (of RAM, within one of its ranges, or of devices). */
  maintain(operation: CacheOperation, paddr: number, size: number, who: Accessor): void;
  /** Who can say what is at a physical address, for reports: `vmo "ring" (koid 1042) +0x40`. */
  nameMemory(describe: (paddr: number) => string | undefined): void;
}

/** What lies at a physical range that is not RAM. */
export type PhysicalTarget =
  /** Memory that the host's MMU can map: a file and an offset in it (sysfs resourceN, a VFIO region). */
  | { readonly kind: "direct"; readonly name: string; readonly fd: number; readonly fdOffset: number }
  /**
   * Accesses are calls. Offsets given to `io` count from the start of the range that was asked for. One `io` per
   * call of `resolve`, so that call sites stay monomorphic.
   */
  | { readonly kind: "dispatched"; readonly name: string; readonly io: Io };

export type TriggerMode = "edge" | "level";

/** Interrupt vectors: global system interrupts on x64, INTIDs on arm64. */
export interface InterruptController {
  /** Vectors are 0 .. count-1. */
  readonly count: number;
  /**
   * Connects `handler` to a vector and unmasks it. The handler is called from the machine's event loop, or from inside a
   * device access that raised the line. A level-triggered vector that is asserted when it is unmasked calls again.
   */
  attach(vector: number, mode: TriggerMode, handler: () => void): void;
  detach(vector: number): void;
  mask(vector: number): void;
  unmask(vector: number): void;
}

/** A block of message-signalled interrupts: a device that writes `data + i` (32 bits) to `address` signals vector i. */
export interface MsiBlock {
  readonly address: number;
  readonly data: number;
  readonly count: number;
  attach(index: number, handler: () => void): void;
  detach(index: number): void;
  /** Frees the block. */
  free(): void;
}

/** Nanoseconds since the machine started. */
export interface Clock {
  now(): number;
  /** Calls `callback` once the clock has reached `deadline` (ns); the returned function cancels it. */
  at(deadline: number, callback: () => void): () => void;
  /**
   * Lets time pass inside a synchronous wait (a `poll` of a register): at least `ns`, in whatever way time passes on this
   * machine. Device events that fall due happen.
   */
  spin(ns: number): void;
  /**
   * Where time jumps when everything seems to wait: keeps it from doing so until the returned function is called, because
   * somebody works whom the machine cannot see (another thread). Time still passes by accesses and by `spin`.
   */
  hold?(): () => void;
}

/** The x86 I/O space: 64 Ki ports. Widths 8, 16, 32. */
export interface PortSpace {
  in8(port: number): number;
  in16(port: number): number;
  in32(port: number): number;
  out8(port: number, value: number): void;
  out16(port: number, value: number): void;
  out32(port: number, value: number): void;
}

/** What firmware tells an operating system about the machine: its name, by which a board driver knows the rest, or a device tree. */
export interface BoardInfo {
  /** Compatible strings, most specific first: `["qemu,pc-q35", "intel,q35"]`. Board drivers bind to these. */
  readonly compatible: readonly string[];
  /** The flattened device tree (DTB), all `totalsize` bytes of it, where firmware leaves one. */
  readonly deviceTree?: Uint8Array;
}

export interface Machine {
  /** `sim-x64`, `qemu-q35`, `sim-arm64`, `qemu-virt-arm64`. */
  readonly name: string;
  readonly architecture: Architecture;
  readonly board: BoardInfo;
  readonly ram: Ram;
  /** Whether RAM is coherent with devices' DMA and cached device mappings are harmless: true on x64. */
  readonly coherent: boolean;
  /** Where that is not so: the cache that must be maintained. */
  readonly cache?: DataCache | undefined;
  /** x64 only. */
  readonly ports: PortSpace | undefined;
  readonly interrupts: InterruptController;
  readonly clock: Clock;
  /** Ranges that only the kernel may touch (interrupt controllers, IOMMUs): never given out as physical VMOs. */
  readonly denied: readonly PhysicalRange[];

  /**
   * What lies at [paddr, paddr+size). RAM is not asked for here. Where nothing answers, a dispatched target that
   * ignores writes and reads as an empty bus of this machine does: all ones on sim, as on PCI; zeros on QEMU. Throws a
   * ZxError only if the machine itself has failed.
   */
  resolve(paddr: number, size: number): PhysicalTarget;

  /** `count` (a power of two, at most 32) message-signalled interrupts; NO_RESOURCES when none are left. */
  allocateMsi(count: number): MsiBlock;

  /** Ends the machine and gives back whatever it holds of the host. Idempotent. */
  close(): Promise<void>;

  /** Called when the machine dies by itself (QEMU aborted): with an error that says why. */
  onFailure(callback: (error: Error) => void): void;
}
