/** The thread's side: wait to be told which process to be. */
import { type MessagePort, parentPort, receiveMessageOnPort } from "node:worker_threads";
import { EventStream } from "../../events/events.ts";
import { QtestBorrower } from "../../machine/qemu/borrower.ts";
import { ZxError } from "../../zx/error.ts";
import { type RemoteProcess, remoteProcess } from "../client/remote_zx.ts";
import type { FaultMessage, StartMessage } from "./process_thread.ts";

export interface ProcessInThread extends RemoteProcess {
  /** Forwarded to the kernel's thread, as far as somebody listens there. */
  readonly events: EventStream;
  /** What came with the start. */
  readonly payload: unknown;
}

/** Fulfilled once `ProcessThread.become` was called. The thread lives until it is ended, whether it has something to do or not. */
export async function becomeProcess(): Promise<ProcessInThread> {
  const port = parentPort;
  if (port === null) throw new ZxError("BAD_STATE", "this is no worker thread");
  process.on("uncaughtExceptionMonitor", (_, origin) => {
    port.postMessage({ origin } satisfies FaultMessage);
  });
  const start = await new Promise<StartMessage>((resolve) => {
    // A listener for good: it is what keeps the thread alive.
    port.on("message", resolve);
  });
  const events = new EventStream();
  const remote = remoteProcess({
    ...start,
    events,
    takeShared: () => takeShared(start.shared),
    borrow: (ticket) => new QtestBorrower(ticket),
    isAlone: () => process.getActiveResourcesInfo().every((resource) => resource === "MessagePort"),
  });
  return { ...remote, events, payload: start.payload };
}

function takeShared(port: MessagePort): SharedArrayBuffer | WebAssembly.Memory {
  const received = receiveMessageOnPort(port);
  if (received === undefined) throw new ZxError("INTERNAL", "the kernel's thread has shared no memory");
  return received.message as SharedArrayBuffer | WebAssembly.Memory;
}
