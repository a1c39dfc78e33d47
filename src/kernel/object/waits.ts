/** Waiting for signals: one object, or the first of several. */
import { Signals } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import { type BlockedCall, type BlockedCalls, timedOut } from "./blocked_call.ts";
import type { SignalObserver } from "./dispatcher.ts";
import type { KernelHandle } from "./handle.ts";

/** Resolves with the signals that were asserted when one of `mask` was. TIMED_OUT carries them as `outputs.observed`. */
export function waitOne(
  calls: BlockedCalls,
  handle: KernelHandle,
  mask: number,
  deadline: number,
): Promise<number> {
  return calls.wait<number>(
    deadline,
    (call) => observe(call, handle, mask, (signals) => call.complete(signals)),
    (call) => call.fail(timedOut(deadline, { observed: handle.object.signals })),
  );
}

export interface WaitItem {
  readonly handle: KernelHandle;
  readonly mask: number;
}

/** Resolves with the signals of every item, in order, once one of them has what it waits for. */
export function waitMany(
  calls: BlockedCalls,
  items: readonly WaitItem[],
  deadline: number,
): Promise<number[]> {
  return calls.wait<number[]>(deadline, (call) => {
    const complete = (): void => call.complete(items.map(({ handle }) => handle.object.signals));
    for (const { handle, mask } of items) if (!call.isDone) observe(call, handle, mask, complete);
  });
}

function observe<T>(
  call: BlockedCall<T>,
  handle: KernelHandle,
  mask: number,
  matched: (signals: number) => void,
): void {
  const { object } = handle;
  const observer: SignalObserver = {
    handle,
    mask,
    edge: false,
    matched,
    canceled: (signals) => {
      const observed = (signals | Signals.HANDLE_CLOSED) >>> 0;
      const why = `the handle to ${object.describe()} was closed or sent away during a wait for ${hex(mask)}`;
      call.fail(new ZxError("CANCELED", why, { outputs: { observed } }));
    },
  };
  object.addObserver(observer);
  call.whenDone(() => object.removeObserver(observer));
}
