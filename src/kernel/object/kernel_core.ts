import type { EventStream } from "../../events/events.ts";
import type { Machine, PhysicalTarget } from "../../machine/machine.ts";
import type { AspaceFactory } from "../vm/aspace_factory.ts";
import type { FrameAllocator } from "../vm/frames.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { HandleValues } from "./handle_values.ts";
import type { ResourceSpaces } from "./resource_spaces.ts";

export interface KernelCoreParts {
  readonly machine: Machine;
  readonly events: EventStream;
  readonly random: () => number;
  readonly frames: FrameAllocator;
  readonly aspaces: AspaceFactory;
  readonly resources: ResourceSpaces;
  /** Whether system calls are there that only development builds of Fuchsia have (CACHE_INVALIDATE). */
  readonly debuggingSyscalls: boolean;
}

/** Koids below this one are reserved (zircon/types.h, ZX_KOID_FIRST). */
const FIRST_KOID = 1024;

/** What all objects of one kernel share: the machine, identities, and the order in which they end. */
export class KernelCore {
  readonly machine: Machine;
  readonly events: EventStream;
  readonly frames: FrameAllocator;
  readonly aspaces: AspaceFactory;
  readonly resources: ResourceSpaces;
  /** The interrupt object of each of the machine's vectors that has one. */
  readonly vectors = new Map<number, Dispatcher>();
  readonly debuggingSyscalls: boolean;
  readonly handleValues: HandleValues;
  readonly random: () => number;
  /** Every object that a handle or the kernel holds, by koid. */
  readonly objects = new Map<number, Dispatcher>();

  #koid = FIRST_KOID;
  readonly #dying: Dispatcher[] = [];
  #reaping = false;

  constructor(parts: KernelCoreParts) {
    this.machine = parts.machine;
    this.events = parts.events;
    this.frames = parts.frames;
    this.aspaces = parts.aspaces;
    this.resources = parts.resources;
    this.debuggingSyscalls = parts.debuggingSyscalls;
    this.random = parts.random;
    this.handleValues = new HandleValues(parts.random);
  }

  /** Never given out twice. */
  newKoid(): number {
    return this.#koid++;
  }

  now(): number {
    return this.machine.clock.now();
  }

  /** Asks the machine what lies at a physical range that is not RAM. */
  resolve(paddr: number, size: number): PhysicalTarget {
    const target = this.machine.resolve(paddr, size);
    this.resolved(paddr, size, target.name, target.kind);
    return target;
  }

  /** Tells those who listen what the kernel has found behind a physical range. */
  resolved(address: number, size: number, name: string, how: PhysicalTarget["kind"]): void {
    if (!this.events.wants.resolve) return;
    this.events.emit({ kind: "resolve", time: this.now(), address, size, name, how });
  }

  /**
   * Ends an object whose last handle has gone. A channel that ends closes the handles in its messages, which may be
   * channels with messages: the objects wait in a list, so that no depth of nesting grows the stack.
   */
  reap(object: Dispatcher): void {
    this.#dying.push(object);
    if (this.#reaping) return;
    this.#reaping = true;
    let failure: { readonly error: unknown } | undefined;
    try {
      // The list grows while it is walked.
      for (let i = 0; i < this.#dying.length; i++) {
        try {
          this.#dying[i]!.lastHandleClosed();
        } catch (error) {
          // A machine that has died may refuse to mask an interrupt; the other objects must go all the same.
          failure ??= { error };
        }
      }
    } finally {
      this.#dying.length = 0;
      this.#reaping = false;
    }
    if (failure !== undefined) throw failure.error;
  }
}
