import { ZxError } from "../../zx/error.ts";
import {
  align,
  FIRST_MODERN_VERSION,
  Header,
  headerSize,
  MAGIC,
  MAX_NAME,
  RESERVATION_SIZE,
  Token,
} from "./fdt.ts";
import type { DeviceTreeNode } from "./node.ts";
import { layOutStrings, type StringTable } from "./string_table.ts";
import type { DeviceTree, MemoryReservation } from "./tree.ts";

/**
 * Writes a flattened device tree in the layout of dtc: header, memory reservations, structure, strings, padding, nothing between
 * them but alignment. What dtc wrote, `parseDeviceTree` reads and nobody changed comes out byte for byte. What others wrote
 * otherwise (with NOPs, names in another order) comes out with the same contents.
 *
 * INVALID_ARGS for names that a file cannot hold.
 */
export function serializeDeviceTree(tree: DeviceTree): Uint8Array {
  const { names, size: structureSize } = measure(tree);
  const strings = layOutStrings(names);
  const reservations = align(headerSize(tree.version), 8);
  const structure = reservations + RESERVATION_SIZE * (tree.reservations.length + 1);
  const stringsOffset = structure + structureSize;
  const blob = new Uint8Array(stringsOffset + strings.size + tree.padding);
  const view = new DataView(blob.buffer);

  view.setUint32(Header.MAGIC, MAGIC);
  view.setUint32(Header.TOTAL_SIZE, blob.length);
  view.setUint32(Header.STRUCTURE_OFFSET, structure);
  view.setUint32(Header.STRINGS_OFFSET, stringsOffset);
  view.setUint32(Header.RESERVATIONS_OFFSET, reservations);
  view.setUint32(Header.VERSION, tree.version);
  view.setUint32(Header.LAST_COMPATIBLE_VERSION, FIRST_MODERN_VERSION);
  view.setUint32(Header.BOOT_CPU, tree.bootCpu);
  view.setUint32(Header.STRINGS_SIZE, strings.size);
  if (tree.version >= 17) view.setUint32(Header.STRUCTURE_SIZE, structureSize);

  writeReservations(view, reservations, tree.reservations);
  writeStructure(blob, view, structure, tree, strings.offsets);
  writeStrings(blob, stringsOffset, strings);
  return blob;
}

/** Bytes of the structure block, and the names of all properties in the order of their first use. */
function measure(tree: DeviceTree): { readonly names: string[]; readonly size: number } {
  const names = new Set<string>();
  let size = 4;
  for (const node of tree.nodes()) {
    if (node.parent !== undefined) checkName(node.parent, node.name, /^[^\0/\u0100-\uffff]+$/);
    size += 4 + align(node.name.length + 1) + 4;
    for (const { name, length } of node.properties.values()) {
      if (!names.has(name)) checkName(node, name, /^[^\0\u0100-\uffff]*$/);
      names.add(name);
      size += 12 + align(length);
    }
  }
  return { names: [...names], size };
}

function checkName({ path }: DeviceTreeNode, name: string, allowed: RegExp): void {
  if (name.length > MAX_NAME || !allowed.test(name))
    throw new ZxError("INVALID_ARGS", `${path}: "${name.slice(0, MAX_NAME)}" is no name in a device tree`);
}

function writeReservations(view: DataView, start: number, reservations: readonly MemoryReservation[]): void {
  reservations.forEach(({ address, size }, i) => {
    if (size === 0n)
      throw new ZxError("INVALID_ARGS", `memory reservation ${i} has no size, which would end the list`);
    view.setBigUint64(start + RESERVATION_SIZE * i, address);
    view.setBigUint64(start + RESERVATION_SIZE * i + 8, size);
  });
}

function writeStructure(
  blob: Uint8Array,
  view: DataView,
  start: number,
  tree: DeviceTree,
  offsets: StringTable["offsets"],
): void {
  let offset = start;
  const word = (value: number) => {
    view.setUint32(offset, value);
    offset += 4;
  };
  let depth = 0;
  for (const node of tree.nodes()) {
    // A node ends where one begins that is not inside it.
    for (; depth > node.depth; depth--) word(Token.END_NODE);
    depth = node.depth + 1;
    word(Token.BEGIN_NODE);
    writeLatin1(blob, offset, node.name);
    offset += align(node.name.length + 1);
    for (const property of node.properties.values()) {
      word(Token.PROP);
      word(property.length);
      word(offsets.get(property.name)!);
      blob.set(property.bytes, offset);
      offset += align(property.length);
    }
  }
  for (; depth > 0; depth--) word(Token.END_NODE);
  word(Token.END);
}

function writeStrings(blob: Uint8Array, start: number, { stored }: StringTable): void {
  let offset = start;
  for (const name of stored) {
    writeLatin1(blob, offset, name);
    offset += name.length + 1;
  }
}

function writeLatin1(blob: Uint8Array, start: number, text: string): void {
  for (let i = 0; i < text.length; i++) blob[start + i] = text.charCodeAt(i);
}
