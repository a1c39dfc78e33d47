/**
 * What a tree's addresses and interrupts are, computed another way than `src/firmware/devicetree` does it: from the source text that dtc
 * makes of a file, buses from the top down, each one's windows put together with those above it.
 */

export interface PlainNode {
  readonly path: string;
  readonly parent: PlainNode | undefined;
  readonly properties: Map<string, number[]>;
  readonly children: PlainNode[];
}

/** Reads the text that dtc writes, which has one property or brace to a line. Values become bytes. */
export function readDtcText(text: string): PlainNode[] {
  const nodes: PlainNode[] = [];
  let open: PlainNode | undefined;
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "" || line.startsWith("/dts-v1/") || line.startsWith("/memreserve/")) continue;
    if (line === "};") open = open!.parent;
    else if (line.endsWith("{")) {
      const name = line.slice(0, -1).trim();
      const path = open === undefined ? "/" : `${open.path === "/" ? "" : open.path}/${name}`;
      const node: PlainNode = { path, parent: open, properties: new Map(), children: [] };
      open?.children.push(node);
      nodes.push(node);
      open = node;
    } else {
      const [, name, value] = /^(\S+?)(?: = (.*))?;$/.exec(line)!;
      open!.properties.set(name!, value === undefined ? [] : bytesOf(value));
    }
  }
  return nodes;
}

function bytesOf(value: string): number[] {
  const bytes: number[] = [];
  for (const [, text, cells, hex] of value.matchAll(/"((?:[^"\\]|\\.)*)"|<([^>]*)>|\[([^\]]*)\]/g)) {
    if (text !== undefined) bytes.push(...stringBytes(text), 0);
    for (const cell of cells?.split(" ").filter((part) => part !== "") ?? [])
      for (const shift of [24, 16, 8, 0]) bytes.push((Number(cell) >>> shift) & 0xff);
    for (const byte of hex?.match(/[0-9a-f]{2}/g) ?? []) bytes.push(Number.parseInt(byte, 16));
  }
  return bytes;
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11, "0": 0 };

function stringBytes(text: string): number[] {
  const bytes: number[] = [];
  for (const [, plain, code, letter] of text.matchAll(/([^\\])|\\x([0-9a-f]{2})|\\(.)/g)) {
    if (plain !== undefined) bytes.push(plain.charCodeAt(0));
    else if (code !== undefined) bytes.push(Number.parseInt(code, 16));
    else bytes.push(ESCAPES[letter!] ?? letter!.charCodeAt(0));
  }
  return bytes;
}

function cellsOf(node: PlainNode, name: string): number[] | undefined {
  const bytes = node.properties.get(name);
  if (bytes === undefined || bytes.length % 4 !== 0) return undefined;
  return Array.from({ length: bytes.length / 4 }, (_, i) => Buffer.from(bytes).readUInt32BE(4 * i));
}

const cellOf = (node: PlainNode, name: string): number | undefined => cellsOf(node, name)?.[0];

function take(cells: number[], count: number): bigint {
  return cells.splice(0, count).reduce((value, cell) => value * 2n ** 32n + BigInt(cell), 0n);
}

/** A stretch of a bus's addresses: where it begins there, where that is for a processor, and how long it is. */
type Window = readonly [bus: bigint, cpu: bigint, size: bigint];

const EVERYTHING: Window = [0n, 0n, 2n ** 64n];

/** `path index` -> `base+size`, for every entry that the specification gives a processor address, PCI apart. */
export function independentAddresses(nodes: readonly PlainNode[]): Map<string, string> {
  const found = new Map<string, string>();
  const windows = new Map<PlainNode, readonly Window[]>();
  for (const node of nodes) {
    const { parent } = node;
    const above = parent === undefined ? undefined : windows.get(parent)!;
    windows.set(node, above === undefined ? [EVERYTHING] : windowsOf(node, parent!, above));
    const reg = parent === undefined ? undefined : cellsOf(node, "reg");
    const [addressSize, sizeSize] = parent === undefined ? [0, 0] : widths(parent);
    // A bus of addresses that have three cells is PCI; where there are no sizes, nothing is memory.
    if (reg === undefined || sizeSize === 0 || addressSize > 2) continue;
    for (let index = 0; reg.length > 0; index++) {
      const address = take(reg, addressSize);
      const size = take(reg, sizeSize);
      const window = above!.find(([bus, , length]) => bus <= address && address < bus + length);
      if (window !== undefined && size > 0n)
        found.set(
          `${node.path} ${index}`,
          `${(window[1] + address - window[0]).toString(16)}+${size.toString(16)}`,
        );
    }
  }
  return found;
}

