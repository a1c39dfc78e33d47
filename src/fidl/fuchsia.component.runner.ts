// Generated from fuchsia.component.runner.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.component.runner`.
 *
 * How a program is started, as far as a driver is.
 */
import { type ClientEnd, type Codec, clientEnd, string, table } from "./runtime/index.ts";

export const MAX_NAMESPACE_COUNT = 32;

/** A directory, and where the program finds it. */
export interface ComponentNamespaceEntry {
  /** With a slash in front. */
  readonly path?: string | undefined;
  readonly directory?: ClientEnd<"fuchsia.io/Directory"> | undefined;
}
const STRING_4095 = string(4095);
const CLIENT_END_DIRECTORY = clientEnd("fuchsia.io/Directory");
export const COMPONENT_NAMESPACE_ENTRY: Codec<ComponentNamespaceEntry> = table<ComponentNamespaceEntry>(
  "fuchsia.component.runner/ComponentNamespaceEntry",
  { path: [1, STRING_4095], directory: [2, CLIENT_END_DIRECTORY] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.component.runner/ComponentNamespaceEntry")) return;
      let max = 0;
      if (v.path !== undefined) max = 1;
      if (v.directory !== undefined) max = 2;
      const t = e.enterTable(o, max);
      if (v.path !== undefined) e.envelope(t, STRING_4095, v.path);
      if (v.directory !== undefined) e.envelope(t + 8, CLIENT_END_DIRECTORY, v.directory);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, STRING_4095) : undefined;
      const m2 = n >= 2 ? d.optionalEnvelope(t + 8, CLIENT_END_DIRECTORY) : undefined;
      d.leaveTable(t, n, 2);
      return { path: m1, directory: m2 };
    },
  },
);
