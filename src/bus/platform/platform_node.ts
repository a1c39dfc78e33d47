/** What a board driver says of a platform device, checked. */

import type { NodeProperties } from "../../driver/define.ts";
import { fromFidlProperties } from "../../driver/property_values.ts";
import type { Node as FidlNode } from "../../fidl/fuchsia.hardware.platform.bus.ts";
import { ZxError } from "../../zx/error.ts";

export interface PlatformMmio {
  /** Undefined where the board driver does not know it. */
  readonly base: number | undefined;
  /** Bytes. */
  readonly length: number;
  readonly name: string | undefined;
}

export interface PlatformIrq {
  readonly vector: number;
  /** `ZirconInterruptMode`. */
  readonly mode: number;
  readonly name: string | undefined;
  readonly isWakeVector: boolean;
}

export interface PlatformBti {
  readonly iommuId: number;
  readonly btiId: number;
  readonly name: string | undefined;
}

export interface PlatformSmc {
  readonly name: string | undefined;
}

/** Data for the device's driver. */
export interface PlatformMetadata {
  readonly id: string;
  readonly data: Uint8Array;
}

/** The same, which the boot loader has. */
export interface PlatformBootMetadata {
  readonly zbiType: number;
  readonly zbiExtra: number;
}

export interface PlatformNode {
  readonly name: string;
  readonly vid: number;
  readonly pid: number;
  readonly did: number;
  readonly instanceId: number;
  readonly mmio: readonly PlatformMmio[];
  readonly irq: readonly PlatformIrq[];
  readonly bti: readonly PlatformBti[];
  readonly smc: readonly PlatformSmc[];
  readonly metadata: readonly PlatformMetadata[];
  readonly bootMetadata: readonly PlatformBootMetadata[];
  readonly properties: NodeProperties;
  readonly driverHost: string | undefined;
}

/**
 * As Fuchsia's platform bus has it: INVALID_ARGS for a node without name, and for a resource that lacks what it must have. Registers
 * without an address are let through: a device whose address could not be found is there all the same, without them.
 */
export function parsePlatformNode(node: FidlNode): PlatformNode {
  const { name } = node;
  if (!name) throw new ZxError("INVALID_ARGS", "a platform device needs a name");
  const needed = <T>(value: T | undefined, what: string): T => {
    if (value === undefined) throw new ZxError("INVALID_ARGS", `platform device ${name}: ${what}`);
    return value;
  };
  return {
    name: name.replaceAll(":", "_"),
    vid: node.vid ?? 0,
    pid: node.pid ?? 0,
    did: node.did ?? 0,
    instanceId: node.instanceId ?? 0,
    mmio: (node.mmio ?? []).map((mmio, i) => ({
      base: mmio.base === undefined ? undefined : Number(mmio.base),
      length: Number(needed(mmio.length, `mmio ${i} has no length`)),
      name: mmio.name,
    })),
    irq: (node.irq ?? []).map((irq, i) => ({
      vector: needed(irq.irq, `irq ${i} has no number`),
      mode: needed(irq.mode, `irq ${i} has no mode`),
      name: irq.name,
      isWakeVector: irq.wakeVector === true,
    })),
    bti: (node.bti ?? []).map((bti, i) => ({
      iommuId: needed(bti.iommuId, `bti ${i} has no IOMMU`),
      btiId: needed(bti.btiId, `bti ${i} has no id`),
      name: bti.name,
    })),
    smc: (node.smc ?? []).map((smc, i) => {
      needed(smc.serviceCallNumBase, `smc ${i} has no service call`);
      needed(smc.count, `smc ${i} has no count`);
      needed(smc.exclusive, `smc ${i} does not say whether it is exclusive`);
      return { name: smc.name };
    }),
    metadata: (node.metadata ?? []).map(({ id, data }, i) => ({
      id: needed(id, `metadata ${i} has no id`),
      data: needed(data, `metadata ${i} has no data`),
    })),
    bootMetadata: (node.bootMetadata ?? []).map(({ zbiType, zbiExtra }, i) => ({
      zbiType: needed(zbiType, `boot metadata ${i} has no type`),
      zbiExtra: needed(zbiExtra, `boot metadata ${i} has no extra`),
    })),
    properties: fromFidlProperties(node.properties ?? []),
    driverHost: node.driverHost,
  };
}
