import { persist } from "../../../../fidl/runtime/body.ts";
import { HOST, type Host, METADATA_ID, Space, type Window } from "../../../../fidl/zirconia.pci.host.ts";
import { decodeGicInterrupt, type GicInterrupt, gicVersion } from "../../../../firmware/devicetree/gic.ts";
import { routeThroughNexus } from "../../../../firmware/devicetree/nexus.ts";
import type { DeviceTreeNode } from "../../../../firmware/devicetree/node.ts";
import { decodePciAddress } from "../../../../firmware/devicetree/pci.ts";
import { rangesOf } from "../../../../firmware/devicetree/ranges.ts";
import { translateAddress } from "../../../../firmware/devicetree/translate.ts";
import { ZxError } from "../../../../zx/error.ts";
import type { BoardDevice } from "../board_device.ts";
import { driverVisitor } from "../visitor.ts";
import { modeOf } from "./interrupts.ts";

const DEVICES = 32;
const PINS = [1, 2, 3, 4] as const;
/** In the first cell of a function's address. */
const DEVICE_SHIFT = 11;
const SPACES = { io: Space.IO, mem32: Space.MEMORY_32, mem64: Space.MEMORY_64 } as const;

/**
 * `pci-host-ecam-generic`: windows, bus numbers and interrupt routes as metadata, and the vectors that the routes lead to as interrupts.
 * The configuration space is the node's `reg`, which is the mmio visitor's. Source: binding host-generic-pci.
 */
export const pciHostVisitor = driverVisitor("pci-host", ["pci-host-ecam-generic"], (device) => {
  const { node, description } = device;
  if (description.reg.length !== 1)
    throw new ZxError("INVALID_ARGS", `one reg is needed, the ECAM; there are ${description.reg.length}`);
  if (node.get("#address-cells")?.u32() !== 3)
    throw new ZxError("INVALID_ARGS", "#address-cells must be 3 on a PCI bus");
  const [startBus = 0, endBus = 0xff] = node.get("bus-range")?.cells() ?? [];
  const { routes, vectors } = interruptsOf(device);
  const host: Host = {
    segmentGroup: node.get("linux,pci-domain")?.u32() ?? 0,
    startBus,
    endBus,
    windows: windowsOf(device),
    interruptRoutes: routes,
    vectors,
  };
  device.addMetadata(METADATA_ID, persist(HOST, host));
});

function windowsOf(device: BoardDevice): Window[] {
  const { node } = device;
  return (rangesOf(node) ?? []).flatMap(({ child, parent, size }): Window[] => {
    const address = decodePciAddress(child);
    if (address.space === "config") return [];
    const translation = translateAddress(node.parent!, parent);
    if (translation.kind !== "cpu") {
      device.note(`a window of PCI ${address.space}: ${translation.reason}`);
      return [];
    }
    const { space, prefetchable, offset } = address;
    return [{ space: SPACES[space], prefetchable, pciBase: offset, cpuBase: translation.address, size }];
  });
}

/** Where each pin of each device on the root bus leads. */
function interruptsOf(device: BoardDevice) {
  const routes: { device: number; pins: number[] }[] = [];
  const known = new Map<number, GicInterrupt>();
  const problems = new Set<string>();
  for (let number = 0; number < DEVICES; number++) {
    const pins = PINS.map((pin) => {
      const gic = interruptOf(device.node, number, pin);
      if (typeof gic === "string") {
        problems.add(gic);
        return 0;
      }
      known.set(gic.intid, gic);
      return gic.intid;
    });
    if (pins.some((vector) => vector !== 0)) routes.push({ device: number, pins });
  }
  for (const problem of [...problems].slice(0, 1)) device.note(`interrupts of some pins: ${problem}`);
  const first = device.irqs.length;
  for (const { intid, trigger } of known.values()) device.addIrq({ irq: intid, mode: modeOf(trigger) });
  const vectors = device.irqs.slice(first).map(({ irq }) => irq!);
  return { routes, vectors };
}

function interruptOf(bus: DeviceTreeNode, device: number, pin: number): GicInterrupt | string {
  const unitAddress = [device << DEVICE_SHIFT, 0, 0];
  const { end, problem } = routeThroughNexus("interrupt", { node: bus, unitAddress, specifier: [pin] });
  if (end === undefined) return problem!;
  const version = gicVersion(end.node);
  if (version === undefined) return `${end.node.path} is no controller that the kernel drives`;
  return decodeGicInterrupt(version, end.specifier);
}
