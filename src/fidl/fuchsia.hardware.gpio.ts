// Generated from fuchsia.hardware.gpio.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.hardware.gpio`.
 *
 * What the driver of a GPIO controller offers for each pin.
 */
import {
  type Binding,
  bool,
  type CallOptions,
  type ClientCore,
  type Codec,
  type Connection,
  defineProtocol,
  flexibleBits,
  type Handle,
  handle,
  type MaybePromise,
  serverMethod,
  status,
  strictEnum,
  struct,
  table,
  twoWay,
  uint32,
} from "./runtime/index.ts";

/** Whether a pin is driven, and to which level. */
export const BufferMode = {
  INPUT: 0,
  OUTPUT_LOW: 1,
  OUTPUT_HIGH: 2,
} as const;
export type BufferMode = (typeof BufferMode)[keyof typeof BufferMode];
export const BUFFER_MODE: Codec<BufferMode> = strictEnum(
  "fuchsia.hardware.gpio/BufferMode",
  uint32,
  BufferMode,
) as Codec<BufferMode>;

export const InterruptOptions = {
  /** Times are those of the monotonic clock. */
  TIMESTAMP_MONO: 0x2,
} as const;
export type InterruptOptions = number;
export const INTERRUPT_OPTIONS: Codec<InterruptOptions> = flexibleBits(
  "fuchsia.hardware.gpio/InterruptOptions",
  uint32,
  InterruptOptions,
);

export const InterruptMode = {
  EDGE_LOW: 0,
  EDGE_HIGH: 1,
  EDGE_BOTH: 2,
  LEVEL_LOW: 3,
  LEVEL_HIGH: 4,
} as const;
export type InterruptMode = (typeof InterruptMode)[keyof typeof InterruptMode];
export const INTERRUPT_MODE: Codec<InterruptMode> = strictEnum(
  "fuchsia.hardware.gpio/InterruptMode",
  uint32,
  InterruptMode,
) as Codec<InterruptMode>;

export interface InterruptConfiguration {
  readonly mode?: InterruptMode | undefined;
}
export const INTERRUPT_CONFIGURATION: Codec<InterruptConfiguration> = table<InterruptConfiguration>(
  "fuchsia.hardware.gpio/InterruptConfiguration",
  { mode: [1, INTERRUPT_MODE] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.gpio/InterruptConfiguration")) return;
      let max = 0;
      if (v.mode !== undefined) max = 1;
      const t = e.enterTable(o, max);
      if (v.mode !== undefined) e.envelope(t, INTERRUPT_MODE, v.mode);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, INTERRUPT_MODE) : undefined;
      d.leaveTable(t, n, 1);
      return { mode: m1 };
    },
  },
);

interface GpioReadResponse {
  readonly value: boolean;
}
const GPIO_READ_RESPONSE = struct<GpioReadResponse>(
  "fuchsia.hardware.gpio/Gpio_Read_Response",
  { value: bool },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.gpio/Gpio_Read_Response")) return;
      e.bool(o, v.value);
    },
    decode(d, o) {
      return { value: d.bool(o) };
    },
  },
);

interface GpioSetBufferModeRequest {
  readonly mode: BufferMode;
}
const GPIO_SET_BUFFER_MODE_REQUEST = struct<GpioSetBufferModeRequest>(
  "fuchsia.hardware.gpio/GpioSetBufferModeRequest",
  { mode: BUFFER_MODE },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.gpio/GpioSetBufferModeRequest")) return;
      BUFFER_MODE.encode(e, o, v.mode);
    },
    decode(d, o) {
      return { mode: BUFFER_MODE.decode(d, o) };
    },
  },
);

interface GpioGetInterruptRequest {
  readonly options: InterruptOptions;
}
const GPIO_GET_INTERRUPT_REQUEST = struct<GpioGetInterruptRequest>(
  "fuchsia.hardware.gpio/GpioGetInterruptRequest",
  { options: INTERRUPT_OPTIONS },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.gpio/GpioGetInterruptRequest")) return;
      INTERRUPT_OPTIONS.encode(e, o, v.options);
    },
    decode(d, o) {
      return { options: INTERRUPT_OPTIONS.decode(d, o) };
    },
  },
);

interface GpioGetInterruptResponse {
  readonly interrupt: Handle;
}
const HANDLE_INTERRUPT = handle(9);
const GPIO_GET_INTERRUPT_RESPONSE = struct<GpioGetInterruptResponse>(
  "fuchsia.hardware.gpio/Gpio_GetInterrupt_Response",
  { interrupt: HANDLE_INTERRUPT },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.gpio/Gpio_GetInterrupt_Response")) return;
      HANDLE_INTERRUPT.encode(e, o, v.interrupt);
    },
    decode(d, o) {
      return { interrupt: HANDLE_INTERRUPT.decode(d, o) };
    },
  },
);

