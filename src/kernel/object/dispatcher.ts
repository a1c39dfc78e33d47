import { ObjectType } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { KernelHandle } from "./handle.ts";
import type { KernelCore } from "./kernel_core.ts";

/** Somebody who waits for signals of an object, through one handle. Told once, then forgotten. */
export interface SignalObserver {
  readonly handle: KernelHandle;
  readonly mask: number;
  /** Only a signal that is asserted from now on counts, not one that is asserted already. */
  readonly edge: boolean;
  matched(signals: number): void;
  /** The handle was closed or sent away. */
  canceled(signals: number): void;
}

/** A class of dispatchers, as a handle look-up names it. */
export interface DispatcherClass<T extends Dispatcher> {
  readonly TYPE: number;
  readonly prototype: T;
}

const typeNames = new Map<number, string>(
  Object.entries(ObjectType).map(([name, type]) => [type, name.toLowerCase()]),
);

/** `"vmo"` for 3. */
export function typeNameOf(type: number): string {
  return typeNames.get(type) ?? `type ${type}`;
}

/**
 * A kernel object. It lives while a handle (in a process or in a message) or the kernel itself holds it; there
 * are no destructors in JavaScript, so both are counted.
 */
export abstract class Dispatcher {
  readonly core: KernelCore;
  readonly koid: number;
  readonly type: number;
  #handles = 0;
  #references = 0;
  #destroyed = false;
  #signals: number;
  #observers: Set<SignalObserver> | undefined;

  protected constructor(core: KernelCore, type: number, signals = 0, koid = core.newKoid()) {
    this.core = core;
    this.type = type;
    this.koid = koid;
    this.#signals = signals;
  }

  get typeName(): string {
    return typeNameOf(this.type);
  }

  /** The koid of the peer, of the parent job, or 0. Never changes. */
  get relatedKoid(): number {
    return 0;
  }

  /** What dumps call it; for most types nobody gives it a name. */
  get label(): string {
    return "";
  }

  /** ZX_PROP_NAME; WRONG_TYPE for objects that have none. */
  rename(_name: string): void {
    throw this.noName();
  }

  get isNamed(): boolean {
    return false;
  }

  noName(): ZxError {
    return new ZxError("WRONG_TYPE", `a ${this.typeName} has no name`);
  }

  /** Signals that zx_object_signal may change: the user's, and for events the one they exist for. */
  get userSignals(): number {
    return 0xff00_0000;
  }

  /** `vmo koid 1041`, for messages. */
  describe(): string {
    return `${this.typeName} koid ${this.koid}`;
  }

  // Lifetime

  get handleCount(): number {
    return this.#handles;
  }

  get isDestroyed(): boolean {
    return this.#destroyed;
  }

  handleOpened(): void {
    this.#handles++;
    this.core.objects.set(this.koid, this);
  }

  handleClosed(): void {
    if (--this.#handles === 0) this.core.reap(this);
  }

  /** Holds the object for the kernel, until `release`. */
  retain(): void {
    this.#references++;
    this.core.objects.set(this.koid, this);
  }

  release(): void {
    if (--this.#references === 0 && this.#handles === 0) this.#destroy();
  }

  /** For the reaper. */
  lastHandleClosed(): void {
    try {
      this.onZeroHandles();
    } finally {
      if (this.#references === 0) this.#destroy();
    }
  }

  #destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.core.objects.delete(this.koid);
    this.onDestroy();
  }

  /** The last handle has gone; the kernel may still hold the object. */
  protected onZeroHandles(): void {}

  /** Nobody holds the object any more. */
  protected onDestroy(): void {}

  // Signals

  get signals(): number {
    return this.#signals;
  }

  updateSignals(clear: number, set: number): void {
    const before = this.#signals;
    const after = ((before & ~clear) | set) >>> 0;
    this.#signals = after;
    if (this.#observers === undefined || after === before) return;
    for (const observer of [...this.#observers]) {
      const asserted = observer.edge ? after & ~before : after;
      if ((observer.mask & asserted) !== 0 && this.#observers.delete(observer)) observer.matched(after);
    }
  }

  addObserver(observer: SignalObserver): void {
    if (!observer.edge && (observer.mask & this.#signals) !== 0) {
      observer.matched(this.#signals);
      return;
    }
    this.#observers ??= new Set();
    this.#observers.add(observer);
  }

  get observerCount(): number {
    return this.#observers?.size ?? 0;
  }

  /** False if the observer was told already. */
  removeObserver(observer: SignalObserver): boolean {
    return this.#observers?.delete(observer) ?? false;
  }

  /** Ends the waits through a handle that leaves its process. */
  cancelObservers(handle: KernelHandle): void {
    if (this.#observers === undefined) return;
    for (const observer of [...this.#observers]) {
      if (observer.handle === handle && this.#observers.delete(observer)) observer.canceled(this.#signals);
    }
  }
}
