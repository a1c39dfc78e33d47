import { WaitAsyncOption } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import { Rights } from "../../zx/rights.ts";
import type { Zx } from "../../zx/syscalls.ts";
import type { Dispatcher } from "../object/dispatcher.ts";
import { peerOf } from "../object/event_dispatcher.ts";
import { PortDispatcher } from "../object/port_dispatcher.ts";
import type { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { waitMany, waitOne } from "../object/waits.ts";
import { key64, list, mask32, record, time } from "./arguments.ts";
import { objectInfo } from "./info.ts";
import { getProperty, setProperty } from "./property.ts";

type Calls = Pick<
  Zx,
  | "objectGetInfo"
  | "objectGetProperty"
  | "objectSetProperty"
  | "objectGetName"
  | "objectSetName"
  | "objectSignal"
  | "objectSignalPeer"
  | "objectWaitOne"
  | "objectWaitMany"
  | "objectWaitAsync"
>;

/** ZX_WAIT_MANY_MAX_ITEMS. */
const WAIT_MANY_MAX_ITEMS = 64;

/** Calls that take an object of any type (zircon.md 1.4, 1.13). */
export function objectCalls(process: ProcessDispatcher): Calls {
  const { handles, calls } = process;
  return {
    objectGetInfo(value, topic) {
      return objectInfo(process, value, topic);
    },

    objectGetProperty(value, property) {
      return getProperty(process, value, property);
    },

    objectSetProperty(value, property, to) {
      setProperty(process, value, property, to);
    },

    objectGetName(value) {
      return getProperty(process, value, "NAME");
    },

    objectSetName(value, name) {
      setProperty(process, value, "NAME", name);
    },

    objectSignal(value, clear, set) {
      const masks = [mask32(clear, "clear"), mask32(set, "set")] as const;
      const { object } = handles.handle(value, Rights.SIGNAL);
      checkSignals(object, ...masks);
      object.updateSignals(...masks);
    },

    objectSignalPeer(value, clear, set) {
      const masks = [mask32(clear, "clear"), mask32(set, "set")] as const;
      const { object } = handles.handle(value, Rights.SIGNAL_PEER);
      checkSignals(object, ...masks);
      peerOf(object).updateSignals(...masks);
    },

    async objectWaitOne(value, signals, deadline) {
      const mask = mask32(signals, "signals");
      const until = time(deadline, "deadline");
      return waitOne(calls, handles.handle(value, Rights.WAIT), mask, until);
    },

    async objectWaitMany(items, deadline) {
      const wanted = list(items, "items").map((item) => record(item, "an item", ["handle", "signals"]));
      const until = time(deadline, "deadline");
      if (wanted.length > WAIT_MANY_MAX_ITEMS) {
        throw new ZxError(
          "OUT_OF_RANGE",
          `a wait for ${wanted.length} objects: at most ${WAIT_MANY_MAX_ITEMS}`,
        );
      }
      const waits = wanted.map(({ handle, signals }) => {
        const mask = mask32(signals, "signals");
        return { handle: handles.handle(handle, Rights.WAIT), mask };
      });
      return waitMany(calls, waits, until);
    },

    objectWaitAsync(value, port, key, signals, options) {
      const mask = mask32(signals, "signals");
      const flags = mask32(options, "options");
      const id = key64(key, "key");
      if ((flags & ~(WaitAsyncOption.TIMESTAMP | WaitAsyncOption.EDGE)) !== 0) {
        throw new ZxError("INVALID_ARGS", `object_wait_async: options ${hex(flags)}`);
      }
      const target = handles.get(port, PortDispatcher, Rights.WRITE);
      const handle = handles.handle(value, Rights.WAIT);
      target.observe({
        handle,
        key: id,
        signals: mask,
        edge: (flags & WaitAsyncOption.EDGE) !== 0,
        timestamp: (flags & WaitAsyncOption.TIMESTAMP) !== 0,
      });
    },
  };
}

/** INVALID_ARGS for signals that belong to the kernel. */
function checkSignals(object: Dispatcher, clear: number, set: number): void {
  const forbidden = ((clear | set) & ~object.userSignals) >>> 0;
  if (forbidden === 0) return;
  throw new ZxError("INVALID_ARGS", `signals ${hex(forbidden)} of ${object.describe()} are the kernel's`);
}
