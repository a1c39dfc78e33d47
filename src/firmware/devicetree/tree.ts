import { DeviceTreeNode } from "./node.ts";
import type { Property } from "./property.ts";

/** A range of RAM that must be left alone, from the file's memory reservation block. */
export interface MemoryReservation {
  readonly address: bigint;
  readonly size: bigint;
}

/** What a file has beside its nodes. */
export interface DeviceTreeOptions {
  /** Layout that `serializeDeviceTree` writes: 17 (the newest, default) or 16, which has no size of the structure block. */
  readonly version?: 16 | 17;
  /** `reg` of the processor that boots, as `boot_cpuid_phys` has it. */
  readonly bootCpu?: number;
  readonly reservations?: readonly MemoryReservation[];
  /** Bytes of free space at the end of the file, as boot loaders like to have it. */
  readonly padding?: number;
}

/** A device tree. `parseDeviceTree` makes one of bytes, `serializeDeviceTree` makes bytes of one. */
export class DeviceTree {
  readonly root: DeviceTreeNode;
  readonly version: 16 | 17;
  readonly bootCpu: number;
  readonly reservations: readonly MemoryReservation[];
  /** Bytes of free space that are written at the end of the file. */
  padding: number;
  #phandles: ReadonlyMap<number, DeviceTreeNode> | undefined;
  #results = new Map<object, unknown>();

  constructor({ version = 17, bootCpu = 0, reservations = [], padding = 0 }: DeviceTreeOptions = {}) {
    this.version = version;
    this.bootCpu = bootCpu;
    this.reservations = reservations;
    this.padding = padding;
    this.root = new DeviceTreeNode(this, undefined, "");
  }

  /** Every node, parents before their children, in the order of the file. */
  nodes(): Generator<DeviceTreeNode, void, undefined> {
    return nodesUnder(this.root);
  }

  /** The node that `phandle` refers to; the first one, should several claim it. */
  nodeByPhandle(phandle: number): DeviceTreeNode | undefined {
    if (this.#phandles === undefined) {
      const phandles = new Map<number, DeviceTreeNode>();
      for (const node of this.nodes()) {
        const own = node.phandle;
        if (own !== undefined && !phandles.has(own)) phandles.set(own, node);
      }
      this.#phandles = phandles;
    }
    return this.#phandles.get(phandle);
  }

  /**
   * The node at a path. A path that does not begin with `/` begins with an alias (`"serial0"`); a name in it may lack its unit
   * address, and then means the first node that is called so. Source: Devicetree Specification v0.4, 2.2.3 and 3.3.
   */
  find(path: string): DeviceTreeNode | undefined {
    const [first, ...rest] = path.split("/");
    const start = first === "" ? this.root : this.#alias(first!);
    let node = start;
    for (const name of rest) {
      if (node === undefined) return undefined;
      if (name !== "") node = node.children.get(name) ?? firstOfBaseName(node, name);
    }
    return node;
  }

  /** What each alias (`"serial0"`) stands for: the path as written in `/aliases`, and the node, if there is one. */
  get aliases(): ReadonlyMap<string, NamedPath> {
    return this.#namedPaths("aliases");
  }

  /** What each label of the source stands for, in a tree that was compiled with symbols (`dtc -@`). */
  get symbols(): ReadonlyMap<string, NamedPath> {
    return this.#namedPaths("__symbols__");
  }

  /** What a function of this tree's nodes came to, until the tree changes. */
  memo<T>(key: object, make: () => T): T {
    if (!this.#results.has(key)) this.#results.set(key, make());
    return this.#results.get(key) as T;
  }

  /** A node or property is new: what was found out before does not count any more. */
  changed(): void {
    if (this.#phandles === undefined && this.#results.size === 0) return;
    this.#phandles = undefined;
    this.#results.clear();
  }

  #alias(name: string): DeviceTreeNode | undefined {
    const path = pathIn(this.root.children.get("aliases")?.get(name));
    return path === undefined ? undefined : this.find(path);
  }

  #namedPaths(child: string): Map<string, NamedPath> {
    const named = new Map<string, NamedPath>();
    for (const property of this.root.children.get(child)?.properties.values() ?? []) {
      const path = pathIn(property);
      // Other properties (phandle) may stand there, too.
      if (path !== undefined) named.set(property.name, { path, node: this.find(path) });
    }
    return named;
  }
}

export interface NamedPath {
  readonly path: string;
  readonly node: DeviceTreeNode | undefined;
}

/** `top` and every node under it, parents before their children. */
export function* nodesUnder(top: DeviceTreeNode): Generator<DeviceTreeNode, void, undefined> {
  yield top;
  // Not recursive: a file can be nested more deeply than a stack is.
  const open = [top.children.values()];
  while (open.length > 0) {
    const { value: node, done } = open.at(-1)!.next();
    if (done) open.pop();
    else {
      yield node;
      if (node.children.size > 0) open.push(node.children.values());
    }
  }
}

function firstOfBaseName(node: DeviceTreeNode, name: string): DeviceTreeNode | undefined {
  if (name.includes("@")) return undefined;
  for (const child of node.children.values()) if (child.baseName === name) return child;
  return undefined;
}

/** What a property has for a path: one string that begins at the root. (An alias of an alias there is not.) */
function pathIn(property: Property | undefined): string | undefined {
  if (property === undefined) return undefined;
  const { bytes } = property;
  return bytes[0] === 0x2f && bytes.indexOf(0) === bytes.length - 1 ? property.string() : undefined;
}
