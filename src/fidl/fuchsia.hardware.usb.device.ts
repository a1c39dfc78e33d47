// Generated from fuchsia.hardware.usb.device.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.hardware.usb.device`.
 *
 * What a USB device is, for tools.
 */
import {
  type Binding,
  byteArray,
  bytes,
  type CallOptions,
  type ClientCore,
  type Connection,
  defineProtocol,
  int32,
  type MaybePromise,
  serverMethod,
  string,
  struct,
  twoWay,
  uint8,
  uint16,
  uint32,
} from "./runtime/index.ts";
import type * as zx from "./zx.ts";

/** Bytes of a device descriptor (USB 2.0, 9.6.1). */
export const DEVICE_DESC_SIZE = 18;

export const MAX_CONFIG_DESC_SIZE = 65536;

/** Bytes of a string descriptor in UTF-8: 126 UTF-16 units can become three bytes each. */
export const MAX_STRING_DESC_SIZE = 384;

interface DeviceGetDeviceSpeedResponse {
  readonly speed: number;
}
const DEVICE_GET_DEVICE_SPEED_RESPONSE = struct<DeviceGetDeviceSpeedResponse>(
  "fuchsia.hardware.usb.device/DeviceGetDeviceSpeedResponse",
  { speed: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.device/DeviceGetDeviceSpeedResponse")) return;
      e.uint32(o, v.speed);
    },
    decode(d, o) {
      return { speed: d.uint32(o) };
    },
  },
);

interface DeviceGetDeviceDescriptorResponse {
  readonly desc: Uint8Array;
}
const BYTE_ARRAY_18 = byteArray(18);
const DEVICE_GET_DEVICE_DESCRIPTOR_RESPONSE = struct<DeviceGetDeviceDescriptorResponse>(
  "fuchsia.hardware.usb.device/DeviceGetDeviceDescriptorResponse",
  { desc: BYTE_ARRAY_18 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.device/DeviceGetDeviceDescriptorResponse")) return;
      BYTE_ARRAY_18.encode(e, o, v.desc);
    },
    decode(d, o) {
      return { desc: BYTE_ARRAY_18.decode(d, o) };
    },
  },
);

interface DeviceGetConfigurationDescriptorSizeRequest {
  readonly config: number;
}
const DEVICE_GET_CONFIGURATION_DESCRIPTOR_SIZE_REQUEST = struct<DeviceGetConfigurationDescriptorSizeRequest>(
  "fuchsia.hardware.usb.device/DeviceGetConfigurationDescriptorSizeRequest",
  { config: uint8 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.device/DeviceGetConfigurationDescriptorSizeRequest")) return;
      e.uint8(o, v.config);
    },
    decode(d, o) {
      return { config: d.uint8(o) };
    },
  },
);

export interface DeviceGetConfigurationDescriptorSizeResponse {
  readonly s: zx.Status;
  readonly size: number;
}
const DEVICE_GET_CONFIGURATION_DESCRIPTOR_SIZE_RESPONSE =
  struct<DeviceGetConfigurationDescriptorSizeResponse>(
    "fuchsia.hardware.usb.device/DeviceGetConfigurationDescriptorSizeResponse",
    { s: int32, size: uint16 },
    {
      encode(e, o, v) {
        if (!e.object(o, v, "fuchsia.hardware.usb.device/DeviceGetConfigurationDescriptorSizeResponse"))
          return;
        e.int32(o, v.s);
        e.uint16(o + 4, v.size);
      },
      decode(d, o) {
        d.padding(o + 6, 2);
        return { s: d.int32(o), size: d.uint16(o + 4) };
      },
    },
  );

interface DeviceGetConfigurationDescriptorRequest {
  readonly config: number;
}
const DEVICE_GET_CONFIGURATION_DESCRIPTOR_REQUEST = struct<DeviceGetConfigurationDescriptorRequest>(
  "fuchsia.hardware.usb.device/DeviceGetConfigurationDescriptorRequest",
  { config: uint8 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.device/DeviceGetConfigurationDescriptorRequest")) return;
      e.uint8(o, v.config);
    },
    decode(d, o) {
      return { config: d.uint8(o) };
    },
  },
);

