// Generated from zirconia.clock.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `zirconia.clock`.
 *
 * What a board driver knows of a device's clocks, as metadata.
 */
import { type Codec, string, struct, table, uint32, vector } from "./runtime/index.ts";

/** The metadata's id. */
export const METADATA_ID = "zirconia.clock.Clocks";

export interface Clock {
  /** What the device calls it; empty where it has no name. */
  readonly name: string;
  /** In Hz; 0 where nobody knows it in advance. */
  readonly frequency: number;
}
const STRING = string();
export const CLOCK: Codec<Clock> = struct<Clock>(
  "zirconia.clock/Clock",
  { name: STRING, frequency: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.clock/Clock")) return;
      STRING.encode(e, o, v.name);
      e.uint32(o + 16, v.frequency);
    },
    decode(d, o) {
      d.padding(o + 20, 4);
      return { name: STRING.decode(d, o), frequency: d.uint32(o + 16) };
    },
  },
);

/** The inputs of a device, in the order of its datasheet. */
export interface Clocks {
  readonly clocks?: readonly Clock[] | undefined;
}
const VECTOR_OF_CLOCK = vector(CLOCK);
export const CLOCKS: Codec<Clocks> = table<Clocks>(
  "zirconia.clock/Clocks",
  { clocks: [1, VECTOR_OF_CLOCK] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "zirconia.clock/Clocks")) return;
      let max = 0;
      if (v.clocks !== undefined) max = 1;
      const t = e.enterTable(o, max);
      if (v.clocks !== undefined) e.envelope(t, VECTOR_OF_CLOCK, v.clocks);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, VECTOR_OF_CLOCK) : undefined;
      d.leaveTable(t, n, 1);
      return { clocks: m1 };
    },
  },
);
