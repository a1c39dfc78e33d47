/**
 * What a buffer and its views share: the window that the kernel gave, the names of the registers, the trace; and the slow
 * road of an access, taken when the fast one does not lead through.
 */

import type { RegisterNames } from "../registers/names.ts";
import type { PollClock } from "../registers/poll.ts";
import { ZxError } from "../zx/error.ts";
import type { AccessKind, Io, Window } from "../zx/memory.ts";
import { hex } from "../zx/pages.ts";
import { accessHub, type MmioTrace, type TraceFollower } from "./access_trace.ts";
import { accessorsOf } from "./accessors.ts";
import { DirectIo } from "./direct_io.ts";
import { WeakList } from "./weak_list.ts";
import type { WindowSource } from "./window_source.ts";

export type AccessWidth = 8 | 16 | 32 | 64;

/** A buffer or view, as its mapping sees it. */
export interface Armed {
  /** Accesses may go straight to this window from now on. */
  arm(window: Window): void;
  /** Every access takes the slow road from now on. */
  disarm(): void;
}

export interface MappingOptions {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly source: WindowSource;
  readonly clock: PollClock;
  readonly trace: MmioTrace | undefined;
}

/** Page faults that one access may take before the kernel is taken for mad. */
const MAX_FAULTS = 16;

export class Mapping implements TraceFollower {
  readonly name: string;
  readonly size: number;
  readonly clock: PollClock;
  /** Bits 63..32 of the last 64-bit read on the slow road. */
  high = 0;
  readonly #source: WindowSource;
  readonly #trace: MmioTrace | undefined;
  readonly #armed = new WeakList<Armed>();
  readonly #names: { names: RegisterNames; base: number }[] = [];
  #window: Window | undefined;
  #io: Io | undefined;
  #ioBase = 0;
  #released = false;

  /** Throws what a page fault would, if there is no memory. */
  constructor({ name, size, source, clock, trace }: MappingOptions) {
    this.name = name;
    this.size = size;
    this.clock = clock;
    this.#source = source;
    this.#trace = trace;
    this.#hold(source.window(0, size, () => this.#forget()));
    if (trace !== undefined) accessHub(trace.events).follow(this);
  }

  /** The Wasm memory, where the window is a direct one. */
  get memory(): WebAssembly.Memory | undefined {
    return this.#window?.kind === "direct" ? this.#window.memory : undefined;
  }

  /** Waits until posted writes have reached the device. */
  flush(): void {
    this.#io?.flush?.();
  }

  /** Registers lie here, `base` bytes from the start. */
  describe(names: RegisterNames, base: number): void {
    if (this.#names.some((entry) => entry.names === names && entry.base === base)) return;
    this.#names.unshift({ names, base });
    if (!this.#released) this.#source.describe?.(base, names);
  }

  follow(member: Armed): void {
    this.#armed.add(member);
    if (this.#usable()) member.arm(this.#window!);
  }

  traceChanged(): void {
    this.#rearm();
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    const window = this.#window;
    this.#forget();
    if (window !== undefined) this.#source.release(window);
  }

  get released(): boolean {
    return this.#released;
  }

  /**
   * One access, by the slow road. Alignment and bounds have been checked. `at` counts from the start of the mapping; a read
   * returns the low 32 bits, with the rest in `high`.
   */
  access(op: AccessKind, width: AccessWidth, at: number, low = 0, high = 0): number {
    if (this.#released)
      throw new ZxError("BAD_STATE", `${this.what(op, width, at)}: the buffer was released`);
    const trace = this.#trace !== undefined && accessHub(this.#trace.events).wanted ? this.#trace : undefined;
    // A write is told before it is made, so that what it causes comes after it.
    if (trace !== undefined && op === "write") this.#tell(trace, op, width, at, low, high);
    const value = this.#perform(op, width, at, low, high);
    if (trace !== undefined && op === "read") {
      const upper = this.high;
      this.#tell(trace, op, width, at, value, upper);
      this.high = upper;
    }
    return value;
  }

  /** `read32 of edu.Status (offset 0x20 of "00:04.0 bar 0")` */
  what(op: AccessKind, width: AccessWidth, at: number): string {
    const register = this.#registerAt(at, op);
    const place = `offset ${hex(at)} of ${JSON.stringify(this.name)}`;
    return register === undefined
      ? `${op}${width} at ${place}`
      : `${op}${width} of ${register.set}.${register.name} (${place})`;
  }

  /** `computing=1 raiseIrq=1`, where the register at `at` has fields. */
  fields(at: number, width: AccessWidth, value: number | bigint): string | undefined {
    const register = this.#registerAt(at, "read");
    return register?.names.fieldsAt(at - register.base, width, "read", value);
  }

  /** The error of the kernel or of the device, with the access in front of it. Other errors are nobody's to change. */
  inContext(error: unknown, op: AccessKind, width: AccessWidth, at: number): unknown {
    return error instanceof ZxError
      ? new ZxError(error.status, `${this.what(op, width, at)}: ${error.detail}`, { cause: error })
      : error;
  }

  #perform(op: AccessKind, width: AccessWidth, at: number, low: number, high: number): number {
    try {
      for (let faults = 0; faults < MAX_FAULTS; faults++) {
        const value = this.#attempt(op, width, at, low, high);
        if (value !== undefined) return value;
        this.#source.fault(at, op, width / 8);
      }
    } catch (error) {
      throw this.inContext(error, op, width, at);
    }
    throw new ZxError(
      "INTERNAL",
      `${this.what(op, width, at)}: still a page fault after ${MAX_FAULTS} were resolved`,
    );
  }

  /** Undefined for a page fault. */
  #attempt(op: AccessKind, width: AccessWidth, at: number, low: number, high: number): number | undefined {
    if (this.#window === undefined && !this.#acquire()) {
      // No window of the whole mapping: a part of it is gone. What is left of it still works.
      const alone = this.#windowOrFault(at, width / 8, () => {});
      if (alone === undefined) return undefined;
      try {
        return attempt(this, alone, ...ioOf(alone), op, width, low, high);
      } finally {
        this.#source.release(alone);
      }
    }
    const window = this.#window!;
    const value = attempt(this, window, this.#io!, this.#ioBase + at, op, width, low, high);
    if (value === undefined && !allows(window, op)) {
      // The fault may give the mapping other permissions, and with them another window.
      this.#source.release(window);
      this.#forget();
    }
    return value;
  }

  /** False where there is no window of the whole mapping any more. */
  #acquire(): boolean {
    const window = this.#windowOrFault(0, this.size, () => this.#forget());
    if (window !== undefined) this.#hold(window);
    return window !== undefined;
  }

  /** Undefined for a page fault. What it says about the access is for `fault` to tell, which knows what the access was. */
  #windowOrFault(at: number, size: number, revoked: () => void): Window | undefined {
    try {
      return this.#source.window(at, size, revoked);
    } catch (error) {
      if (error instanceof ZxError) return undefined;
      throw error;
    }
  }

  #hold(window: Window): void {
    this.#window = window;
    [this.#io, this.#ioBase] = ioOf(window);
    this.#rearm();
  }

  #forget(): void {
    this.#window = undefined;
    this.#io = undefined;
    this.#rearm();
  }

