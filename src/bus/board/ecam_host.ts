/**
 * Driver of PCI host bridges that a device tree calls `pci-host-ecam-generic`: firmware has set them up, and everything goes by memory. It
 * publishes the PCI root, to which the PCI bus driver binds.
 *
 * In the platform bus's own host, since it gives out parts of the machine's memory.
 */
import { defineDriver } from "../../driver/define.ts";
import { unpersist } from "../../fidl/runtime/body.ts";
import { HOST, METADATA_ID } from "../../fidl/zirconia.pci.host.ts";
import { PCIROOT, PCIROOT_BIND_PROTOCOL } from "../pci/pciroot.ts";
import { KERNEL_RESOURCES, type KernelResources } from "../platform/kernel_resources.ts";
import { PDEV, type Pdev } from "../platform/pdev.ts";
import { EcamPciRoot } from "./ecam_pciroot.ts";

export default defineDriver({
  name: "pci-host-ecam",
  bind: { "fuchsia.devicetree.FIRST_COMPATIBLE": "pci-host-ecam-generic" },
  colocate: true,

  async start(ctx) {
    const pdev = ctx.banjo<Pdev>(PDEV);
    const kernel = ctx.banjo<KernelResources>(KERNEL_RESOURCES);
    const host = unpersist(HOST, pdev.getMetadata(METADATA_ID));
    const root = new EcamPciRoot(ctx.zx, pdev, kernel, host);
    for (const [name, text] of root.windows) ctx.inspect[name] = text;
    await ctx.addChild({
      name: root.name,
      properties: { "fuchsia.BIND_PROTOCOL": PCIROOT_BIND_PROTOCOL },
      banjo: { [PCIROOT]: root },
    });
  },
});
