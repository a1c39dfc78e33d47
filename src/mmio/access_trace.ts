/**
 * Register accesses as events. Buffers do not ask at each access whether somebody listens: they are told when that changes,
 * and leave their fast path then.
 */
import type { AccessEvent, EventStream } from "../events/events.ts";
import { WeakList } from "./weak_list.ts";

/** Where a buffer's accesses are told, and as whose. */
export interface MmioTrace {
  readonly events: EventStream;
  /** The time of an event, in nanoseconds. */
  readonly clock: { now(): number };
  /** The process that makes the accesses. */
  readonly process: string;
}

export interface TraceFollower {
  /** Somebody began or ceased to listen to accesses. */
  traceChanged(): void;
}

class AccessHub {
  readonly #events: EventStream;
  readonly #followers = new WeakList<TraceFollower>();
  #emitting = false;

  constructor(events: EventStream) {
    this.#events = events;
    events.onWantsChanged(() => {
      for (const follower of this.#followers) follower.traceChanged();
    });
  }

  /** False inside a listener: the accesses that a listener makes are not told, or it would call itself for ever. */
  get wanted(): boolean {
    return this.#events.wants.access && !this.#emitting;
  }

  follow(follower: TraceFollower): void {
    this.#followers.add(follower);
  }

  emit(event: AccessEvent): void {
    this.#emitting = true;
    try {
      this.#events.emit(event);
    } finally {
      this.#emitting = false;
    }
  }
}

const hubs = new WeakMap<EventStream, AccessHub>();

export function accessHub(events: EventStream): AccessHub {
  let hub = hubs.get(events);
  if (hub === undefined) {
    hub = new AccessHub(events);
    hubs.set(events, hub);
  }
  return hub;
}
