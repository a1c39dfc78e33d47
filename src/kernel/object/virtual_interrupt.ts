import { Signals } from "../../zx/constants.ts";
import { InterruptDispatcher, type InterruptState } from "./interrupt_dispatcher.ts";
import type { KernelCore } from "./kernel_core.ts";

/** An interrupt that programs trigger. While it is not triggered, it says so with a signal. */
export class VirtualInterrupt extends InterruptDispatcher {
  readonly vector = undefined;

  constructor(core: KernelCore) {
    super(core, Signals.VIRTUAL_INTERRUPT_UNTRIGGERED);
  }

  /** CANCELED if it is destroyed. */
  trigger(timestamp: number): void {
    if (this.state === "destroyed") throw this.destroyedError("trigger");
    this.fire(timestamp);
  }

  protected override stateChanged(state: InterruptState): void {
    const untriggered = state === "idle" || state === "waiting";
    const signal = Signals.VIRTUAL_INTERRUPT_UNTRIGGERED;
    this.updateSignals(untriggered ? 0 : signal, untriggered ? signal : 0);
  }

  protected override disconnect(): void {}
}
