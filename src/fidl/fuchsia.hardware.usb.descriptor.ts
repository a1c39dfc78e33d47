// Generated from fuchsia.hardware.usb.descriptor.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.hardware.usb.descriptor`.
 *
 * What USB devices and hosts say to each other, as the specification lays it out.
 */
import { type Codec, struct, uint8, uint16 } from "./runtime/index.ts";

/** The setup packet of a control transfer (USB 2.0, 9.3). */
export interface UsbSetup {
  readonly bmRequestType: number;
  readonly bRequest: number;
  readonly wValue: number;
  readonly wIndex: number;
  readonly wLength: number;
}
export const USB_SETUP: Codec<UsbSetup> = struct<UsbSetup>(
  "fuchsia.hardware.usb.descriptor/UsbSetup",
  { bmRequestType: uint8, bRequest: uint8, wValue: uint16, wIndex: uint16, wLength: uint16 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.usb.descriptor/UsbSetup")) return;
      e.uint8(o, v.bmRequestType);
      e.uint8(o + 1, v.bRequest);
      e.uint16(o + 2, v.wValue);
      e.uint16(o + 4, v.wIndex);
      e.uint16(o + 6, v.wLength);
    },
    decode(d, o) {
      return {
        bmRequestType: d.uint8(o),
        bRequest: d.uint8(o + 1),
        wValue: d.uint16(o + 2),
        wIndex: d.uint16(o + 4),
        wLength: d.uint16(o + 6),
      };
    },
  },
);
