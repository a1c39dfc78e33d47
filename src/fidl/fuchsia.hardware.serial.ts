// Generated from fuchsia.hardware.serial.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.hardware.serial`.
 *
 * What the driver of a serial port offers.
 */
import {
  type Binding,
  bytes,
  type CallOptions,
  type ClientCore,
  type Codec,
  type Connection,
  defineProtocol,
  int32,
  type MaybePromise,
  serverMethod,
  status,
  strictEnum,
  struct,
  twoWay,
  uint8,
  uint32,
} from "./runtime/index.ts";
import type * as zx from "./zx.ts";

/** What is at the other end. */
export const Class = {
  GENERIC: 1,
  BLUETOOTH_HCI: 2,
  CONSOLE: 3,
  KERNEL_DEBUG: 4,
  MCU: 5,
} as const;
export type Class = (typeof Class)[keyof typeof Class];
export const CLASS: Codec<Class> = strictEnum("fuchsia.hardware.serial/Class", uint8, Class) as Codec<Class>;

export const CharacterWidth = {
  BITS_5: 1,
  BITS_6: 2,
  BITS_7: 3,
  BITS_8: 4,
} as const;
export type CharacterWidth = (typeof CharacterWidth)[keyof typeof CharacterWidth];
export const CHARACTER_WIDTH: Codec<CharacterWidth> = strictEnum(
  "fuchsia.hardware.serial/CharacterWidth",
  uint8,
  CharacterWidth,
) as Codec<CharacterWidth>;

export const StopWidth = {
  BITS_1: 1,
  BITS_2: 2,
} as const;
export type StopWidth = (typeof StopWidth)[keyof typeof StopWidth];
export const STOP_WIDTH: Codec<StopWidth> = strictEnum(
  "fuchsia.hardware.serial/StopWidth",
  uint8,
  StopWidth,
) as Codec<StopWidth>;

export const Parity = {
  NONE: 1,
  EVEN: 2,
  ODD: 3,
} as const;
export type Parity = (typeof Parity)[keyof typeof Parity];
export const PARITY: Codec<Parity> = strictEnum(
  "fuchsia.hardware.serial/Parity",
  uint8,
  Parity,
) as Codec<Parity>;

export const FlowControl = {
  NONE: 1,
  CTS_RTS: 2,
} as const;
export type FlowControl = (typeof FlowControl)[keyof typeof FlowControl];
export const FLOW_CONTROL: Codec<FlowControl> = strictEnum(
  "fuchsia.hardware.serial/FlowControl",
  uint8,
  FlowControl,
) as Codec<FlowControl>;

/** How characters are on the line. */
export interface Config {
  readonly characterWidth: CharacterWidth;
  readonly stopWidth: StopWidth;
  readonly parity: Parity;
  readonly controlFlow: FlowControl;
  /** Bits per second. */
  readonly baudRate: number;
}
export const CONFIG: Codec<Config> = struct<Config>(
  "fuchsia.hardware.serial/Config",
  {
    characterWidth: CHARACTER_WIDTH,
    stopWidth: STOP_WIDTH,
    parity: PARITY,
    controlFlow: FLOW_CONTROL,
    baudRate: uint32,
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.serial/Config")) return;
      CHARACTER_WIDTH.encode(e, o, v.characterWidth);
      STOP_WIDTH.encode(e, o + 1, v.stopWidth);
      PARITY.encode(e, o + 2, v.parity);
      FLOW_CONTROL.encode(e, o + 3, v.controlFlow);
      e.uint32(o + 4, v.baudRate);
    },
    decode(d, o) {
      return {
        characterWidth: CHARACTER_WIDTH.decode(d, o),
        stopWidth: STOP_WIDTH.decode(d, o + 1),
        parity: PARITY.decode(d, o + 2),
        controlFlow: FLOW_CONTROL.decode(d, o + 3),
        baudRate: d.uint32(o + 4),
      };
    },
  },
);

interface DeviceGetClassResponse {
  readonly deviceClass: Class;
}
const DEVICE_GET_CLASS_RESPONSE = struct<DeviceGetClassResponse>(
  "fuchsia.hardware.serial/DeviceGetClassResponse",
  { deviceClass: CLASS },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.serial/DeviceGetClassResponse")) return;
      CLASS.encode(e, o, v.deviceClass);
    },
    decode(d, o) {
      return { deviceClass: CLASS.decode(d, o) };
    },
  },
);

interface DeviceSetConfigRequest {
  readonly config: Config;
}
const DEVICE_SET_CONFIG_REQUEST = struct<DeviceSetConfigRequest>(
  "fuchsia.hardware.serial/DeviceSetConfigRequest",
  { config: CONFIG },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.serial/DeviceSetConfigRequest")) return;
      CONFIG.encode(e, o, v.config);
    },
    decode(d, o) {
      return { config: CONFIG.decode(d, o) };
    },
  },
);

interface DeviceSetConfigResponse {
  readonly s: zx.Status;
}
const DEVICE_SET_CONFIG_RESPONSE = struct<DeviceSetConfigResponse>(
  "fuchsia.hardware.serial/DeviceSetConfigResponse",
  { s: int32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.serial/DeviceSetConfigResponse")) return;
      e.int32(o, v.s);
    },
    decode(d, o) {
      return { s: d.int32(o) };
    },
  },
);