export interface DeviceGetConfigurationDescriptorResponse {
  readonly s: zx.Status;
  readonly desc: Uint8Array;
}
const BYTES_65536 = bytes(65536);
const DEVICE_GET_CONFIGURATION_DESCRIPTOR_RESPONSE = struct<DeviceGetConfigurationDescriptorResponse>(
  "fuchsia.hardware.usb.device/DeviceGetConfigurationDescriptorResponse",
  { s: int32, desc: BYTES_65536 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.device/DeviceGetConfigurationDescriptorResponse")) return;
      e.int32(o, v.s);
      BYTES_65536.encode(e, o + 8, v.desc);
    },
    decode(d, o) {
      d.padding(o + 4, 4);
      return { s: d.int32(o), desc: BYTES_65536.decode(d, o + 8) };
    },
  },
);

interface DeviceGetStringDescriptorRequest {
  readonly descId: number;
  readonly langId: number;
}
const DEVICE_GET_STRING_DESCRIPTOR_REQUEST = struct<DeviceGetStringDescriptorRequest>(
  "fuchsia.hardware.usb.device/DeviceGetStringDescriptorRequest",
  { descId: uint8, langId: uint16 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.device/DeviceGetStringDescriptorRequest")) return;
      e.uint8(o, v.descId);
      e.uint16(o + 2, v.langId);
    },
    decode(d, o) {
      d.padding(o + 1, 1);
      return { descId: d.uint8(o), langId: d.uint16(o + 2) };
    },
  },
);

export interface DeviceGetStringDescriptorResponse {
  readonly s: zx.Status;
  readonly desc: string;
  readonly actualLangId: number;
}
const STRING_384 = string(384);
const DEVICE_GET_STRING_DESCRIPTOR_RESPONSE = struct<DeviceGetStringDescriptorResponse>(
  "fuchsia.hardware.usb.device/DeviceGetStringDescriptorResponse",
  { s: int32, desc: STRING_384, actualLangId: uint16 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.device/DeviceGetStringDescriptorResponse")) return;
      e.int32(o, v.s);
      STRING_384.encode(e, o + 8, v.desc);
      e.uint16(o + 24, v.actualLangId);
    },
    decode(d, o) {
      d.padding(o + 4, 4);
      d.padding(o + 26, 6);
      return { s: d.int32(o), desc: STRING_384.decode(d, o + 8), actualLangId: d.uint16(o + 24) };
    },
  },
);

interface DeviceSetInterfaceRequest {
  readonly interfaceNumber: number;
  readonly altSetting: number;
}
const DEVICE_SET_INTERFACE_REQUEST = struct<DeviceSetInterfaceRequest>(
  "fuchsia.hardware.usb.device/DeviceSetInterfaceRequest",
  { interfaceNumber: uint8, altSetting: uint8 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.device/DeviceSetInterfaceRequest")) return;
      e.uint8(o, v.interfaceNumber);
      e.uint8(o + 1, v.altSetting);
    },
    decode(d, o) {
      return { interfaceNumber: d.uint8(o), altSetting: d.uint8(o + 1) };
    },
  },
);

interface DeviceSetInterfaceResponse {
  readonly s: zx.Status;
}
const DEVICE_SET_INTERFACE_RESPONSE = struct<DeviceSetInterfaceResponse>(
  "fuchsia.hardware.usb.device/DeviceSetInterfaceResponse",
  { s: int32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.device/DeviceSetInterfaceResponse")) return;
      e.int32(o, v.s);
    },
    decode(d, o) {
      return { s: d.int32(o) };
    },
  },
);

interface DeviceGetDeviceIdResponse {
  readonly deviceId: number;
}
const DEVICE_GET_DEVICE_ID_RESPONSE = struct<DeviceGetDeviceIdResponse>(
  "fuchsia.hardware.usb.device/DeviceGetDeviceIdResponse",
  { deviceId: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.device/DeviceGetDeviceIdResponse")) return;
      e.uint32(o, v.deviceId);
    },
    decode(d, o) {
      return { deviceId: d.uint32(o) };
    },
  },
);

interface DeviceGetHubDeviceIdResponse {
  readonly hubDeviceId: number;
}
const DEVICE_GET_HUB_DEVICE_ID_RESPONSE = struct<DeviceGetHubDeviceIdResponse>(
  "fuchsia.hardware.usb.device/DeviceGetHubDeviceIdResponse",
  { hubDeviceId: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.device/DeviceGetHubDeviceIdResponse")) return;
      e.uint32(o, v.hubDeviceId);
    },
    decode(d, o) {
      return { hubDeviceId: d.uint32(o) };
    },
  },
);

