/**
 * The PCI bus driver. It alone holds the right to make VMOs of the bus's address space; it gives each function's driver
 * a VMO for each base address register, and nothing else.
 *
 * Colocated with the board driver, whose in-process protocol `pciroot` it lives on.
 */
import { defineDriver, type NodeProperties } from "../../driver/define.ts";
import { offer } from "../../driver/offer.ts";
import { type BusInfo, BusType, DeviceAddressStability } from "../../fidl/fuchsia.driver.framework.ts";
import { Device } from "../../fidl/fuchsia.hardware.pci.ts";
import { hex } from "../../zx/pages.ts";
import { Rights } from "../../zx/rights.ts";
import { packAddress } from "./address.ts";
import { PciBus } from "./bus.ts";
import { EcamAccess, EXTENDED_SIZE } from "./config.ts";
import type { PciDevice } from "./device.ts";
import { PCIROOT, PCIROOT_BIND_PROTOCOL, type PciRoot } from "./pciroot.ts";
import { PciDeviceServer } from "./server.ts";

const FUNCTIONS_PER_BUS = 256;

export default defineDriver({
  name: "pci",
  bind: { "fuchsia.BIND_PROTOCOL": PCIROOT_BIND_PROTOCOL },
  colocate: true,

  async start(ctx) {
    const { zx, log } = ctx;
    const root = ctx.banjo<PciRoot>(PCIROOT);

    // Configuration space: of the root bus only, since nothing behind a bridge is used.
    const platform = root.getPciPlatformInfo();
    for (const handle of [platform.cam.vmo, ...platform.legacyIrqs.map(({ interrupt }) => interrupt)])
      ctx.own(handle);
    const config = new EcamAccess(
      ctx.mapMmio(zx.handleDuplicate(platform.cam.vmo, Rights.SAME_RIGHTS), {
        name: "pci config",
        size: FUNCTIONS_PER_BUS * EXTENDED_SIZE,
      }),
      platform.startBus,
    );

    // Every function has its address space before its driver can ask for it.
    const bus = new PciBus({ zx, root, platform, config, log });
    ctx.defer(() => bus.stop());
    bus.start();
    log.info(`${platform.name}: ${bus.functions.length} functions on bus ${platform.startBus}`);

    for (const fn of bus.functions) {
      const { device } = fn;
      for (const { id, kind, size } of device.bars) {
        ctx.inspect[`${device.name} bar ${id}`] =
          `${kind} ${hex(device.bar(id).space.cpuBase)} + ${hex(size)}`;
      }
      await ctx.addChild({
        name: device.name,
        properties: bindProperties(device),
        busInfo: busInfoOf(device),
        offers: [
          offer(
            Device,
            () => new PciDeviceServer(zx, fn),
            (server) => server.disconnected(),
          ),
        ],
      });
    }
  },
});

/** What drivers are bound by: the keys of Fuchsia's bind library for PCI. */
function bindProperties({ info, address }: PciDevice): NodeProperties {
  return {
    "fuchsia.BIND_PCI_VID": info.vendorId,
    "fuchsia.BIND_PCI_DID": info.deviceId,
    "fuchsia.BIND_PCI_CLASS": info.baseClass,
    "fuchsia.BIND_PCI_SUBCLASS": info.subClass,
    "fuchsia.BIND_PCI_INTERFACE": info.programInterface,
    "fuchsia.BIND_PCI_REVISION": info.revisionId,
    "fuchsia.BIND_PCI_TOPO": packAddress(address),
  };
}

/** Firmware may number buses in another way at the next start. */
function busInfoOf({ address }: PciDevice): BusInfo {
  const { bus, device, function: fn } = address;
  return {
    bus: BusType.PCI,
    address: { kind: "arrayIntValue", arrayIntValue: Uint8Array.of(bus, device, fn) },
    addressStability: DeviceAddressStability.UNSTABLE_BETWEEN_BOOT,
  };
}
