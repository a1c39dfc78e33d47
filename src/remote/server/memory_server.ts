/**
 * The memory of a process in another thread. Its direct windows are Wasm memory that the worker shares; through all others it comes
 * here with each access, which is made once, by this thread; unless the machine lends its devices to threads that read again and again.
 */
import type { PollClock } from "../../registers/poll.ts";
import { ZxError } from "../../zx/error.ts";
import type { AccessKind, IoLender, IoTicket, Memory, Window } from "../../zx/memory.ts";
import { hex } from "../../zx/pages.ts";
import { Access } from "../calls.ts";
import { unflattened } from "../register_places.ts";
import { ValueWriter } from "../values.ts";
import { isAccess, type LastAccess, LastAccessNote, opOf } from "./last_access.ts";
import type { MappedAt } from "./process_server.ts";
import { pollFor, type RemotePolled } from "./remote_poll.ts";

/** Memory that threads can have in common. */
export type Shareable = SharedArrayBuffer | WebAssembly.Memory;

/** What a worker is told of a window. */
export interface RemoteWindow {
  readonly number: number;
  /** Number of the shared memory that a direct window is in; -1 for the others. */
  readonly shared: number;
  readonly address: number;
  readonly size: number;
  readonly readable: boolean;
  readonly writable: boolean;
  /** Writes are posted by the machine itself: nobody learns when they arrive, nor that they have failed. */
  readonly posted: boolean;
  /** Where the worker can make accesses by itself, while they are lent to it. */
  readonly loan: RemoteLoan | undefined;
}

/** An `IoTicket`, whose shared memory goes by number. */
export interface RemoteLoan extends Omit<IoTicket, "shared"> {
  readonly shared: number;
  /** What the lender knows the window's first byte as. */
  readonly start: number;
}

/** Where a typed array is, that a worker was given. */
export interface RemoteBytes {
  readonly shared: number;
  readonly offset: number;
  readonly size: number;
}

export interface MemoryServerOptions {
  readonly memory: Memory;
  /** The machine's, for polls. */
  readonly clock: PollClock;
  readonly mappingAt: (address: number) => MappedAt | undefined;
  /** Gives the worker memory; the number under which it finds that. */
  readonly share: (memory: Shareable) => number;
  /** A window is no longer good. */
  readonly revoked: (window: number) => void;
}

interface Held {
  readonly window: Window;
  readonly start: number;
  readonly end: number;
  readonly mapped: MappedAt | undefined;
}

const MAX_WINDOWS = 0x1_0000;
/** Reads after which the device is lent: a single one pays for no loan. */
const READS_BEFORE_LOAN = 2;
/** Page faults that one access may take before the kernel is taken for mad. */
const MAX_FAULTS = 16;

export class MemoryServer {
  /** What the last access read. */
  low = 0;
  high = 0;
  readonly #options: MemoryServerOptions;
  readonly #memory: Memory;
  readonly #held = new Map<number, Held>();
  readonly #shared = new Map<Shareable, number>();
  #lastWindow = 0;
  #lender: IoLender | undefined;
  #ticket: IoTicket | undefined;
  /** Since the last loan was over. */
  #reads = 0;
  readonly #last = new LastAccessNote();

  constructor(options: MemoryServerOptions) {
    this.#options = options;
    this.#memory = options.memory;
  }

  get lastAccess(): LastAccess | undefined {
    return this.#last.get();
  }