interface DeviceGetConfigurationResponse {
  readonly configuration: number;
}
const DEVICE_GET_CONFIGURATION_RESPONSE = struct<DeviceGetConfigurationResponse>(
  "fuchsia.hardware.usb.device/DeviceGetConfigurationResponse",
  { configuration: uint8 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.device/DeviceGetConfigurationResponse")) return;
      e.uint8(o, v.configuration);
    },
    decode(d, o) {
      return { configuration: d.uint8(o) };
    },
  },
);

interface DeviceSetConfigurationRequest {
  readonly configuration: number;
}
const DEVICE_SET_CONFIGURATION_REQUEST = struct<DeviceSetConfigurationRequest>(
  "fuchsia.hardware.usb.device/DeviceSetConfigurationRequest",
  { configuration: uint8 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.device/DeviceSetConfigurationRequest")) return;
      e.uint8(o, v.configuration);
    },
    decode(d, o) {
      return { configuration: d.uint8(o) };
    },
  },
);

interface DeviceSetConfigurationResponse {
  readonly s: zx.Status;
}
const DEVICE_SET_CONFIGURATION_RESPONSE = struct<DeviceSetConfigurationResponse>(
  "fuchsia.hardware.usb.device/DeviceSetConfigurationResponse",
  { s: int32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.device/DeviceSetConfigurationResponse")) return;
      e.int32(o, v.s);
    },
    decode(d, o) {
      return { s: d.int32(o) };
    },
  },
);
const DEVICE_GET_DEVICE_SPEED = twoWay<void, DeviceGetDeviceSpeedResponse>({
  name: "fuchsia.hardware.usb.device/Device.GetDeviceSpeed",
  ordinal: 0x623cd7927fb449den,
  response: DEVICE_GET_DEVICE_SPEED_RESPONSE,
});
const DEVICE_GET_DEVICE_DESCRIPTOR = twoWay<void, DeviceGetDeviceDescriptorResponse>({
  name: "fuchsia.hardware.usb.device/Device.GetDeviceDescriptor",
  ordinal: 0x5f761371f4b9f34an,
  response: DEVICE_GET_DEVICE_DESCRIPTOR_RESPONSE,
});
const DEVICE_GET_CONFIGURATION_DESCRIPTOR_SIZE = twoWay<
  DeviceGetConfigurationDescriptorSizeRequest,
  DeviceGetConfigurationDescriptorSizeResponse
>({
  name: "fuchsia.hardware.usb.device/Device.GetConfigurationDescriptorSize",
  ordinal: 0x65912d7d5e3a07c8n,
  request: DEVICE_GET_CONFIGURATION_DESCRIPTOR_SIZE_REQUEST,
  response: DEVICE_GET_CONFIGURATION_DESCRIPTOR_SIZE_RESPONSE,
});
const DEVICE_GET_CONFIGURATION_DESCRIPTOR = twoWay<
  DeviceGetConfigurationDescriptorRequest,
  DeviceGetConfigurationDescriptorResponse
>({
  name: "fuchsia.hardware.usb.device/Device.GetConfigurationDescriptor",
  ordinal: 0x1859a4e4421d2036n,
  request: DEVICE_GET_CONFIGURATION_DESCRIPTOR_REQUEST,
  response: DEVICE_GET_CONFIGURATION_DESCRIPTOR_RESPONSE,
});
const DEVICE_GET_STRING_DESCRIPTOR = twoWay<
  DeviceGetStringDescriptorRequest,
  DeviceGetStringDescriptorResponse
