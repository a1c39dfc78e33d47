// Generated from zirconia.rtc.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `zirconia.rtc`.
 *
 * What a real-time clock can do beside showing the time, for which Fuchsia has no protocol.
 */
import * as fuchsiaHardwareRtc from "./fuchsia.hardware.rtc.ts";
import {
  type Binding,
  type CallOptions,
  type ClientCore,
  type Connection,
  defineProtocol,
  type MaybePromise,
  serverMethod,
  status,
  struct,
  twoWay,
} from "./runtime/index.ts";

interface AlarmWaitUntilRequest {
  readonly time: fuchsiaHardwareRtc.Time;
}
const ALARM_WAIT_UNTIL_REQUEST = struct<AlarmWaitUntilRequest>(
  "zirconia.rtc/AlarmWaitUntilRequest",
  { time: fuchsiaHardwareRtc.TIME },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.rtc/AlarmWaitUntilRequest")) return;
      fuchsiaHardwareRtc.TIME.encode(e, o, v.time);
    },
    decode(d, o) {
      return { time: fuchsiaHardwareRtc.TIME.decode(d, o) };
    },
  },
);
const ALARM_WAIT_UNTIL = twoWay<AlarmWaitUntilRequest>({
  name: "zirconia.rtc/Alarm.WaitUntil",
  ordinal: 0x071d7ce2afa18a30n,
  request: ALARM_WAIT_UNTIL_REQUEST,
  error: status,
});

/** `zirconia.rtc/Alarm` as its client sees it. Calls reject with a ZxError. */
export interface AlarmClient extends Connection {
  /**
   * Answers when the clock shows `time`; at once if it is past. Another call takes the place of the one before.
   *
   * Errors:
   * * OUT_OF_RANGE: there is no such moment, or the clock cannot show it.
   * * CANCELED: another call came, or the clock's driver stops.
   */
  waitUntil(time: fuchsiaHardwareRtc.Time, options?: CallOptions): Promise<void>;
}

/** `zirconia.rtc/Alarm` as a server implements it: throws a ZxError to answer with an error. */
export interface AlarmServer {
  waitUntil(time: fuchsiaHardwareRtc.Time, binding: Binding): MaybePromise<void>;
}

class AlarmProxy implements AlarmClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  waitUntil(time: fuchsiaHardwareRtc.Time, options?: CallOptions): Promise<void> {
    return this.#core.call(ALARM_WAIT_UNTIL, { time }, options);
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

export const Alarm = defineProtocol<AlarmClient, AlarmServer, unknown, "zirconia.rtc/Alarm">({
  name: "zirconia.rtc/Alarm",
  service: "zirconia.rtc.Service",
  openness: "closed",
  client: (core) => new AlarmProxy(core),
  methods: [serverMethod(ALARM_WAIT_UNTIL, (server, { time }, binding) => server.waitUntil(time, binding))],
});

export const Service = {
  name: "zirconia.rtc.Service",
  members: { alarm: Alarm },
} as const;
