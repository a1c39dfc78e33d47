import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import {
  align,
  FIRST_MODERN_VERSION,
  Header,
  headerSize,
  MAGIC,
  MAX_NAME,
  malformed,
  RESERVATION_SIZE,
  Token,
  VERSION,
} from "./fdt.ts";
import type { DeviceTreeNode } from "./node.ts";
import { latin1 } from "./text.ts";
import { DeviceTree, type MemoryReservation } from "./tree.ts";

/** Where the blocks of a file are, in bytes from its beginning. Ends are exclusive. */
interface Layout {
  readonly version: number;
  readonly bootCpu: number;
  readonly reservations: number;
  readonly structure: number;
  readonly structureEnd: number;
  readonly strings: number;
  readonly stringsEnd: number;
}

/**
 * Reads a flattened device tree (DTB): versions 16 and 17, and 1 to 3, whose nodes carry full paths. Bytes behind the file's total
 * size are ignored. What is read is copied first, so `bytes` may lie in memory that somebody else writes to.
 *
 * IO_DATA_INTEGRITY, with the byte offset, for what is malformed, and for two properties or two children of one name in one node
 * (as dtc, which calls that an error; libfdt would read the first). NOT_SUPPORTED for versions that are made for newer readers.
 */
export function parseDeviceTree(bytes: Uint8Array): DeviceTree {
  const blob = new Uint8Array(bytes.subarray(0, totalSize(bytes)));
  const view = new DataView(blob.buffer);
  const layout = readHeader(view);
  const reservations = readReservations(view, layout);
  const tree = new DeviceTree({
    version: layout.version === 16 ? 16 : 17,
    bootCpu: layout.bootCpu,
    reservations,
  });
  const structureEnd = readStructure(blob, view, layout, tree);
  const end = Math.max(
    layout.version >= 17 ? layout.structureEnd : structureEnd,
    layout.stringsEnd,
    layout.reservations + RESERVATION_SIZE * (reservations.length + 1),
  );
  if (layout.version >= FIRST_MODERN_VERSION) tree.padding = blob.length - end;
  return tree;
}