>({
  name: "fuchsia.hardware.usb.device/Device.GetStringDescriptor",
  ordinal: 0x5ff601b3b6891337n,
  request: DEVICE_GET_STRING_DESCRIPTOR_REQUEST,
  response: DEVICE_GET_STRING_DESCRIPTOR_RESPONSE,
});
const DEVICE_SET_INTERFACE = twoWay<DeviceSetInterfaceRequest, DeviceSetInterfaceResponse>({
  name: "fuchsia.hardware.usb.device/Device.SetInterface",
  ordinal: 0x45348c50850b641dn,
  request: DEVICE_SET_INTERFACE_REQUEST,
  response: DEVICE_SET_INTERFACE_RESPONSE,
});
const DEVICE_GET_DEVICE_ID = twoWay<void, DeviceGetDeviceIdResponse>({
  name: "fuchsia.hardware.usb.device/Device.GetDeviceId",
  ordinal: 0x34a73eef491c2ce0n,
  response: DEVICE_GET_DEVICE_ID_RESPONSE,
});
const DEVICE_GET_HUB_DEVICE_ID = twoWay<void, DeviceGetHubDeviceIdResponse>({
  name: "fuchsia.hardware.usb.device/Device.GetHubDeviceId",
  ordinal: 0x0ce263c86f7bbbcdn,
  response: DEVICE_GET_HUB_DEVICE_ID_RESPONSE,
});
const DEVICE_GET_CONFIGURATION = twoWay<void, DeviceGetConfigurationResponse>({
  name: "fuchsia.hardware.usb.device/Device.GetConfiguration",
  ordinal: 0x73f644382a2335fdn,
  response: DEVICE_GET_CONFIGURATION_RESPONSE,
});
const DEVICE_SET_CONFIGURATION = twoWay<DeviceSetConfigurationRequest, DeviceSetConfigurationResponse>({
  name: "fuchsia.hardware.usb.device/Device.SetConfiguration",
  ordinal: 0x12bf6e43b045ee9dn,
  request: DEVICE_SET_CONFIGURATION_REQUEST,
  response: DEVICE_SET_CONFIGURATION_RESPONSE,
});

/** `fuchsia.hardware.usb.device/Device` as its client sees it. Calls reject with a ZxError. */
export interface DeviceClient extends Connection {
  /** How fast the device is: 1 low, 2 full, 3 high, 4 super. */
  getDeviceSpeed(options?: CallOptions): Promise<number>;
  /** The device descriptor. */
  getDeviceDescriptor(options?: CallOptions): Promise<Uint8Array>;
  /** How long the descriptor of a configuration is, with all that belongs to it. */
  getConfigurationDescriptorSize(
    config: number,
    options?: CallOptions,
  ): Promise<DeviceGetConfigurationDescriptorSizeResponse>;
  /** The descriptor of a configuration, with all that belongs to it. */
  getConfigurationDescriptor(
    config: number,
    options?: CallOptions,
  ): Promise<DeviceGetConfigurationDescriptorResponse>;
  /**
   * A string descriptor; the table of languages for `desc_id` 0. A language that the device lacks becomes its first one.
   */
  getStringDescriptor(
    descId: number,
    langId: number,
    options?: CallOptions,
  ): Promise<DeviceGetStringDescriptorResponse>;
  /** Chooses an alternate setting of an interface. */
  setInterface(interfaceNumber: number, altSetting: number, options?: CallOptions): Promise<zx.Status>;
  /** What the host controller's driver calls the device. */
  getDeviceId(options?: CallOptions): Promise<number>;
  /** What the host controller's driver calls the hub that the device is connected to. */
  getHubDeviceId(options?: CallOptions): Promise<number>;
  /** The current configuration. */
  getConfiguration(options?: CallOptions): Promise<number>;
  /** Chooses a configuration. */
  setConfiguration(configuration: number, options?: CallOptions): Promise<zx.Status>;
}

/**
 * `fuchsia.hardware.usb.device/Device` as a server implements it: throws a ZxError to answer with an error.
 */
export interface DeviceServer {
  getDeviceSpeed(binding: Binding): MaybePromise<number>;
  getDeviceDescriptor(binding: Binding): MaybePromise<Uint8Array>;
  getConfigurationDescriptorSize(
    config: number,
    binding: Binding,
  ): MaybePromise<DeviceGetConfigurationDescriptorSizeResponse>;
  getConfigurationDescriptor(
    config: number,
    binding: Binding,
  ): MaybePromise<DeviceGetConfigurationDescriptorResponse>;
  getStringDescriptor(
    descId: number,
    langId: number,
    binding: Binding,
  ): MaybePromise<DeviceGetStringDescriptorResponse>;
  setInterface(interfaceNumber: number, altSetting: number, binding: Binding): MaybePromise<zx.Status>;
  getDeviceId(binding: Binding): MaybePromise<number>;
  getHubDeviceId(binding: Binding): MaybePromise<number>;
  getConfiguration(binding: Binding): MaybePromise<number>;
  setConfiguration(configuration: number, binding: Binding): MaybePromise<zx.Status>;
}

