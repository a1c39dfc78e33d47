/**
 * The platform bus driver: of devices that do not tell by themselves where they are. A board driver adds them; their drivers get
 * registers, interrupts and bus transaction initiators from here, since this driver alone has the root resources.
 *
 * It is on the node `sys`, below which it keeps `platform`, the parent of every device, and of `pt`, which the board driver binds to.
 * Source: Fuchsia's `src/devices/bus/drivers/platform`.
 */
import type { ResourceName } from "../../driver/context.ts";
import { defineDriver } from "../../driver/define.ts";
import { offer } from "../../driver/offer.ts";
import { Items } from "../../fidl/fuchsia.boot.ts";
import { CompositeNodeManager } from "../../fidl/fuchsia.driver.framework.ts";
import { Firmware, PlatformBus } from "../../fidl/fuchsia.hardware.platform.bus.ts";
import type { Handle } from "../../zx/constants.ts";
import { BootItems } from "./boot_items.ts";
import { PlatformBusServer } from "./bus_server.ts";
import { Iommus } from "./iommus.ts";
import { PlatformProtocol } from "./node_properties.ts";

const FIRST_COMPATIBLE = "fuchsia.devicetree.FIRST_COMPATIBLE";

export default defineDriver({
  name: "platform-bus",
  bind: { "fuchsia.BIND_PROTOCOL": PlatformProtocol.ROOT },

  async start(ctx) {
    const { zx } = ctx;
    const handles = new Map<ResourceName, Handle>();
    const resources = {
      get(name: ResourceName): Handle {
        const handle = handles.get(name) ?? ctx.resource(name);
        handles.set(name, handle);
        return handle;
      },
    };
    const iommus = new Iommus(zx, resources.get("iommu"), resources.get("system"));
    ctx.defer(() => iommus.close());
    const bootItems = new BootItems(zx, await ctx.connect(Items));
    const board = await bootItems.boardInfo();
    const compatible = ctx.node.properties[FIRST_COMPATIBLE];

    const platform = await ctx.addOwnedChild({ name: "platform" });
    const compositeNodes = await ctx.connect(CompositeNodeManager);
    const bus = new PlatformBusServer({ ctx, platform, resources, iommus, bootItems, compositeNodes, board });
    await platform.addChild({
      name: "pt",
      properties: {
        "fuchsia.BIND_PLATFORM_DEV_VID": board.vid,
        "fuchsia.BIND_PLATFORM_DEV_PID": board.pid,
        ...(compatible !== undefined && { [FIRST_COMPATIBLE]: compatible }),
      },
      offers: [offer(PlatformBus, () => bus), offer(Firmware, () => bootItems)],
    });
  },
});
