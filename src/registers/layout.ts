/** A declaration, worked out: its registers as a tree and as a list in the order of their offsets. */
import { ZxError } from "../zx/error.ts";
import { hex } from "../zx/pages.ts";
import { type AccessClass, accessClass } from "./access.ts";
import type { ArrayDecl, BlockDecl, Entries, Entry, RegisterDecl } from "./declare.ts";
import { RegisterInfo } from "./register.ts";

/** The tree that a model or a document walks: a RegisterInfo per register, by name. */
export type Layout<E extends Entries> = { readonly [K in keyof E]: LayoutOf<E[K]> };
export type LayoutOf<E extends Entry> = E extends RegisterDecl
  ? RegisterInfo<E>
  : E extends BlockDecl<infer B>
    ? Layout<B>
    : E extends ArrayDecl<infer A>
      ? { readonly count: number; readonly stride: number; readonly element: LayoutOf<A> }
      : never;

/** A register where it lies: each element of an array is one. */
export interface PlacedRegister {
  readonly register: RegisterInfo;
  /** `Status`, `Channel[3].Control`. */
  readonly name: string;
  readonly offset: number;
}

export type Node =
  | {
      readonly kind: "register";
      readonly info: RegisterInfo;
      readonly Access: AccessClass;
      readonly offset: number;
    }
  | { readonly kind: "block"; readonly offset: number; readonly children: ReadonlyMap<string, Node> }
  | { readonly kind: "array"; readonly count: number; readonly stride: number; readonly element: Node };

/** More registers than this in one declaration is a slip of the pen, not a device. */
const MAX_REGISTERS = 1 << 16;

/** Offsets in a node count from the block around it. `path` is that of the node, without indexes. */
export function compile(entry: Entry, set: string, path: string, base: number): Node {
  const what = path === "" ? set : `${set}.${path}`;
  const problem = (text: string) => new ZxError("INVALID_ARGS", `${what}: ${text}`);
  if (entry.kind === "array") {
    const { count, stride } = entry;
    if (!(Number.isInteger(count) && count > 0)) throw problem(`an array of ${count} elements`);
    if (!(Number.isInteger(stride) && stride > 0)) throw problem(`elements ${stride} bytes apart`);
    return { kind: "array", count, stride, element: compile(entry.element, set, path, base) };
  }
  const { offset } = entry;
  if (!(Number.isSafeInteger(offset) && offset >= 0)) throw problem(`offset ${offset}`);
  if (entry.kind === "register") {
    const info = new RegisterInfo(entry, path, base + offset, what);
    return { kind: "register", info, Access: accessClass(info, set), offset };
  }
  const children = new Map<string, Node>();
  for (const [name, child] of Object.entries(entry.entries)) {
    if (name === "__proto__") throw problem("a register cannot have this name: __proto__");
    children.set(name, compile(child, set, path === "" ? name : `${path}.${name}`, base + offset));
  }
  return { kind: "block", offset, children };
}

export function layoutOf(node: Node): unknown {
  if (node.kind === "register") return node.info;
  if (node.kind === "array")
    return { count: node.count, stride: node.stride, element: layoutOf(node.element) };
  return Object.fromEntries([...node.children].map(([name, child]) => [name, layoutOf(child)]));
}

/** All registers by ascending offset, after the checks that need them all: alignment, overlap, number. */
export function place(root: Node, set: string): readonly PlacedRegister[] {
  const placed: PlacedRegister[] = [];
  const walk = (node: Node, name: string, base: number): void => {
    if (node.kind === "block") {
      for (const [child, below] of node.children)
        walk(below, name === "" ? child : `${name}.${child}`, base + node.offset);
    } else if (node.kind === "array") {
      for (let i = 0; i < node.count; i++) walk(node.element, `${name}[${i}]`, base + i * node.stride);
    } else {
      if (placed.length === MAX_REGISTERS)
        throw new ZxError("INVALID_ARGS", `${set}: more than ${MAX_REGISTERS} registers`);
      const offset = base + node.offset;
      const bytes = node.info.width / 8;
      if (offset % bytes !== 0) {
        throw new ZxError(
          "INVALID_ARGS",
          `${set}.${name}: offset ${hex(offset)} is not a multiple of its ${bytes} bytes`,
        );
      }
      placed.push({ register: node.info, name, offset });
    }
  };
  walk(root, "", 0);
  placed.sort((a, b) => a.offset - b.offset);
  checkOverlap(placed, set);
  return placed;
}

/**
 * Two registers may share an offset where one is only read and the other only written (a data sheet's "read: status,
 * write: command"), or where one of them says that it is an overlay.
 */
function checkOverlap(placed: readonly PlacedRegister[], set: string): void {
  for (const [i, a] of placed.entries()) {
    const end = a.offset + a.register.width / 8;
    for (let j = i + 1; j < placed.length && placed[j]!.offset < end; j++) {
      const b = placed[j]!;
      if (a.register.overlay || b.register.overlay) continue;
      const apart =
        !(a.register.readable && b.register.readable) && !(a.register.writable && b.register.writable);
      if (apart && a.offset === b.offset && a.register.width === b.register.width) continue;
      throw new ZxError(
        "INVALID_ARGS",
        `${set}: ${a.name} (${hex(a.offset)}, ${a.register.width} bits) and ${b.name} (${hex(b.offset)}, ${b.register.width} bits) overlap`,
      );
    }
  }
}

/** The registers of a tree on a device: `make` puts one register there. */
export function putOn(
  node: Node,
  base: number,
  name: string,
  make: (node: Node & { kind: "register" }, offset: number, name: string) => object,
): object {
  if (node.kind === "register") return make(node, base + node.offset, name);
  if (node.kind === "array") {
    const { count, stride, element } = node;
    // Elements are made when they are first asked for: an MSI-X table has thousands.
    const made: (object | undefined)[] = new Array(count).fill(undefined);
    return {
      length: count,
      at(index: number): object {
        if (!(Number.isInteger(index) && index >= 0 && index < count)) {
          throw new ZxError("OUT_OF_RANGE", `${name}: no element ${String(index)}, there are ${count}`);
        }
        made[index] ??= putOn(element, base + index * stride, `${name}[${index}]`, make);
        return made[index];
      },
    };
  }
  const block: Record<string, object> = {};
  for (const [child, below] of node.children) {
    block[child] = putOn(below, base + node.offset, name === "" ? child : `${name}.${child}`, make);
  }
  return block;
}