interface DeviceReadResponse {
  readonly data: Uint8Array;
}
const BYTES = bytes();
const DEVICE_READ_RESPONSE = struct<DeviceReadResponse>(
  "fuchsia.hardware.serial/Device_Read_Response",
  { data: BYTES },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.serial/Device_Read_Response")) return;
      BYTES.encode(e, o, v.data);
    },
    decode(d, o) {
      return { data: BYTES.decode(d, o) };
    },
  },
);

interface DeviceWriteRequest {
  readonly data: Uint8Array;
}
const DEVICE_WRITE_REQUEST = struct<DeviceWriteRequest>(
  "fuchsia.hardware.serial/DeviceWriteRequest",
  { data: BYTES },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.serial/DeviceWriteRequest")) return;
      BYTES.encode(e, o, v.data);
    },
    decode(d, o) {
      return { data: BYTES.decode(d, o) };
    },
  },
);
const DEVICE_GET_CLASS = twoWay<void, DeviceGetClassResponse>({
  name: "fuchsia.hardware.serial/Device.GetClass",
  ordinal: 0x3d48bbcee248ab8bn,
  response: DEVICE_GET_CLASS_RESPONSE,
});
const DEVICE_SET_CONFIG = twoWay<DeviceSetConfigRequest, DeviceSetConfigResponse>({
  name: "fuchsia.hardware.serial/Device.SetConfig",
  ordinal: 0x771a0946f6f87173n,
  request: DEVICE_SET_CONFIG_REQUEST,
  response: DEVICE_SET_CONFIG_RESPONSE,
});
const DEVICE_READ = twoWay<void, DeviceReadResponse>({
  name: "fuchsia.hardware.serial/Device.Read",
  ordinal: 0x63c41d3c053fadd8n,
  response: DEVICE_READ_RESPONSE,
  error: status,
});
const DEVICE_WRITE = twoWay<DeviceWriteRequest>({
  name: "fuchsia.hardware.serial/Device.Write",
  ordinal: 0x6aa7adae6841779cn,
  request: DEVICE_WRITE_REQUEST,
  error: status,
});

/** `fuchsia.hardware.serial/Device` as its client sees it. Calls reject with a ZxError. */
export interface DeviceClient extends Connection {
  /** What is at the other end. */
  getClass(options?: CallOptions): Promise<Class>;
  /** Sets how characters are on the line. `s` is INVALID_ARGS for a speed that the port cannot have. */
  setConfig(config: Config, options?: CallOptions): Promise<zx.Status>;
  /**
   * What has arrived, once there is at least one character.
   *
   * Errors:
   * * ALREADY_BOUND: another read is waiting.
   * * CANCELED: the port's driver stops.
   */
  read(options?: CallOptions): Promise<Uint8Array>;
  /**
   * Sends characters; answered when all of them are on their way.
   *
   * Errors:
   * * ALREADY_BOUND: another write is under way.
   * * CANCELED: the port's driver stops.
   */
  write(data: Uint8Array, options?: CallOptions): Promise<void>;
}

/** `fuchsia.hardware.serial/Device` as a server implements it: throws a ZxError to answer with an error. */
export interface DeviceServer {
  getClass(binding: Binding): MaybePromise<Class>;
  setConfig(config: Config, binding: Binding): MaybePromise<zx.Status>;
  read(binding: Binding): MaybePromise<Uint8Array>;
  write(data: Uint8Array, binding: Binding): MaybePromise<void>;
}

class DeviceProxy implements DeviceClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async getClass(options?: CallOptions): Promise<Class> {
    return (await this.#core.call(DEVICE_GET_CLASS, undefined, options)).deviceClass;
  }
  async setConfig(config: Config, options?: CallOptions): Promise<zx.Status> {
    return (await this.#core.call(DEVICE_SET_CONFIG, { config }, options)).s;
  }
  async read(options?: CallOptions): Promise<Uint8Array> {
    return (await this.#core.call(DEVICE_READ, undefined, options)).data;
  }
  write(data: Uint8Array, options?: CallOptions): Promise<void> {
    return this.#core.call(DEVICE_WRITE, { data }, options);
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

export const Device = defineProtocol<DeviceClient, DeviceServer, unknown, "fuchsia.hardware.serial/Device">({
  name: "fuchsia.hardware.serial/Device",
  service: "fuchsia.hardware.serial.Service",
  openness: "closed",
  client: (core) => new DeviceProxy(core),
  methods: [
    serverMethod(
      DEVICE_GET_CLASS,
      (server, _, binding) => server.getClass(binding),
      (deviceClass) => ({ deviceClass }),
    ),
    serverMethod(
      DEVICE_SET_CONFIG,
      (server, { config }, binding) => server.setConfig(config, binding),
      (s) => ({ s }),
    ),
    serverMethod(
      DEVICE_READ,
      (server, _, binding) => server.read(binding),
      (data) => ({ data }),
    ),
    serverMethod(DEVICE_WRITE, (server, { data }, binding) => server.write(data, binding)),
  ],
});

export const Service = {
  name: "fuchsia.hardware.serial.Service",
  members: { device: Device },
} as const;
