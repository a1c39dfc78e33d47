import { persist } from "../../../../fidl/runtime/body.ts";
import { METADATA_ID, PINS } from "../../../../fidl/zirconia.gpio.ts";
import type { DeviceTreeNode } from "../../../../firmware/devicetree/node.ts";
import { phandleList } from "../../../../firmware/devicetree/phandle_list.ts";
import type { DeviceTree } from "../../../../firmware/devicetree/tree.ts";
import type { Visitor } from "../visitor.ts";

/** Controllers whose drivers publish pins. Who needs a pin of another one would wait for it for ever. */
const CONTROLLERS = new Set(["arm,pl061"]);

interface PinUse {
  readonly user: DeviceTreeNode;
  readonly controller: DeviceTreeNode;
  /** Its phandle. */
  readonly id: number;
  readonly pin: number;
}

/**
 * `gpios` and `*-gpios`, of a device or of the parts of one (the keys of `gpio-keys`): each pin that a device needs becomes a parent of
 * its node, and its controller's driver learns which pins to publish.
 */
export const gpioVisitor: Visitor = {
  name: "gpio",
  visit(device, { tree }) {
    const uses = pinUsesOf(tree);
    for (const { user, id, pin } of uses) {
      if (user !== device.node) continue;
      const pinOf = { "fuchsia.BIND_GPIO_CONTROLLER": id, "fuchsia.BIND_GPIO_PIN": pin };
      device.addParent({
        bindRules: Object.entries(pinOf).map(([key, value]) => ({
          key,
          condition: "ACCEPT",
          values: [value],
        })),
        properties: {
          ...pinOf,
          "fuchsia.hardware.gpio.Service": "fuchsia.hardware.gpio.Service.ZirconTransport",
        },
      });
    }
    const own = uses.filter(({ controller }) => controller === device.node);
    if (own.length === 0) return;
    const pins = [...new Set(own.map(({ pin }) => pin))].sort((a, b) => a - b);
    device.addMetadata(METADATA_ID, persist(PINS, { controller: own[0]!.id, pins }));
  },
};

function pinUsesOf(tree: DeviceTree): readonly PinUse[] {
  return tree.memo(pinUsesOf, () => [...tree.nodes()].flatMap(pinUses));
}

function pinUses(node: DeviceTreeNode): PinUse[] {
  const user = node.has("compatible") ? node : node.parent;
  if (user === undefined) return [];
  const properties = [...node.properties.values()].filter(
    ({ name }) => name === "gpios" || name.endsWith("-gpios"),
  );
  const references = properties.flatMap((property) => phandleList(property, "#gpio-cells").references);
  return references.flatMap(({ node: controller, args: [pin] }) =>
    controller?.isCompatible(CONTROLLERS) && controller.phandle !== undefined && pin !== undefined
      ? [{ user, controller, id: controller.phandle, pin }]
      : [],
  );
}