/** What the header says, once it is clear that it is one. */
function totalSize(bytes: Uint8Array): number {
  const least = headerSize(1);
  if (bytes.length < least)
    throw malformed(bytes.length, `the file ends in the header, which has ${least} bytes at least`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(Header.MAGIC);
  if (magic !== MAGIC) throw malformed(0, `${hex(magic, 8)} is not the magic number ${hex(MAGIC)}`);
  const size = view.getUint32(Header.TOTAL_SIZE);
  if (size < least || size > bytes.length)
    throw malformed(Header.TOTAL_SIZE, `the total size is ${size}, but there are ${bytes.length} bytes`);
  return size;
}

function readHeader(view: DataView): Layout {
  const total = view.byteLength;
  const version = view.getUint32(Header.VERSION);
  const compatible = view.getUint32(Header.LAST_COMPATIBLE_VERSION);
  if (compatible > VERSION)
    throw new ZxError(
      "NOT_SUPPORTED",
      `device tree, byte ${hex(Header.LAST_COMPATIBLE_VERSION)}: version ${version} is for readers of ${compatible} or newer, this is one of ${VERSION}`,
    );
  if (version < 1 || version < compatible)
    throw malformed(Header.VERSION, `version ${version}, compatible with ${compatible}, does not exist`);
  if (total < headerSize(version))
    throw malformed(total, `the header of version ${version} has ${headerSize(version)} bytes`);
  const block = (field: number, name: string): number => {
    const offset = view.getUint32(field);
    if (offset < headerSize(version) || offset >= total)
      throw malformed(
        field,
        `the ${name} block begins at ${hex(offset)}, not between the header and the end (${hex(total)})`,
      );
    return offset;
  };
  const blockEnd = (start: number, since: number, field: number, name: string): number => {
    if (version < since) return total;
    const size = view.getUint32(field);
    if (size > total - start)
      throw malformed(
        field,
        `the ${name} block at ${hex(start)} has ${size} bytes, more than the file (${hex(total)})`,
      );
    return start + size;
  };
  const reservations = block(Header.RESERVATIONS_OFFSET, "memory reservation");
  const structure = block(Header.STRUCTURE_OFFSET, "structure");
  // A tree without properties has no strings, so that its strings may begin where the file ends.
  const strings =
    view.getUint32(Header.STRINGS_OFFSET) === total ? total : block(Header.STRINGS_OFFSET, "strings");
  return {
    version,
    bootCpu: version >= 2 ? view.getUint32(Header.BOOT_CPU) : 0,
    reservations,
    structure,
    structureEnd: blockEnd(structure, 17, Header.STRUCTURE_SIZE, "structure"),
    strings,
    stringsEnd: blockEnd(strings, 3, Header.STRINGS_SIZE, "strings"),
  };
}

/** Entries up to the one whose size is 0, which ends the list. */
function readReservations(view: DataView, { reservations: start }: Layout): MemoryReservation[] {
  const found: MemoryReservation[] = [];
  for (let offset = start; ; offset += RESERVATION_SIZE) {
    if (offset + RESERVATION_SIZE > view.byteLength)
      throw malformed(offset, "the file ends before the memory reservation block does");
    const size = view.getBigUint64(offset + 8);
    if (size === 0n) return found;
    found.push({ address: view.getBigUint64(offset), size });
  }
}

/** Fills the tree, and returns where the structure ends. */
function readStructure(blob: Uint8Array, view: DataView, layout: Layout, tree: DeviceTree): number {
  const { structure, structureEnd: end, version } = layout;
  const isOld = version < FIRST_MODERN_VERSION;
  const names = new Map<number, string>();
  let offset = structure;
  /** The innermost node that is open. */
  let node: DeviceTreeNode | undefined;
  let isRootClosed = false;

  const word = (what: string): number => {
    if (offset + 4 > end) throw malformed(offset, `the structure block ends where ${what} was expected`);
    offset += 4;
    return view.getUint32(offset - 4);
  };
  const skipPadding = () => {
    offset = structure + align(offset - structure);
  };

  for (;;) {
    const at = offset;
    const token = word("a token");
    switch (token) {
      case Token.BEGIN_NODE: {
        const stop = blob.indexOf(0, offset);
        if (stop < 0 || stop >= end) throw malformed(offset, "a node's name has no end");
        const written = latin1(blob, offset, stop);
        if (node === undefined) {
          if (isRootClosed) throw malformed(at, "a second root node begins");
          if (written !== "" && written !== "/")
            throw malformed(offset, `the root node is called "${written}"; it has no name`);
          node = tree.root;
        } else {
          const name: string = isOld ? lastOfPath(written, node, offset) : written;
          if (name === "" || name.length > MAX_NAME || name.includes("/"))
            throw malformed(offset, `"${name.slice(0, MAX_NAME)}" in ${node.path} is no name of a node`);
          if (node.children.has(name)) throw malformed(offset, `${node.path} has two nodes ${name}`);
          node = node.addNode(name);
        }
        offset = stop + 1;
        skipPadding();
        break;
      }
      case Token.PROP: {
        if (node === undefined) throw malformed(at, "a property stands outside of the root node");
        const length = word("a property's length");
        const nameOffset = word("a property's name");
        if (isOld && length >= 8) offset = structure + align(offset - structure, 8);
        if (length > end - offset)
          throw malformed(at + 4, `a property of ${node.path} has ${length} bytes, ${end - offset} are left`);
        const name = names.get(nameOffset) ?? readName(blob, layout, nameOffset, at + 8);
        names.set(nameOffset, name);
        if (node.has(name)) throw malformed(at, `${node.path} has two properties ${name}`);
        node.setProperty(name, blob, offset, length);
        offset += length;
        skipPadding();
        break;
      }
      case Token.END_NODE:
        if (node === undefined) throw malformed(at, "a node ends, but none is open");
        isRootClosed = node.parent === undefined;
        node = node.parent;
        break;
      case Token.NOP:
        break;
      case Token.END:
        if (node !== undefined) throw malformed(at, `the structure ends inside ${node.path}`);
        if (!isRootClosed) throw malformed(at, "the structure ends without a root node");
        return offset;
      default:
        throw malformed(at, `${hex(token)} is no token`);
    }
  }
}

/** The name that a property refers to; `field` is where it does. */
function readName(blob: Uint8Array, { strings, stringsEnd }: Layout, offset: number, field: number): string {
  const size = stringsEnd - strings;
  if (offset >= size)
    throw malformed(field, `a property's name is at ${hex(offset)} of ${hex(size)} bytes of strings`);
  const start = strings + offset;
  const end = blob.indexOf(0, start);
  if (end < 0 || end >= stringsEnd || end - start > MAX_NAME)
    throw malformed(start, `a property's name has no end, or more than ${MAX_NAME} bytes`);
  return latin1(blob, start, end);
}

/** Before version 16, a node's name was its path. */
function lastOfPath(path: string, parent: DeviceTreeNode, offset: number): string {
  const prefix = parent.parent === undefined ? "/" : `${parent.path}/`;
  if (!path.startsWith(prefix)) throw malformed(offset, `"${path}" is no path of a child of ${parent.path}`);
  return path.slice(prefix.length);
}
