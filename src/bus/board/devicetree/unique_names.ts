import type { DeviceTreeNode } from "../../../firmware/devicetree/node.ts";

/** Bytes of a node's name, with room for a number. */
const MAX_NAME = 100;

/** Names of framework nodes for those of a device tree, which need not be the only ones of their names. */
export class UniqueNames {
  readonly #taken = new Set(["pt"]);

  /** `uart@fe201000` is `uart-fe201000`; a second one has the name of its bus in front, and a number if that does not help. */
  of(node: DeviceTreeNode): string {
    let name = plain(node.name);
    for (let bus = node.parent; this.#isTaken(name) && bus?.parent !== undefined; bus = bus.parent)
      name = `${plain(bus.name)}-${name}`;
    const stem = name.slice(-MAX_NAME);
    if (name.length > MAX_NAME) name = stem;
    for (let n = 2; this.#isTaken(name); n++) name = `${stem}-${n}`;
    this.#taken.add(key(name));
    return name;
  }

  #isTaken(name: string): boolean {
    return this.#taken.has(key(name));
  }
}

/** A slash cannot be in a node's name; other characters beyond ASCII are of no use in one. */
function plain(name: string): string {
  return name.replaceAll(/[@,/]|[^\x20-\x7e]/g, "-");
}

/** In monikers `.` and `:` are `_`. */
function key(name: string): string {
  return name.replaceAll(/[.:]/g, "_");
}
