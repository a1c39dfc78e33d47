import type { NodeProperties, PropertyValue } from "../../../driver/define.ts";
import type { ParentSpec } from "../../../driver/node.ts";
import type { BootMetadata, Irq, Metadata, Smc } from "../../../fidl/fuchsia.hardware.platform.bus.ts";
import { MAX_BTI, MAX_IRQ, MAX_MMIO, MAX_SMC } from "../../../fidl/fuchsia.hardware.platform.bus.ts";
import type { DeviceTreeNode } from "../../../firmware/devicetree/node.ts";
import type { DeviceDescription } from "../../../firmware/devicetree/resolve.ts";

export interface BoardMmio {
  /** Undefined where it could not be found. */
  readonly base: number | undefined;
  /** Bytes. */
  readonly length: number;
  readonly name?: string | undefined;
}

export interface BoardBti {
  readonly iommuId: number;
  readonly btiId: number;
  readonly name?: string | undefined;
}

/** A node of the device tree on its way to become a node of the driver framework: visitors add to it what they have read. */
export class BoardDevice {
  /** Where everything that is said comes from. */
  readonly node: DeviceTreeNode;
  /** The node with its references resolved. */
  readonly description: DeviceDescription;
  /** The node's, with `-` for `@` and `,`; two devices never have the same. */
  readonly name: string;
  /** Counts the nodes of the tree; the platform device's instance id. */
  readonly index: number;
  /** Set to say that `reg` is no memory of the machine: a bus's visitor does so for its children. */
  registerType: "mmio" | "other" = "mmio";
  /** Nodes that name the same host have their drivers in it. */
  driverHost: string | undefined;
  readonly #properties = new Map<string, PropertyValue>();
  readonly #mmio: BoardMmio[] = [];
  readonly #irqs: Irq[] = [];
  readonly #btis: BoardBti[] = [];
  readonly #smcs: Smc[] = [];
  readonly #metadata: Metadata[] = [];
  readonly #bootMetadata: BootMetadata[] = [];
  readonly #parents: ParentSpec[] = [];
  readonly #notes: string[] = [];
  #withheld: string | undefined;

  constructor(node: DeviceTreeNode, description: DeviceDescription, name: string, index: number) {
    this.node = node;
    this.description = description;
    this.name = name;
    this.index = index;
  }

  get properties(): NodeProperties {
    return Object.fromEntries(this.#properties);
  }

  get mmio(): readonly BoardMmio[] {
    return this.#mmio;
  }

  get irqs(): readonly Irq[] {
    return this.#irqs;
  }

  get btis(): readonly BoardBti[] {
    return this.#btis;
  }

  get smcs(): readonly Smc[] {
    return this.#smcs;
  }

  get metadata(): readonly Metadata[] {
    return this.#metadata;
  }

  get bootMetadata(): readonly BootMetadata[] {
    return this.#bootMetadata;
  }

  /** Nodes that the device needs beside its own. */
  get parents(): readonly ParentSpec[] {
    return this.#parents;
  }

  /** What the device lacks of what the tree says, and why. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  /** Why there shall be no node. */
  get withheld(): string | undefined {
    return this.#withheld;
  }

  /** Whether it has anything that is the platform bus's to give. */
  get hasResources(): boolean {
    const lists = [this.#mmio, this.#irqs, this.#btis, this.#smcs, this.#metadata, this.#bootMetadata];
    return lists.some((list) => list.length > 0);
  }

  addProperty(key: string, value: PropertyValue): void {
    this.#properties.set(key, value);
  }

  addMmio(mmio: BoardMmio): void {
    if (this.#hasRoom("mmio", this.#mmio, MAX_MMIO)) this.#mmio.push(mmio);
  }

  addIrq(irq: Irq): void {
    if (this.#hasRoom("interrupts", this.#irqs, MAX_IRQ)) this.#irqs.push(irq);
  }

  addBti(bti: BoardBti): void {
    if (this.#hasRoom("BTIs", this.#btis, MAX_BTI)) this.#btis.push(bti);
  }

  addSmc(smc: Smc): void {
    if (this.#hasRoom("SMCs", this.#smcs, MAX_SMC)) this.#smcs.push(smc);
  }

  addMetadata(id: string, data: Uint8Array): void {
    this.#metadata.push({ id, data });
  }

  addBootMetadata(zbiType: number, zbiExtra: number): void {
    this.#bootMetadata.push({ zbiType, zbiExtra });
  }

  addParent(parent: ParentSpec): void {
    this.#parents.push(parent);
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  /** It shall have no node. The first reason counts. */
  withhold(reason: string): void {
    this.#withheld ??= reason;
  }

  #hasRoom(what: string, list: readonly unknown[], most: number): boolean {
    if (list.length < most) return true;
    const text = `a platform device has at most ${most} ${what}: the others are left out`;
    if (!this.#notes.includes(text)) this.note(text);
    return false;
  }
}
