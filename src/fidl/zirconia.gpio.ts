// Generated from zirconia.gpio.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `zirconia.gpio`.
 *
 * What a board driver tells the driver of a GPIO controller, as metadata.
 */
import { type Codec, table, uint32, vector } from "./runtime/index.ts";

/** The metadata's id. */
export const METADATA_ID = "zirconia.gpio.Pins";

export interface Pins {
  /** Which controller it is: the property `fuchsia.BIND_GPIO_CONTROLLER` of its pins' nodes. */
  readonly controller?: number | undefined;
  /** The pins that somebody needs. */
  readonly pins?: readonly number[] | undefined;
}
const VECTOR_OF_UINT32 = vector(uint32);
export const PINS: Codec<Pins> = table<Pins>(
  "zirconia.gpio/Pins",
  { controller: [1, uint32], pins: [2, VECTOR_OF_UINT32] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.gpio/Pins")) return;
      let max = 0;
      if (v.controller !== undefined) max = 1;
      if (v.pins !== undefined) max = 2;
      const t = e.enterTable(o, max);
      if (v.controller !== undefined) e.envelope(t, uint32, v.controller);
      if (v.pins !== undefined) e.envelope(t + 8, VECTOR_OF_UINT32, v.pins);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, uint32) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, VECTOR_OF_UINT32) : undefined;
      d.leaveTable(t, n, 2);
      return { controller: m1, pins: m2 };
    },
  },
);
