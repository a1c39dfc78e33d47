// Generated from fuchsia.hardware.rtc.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.hardware.rtc`.
 *
 * What the driver of a real-time clock offers.
 */
import {
  type Binding,
  type CallOptions,
  type ClientCore,
  type Codec,
  type Connection,
  defineProtocol,
  type MaybePromise,
  serverMethod,
  status,
  struct,
  twoWay,
  uint8,
  uint16,
} from "./runtime/index.ts";

/** A moment in UTC. Months and days count from 1. */
export interface Time {
  readonly seconds: number;
  readonly minutes: number;
  readonly hours: number;
  readonly day: number;
  readonly month: number;
  readonly year: number;
}
export const TIME: Codec<Time> = struct<Time>(
  "fuchsia.hardware.rtc/Time",
  { seconds: uint8, minutes: uint8, hours: uint8, day: uint8, month: uint8, year: uint16 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.rtc/Time")) return;
      e.uint8(o, v.seconds);
      e.uint8(o + 1, v.minutes);
      e.uint8(o + 2, v.hours);
      e.uint8(o + 3, v.day);
      e.uint8(o + 4, v.month);
      e.uint16(o + 6, v.year);
    },
    decode(d, o) {
      d.padding(o + 5, 1);
      return {
        seconds: d.uint8(o),
        minutes: d.uint8(o + 1),
        hours: d.uint8(o + 2),
        day: d.uint8(o + 3),
        month: d.uint8(o + 4),
        year: d.uint16(o + 6),
      };
    },
  },
);

interface DeviceGetResponse {
  readonly rtc: Time;
}
const DEVICE_GET_RESPONSE = struct<DeviceGetResponse>(
  "fuchsia.hardware.rtc/Device_Get_Response",
  { rtc: TIME },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.rtc/Device_Get_Response")) return;
      TIME.encode(e, o, v.rtc);
    },
    decode(d, o) {
      return { rtc: TIME.decode(d, o) };
    },
  },
);

interface DeviceSet2Request {
  readonly rtc: Time;
}
const DEVICE_SET2_REQUEST = struct<DeviceSet2Request>(
  "fuchsia.hardware.rtc/DeviceSet2Request",
  { rtc: TIME },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.rtc/DeviceSet2Request")) return;
      TIME.encode(e, o, v.rtc);
    },
    decode(d, o) {
      return { rtc: TIME.decode(d, o) };
    },
  },
);
const DEVICE_GET = twoWay<void, DeviceGetResponse>({
  name: "fuchsia.hardware.rtc/Device.Get",
  ordinal: 0x27fdad10b3816ff4n,
  response: DEVICE_GET_RESPONSE,
  error: status,
  flexible: true,
});
const DEVICE_SET2 = twoWay<DeviceSet2Request>({
  name: "fuchsia.hardware.rtc/Device.Set2",
  ordinal: 0x16698df780253ae5n,
  request: DEVICE_SET2_REQUEST,
  error: status,
  flexible: true,
});

/** `fuchsia.hardware.rtc/Device` as its client sees it. Calls reject with a ZxError. */
export interface DeviceClient extends Connection {
  /**
   * What the clock shows.
   *
   * Errors:
   * * INTERNAL: it shows nothing that can be true.
   */
  get(options?: CallOptions): Promise<Time>;
  /**
   * Sets the clock.
   *
   * Errors:
   * * OUT_OF_RANGE: there is no such moment, or the clock cannot show it.
   */
  set2(rtc: Time, options?: CallOptions): Promise<void>;
}

/** `fuchsia.hardware.rtc/Device` as a server implements it: throws a ZxError to answer with an error. */
export interface DeviceServer {
  get(binding: Binding): MaybePromise<Time>;
  set2(rtc: Time, binding: Binding): MaybePromise<void>;
}

class DeviceProxy implements DeviceClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async get(options?: CallOptions): Promise<Time> {
    return (await this.#core.call(DEVICE_GET, undefined, options)).rtc;
  }
  set2(rtc: Time, options?: CallOptions): Promise<void> {
    return this.#core.call(DEVICE_SET2, { rtc }, options);
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

export const Device = defineProtocol<DeviceClient, DeviceServer, unknown, "fuchsia.hardware.rtc/Device">({
  name: "fuchsia.hardware.rtc/Device",
  service: "fuchsia.hardware.rtc.Service",
  openness: "open",
  client: (core) => new DeviceProxy(core),
  methods: [
    serverMethod(
      DEVICE_GET,
      (server, _, binding) => server.get(binding),
      (rtc) => ({ rtc }),
    ),
    serverMethod(DEVICE_SET2, (server, { rtc }, binding) => server.set2(rtc, binding)),
  ],
});

export const Service = {
  name: "fuchsia.hardware.rtc.Service",
  members: { device: Device },
} as const;
