/** What random traffic of handles is made of: one step of a history, as numbers that anything can be chosen with. */
import fc from "fast-check";
import { Rights } from "../../src/zx/rights.ts";
import type { ModelKind } from "./handle_model.ts";

/** Processes besides the first. */
export const MAX_HOSTS = 3;
const { SAME_RIGHTS, TRANSFER, DUPLICATE, WAIT, READ, WRITE, EXECUTE } = Rights;

const process = fc.nat(MAX_HOSTS);
/** Which of the handles that there are; one in 16 is none. */
const handle = fc.nat({ max: 1023 });
const handles = fc.array(handle, { maxLength: 3 });
const rights = fc.constantFrom(
  SAME_RIGHTS,
  SAME_RIGHTS,
  TRANSFER | DUPLICATE | WAIT,
  TRANSFER | READ | WRITE,
  0,
  EXECUTE,
);
export const KINDS: readonly ModelKind[] = ["event", "eventpair", "channel", "vmo", "port", "interrupt"];
const kind = fc.constantFrom(...KINDS);
const disposition = fc.record({
  operation: fc.constantFrom("move" as const, "duplicate" as const),
  handle,
  /** The type that it says the handle has. */
  says: fc.constantFrom("nothing", "nothing", "the truth", "the truth", "event"),
  rights,
});
const limits = fc.record({ handles: fc.constantFrom(64, 64, 1, 0), mayDiscard: fc.boolean() });

type Weighted<T> = { weight: number; arbitrary: fc.Arbitrary<T> };
function often<T>(weight: number, arbitrary: fc.Arbitrary<T>): Weighted<T> {
  return { weight, arbitrary };
}
const is = <T extends string>(name: T) => fc.constant(name);

const command = fc.oneof(
  often(6, fc.record({ do: is("create"), process, kind })),
  often(2, fc.record({ do: is("duplicate"), process, handle, rights })),
  often(2, fc.record({ do: is("replace"), process, handle, rights })),
  often(2, fc.record({ do: is("close"), process, handle })),
  often(1, fc.record({ do: is("closeMany"), process, handles })),
  often(6, fc.record({ do: is("write"), process, handle, handles })),
  often(
    4,
    fc.record({ do: is("writeEtc"), process, handle, dispositions: fc.array(disposition, { maxLength: 3 }) }),
  ),
  often(4, fc.record({ do: is("read"), process, handle, limits })),
  often(4, fc.record({ do: is("readEtc"), process, handle, limits })),
  often(3, fc.record({ do: is("call"), process, handle, handles })),
  often(3, fc.record({ do: is("answer"), process, handle, handles })),
  often(2, fc.record({ do: is("wait"), process, handle })),
  often(1, fc.record({ do: is("map"), process, handle })),
  often(1, fc.record({ do: is("kill"), process })),
  often(1, fc.record({ do: is("spawn") })),
);
export type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

export const histories = fc.array(command, { maxLength: 60, size: "max" });
