import { ObjectType, PortOption } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { PortPacket } from "../../zx/syscalls.ts";
import type { BlockedCall, BlockedCalls } from "./blocked_call.ts";
import { Dispatcher, type SignalObserver } from "./dispatcher.ts";
import { Fifo } from "./fifo.ts";
import type { KernelHandle } from "./handle.ts";
import type { KernelCore } from "./kernel_core.ts";

/** User packets that may wait in one port; a process that queues one more is killed. */
export const PORT_MAX_USER_PACKETS = 2048;

/** The one packet that an interrupt bound to a port has. */
export interface InterruptPacket {
  readonly key: bigint;
  timestamp: number;
  queued: boolean;
}

interface Queued {
  readonly packet: PortPacket;
  /** The handle that was waited on, for packets of object_wait_async. */
  readonly source: KernelHandle | undefined;
}

interface PortObserver extends SignalObserver {
  readonly key: bigint;
}

export interface WaitAsync {
  readonly handle: KernelHandle;
  readonly key: bigint;
  readonly signals: number;
  readonly edge: boolean;
  /** Whether the packet carries the time of the signal. */
  readonly timestamp: boolean;
}

/** A queue of packets, from users, from signals and from interrupts. Interrupts go first. */
export class PortDispatcher extends Dispatcher {
  static readonly TYPE = ObjectType.PORT;
  readonly options: number;
  readonly #packets = new Fifo<Queued>();
  readonly #interrupts = new Fifo<InterruptPacket>();
  readonly #observers = new Set<PortObserver>();
  readonly #waiters = new Fifo<BlockedCall<PortPacket>>();
  #userPackets = 0;

  constructor(core: KernelCore, options: number) {
    super(core, ObjectType.PORT);
    this.options = options;
  }

  get acceptsInterrupts(): boolean {
    return this.options === PortOption.BIND_TO_INTERRUPT;
  }

  get pendingPackets(): number {
    return this.#packets.length + this.#interrupts.length;
  }

  /** SHOULD_WAIT when nobody takes the packets out. */
  queueUser(packet: PortPacket): void {
    if (this.#userPackets > PORT_MAX_USER_PACKETS) {
      throw new ZxError("SHOULD_WAIT", `${this.#userPackets} user packets wait in ${this.describe()}`);
    }
    this.#userPackets++;
    this.#packets.push({ packet, source: undefined });
    this.#deliver();
  }

  /** Queues one packet when the handle's object has one of the signals. */
  observe({ handle, key, signals, edge, timestamp }: WaitAsync): void {
    const observer: PortObserver = {
      handle,
      key,
      mask: signals,
      edge,
      matched: (observed) => {
        this.#observers.delete(observer);
        const time = timestamp ? this.core.now() : 0;
        const packet = {
          type: "signal",
          key,
          trigger: signals,
          observed,
          count: 1,
          timestamp: time,
        } as const;
        this.#packets.push({ packet, source: handle });
        this.#deliver();
      },
      canceled: () => {
        this.#observers.delete(observer);
      },
    };
    this.#observers.add(observer);
    handle.object.addObserver(observer);
  }

  /** Forgets observers of a handle with a key, and the packets they have queued. Whether there was any. */
  cancel(source: KernelHandle, key: bigint): boolean {
    let found = false;
    for (const observer of [...this.#observers]) {
      if (observer.handle !== source || observer.key !== key) continue;
      source.object.removeObserver(observer);
      this.#observers.delete(observer);
      found = true;
    }
    return this.#packets.remove((queued) => queued.source === source && queued.packet.key === key) || found;
  }

  /** False if the packet waits to be read already. */
  queueInterrupt(packet: InterruptPacket, timestamp: number): boolean {
    if (packet.queued) return false;
    packet.timestamp = timestamp;
    if (this.handleCount === 0) return true;
    packet.queued = true;
    this.#interrupts.push(packet);
    this.#deliver();
    return true;
  }

  /** Takes an interrupt's packet back; false if it has been read. */
  removeInterrupt(packet: InterruptPacket): boolean {
    packet.queued = false;
    return this.#interrupts.remove((queued) => queued === packet);
  }

  /** The next packet. TIMED_OUT; CANCELED when the last handle to the port goes. */
  wait(calls: BlockedCalls, deadline: number): Promise<PortPacket> {
    return calls.wait<PortPacket>(deadline, (call) => {
      this.#waiters.push(call);
      call.whenDone(() => this.#waiters.remove((waiter) => waiter === call));
      this.#deliver();
    });
  }

  #deliver(): void {
    while (this.#waiters.length > 0 && this.pendingPackets > 0) this.#waiters.shift()!.complete(this.#take());
  }

  #take(): PortPacket {
    const interrupt = this.#interrupts.shift();
    if (interrupt !== undefined) {
      interrupt.queued = false;
      return { type: "interrupt", key: interrupt.key, timestamp: interrupt.timestamp };
    }
    const { packet } = this.#packets.shift()!;
    if (packet.type === "user") this.#userPackets--;
    return packet;
  }

  protected override onZeroHandles(): void {
    for (const observer of this.#observers) observer.handle.object.removeObserver(observer);
    this.#observers.clear();
    this.#packets.drain();
    for (const interrupt of this.#interrupts.drain()) interrupt.queued = false;
    for (const waiter of this.#waiters.drain()) {
      waiter.fail(new ZxError("CANCELED", `the last handle to ${this.describe()} was closed during a wait`));
    }
  }
}
