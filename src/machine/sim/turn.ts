import { ZxError } from "../../zx/error.ts";

/**
 * A function that asks for one turn of the host's task queue: `run` is called after all microtasks, and after the
 * tasks that were queued before. One turn at a time; what is asked for while one is pending is that same turn.
 *
 * `setImmediate` where there is one (Node), else a MessageChannel (browsers). Not `setTimeout`: browsers stretch it to
 * milliseconds, and to seconds in a hidden tab.
 */
export function turnRequester(run: () => void): () => void {
  const host = globalThis as {
    readonly setImmediate?: (task: () => void) => unknown;
    readonly MessageChannel?: typeof MessageChannel;
  };
  const { setImmediate: immediate, MessageChannel: Channel } = host;
  let pending = false;
  const turn = () => {
    pending = false;
    run();
  };
  const once = (post: () => void) => () => {
    if (pending) return;
    pending = true;
    try {
      post();
    } catch (error) {
      // For want of stack: another time, then.
      pending = false;
      throw error;
    }
  };

  if (immediate !== undefined) return once(() => immediate(turn));
  if (Channel === undefined) {
    throw new ZxError(
      "NOT_SUPPORTED",
      "a sim machine's clock needs setImmediate or MessageChannel, and there is neither",
    );
  }
  const { port1, port2 } = new Channel();
  port1.onmessage = turn;
  return once(() => port2.postMessage(0));
}
