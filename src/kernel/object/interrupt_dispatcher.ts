import { ObjectType, TIME_INFINITE } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { BlockedCall, BlockedCalls } from "./blocked_call.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { KernelCore } from "./kernel_core.ts";
import type { InterruptPacket, PortDispatcher } from "./port_dispatcher.ts";

/**
 * - idle: nothing has happened since the last acknowledgement
 * - triggered: it has, and nobody has been told
 * - needAck: somebody has been told, and has not acknowledged
 * - waiting: somebody waits in interrupt_wait
 */
export type InterruptState = "idle" | "triggered" | "needAck" | "waiting" | "destroyed";

/** An interrupt: told to one waiter, or as packets to the one port that it is bound to. */
export abstract class InterruptDispatcher extends Dispatcher {
  static readonly TYPE = ObjectType.INTERRUPT;

  #state: InterruptState = "idle";
  /** Time of the first trigger that nobody has been told of. */
  #pending: number | undefined;
  #waiter: BlockedCall<number> | undefined;
  #binding: { readonly port: PortDispatcher; readonly packet: InterruptPacket } | undefined;

  constructor(core: KernelCore, signals = 0) {
    super(core, ObjectType.INTERRUPT, signals);
  }

  /** The machine's vector, where there is one. */
  abstract readonly vector: number | undefined;

  /** Told, and not to be told again until it is acknowledged: level-triggered lines and MSIs are masked meanwhile. */
  protected mask(): void {}
  /** May trigger before it returns. */
  protected unmask(): void {}
  /** Lets go of the source. */
  protected abstract disconnect(): void;
  protected stateChanged(_state: InterruptState): void {}

  get state(): InterruptState {
    return this.#state;
  }

  #setState(state: InterruptState): void {
    this.#state = state;
    this.stateChanged(state);
  }

  /** The source has fired: nothing any more if the interrupt is destroyed. */
  protected fire(timestamp: number): void {
    if (this.#state === "destroyed") return;
    this.#emit("trigger");
    this.#pending ??= timestamp;
    if (this.#state === "needAck") return;
    if (this.#binding !== undefined) {
      this.#sendPacket(this.#binding);
      return;
    }
    const waiter = this.#waiter;
    this.mask();
    this.#setState(waiter === undefined ? "triggered" : "needAck");
    waiter?.complete(this.#takePending());
  }

  /** Resolves with the time of the trigger. BAD_STATE (bound, or somebody waits already), CANCELED. */
  wait(calls: BlockedCalls): Promise<number> {
    if (this.#binding !== undefined)
      throw new ZxError("BAD_STATE", `${this.describe()} is bound to a port: wait there`);
    if (this.#state === "destroyed") throw this.destroyedError("wait");
    if (this.#state === "waiting")
      throw new ZxError("BAD_STATE", `another wait for ${this.describe()} is under way`);
    if (this.#state === "needAck") {
      this.#emit("ack");
      this.#setState(this.#pending === undefined ? "idle" : "triggered");
      this.unmask();
    }
    return calls.wait<number>(TIME_INFINITE, (call) => {
      if (this.#state === "triggered") {
        this.#setState("needAck");
        call.complete(this.#takePending());
        return;
      }
      this.#waiter = call;
      this.#setState("waiting");
      call.whenDone(() => {
        this.#waiter = undefined;
        if (this.#state === "waiting") this.#setState("idle");
      });
    });
  }

  /** BAD_STATE if it is not bound, or if its packet has not been read and another one is due; CANCELED. */
  ack(): void {
    const binding = this.#binding;
    if (binding === undefined)
      throw new ZxError("BAD_STATE", `ack: ${this.describe()} is not bound to a port`);
    if (this.#state === "destroyed") throw this.destroyedError("ack");
    if (this.#state !== "needAck") return;
    this.#emit("ack");
    this.unmask();
    if (this.#pending === undefined) this.#setState("idle");
    else if (!this.#sendPacket(binding)) {
      throw new ZxError("BAD_STATE", `ack: the packet of ${this.describe()} has not been read from its port`);
    }
  }

  /** CANCELED, BAD_STATE (somebody waits), ALREADY_BOUND. */
  bind(port: PortDispatcher, key: bigint): void {
    if (this.#state === "destroyed") throw this.destroyedError("bind");
    if (this.#state === "waiting")
      throw new ZxError("BAD_STATE", `bind: a wait for ${this.describe()} is under way`);
    if (this.#binding !== undefined) {
      throw new ZxError("ALREADY_BOUND", `${this.describe()} is bound to ${this.#binding.port.describe()}`);
    }
    this.#binding = { port, packet: { key, timestamp: 0, queued: false } };
    port.retain();
    if (this.#state === "triggered") this.#sendPacket(this.#binding);
  }

  /** NOT_FOUND if it is not bound to `port`; CANCELED. */
  unbind(port: PortDispatcher): void {
    if (this.#binding?.port !== port) {
      throw new ZxError("NOT_FOUND", `${this.describe()} is not bound to ${port.describe()}`);
    }
    if (this.#state === "destroyed") throw this.destroyedError("unbind");
    port.removeInterrupt(this.#binding.packet);
    this.#binding = undefined;
    port.release();
  }

  /** NOT_FOUND if its packet has been read and not acknowledged: it is destroyed all the same. */
  destroy(): void {
    if (this.#end()) return;
    throw new ZxError(
      "NOT_FOUND",
      `destroy: the packet of ${this.describe()} was read and is not acknowledged`,
    );
  }

  /** False if somebody has read the packet and has not acknowledged it. */
  #end(): boolean {
    if (this.#state === "destroyed") return true;
    const needsAck = this.#state === "needAck";
    this.#setState("destroyed");
    this.disconnect();
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.fail(this.destroyedError("wait"));
    const binding = this.#binding;
    if (binding === undefined) return true;
    const wasQueued = binding.port.removeInterrupt(binding.packet);
    return wasQueued || !needsAck;
  }

  protected override onZeroHandles(): void {
    this.#end();
  }

  protected override onDestroy(): void {
    this.#binding?.port.release();
  }

  #sendPacket({ port, packet }: { port: PortDispatcher; packet: InterruptPacket }): boolean {
    this.mask();
    this.#setState("needAck");
    return port.queueInterrupt(packet, this.#takePending());
  }

  #takePending(): number {
    const timestamp = this.#pending!;
    this.#pending = undefined;
    return timestamp;
  }

  protected destroyedError(operation: string): ZxError {
    return new ZxError("CANCELED", `${operation}: ${this.describe()} is destroyed`);
  }

  #emit(what: "trigger" | "ack"): void {
    const { events } = this.core;
    if (!events.wants.interrupt) return;
    events.emit({ kind: "interrupt", time: this.core.now(), what, vector: this.vector, koid: this.koid });
  }
}
