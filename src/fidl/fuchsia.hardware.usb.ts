// Generated from fuchsia.hardware.usb.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.hardware.usb`.
 *
 * What the driver of a USB device or interface asks of the one below.
 */
import {
  type Binding,
  type CallOptions,
  type ClientCore,
  type Connection,
  defineProtocol,
  type MaybePromise,
  type ServerEnd,
  serverEnd,
  serverMethod,
  status,
  struct,
  twoWay,
  uint8,
} from "./runtime/index.ts";

interface UsbConnectToEndpointRequest {
  readonly epAddr: number;
  readonly ep: ServerEnd<"fuchsia.hardware.usb.endpoint/Endpoint">;
}
const SERVER_END_ENDPOINT = serverEnd("fuchsia.hardware.usb.endpoint/Endpoint");
const USB_CONNECT_TO_ENDPOINT_REQUEST = struct<UsbConnectToEndpointRequest>(
  "fuchsia.hardware.usb/UsbConnectToEndpointRequest",
  { epAddr: uint8, ep: SERVER_END_ENDPOINT },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb/UsbConnectToEndpointRequest")) return;
      e.uint8(o, v.epAddr);
      SERVER_END_ENDPOINT.encode(e, o + 4, v.ep);
    },
    decode(d, o) {
      d.padding(o + 1, 3);
      return { epAddr: d.uint8(o), ep: SERVER_END_ENDPOINT.decode(d, o + 4) };
    },
  },
);
const USB_CONNECT_TO_ENDPOINT = twoWay<UsbConnectToEndpointRequest>({
  name: "fuchsia.hardware.usb/Usb.ConnectToEndpoint",
  ordinal: 0x0ebea9ba8bbbecb7n,
  request: USB_CONNECT_TO_ENDPOINT_REQUEST,
  error: status,
});

/** `fuchsia.hardware.usb/Usb` as its client sees it. Calls reject with a ZxError. */
export interface UsbClient extends Connection {
  /**
   * Connects `ep` to the endpoint with address `ep_addr`.
   *
   * Errors:
   * * NOT_FOUND: there is no such endpoint.
   * * ALREADY_BOUND: somebody is connected to it.
   */
  connectToEndpoint(
    epAddr: number,
    ep: ServerEnd<"fuchsia.hardware.usb.endpoint/Endpoint">,
    options?: CallOptions,
  ): Promise<void>;
}

/** `fuchsia.hardware.usb/Usb` as a server implements it: throws a ZxError to answer with an error. */
export interface UsbServer {
  connectToEndpoint(
    epAddr: number,
    ep: ServerEnd<"fuchsia.hardware.usb.endpoint/Endpoint">,
    binding: Binding,
  ): MaybePromise<void>;
}

class UsbProxy implements UsbClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  connectToEndpoint(
    epAddr: number,
    ep: ServerEnd<"fuchsia.hardware.usb.endpoint/Endpoint">,
    options?: CallOptions,
  ): Promise<void> {
    return this.#core.call(USB_CONNECT_TO_ENDPOINT, { epAddr, ep }, options);
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

export const Usb = defineProtocol<UsbClient, UsbServer, unknown, "fuchsia.hardware.usb/Usb">({
  name: "fuchsia.hardware.usb/Usb",
  service: "fuchsia.hardware.usb.UsbService",
  openness: "closed",
  client: (core) => new UsbProxy(core),
  methods: [
    serverMethod(USB_CONNECT_TO_ENDPOINT, (server, { epAddr, ep }, binding) =>
      server.connectToEndpoint(epAddr, ep, binding),
    ),
  ],
});

export const UsbService = {
  name: "fuchsia.hardware.usb.UsbService",
  members: { device: Usb },
} as const;
