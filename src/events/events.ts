/**
 * The one stream of what happens in a system: system calls, messages, interrupts, register accesses, nodes and
 * log lines, with times and names. Traces, the inspector and the tests listen here.
 *
 * It costs nothing when nobody listens: a producer asks `events.wants.access` (a boolean field) before it makes
 * an event, and lib/mmio does not even ask, since it only leaves its fast path when `wants.access` becomes true.
 */

/** Nanoseconds of the machine's clock. */
type Time = number;

export interface SyscallEvent {
  readonly kind: "syscall";
  readonly time: Time;
  readonly process: string;
  /** As in Zircon, without `zx_`: `vmo_create_physical`. */
  readonly name: string;
  readonly args: readonly unknown[];
  readonly result: unknown;
  /** 0, or the status it failed with. */
  readonly status: number;
}

/** The kernel asked the machine what lies at a physical range (step 4 of the seven). */
export interface ResolveEvent {
  readonly kind: "resolve";
  readonly time: Time;
  readonly address: number;
  readonly size: number;
  /** `"RAM"`, or what the machine calls it. */
  readonly name: string;
  readonly how: "direct" | "dispatched";
}

export interface MessageEvent {
  readonly kind: "message";
  readonly time: Time;
  readonly process: string;
  readonly direction: "send" | "receive";
  /** `fuchsia.hardware.pci/Device.GetBar`. */
  readonly method: string;
  readonly what: "request" | "response" | "event" | "epitaph";
  readonly txid: number;
  readonly bytes: Uint8Array;
  /** What the handles in it are: `vmo "edu bar 0"`. */
  readonly handles: readonly string[];
  /** The rights of each: those that it has arrived with; in a message that is sent, those that the schema says (`SAME_RIGHTS`: all). */
  readonly rights: readonly number[];
  /** The decoded body. */
  readonly body: unknown;
  /** The body with names and types, in one line: `{ bar_id: uint32 = 0 }`. Empty where there is none. */
  readonly text: string;
}

export interface InterruptEvent {
  readonly kind: "interrupt";
  readonly time: Time;
  readonly what: "trigger" | "ack";
  /** The machine's vector, or undefined for a virtual interrupt. */
  readonly vector: number | undefined;
  readonly koid: number;
}

export interface AccessEvent {
  readonly kind: "access";
  readonly time: Time;
  readonly process: string;
  /** The mapping's name: that of its VMO. */
  readonly mapping: string;
  readonly op: "read" | "write";
  /** Bytes from the start of the MmioBuffer. */
  readonly offset: number;
  /** 8, 16, 32 or 64. */
  readonly width: number;
  readonly value: number | bigint;
  /** `Status`, where a register declaration is attached. */
  readonly register: string | undefined;
  /** `computing=1 raiseIrq=0`, where its fields are declared. */
  readonly fields: string | undefined;
}

export interface NodeEvent {
  readonly kind: "node";
  readonly time: Time;
  readonly moniker: string;
  /** `crashed`: its driver or the driver's host is gone without having been asked; `restarting`: it will be started again. */
  readonly what:
    | "added"
    | "bound"
    | "starting"
    | "started"
    | "failed"
    | "crashed"
    | "restarting"
    | "stopping"
    | "stopped"
    | "removed";
  readonly driver: string | undefined;
  readonly host: string | undefined;
  readonly detail: string | undefined;
}

export interface LogEvent {
  readonly kind: "log";
  readonly time: Time;
  readonly source: string;
  readonly severity: "debug" | "info" | "warning" | "error";
  readonly message: string;
}

/** A sanitizer has found an access that would have been wrong on hardware, whether or not it was wrong this time. */
export interface SanitizerEvent {
  readonly kind: "sanitizer";
  readonly time: Time;
  readonly sanitizer: "coherency";
  readonly problem:
    | "not cleaned"
    | "not invalidated"
    | "written while dirty"
    | "written while stale"
    | "invalidated while dirty"
    | "cached registers";
  /** Who made the access: `device "pl080"`, or a process and its mapping. */
  readonly by: string;
  readonly op: "read" | "write";
  /** Physical range of the access. */
  readonly address: number;
  readonly size: number;
  /** Physical address of the first line that is concerned, and how many are. */
  readonly line: number;
  readonly lines: number;
  /** What is there: `vmo "ring" (koid 1042) +0x40`. */
  readonly memory: string;
  /** Who wrote what the access should have seen. */
  readonly writer: string;
  /** The operation that was missing, and where. */
  readonly missing: string;
  /** The last cache operation on that memory, and why it did not help; undefined if there was none. */
  readonly lastOperation: string | undefined;
  /** Whether the value was wrong in this run; another seed may have it the other way. */
  readonly wrongThisTime: boolean;
  /** All of it, as text of several lines. */
  readonly message: string;
}

export type SystemEvent =
  | SyscallEvent
  | ResolveEvent
  | MessageEvent
  | InterruptEvent
  | AccessEvent
  | NodeEvent
  | LogEvent
  | SanitizerEvent;

export type EventKind = SystemEvent["kind"];

const KINDS: readonly EventKind[] = [
  "syscall",
  "resolve",
  "message",
  "interrupt",
  "access",
  "node",
  "log",
  "sanitizer",
];

export class EventStream {
  /** Whether somebody listens to a kind; producers read it before they make an event. */
  readonly wants: { readonly [kind in EventKind]: boolean };
  readonly #wants: Record<EventKind, boolean>;
  readonly #listeners = new Set<{ kinds: ReadonlySet<EventKind>; listener: (event: SystemEvent) => void }>();
  readonly #onWants = new Set<() => void>();

  constructor() {
    this.#wants = {
      syscall: false,
      resolve: false,
      message: false,
      interrupt: false,
      access: false,
      node: false,
      log: false,
      sanitizer: false,
    };
    this.wants = this.#wants;
  }

  /** Calls `listener` for every event of `kinds` (all kinds by default) until the returned function is called. */
  listen(listener: (event: SystemEvent) => void, kinds: readonly EventKind[] = KINDS): () => void {
    const entry = { kinds: new Set(kinds), listener };
    this.#listeners.add(entry);
    this.#update();
    return () => {
      this.#listeners.delete(entry);
      this.#update();
    };
  }

  emit(event: SystemEvent): void {
    for (const { kinds, listener } of [...this.#listeners]) if (kinds.has(event.kind)) listener(event);
  }

  /** Calls `changed` whenever `wants` may have changed, for producers that keep a fast path. */
  onWantsChanged(changed: () => void): () => void {
    this.#onWants.add(changed);
    return () => this.#onWants.delete(changed);
  }

  #update(): void {
    for (const kind of KINDS) this.#wants[kind] = [...this.#listeners].some(({ kinds }) => kinds.has(kind));
    for (const changed of [...this.#onWants]) changed();
  }
}