interface GpioConfigureInterruptRequest {
  readonly config: InterruptConfiguration;
}
const GPIO_CONFIGURE_INTERRUPT_REQUEST = struct<GpioConfigureInterruptRequest>(
  "fuchsia.hardware.gpio/GpioConfigureInterruptRequest",
  { config: INTERRUPT_CONFIGURATION },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.gpio/GpioConfigureInterruptRequest")) return;
      INTERRUPT_CONFIGURATION.encode(e, o, v.config);
    },
    decode(d, o) {
      return { config: INTERRUPT_CONFIGURATION.decode(d, o) };
    },
  },
);
const GPIO_READ = twoWay<void, GpioReadResponse>({
  name: "fuchsia.hardware.gpio/Gpio.Read",
  ordinal: 0x5fdfe4816ed6a7b0n,
  response: GPIO_READ_RESPONSE,
  error: status,
});
const GPIO_SET_BUFFER_MODE = twoWay<GpioSetBufferModeRequest>({
  name: "fuchsia.hardware.gpio/Gpio.SetBufferMode",
  ordinal: 0x6c766846a5d634c3n,
  request: GPIO_SET_BUFFER_MODE_REQUEST,
  error: status,
});
const GPIO_GET_INTERRUPT = twoWay<GpioGetInterruptRequest, GpioGetInterruptResponse>({
  name: "fuchsia.hardware.gpio/Gpio.GetInterrupt",
  ordinal: 0x6638c6b4471c7d05n,
  request: GPIO_GET_INTERRUPT_REQUEST,
  response: GPIO_GET_INTERRUPT_RESPONSE,
  error: status,
});
const GPIO_CONFIGURE_INTERRUPT = twoWay<GpioConfigureInterruptRequest>({
  name: "fuchsia.hardware.gpio/Gpio.ConfigureInterrupt",
  ordinal: 0x65a8a4db7d0f3ca3n,
  request: GPIO_CONFIGURE_INTERRUPT_REQUEST,
  error: status,
});
const GPIO_RELEASE_INTERRUPT = twoWay({
  name: "fuchsia.hardware.gpio/Gpio.ReleaseInterrupt",
  ordinal: 0x423a4009bfef9946n,
  error: status,
});

/**
 * `fuchsia.hardware.gpio/Gpio` as its client sees it. Calls reject with a ZxError.
 *
 * One pin.
 */
export interface GpioClient extends Connection {
  /** Whether the pin is high. */
  read(options?: CallOptions): Promise<boolean>;
  /** Drives the pin, or stops driving it. */
  setBufferMode(mode: BufferMode, options?: CallOptions): Promise<void>;
  /**
   * An interrupt of the pin's own, until it is released.
   *
   * Errors:
   * * ALREADY_EXISTS: it is given out already.
   * * INVALID_ARGS: there is no such option.
   */
  getInterrupt(options_: InterruptOptions, options?: CallOptions): Promise<Handle>;
  /**
   * When the pin interrupts.
   *
   * Errors:
   * * INVALID_ARGS: `config` says nothing.
   */
  configureInterrupt(config: InterruptConfiguration, options?: CallOptions): Promise<void>;
  /**
   * Takes the interrupt back.
   *
   * Errors:
   * * NOT_FOUND: it is not given out.
   */
  releaseInterrupt(options?: CallOptions): Promise<void>;
}

/** `fuchsia.hardware.gpio/Gpio` as a server implements it: throws a ZxError to answer with an error. */
export interface GpioServer {
  read(binding: Binding): MaybePromise<boolean>;
  setBufferMode(mode: BufferMode, binding: Binding): MaybePromise<void>;
  getInterrupt(options_: InterruptOptions, binding: Binding): MaybePromise<Handle>;
  configureInterrupt(config: InterruptConfiguration, binding: Binding): MaybePromise<void>;
  releaseInterrupt(binding: Binding): MaybePromise<void>;
}

class GpioProxy implements GpioClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async read(options?: CallOptions): Promise<boolean> {
    return (await this.#core.call(GPIO_READ, undefined, options)).value;
  }
  setBufferMode(mode: BufferMode, options?: CallOptions): Promise<void> {
    return this.#core.call(GPIO_SET_BUFFER_MODE, { mode }, options);
  }
  async getInterrupt(options_: InterruptOptions, options?: CallOptions): Promise<Handle> {
    return (await this.#core.call(GPIO_GET_INTERRUPT, { options: options_ }, options)).interrupt;
  }
  configureInterrupt(config: InterruptConfiguration, options?: CallOptions): Promise<void> {
    return this.#core.call(GPIO_CONFIGURE_INTERRUPT, { config }, options);
  }
  releaseInterrupt(options?: CallOptions): Promise<void> {
    return this.#core.call(GPIO_RELEASE_INTERRUPT, undefined, options);
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** One pin. */
export const Gpio = defineProtocol<GpioClient, GpioServer, unknown, "fuchsia.hardware.gpio/Gpio">({
  name: "fuchsia.hardware.gpio/Gpio",
  service: "fuchsia.hardware.gpio.Service",
  openness: "open",
  client: (core) => new GpioProxy(core),
  methods: [
    serverMethod(
      GPIO_READ,
      (server, _, binding) => server.read(binding),
      (value) => ({ value }),
    ),
    serverMethod(GPIO_SET_BUFFER_MODE, (server, { mode }, binding) => server.setBufferMode(mode, binding)),
    serverMethod(
      GPIO_GET_INTERRUPT,
      (server, { options: options_ }, binding) => server.getInterrupt(options_, binding),
      (interrupt) => ({ interrupt }),
    ),
    serverMethod(GPIO_CONFIGURE_INTERRUPT, (server, { config }, binding) =>
      server.configureInterrupt(config, binding),
    ),
    serverMethod(GPIO_RELEASE_INTERRUPT, (server, _, binding) => server.releaseInterrupt(binding)),
  ],
});

export const Service = {
  name: "fuchsia.hardware.gpio.Service",
  members: { device: Gpio },
} as const;
