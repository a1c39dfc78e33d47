import type { NodeSnapshot, SystemSnapshot } from "./snapshot.ts";
import { formatSize, PLAIN, type Style, wrap } from "./style.ts";

/** The node tree with each node's driver, state and memory, as text of at most 100 columns. */
export function formatTree(system: SystemSnapshot, style: Style = PLAIN): string {
  const { nodes } = system;
  const titles = nodes.map((node) => 3 * node.depth + titleOf(node).length + 1);
  const drivers = nodes.map((node) => (node.wouldBind ?? node.driver ?? "").length);
  const columns = { status: within(titles, 34, 50), driver: within(drivers, 10, 13) };
  return nodes.map((node, i) => formatNode(node, nodes.slice(i + 1), columns, style).join("\n")).join("\n");
}

interface Columns {
  /** Where drivers and states stand. */
  readonly status: number;
  /** How much room drivers' names have. */
  readonly driver: number;
}

/** As much as the longest needs, within limits. */
function within(lengths: readonly number[], least: number, most: number): number {
  return Math.min(Math.max(least, ...lengths), most);
}

function titleOf(node: NodeSnapshot): string {
  return [node.name, describe(node)].filter((part) => part !== "").join(" ");
}

function formatNode(
  node: NodeSnapshot,
  following: readonly NodeSnapshot[],
  columns: Columns,
  style: Style,
): string[] {
  const guide = guides(node, following);
  const title = titleOf(node);
  const room = Math.max(1, columns.status - guide.first.length - title.length);
  const status = formatStatus(node, columns.driver, style);
  const lines = [
    `${style.dim(guide.first)}${style.bold(node.name)}${title.slice(node.name.length)}${" ".repeat(room)}${status}`.trimEnd(),
  ];
  const detail = (text: string) => lines.push(`${style.dim(guide.rest)}${text}`);
  if (node.error !== null)
    for (const line of wrap(node.error, 96 - guide.rest.length)) detail(style.bad(line));
  for (const { name, physical, size, vmo, address, cachePolicy } of node.memory) {
    detail(`${name} (${formatSize(Number(size))}, ${cachePolicy})`);
    detail(`  physical ${style.accent(physical)} -> vmo ${vmo.koid} -> ${style.accent(address)} in the VMAR`);
  }
  const width = Math.max(0, ...Object.keys(node.inspect).map((key) => key.length));
  for (const [key, value] of Object.entries(node.inspect))
    detail(`${key.padEnd(width)}  ${style.bold(String(value))}`);
  return lines;
}

function formatStatus(node: NodeSnapshot, width: number, style: Style): string {
  if (node.wouldBind !== undefined) return `${node.wouldBind.padEnd(width)} ${style.dim("would bind")}`;
  if (node.driver === null) return node.depth === 0 ? "" : style.dim(OWNERS[node.owner]);
  const state = node.state === "running" ? style.good(node.state) : style.bad(node.state);
  return `${node.driver.padEnd(width)} ${state}${node.host === null ? "" : style.dim(`  in ${node.host}`)}`;
}

const OWNERS: { readonly [owner in NodeSnapshot["owner"]]: string } = {
  none: "unbound",
  driver: "bound",
  parent: "owned by its parent",
  composite: "parent of a composite node",
};

/** What kind of thing it is, where the properties tell. */
function describe(node: NodeSnapshot): string {
  const { "fuchsia.BIND_PCI_VID": vid, "fuchsia.BIND_PCI_DID": did } = node.properties;
  const compatible = node.properties["fuchsia.devicetree.FIRST_COMPATIBLE"];
  if (typeof vid === "number" && typeof did === "number") {
    return [vid, did].map((id) => id.toString(16).padStart(4, "0")).join(":");
  }
  return typeof compatible === "string" ? compatible : "";
}

/** The lines to the left of a node: `first` for its own line, `rest` for the details under it. */
function guides(node: NodeSnapshot, following: readonly NodeSnapshot[]): { first: string; rest: string } {
  if (node.depth === 0) return { first: "", rest: "  " };
  let stem = "";
  for (let depth = 1; depth < node.depth; depth++) stem += hasMore(following, depth) ? "│  " : "   ";
  const more = hasMore(following, node.depth);
  const hasChildren = following[0] !== undefined && following[0].depth > node.depth;
  return {
    first: `${stem}${more ? "├─ " : "└─ "}`,
    rest: `${stem}${more ? "│  " : "   "}${hasChildren ? "│  " : "   "}`,
  };
}

/** Whether another node of this depth follows under the same parent. */
function hasMore(following: readonly NodeSnapshot[], depth: number): boolean {
  for (const node of following) {
    if (node.depth < depth) return false;
    if (node.depth === depth) return true;
  }
  return false;
}
