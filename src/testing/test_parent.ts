/** The driver that adds the node of the driver under test, in the place of a board. */
import type { BindRules } from "../bind/rules.ts";
import type { DriverContext } from "../driver/context.ts";
import { type Driver, defineDriver, type NodeProperties } from "../driver/define.ts";
import type { Offer } from "../driver/offer.ts";
import type { TestEnvironment } from "./environment.ts";

export interface FakeParents {
  /** The node's name (default `test`), and its properties as the driver sees them. */
  readonly name?: string;
  readonly properties?: NodeProperties;
  /** What the parent offers. */
  readonly offers?: (env: TestEnvironment) => readonly Offer[];
  /** For a driver of composite nodes, instead: what each parent offers, by the name in its bind rules, the primary one first. */
  readonly parents?: Readonly<Record<string, (env: TestEnvironment) => readonly Offer[]>>;
  /** In-process protocols of the parent, for a driver that is colocated. */
  readonly banjo?: (env: TestEnvironment) => Readonly<Record<string, object>>;
}

/** Whether the rules of the driver under test match is another test's affair: here it binds to what has this property. */
const UNDER_TEST = "zirconia.testing.NODE";

/** The driver under test, for the nodes that the fake parents make. */
export function forFakeParents(driver: Driver, { parents }: FakeParents): Driver {
  return {
    ...driver,
    bind: parents === undefined ? { [UNDER_TEST]: "test" } : compositeRules(Object.keys(parents)),
  };
}

/** A board driver that adds the node, or those of all parents with the specification of the composite one. */
export function fakeParents(
  fakes: FakeParents,
  environment: (ctx: DriverContext) => TestEnvironment,
): Driver {
  const { name = "test", properties = {}, offers, parents, banjo } = fakes;
  return defineDriver({
    name: "test-parent",
    bind: { "fuchsia.devicetree.FIRST_COMPATIBLE": "zirconia,sim-x64" },
    async start(ctx) {
      const env = environment(ctx);
      if (parents === undefined) {
        await ctx.addChild({
          name,
          properties: { ...properties, [UNDER_TEST]: "test" },
          offers: offers?.(env) ?? [],
          banjo: banjo?.(env) ?? {},
        });
        return;
      }
      const names = Object.keys(parents);
      for (const parent of names) {
        const isPrimary = parent === names[0];
        await ctx.addChild({
          name: parent,
          properties: { [UNDER_TEST]: parent },
          offers: parents[parent]!(env),
          banjo: (isPrimary && banjo?.(env)) || {},
        });
      }
      await ctx.addCompositeNodeSpec({
        name,
        parents: names.map((parent) => ({
          bindRules: [{ key: UNDER_TEST, condition: "ACCEPT", values: [parent] }],
          properties: { ...(parent === names[0] ? properties : {}), [UNDER_TEST]: parent },
        })),
      });
    },
  });
}

function compositeRules(names: readonly string[]): BindRules {
  const rules = names.map((name) => [name, { [UNDER_TEST]: name }] as const);
  return {
    composite: "test",
    primary: Object.fromEntries(rules.slice(0, 1)),
    additional: Object.fromEntries(rules.slice(1)),
  };
}
