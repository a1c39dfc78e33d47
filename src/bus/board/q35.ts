/**
 * Board driver of PCs with Intel's Q35 chipset, real ones as QEMU has them and our own, booted without firmware: it sets
 * up the memory-mapped configuration space and publishes the PCI root.
 *
 * Source: Intel 3 Series Express Chipset datasheet, 5.1.16 (PCIEXBAR); ICH9 datasheet, 10.1 (interrupt routing).
 */
import { defineDriver } from "../../driver/define.ts";
import { CONFIG_ADDRESS_PORT, Config, type ConfigSpace, PortAccess } from "../pci/config.ts";
import { PCIROOT, PCIROOT_BIND_PROTOCOL } from "../pci/pciroot.ts";
import { ECAM, Q35PciRoot } from "./q35_pciroot.ts";

const INTEL = 0x8086;
const Q35_HOST_BRIDGE = 0x29c0;

const PCIEXBAR = 0x60;
/** Bit 0 enables; a length of 00 in bits 2..1 is 256 MiB. */
const PCIEXBAR_ENABLE = 1;

/** The address and the data port of configuration mechanism #1. */
const CONFIG_PORTS = 8;

export default defineDriver({
  name: "q35",
  bind: { "fuchsia.devicetree.FIRST_COMPATIBLE": ["zirconia,sim-x64", "qemu,pc-q35", "intel,q35"] },

  async start(ctx) {
    const resources = {
      mmio: ctx.resource("mmio"),
      ioport: ctx.resource("ioport"),
      irq: ctx.resource("irq"),
      system: ctx.resource("system"),
      iommu: ctx.resource("iommu"),
    };

    ctx.zx.ioportsRequest(resources.ioport, CONFIG_ADDRESS_PORT, CONFIG_PORTS);
    const hostBridge = new PortAccess(ctx.zx.ports).at({ bus: 0, device: 0, function: 0 });
    const vendor = hostBridge.read16(Config.VENDOR_ID);
    const device = hostBridge.read16(Config.DEVICE_ID);
    if (vendor !== INTEL || device !== Q35_HOST_BRIDGE) {
      const ids = [vendor, device].map((id) => id.toString(16).padStart(4, "0")).join(":");
      throw ctx.error("NOT_SUPPORTED", `the host bridge is ${ids}, not a Q35's 8086:29c0`);
    }
    enableEcam(hostBridge, ECAM.base);

    await ctx.addChild({
      name: "pci",
      properties: { "fuchsia.BIND_PROTOCOL": PCIROOT_BIND_PROTOCOL },
      banjo: { [PCIROOT]: new Q35PciRoot(ctx.zx, resources) },
    });
  },
});

/** Off while its two halves do not belong together. */
function enableEcam(hostBridge: ConfigSpace, base: number): void {
  hostBridge.write32(PCIEXBAR, 0);
  hostBridge.write32(PCIEXBAR + 4, Math.floor(base / 2 ** 32));
  hostBridge.write32(PCIEXBAR, (base % 2 ** 32) + PCIEXBAR_ENABLE);
}
