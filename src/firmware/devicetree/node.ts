import { ZxError } from "../../zx/error.ts";
import { Property } from "./property.ts";
import type { DeviceTree } from "./tree.ts";

const NOTHING: ReadonlyMap<string, never> = new Map<string, never>();

/**
 * A node of a device tree: properties and children by name, both in the order of the file. It is made by its parent's `addNode`, and
 * stays where it is.
 */
export class DeviceTreeNode {
  readonly tree: DeviceTree;
  /** Undefined for the root. */
  readonly parent: DeviceTreeNode | undefined;
  /** With the unit address: `"uart@9000000"`; `""` for the root. */
  readonly name: string;
  /** 0 for the root. */
  readonly depth: number;
  // Made when they are needed: most nodes of a tree have no children, and a file can consist of nodes that have nothing.
  #properties: Map<string, Property> | undefined;
  #children: Map<string, DeviceTreeNode> | undefined;
  #path: string | undefined;

  /** For `DeviceTree` and `addNode`. */
  constructor(tree: DeviceTree, parent: DeviceTreeNode | undefined, name: string) {
    this.tree = tree;
    this.parent = parent;
    this.name = name;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
  }

  get properties(): ReadonlyMap<string, Property> {
    return this.#properties ?? NOTHING;
  }

  get children(): ReadonlyMap<string, DeviceTreeNode> {
    return this.#children ?? NOTHING;
  }

  /** The name without the unit address: `"uart"`. */
  get baseName(): string {
    return this.name.split("@", 1)[0]!;
  }

  /** `"/soc/uart@9000000"`; `"/"` for the root. */
  get path(): string {
    if (this.#path !== undefined) return this.#path;
    // Not recursive, for the depth of a file has no limit; in the usual order, parents first, there is one name to add.
    const names = [this.name];
    let above = this.parent;
    for (; above?.parent !== undefined && above.#path === undefined; above = above.parent)
      names.push(above.name);
    let path = above?.parent === undefined ? "" : above.#path!;
    for (let i = names.length - 1; i >= 0; i--) path += `/${names[i]}`;
    this.#path = path;
    return path;
  }

  /** The property of this name, undefined if there is none. */
  get(name: string): Property | undefined {
    return this.#properties?.get(name);
  }

  has(name: string): boolean {
    return this.#properties?.has(name) === true;
  }

  /** The value of `phandle` (or of `linux,phandle`, as it once was called), by which other nodes refer to this one. */
  get phandle(): number | undefined {
    const property = this.get("phandle") ?? this.get("linux,phandle");
    return property?.length === 4 ? property.u32() : undefined;
  }

  /** Strings of `compatible`, most specific first; none where it is absent. IO_DATA_INTEGRITY if they are no strings. */
  get compatible(): readonly string[] {
    return this.get("compatible")?.strings() ?? [];
  }

  /** Whether one of `compatible` is among `names`; false where `compatible` cannot be read. */
  isCompatible(names: ReadonlySet<string>): boolean {
    const property = this.get("compatible");
    return property?.bytes.at(-1) === 0 && property.strings().some((one) => names.has(one));
  }

  /**
   * Gives a property a value, in place of the one it had. The value is the `length` bytes of `blob` from `start` on, which are not
   * copied: they must not be changed.
   */
  setProperty(name: string, blob: Uint8Array, start = 0, length = blob.length - start): Property {
    const property = new Property(this, name, blob, start, length);
    this.#properties ??= new Map();
    this.#properties.set(name, property);
    this.tree.changed();
    return property;
  }

  /** Adds a node behind the other children. ALREADY_EXISTS if there is one of this name. */
  addNode(name: string): DeviceTreeNode {
    if (this.#children?.has(name))
      throw new ZxError("ALREADY_EXISTS", `${this.path} has a node ${name} already`);
    const node = new DeviceTreeNode(this.tree, this, name);
    this.#children ??= new Map();
    this.#children.set(name, node);
    this.tree.changed();
    return node;
  }
}
