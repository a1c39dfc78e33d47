import { type Handle, InterruptOption } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, roundDown, roundUp } from "../../zx/pages.ts";
import type { Zx } from "../../zx/syscalls.ts";
import type { Iommus } from "./iommus.ts";
import type { Pdev, PdevBoardInfo, PdevDeviceInfo, PdevMmio } from "./pdev.ts";
import type { PlatformNode } from "./platform_node.ts";

export interface PlatformDeviceParts {
  readonly zx: Zx;
  readonly node: PlatformNode;
  /** Root resources. They stay the platform bus's. */
  readonly mmio: Handle;
  readonly irq: Handle;
  readonly iommus: Iommus;
  readonly boardInfo: () => PdevBoardInfo;
  /** Data of the boot loader by id; see `boot_metadata`. */
  readonly bootMetadata: ReadonlyMap<string, Uint8Array>;
  readonly log: { warn(text: string): void };
}

/** One device's resources, as objects of the kernel: made when they are asked for, each time anew. */
export class PlatformDevice implements Pdev {
  readonly node: PlatformNode;
  readonly #parts: PlatformDeviceParts;

  constructor(parts: PlatformDeviceParts) {
    this.#parts = parts;
    this.node = parts.node;
  }

  /**
   * The VMO has the pages around the registers, since a page is the least that can be mapped; so it shows what else is in those pages.
   * Its cache policy is for who maps it to set.
   */
  getMmio(index: number): PdevMmio {
    const { zx, node, mmio } = this.#parts;
    const { base, length } = this.#at("mmio", index);
    if (base === undefined)
      throw new ZxError("NOT_FOUND", `${node.name}: the board driver knows no address of mmio ${index}`);
    const start = roundDown(base);
    const vmo = zx.vmoCreatePhysical(mmio, start, roundUp(base + length) - start);
    zx.objectSetName(vmo, `mmio ${index}`);
    return { offset: base - start, size: length, vmo };
  }

  getInterrupt(index: number, flags: number): Handle {
    const { zx, node, irq, log } = this.#parts;
    const { vector, mode, isWakeVector } = this.#at("irq", index);
    if ((flags & InterruptOption.WAKE_VECTOR) !== 0)
      throw new ZxError("INVALID_ARGS", `${node.name}: whether irq ${index} wakes the system is the board's`);
    const asked = flags & InterruptOption.MODE_MASK;
    if (asked !== InterruptOption.MODE_DEFAULT && asked !== mode)
      log.warn(
        `${node.name}: irq ${index} is taken with mode ${hex(asked)}, though the board says ${hex(mode)}`,
      );
    const options = asked === InterruptOption.MODE_DEFAULT ? flags | mode : flags;
    const wake = isWakeVector ? InterruptOption.WAKE_VECTOR : 0;
    return zx.interruptCreate(irq, vector, options | wake);
  }

  getBti(index: number): Handle {
    const { iommuId, btiId } = this.#at("bti", index);
    return this.#parts.iommus.getBti(iommuId, btiId, this.node.name);
  }

  getSmc(index: number): never {
    this.#at("smc", index);
    throw new ZxError("NOT_SUPPORTED", `${this.node.name}: the kernel makes no secure monitor calls`);
  }

  getDeviceInfo(): PdevDeviceInfo {
    const { name, vid, pid, did, mmio, irq, bti, smc, metadata } = this.node;
    return {
      vid,
      pid,
      did,
      mmioCount: mmio.length,
      irqCount: irq.length,
      btiCount: bti.length,
      smcCount: smc.length,
      metadataCount: metadata.length + this.#parts.bootMetadata.size,
      name,
    };
  }

  getBoardInfo(): PdevBoardInfo {
    return this.#parts.boardInfo();
  }

  getMetadata(id: string): Uint8Array {
    const { node, bootMetadata } = this.#parts;
    const data = node.metadata.find((metadata) => metadata.id === id)?.data ?? bootMetadata.get(id);
    if (data !== undefined) return data;
    const known = [...node.metadata.map((metadata) => metadata.id), ...bootMetadata.keys()];
    throw new ZxError(
      "NOT_FOUND",
      `${node.name} has no metadata ${JSON.stringify(id)} (it has: ${known.join(", ") || "none"})`,
    );
  }

  /** INVALID_ARGS for no name, OUT_OF_RANGE for one that nothing has. */
  indexOf(kind: ResourceKind, name: string): number {
    if (name === "") throw new ZxError("INVALID_ARGS", `${this.node.name}: ${kind} without a name`);
    const index = this.node[kind].findIndex((resource) => resource.name === name);
    if (index >= 0) return index;
    const known = this.node[kind].map((resource) => resource.name ?? "(unnamed)").join(", ") || "none";
    throw new ZxError(
      "OUT_OF_RANGE",
      `${this.node.name} has no ${kind} ${JSON.stringify(name)} (it has: ${known})`,
    );
  }

  #at<Kind extends ResourceKind>(kind: Kind, index: number): PlatformNode[Kind][number] {
    const resource = this.node[kind][index];
    if (resource !== undefined) return resource;
    throw new ZxError(
      "OUT_OF_RANGE",
      `${this.node.name} has no ${kind} ${index}: ${this.node[kind].length} in all`,
    );
  }
}

type ResourceKind = "mmio" | "irq" | "bti" | "smc";
