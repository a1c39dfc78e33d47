import { ObjectType, Signals } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { KernelCore } from "./kernel_core.ts";

const EVENT_SIGNALS = (Signals.USER_ALL | Signals.SIGNALED) >>> 0;

/** Something to signal and to wait for. */
export class EventDispatcher extends Dispatcher {
  static readonly TYPE = ObjectType.EVENT;

  constructor(core: KernelCore) {
    super(core, ObjectType.EVENT);
  }

  override get userSignals(): number {
    return EVENT_SIGNALS;
  }
}

/** Two events that can signal each other, and notice when the other one goes. */
export class EventPairDispatcher extends Dispatcher {
  static readonly TYPE = ObjectType.EVENTPAIR;
  #peer: EventPairDispatcher | undefined;
  #peerKoid = 0;

  private constructor(core: KernelCore) {
    super(core, ObjectType.EVENTPAIR);
  }

  static createPair(core: KernelCore): [EventPairDispatcher, EventPairDispatcher] {
    const [a, b] = [new EventPairDispatcher(core), new EventPairDispatcher(core)];
    a.#peer = b;
    a.#peerKoid = b.koid;
    b.#peer = a;
    b.#peerKoid = a.koid;
    return [a, b];
  }

  override get relatedKoid(): number {
    return this.#peerKoid;
  }

  override get userSignals(): number {
    return EVENT_SIGNALS;
  }

  get peer(): EventPairDispatcher | undefined {
    return this.#peer;
  }

  protected override onZeroHandles(): void {
    const peer = this.#peer;
    this.#peer = undefined;
    if (peer === undefined) return;
    peer.#peer = undefined;
    peer.updateSignals(0, Signals.PEER_CLOSED);
  }
}

/** The other end of a channel or an eventpair. NOT_SUPPORTED for what has none, PEER_CLOSED. */
export function peerOf(object: Dispatcher & { readonly peer?: Dispatcher | undefined }): Dispatcher {
  if (!("peer" in object)) throw new ZxError("NOT_SUPPORTED", `a ${object.typeName} has no peer`);
  if (object.peer === undefined) {
    throw new ZxError(
      "PEER_CLOSED",
      `the peer of ${object.describe()} (koid ${object.relatedKoid}) is closed`,
    );
  }
  return object.peer;
}