class DeviceProxy implements DeviceClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async getDeviceSpeed(options?: CallOptions): Promise<number> {
    return (await this.#core.call(DEVICE_GET_DEVICE_SPEED, undefined, options)).speed;
  }
  async getDeviceDescriptor(options?: CallOptions): Promise<Uint8Array> {
    return (await this.#core.call(DEVICE_GET_DEVICE_DESCRIPTOR, undefined, options)).desc;
  }
  getConfigurationDescriptorSize(
    config: number,
    options?: CallOptions,
  ): Promise<DeviceGetConfigurationDescriptorSizeResponse> {
    return this.#core.call(DEVICE_GET_CONFIGURATION_DESCRIPTOR_SIZE, { config }, options);
  }
  getConfigurationDescriptor(
    config: number,
    options?: CallOptions,
  ): Promise<DeviceGetConfigurationDescriptorResponse> {
    return this.#core.call(DEVICE_GET_CONFIGURATION_DESCRIPTOR, { config }, options);
  }
  getStringDescriptor(
    descId: number,
    langId: number,
    options?: CallOptions,
  ): Promise<DeviceGetStringDescriptorResponse> {
    return this.#core.call(DEVICE_GET_STRING_DESCRIPTOR, { descId, langId }, options);
  }
  async setInterface(interfaceNumber: number, altSetting: number, options?: CallOptions): Promise<zx.Status> {
    return (await this.#core.call(DEVICE_SET_INTERFACE, { interfaceNumber, altSetting }, options)).s;
  }
  async getDeviceId(options?: CallOptions): Promise<number> {
    return (await this.#core.call(DEVICE_GET_DEVICE_ID, undefined, options)).deviceId;
  }
  async getHubDeviceId(options?: CallOptions): Promise<number> {
    return (await this.#core.call(DEVICE_GET_HUB_DEVICE_ID, undefined, options)).hubDeviceId;
  }
  async getConfiguration(options?: CallOptions): Promise<number> {
    return (await this.#core.call(DEVICE_GET_CONFIGURATION, undefined, options)).configuration;
  }
  async setConfiguration(configuration: number, options?: CallOptions): Promise<zx.Status> {
    return (await this.#core.call(DEVICE_SET_CONFIGURATION, { configuration }, options)).s;
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

export const Device = defineProtocol<
  DeviceClient,
  DeviceServer,
  unknown,
  "fuchsia.hardware.usb.device/Device"
>({
  name: "fuchsia.hardware.usb.device/Device",
  openness: "closed",
  client: (core) => new DeviceProxy(core),
  methods: [
    serverMethod(
      DEVICE_GET_DEVICE_SPEED,
      (server, _, binding) => server.getDeviceSpeed(binding),
      (speed) => ({ speed }),
    ),
    serverMethod(
      DEVICE_GET_DEVICE_DESCRIPTOR,
      (server, _, binding) => server.getDeviceDescriptor(binding),
      (desc) => ({ desc }),
    ),
    serverMethod(DEVICE_GET_CONFIGURATION_DESCRIPTOR_SIZE, (server, { config }, binding) =>
      server.getConfigurationDescriptorSize(config, binding),
    ),
    serverMethod(DEVICE_GET_CONFIGURATION_DESCRIPTOR, (server, { config }, binding) =>
      server.getConfigurationDescriptor(config, binding),
    ),
    serverMethod(DEVICE_GET_STRING_DESCRIPTOR, (server, { descId, langId }, binding) =>
      server.getStringDescriptor(descId, langId, binding),
    ),
    serverMethod(
      DEVICE_SET_INTERFACE,
      (server, { interfaceNumber, altSetting }, binding) =>
        server.setInterface(interfaceNumber, altSetting, binding),
      (s) => ({ s }),
    ),
    serverMethod(
      DEVICE_GET_DEVICE_ID,
      (server, _, binding) => server.getDeviceId(binding),
      (deviceId) => ({ deviceId }),
    ),
    serverMethod(
      DEVICE_GET_HUB_DEVICE_ID,
      (server, _, binding) => server.getHubDeviceId(binding),
      (hubDeviceId) => ({ hubDeviceId }),
    ),
    serverMethod(
      DEVICE_GET_CONFIGURATION,
      (server, _, binding) => server.getConfiguration(binding),
      (configuration) => ({ configuration }),
    ),
    serverMethod(
      DEVICE_SET_CONFIGURATION,
      (server, { configuration }, binding) => server.setConfiguration(configuration, binding),
      (s) => ({ s }),
    ),
  ],
});