  close(): void {
    if (this.#ticket !== undefined) this.#lender!.dismiss(this.#ticket);
    this.#ticket = undefined;
    for (const { window } of this.#held.values()) this.#memory.release(window);
    this.#held.clear();
  }

  /** The worker has nothing more to do for now. */
  quiet(): void {
    this.#reads = 0;
    if (this.#ticket !== undefined) this.#lender!.takeBack();
  }

  /** An access that the worker says it made by itself. */
  noteAccess(access: number, number: number, address: number): void {
    if (isAccess(access)) this.#last.set(access, address, this.#held.get(number)?.mapped);
  }

  /** One of `PROCESS_CALLS`. */
  call(name: string, args: readonly unknown[]): unknown {
    const [first, second, third] = args as [number, number, number];
    switch (name) {
      case "memory.window":
        return this.#window(first, second);
      case "memory.release":
        return this.#release(first);
      case "memory.fault":
        return this.#fault(first, second as unknown as AccessKind, third);
      case "memory.bytes":
        return this.#bytes(first, second);
      case "memory.read":
        return this.#memory.read(first, second as unknown as Uint8Array);
      case "memory.write":
        return this.#memory.write(first, second as unknown as Uint8Array);
      case "memory.store":
        return this.#access(Access.WRITE | (second & Access.WIDTH), first, third, ...halvesOf(args));
      case "memory.poll":
        return this.#poll(first, second);
      case "memory.flush":
        return this.#flush(first);
      case "memory.news":
        return this.#lender?.takeBack();
      case "memory.describe":
        return this.#describe(args);
      default:
        throw new ZxError("BAD_SYSCALL", `there is no ${name}`);
    }
  }

  /** Makes an access; what is read is then in `low` and `high`. Returns the error, as bytes, where there is one. */
  access(access: number, number: number, address: number, low: number, high: number): Uint8Array | undefined {
    try {
      this.#access(access, number, address, low, high);
      return undefined;
    } catch (error) {
      const writer = new ValueWriter();
      writer.error(error instanceof ZxError ? error : new ZxError("INTERNAL", String(error)));
      return writer.bytes;
    }
  }

  #access(access: number, number: number, address: number, low: number, high: number): void {
    const held = this.#held.get(number);
    this.#last.set(access, address, held?.mapped);
    const bytes = (access & Access.WIDTH) >> 3;
    if (held !== undefined && address >= held.start && address + bytes <= held.end) {
      const { window, start } = held;
      if (allows(window, access)) {
        this.#perform(window, access, address - start, low, high);
        if (this.#ticket !== undefined && (access & Access.READ) !== 0) this.#lend(window);
        return;
      }
    }
    this.#accessAlone(access, address, low, high);
  }

  #fault(address: number, access: AccessKind, size: number): void {
    const op = access === "write" ? Access.WRITE : Access.READ;
    if (isAccess(op | (8 * size))) this.#last.set(op | (8 * size), address, this.#mappedAt(address));
    this.#memory.fault(address, access, size);
  }

  #describe([address, ...registers]: readonly unknown[]): void {
    const mapped = this.#mappedAt(address);
    if (mapped !== undefined) this.#last.declare(mapped, address as number, unflattened(registers));
  }

  #mappedAt(address: unknown): MappedAt | undefined {
    return typeof address === "number" ? this.#options.mappingAt(address) : undefined;
  }

  #lend(window: Window): void {
    if (window.kind === "direct" || window.io.loan?.lender !== this.#lender) return;
    if (++this.#reads >= READS_BEFORE_LOAN) this.#lender!.lend(this.#ticket!);
  }

  #poll(number: number, poll: unknown): RemotePolled {
    const reader = {
      low: 0,
      high: 0,
      read: (width: number, address: number) => {
        this.#access(Access.READ | width, number, address, 0, 0);
        reader.low = this.low;
        reader.high = width === 64 ? this.high : 0;
      },
    };
    return pollFor(reader, this.#options.clock, poll);
  }

  /** An access without a window that allows it: with one of its own, or its page fault. */
  #accessAlone(access: number, address: number, low: number, high: number): void {
    const size = (access & Access.WIDTH) >> 3;
    if (!isAccess(access)) throw new ZxError("INVALID_ARGS", `an access of kind ${hex(access >>> 0)}`);
    for (let faults = 0; faults < MAX_FAULTS; faults++) {
      const window = this.#windowOrFault(address, size);
      if (window !== undefined && allows(window, access)) {
        try {
          this.#perform(window, access, 0, low, high);
          return;
        } finally {
          this.#memory.release(window);
        }
      }
      if (window !== undefined) this.#memory.release(window);
      this.#memory.fault(address, opOf(access), size);
    }
    throw new ZxError("INTERNAL", `still a page fault at ${hex(address)} after ${MAX_FAULTS} were resolved`);
  }