  #rearm(): void {
    const window = this.#usable() ? this.#window : undefined;
    for (const member of this.#armed) {
      if (window === undefined) member.disarm();
      else member.arm(window);
    }
  }

  /** Whether accesses may go straight to the window. */
  #usable(): boolean {
    const window = this.#window;
    if (window === undefined || !window.readable || !window.writable) return false;
    return this.#trace === undefined || !this.#trace.events.wants.access;
  }

  #registerAt(
    at: number,
    op: AccessKind,
  ): { set: string; name: string; names: RegisterNames; base: number } | undefined {
    for (const { names, base } of this.#names) {
      const name = at < base ? undefined : names.nameAt(at - base, op);
      if (name !== undefined) return { set: names.name, name, names, base };
    }
    return undefined;
  }

  #tell(trace: MmioTrace, op: AccessKind, width: AccessWidth, at: number, low: number, high: number): void {
    const value = width === 64 ? (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0) : low;
    const register = this.#registerAt(at, op);
    accessHub(trace.events).emit({
      kind: "access",
      time: trace.clock.now(),
      process: trace.process,
      mapping: this.name,
      op,
      offset: at,
      width,
      value,
      register: register?.name,
      fields: register?.names.fieldsAt(at - register.base, width, op, value),
    });
  }
}

function allows(window: Window, op: AccessKind): boolean {
  return op === "read" ? window.readable : window.writable;
}

/** Undefined for a page fault: the window does not allow it, or the access trapped. */
function attempt(
  halves: { high: number },
  window: Window,
  io: Io,
  at: number,
  op: AccessKind,
  width: AccessWidth,
  low: number,
  high: number,
): number | undefined {
  if (!allows(window, op)) return undefined;
  try {
    if (op === "read") {
      if (width === 32) return io.read32(at) >>> 0;
      if (width === 8) return io.read8(at) & 0xff;
      if (width === 16) return io.read16(at) & 0xffff;
      const value = io.read64(at) >>> 0;
      halves.high = io.high >>> 0;
      return value;
    }
    if (width === 32) io.write32(at, low >>> 0);
    else if (width === 8) io.write8(at, low & 0xff);
    else if (width === 16) io.write16(at, low & 0xffff);
    else io.write64(at, low >>> 0, high >>> 0);
    return 0;
  } catch (error) {
    if (window.kind === "direct" && error instanceof WebAssembly.RuntimeError) return undefined;
    throw error;
  }
}

function ioOf(window: Window): [io: Io, base: number] {
  return window.kind === "direct"
    ? [new DirectIo(accessorsOf(window.memory), window.address), 0]
    : [window.io, window.offset];
}