/** The windows of a bus that lead all the way up: each of its own, cut along those of the bus above. */
function windowsOf(bus: PlainNode, parent: PlainNode, above: readonly Window[]): Window[] {
  const ranges = cellsOf(bus, "ranges");
  if (ranges === undefined) return [];
  if (ranges.length === 0) return [...above];
  const [addressSize, sizeSize] = widths(bus);
  const composed: Window[] = [];
  while (ranges.length > 0) {
    const child = take(ranges, addressSize);
    const up = take(ranges, widths(parent)[0]);
    const size = take(ranges, sizeSize);
    for (const [start, cpu, length] of above) {
      const low = up > start ? up : start;
      const high = up + size < start + length ? up + size : start + length;
      if (low < high) composed.push([child + low - up, cpu + low - start, high - low]);
    }
  }
  return composed;
}

function widths(bus: PlainNode): readonly [address: number, size: number] {
  return [cellOf(bus, "#address-cells") ?? 2, cellOf(bus, "#size-cells") ?? 1];
}

/** `path index` -> `controller cells`, for every interrupt of the tree. */
export function independentInterrupts(nodes: readonly PlainNode[]): Map<string, string> {
  const byPhandle = new Map(
    nodes.flatMap((node) => (node.properties.has("phandle") ? [[cellOf(node, "phandle")!, node]] : [])),
  );
  const found = new Map<string, string>();
  for (const node of nodes) {
    const extended = cellsOf(node, "interrupts-extended");
    const plain = cellsOf(node, "interrupts");
    for (let index = 0; (extended ?? plain ?? []).length > 0; index++) {
      const parent = extended === undefined ? parentOf(node, byPhandle) : byPhandle.get(extended.shift()!)!;
      const cells = (extended ?? plain)!.splice(0, cellOf(parent, "#interrupt-cells"));
      const unit = cellsOf(node, "reg") ?? [];
      found.set(`${node.path} ${index}`, destination(parent, unit, cells, byPhandle));
    }
  }
  return found;
}

function parentOf(node: PlainNode, byPhandle: ReadonlyMap<number, PlainNode>): PlainNode {
  const phandle = cellOf(node, "interrupt-parent");
  if (phandle !== undefined) return byPhandle.get(phandle)!;
  return node.parent!.properties.has("#interrupt-cells") ? node.parent! : parentOf(node.parent!, byPhandle);
}

function destination(
  at: PlainNode,
  unit: readonly number[],
  cells: readonly number[],
  byPhandle: ReadonlyMap<number, PlainNode>,
): string {
  const map = cellsOf(at, "interrupt-map");
  if (map === undefined) return `${at.path} ${cells.join(" ")}`;
  const unitSize = cellOf(at, "#address-cells")!;
  const asked = [...Array.from({ length: unitSize }, (_, i) => unit[i] ?? 0), ...cells];
  const mask = cellsOf(at, "interrupt-map-mask") ?? asked.map(() => 0xffff_ffff);
  while (map.length > 0) {
    const entry = map.splice(0, asked.length);
    const parent = byPhandle.get(map.shift()!)!;
    const parentUnit = map.splice(0, cellOf(parent, "#address-cells") ?? 0);
    const parentCells = map.splice(0, cellOf(parent, "#interrupt-cells"));
    if (entry.every((cell, i) => ((cell ^ asked[i]!) & mask[i]!) === 0))
      return destination(parent, parentUnit, parentCells, byPhandle);
  }
  return "nowhere";
}