  #windowOrFault(address: number, size: number): Window | undefined {
    try {
      return this.#memory.window(address, size, () => {});
    } catch (error) {
      if (error instanceof ZxError) return undefined;
      throw error;
    }
  }

  /** `at`: bytes from the start of the window. */
  #perform(window: Window, access: number, at: number, low: number, high: number): void {
    if (window.kind === "direct") {
      this.#copy(window.address + at, access, low, high);
      return;
    }
    const { io } = window;
    const offset = window.offset + at;
    switch (access) {
      case Access.READ | 32:
        this.low = io.read32(offset);
        return;
      case Access.WRITE | 32:
        io.write32(offset, low >>> 0);
        return;
      case Access.READ | 8:
        this.low = io.read8(offset);
        return;
      case Access.READ | 16:
        this.low = io.read16(offset);
        return;
      case Access.READ | 64:
        this.low = io.read64(offset);
        this.high = io.high;
        return;
      case Access.WRITE | 8:
        io.write8(offset, low & 0xff);
        return;
      case Access.WRITE | 16:
        io.write16(offset, low & 0xffff);
        return;
      case Access.WRITE | 64:
        io.write64(offset, low >>> 0, high >>> 0);
        return;
      default:
        throw new ZxError("INVALID_ARGS", `an access of kind ${hex(access >>> 0)}`);
    }
  }

  /** RAM has come to lie where the worker knows a device: it has not been told yet. */
  #copy(address: number, access: number, low: number, high: number): void {
    const bytes = new Uint8Array((access & Access.WIDTH) >> 3);
    const both = new DataView(new ArrayBuffer(8));
    const view = new Uint8Array(both.buffer);
    if (opOf(access) === "read") {
      this.#memory.read(address, bytes);
      view.set(bytes);
      this.low = both.getUint32(0, true);
      this.high = both.getUint32(4, true);
    } else {
      both.setUint32(0, low, true);
      both.setUint32(4, high, true);
      this.#memory.write(address, view.subarray(0, bytes.length));
    }
  }

  #window(address: number, size: number): RemoteWindow {
    if (this.#held.size >= MAX_WINDOWS)
      throw new ZxError("NO_RESOURCES", `${MAX_WINDOWS} windows on the memory of one process`);
    const number = this.#newNumber();
    const window = this.#memory.window(address, size, () => {
      if (!this.#held.delete(number)) return;
      this.#options.revoked(number);
      // Whoever comes with it now has to ask.
      if (this.#ticket !== undefined) this.#lender!.takeBack();
    });
    const mapped = this.#options.mappingAt(address);
    this.#held.set(number, { window, start: address, end: address + size, mapped });
    const { readable, writable } = window;
    const isDirect = window.kind === "direct";
    return {
      number,
      shared: isDirect ? this.#shareOnce(window.memory) : -1,
      address: isDirect ? window.address : address,
      size,
      readable,
      writable,
      posted: window.kind === "dispatched" && window.io.flush !== undefined,
      loan: this.#loanOf(window),
    };
  }

  #loanOf(window: Window): RemoteLoan | undefined {
    const loan = window.kind === "dispatched" ? window.io.loan : undefined;
    if (loan === undefined) return undefined;
    const { lender, base } = loan;
    // Of one machine, all have the same.
    this.#lender ??= lender;
    if (this.#lender !== lender) return undefined;
    this.#ticket ??= lender.enroll();
    if (this.#ticket === undefined) return undefined;
    const { shared, slot, commands, answers } = this.#ticket;
    const start = base + (window as { offset: number }).offset;
    return { shared: this.#shareOnce(shared), slot, commands, answers, start };
  }

  #newNumber(): number {
    do this.#lastWindow = (this.#lastWindow + 1) & 0x7fff_ffff;
    while (this.#held.has(this.#lastWindow));
    return this.#lastWindow;
  }

  #release(number: number): void {
    const held = this.#held.get(number);
    if (held === undefined) return;
    this.#held.delete(number);
    this.#memory.release(held.window);
  }

  #flush(number: number): void {
    const window = this.#held.get(number)?.window;
    if (window?.kind === "dispatched") window.io.flush?.();
  }

  #bytes(address: number, size: number): RemoteBytes {
    const bytes = this.#memory.bytes(address, size);
    const { buffer } = bytes;
    if (bytes.length === 0) return { shared: -1, offset: 0, size: 0 };
    if (!(buffer instanceof SharedArrayBuffer)) {
      throw new ZxError(
        "NOT_SUPPORTED",
        "a view of RAM that threads do not share; use read and write, or make the machine's RAM a shared one",
      );
    }
    return { shared: this.#shareOnce(buffer), offset: bytes.byteOffset, size: bytes.length };
  }

  #shareOnce(memory: Shareable): number {
    const number = this.#shared.get(memory) ?? this.#options.share(memory);
    this.#shared.set(memory, number);
    return number;
  }
}

/** The value of a store. */
function halvesOf([, , , low, high]: readonly unknown[]): [low: number, high: number] {
  return [Number(low), Number(high)];
}

function allows(window: Window, access: number): boolean {
  return opOf(access) === "read" ? window.readable : window.writable;
}
