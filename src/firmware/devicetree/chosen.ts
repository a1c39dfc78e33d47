import type { DeviceTreeNode } from "./node.ts";
import type { DeviceTree } from "./tree.ts";

/** The console that firmware chose. */
export interface StandardOutput {
  /** As written in `/chosen`: a path or an alias. */
  readonly path: string;
  /** What stands behind the colon: `"115200n8"`. */
  readonly options: string | undefined;
  readonly node: DeviceTreeNode | undefined;
}

/**
 * What `stdout-path` of `/chosen` says (or `linux,stdout-path`, as it once was called); undefined if there is none that can be read.
 * Source: Devicetree Specification v0.4, 3.6.
 */
export function standardOutput(tree: DeviceTree): StandardOutput | undefined {
  const chosen = tree.root.children.get("chosen");
  const property = chosen?.get("stdout-path") ?? chosen?.get("linux,stdout-path");
  if (property === undefined || property.bytes.at(-1) !== 0) return undefined;
  const [text] = property.strings();
  const [path, ...options] = text!.split(":");
  return {
    path: path!,
    options: options.length === 0 ? undefined : options.join(":"),
    node: tree.find(path!),
  };
}
