import { hex } from "../../zx/pages.ts";
import type { Property } from "./property.ts";
import type { DeviceTree } from "./tree.ts";

/** A deeper node is not indented further: what a file nests without end must not make the text grow with the square of it. */
const MAX_INDENT = 64;

/**
 * A tree as source text (DTS), like `dtc -I dtb -O dts`: compiled again, it gives the same tree. What a value is can only be guessed:
 * strings where it reads as such, else 32-bit cells, else bytes.
 */
export function formatDeviceTree(tree: DeviceTree): string {
  const lines = ["/dts-v1/;", ""];
  for (const { address, size } of tree.reservations)
    lines.push(`/memreserve/\t${hex(address, 16)} ${hex(size, 16)};`);
  let depth = 0;
  for (const node of tree.nodes()) {
    for (; depth > node.depth; depth--) lines.push(`${indent(depth - 1)}};`);
    depth = node.depth + 1;
    // Children of one node stand apart, as do properties and children.
    if (node.parent !== undefined) lines.push("");
    lines.push(`${indent(node.depth)}${node.parent === undefined ? "/" : printable(node.name)} {`);
    for (const property of node.properties.values())
      lines.push(`${indent(depth)}${formatProperty(property)}`);
  }
  for (; depth > 0; depth--) lines.push(`${indent(depth - 1)}};`);
  return `${lines.join("\n")}\n`;
}

function formatProperty(property: Property): string {
  const { bytes, length } = property;
  const name = printable(property.name);
  return length === 0 ? `${name};` : `${name} = ${formatValue(property, bytes)};`;
}

function formatValue(property: Property, bytes: Uint8Array): string {
  if (looksLikeStrings(bytes)) return property.strings().map(quote).join(", ");
  if (bytes.length % 4 === 0)
    return `<${property
      .cells()
      .map((cell) => hex(cell, 2))
      .join(" ")}>`;
  return `[${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ")}]`;
}

/** Printable characters in strings that are not empty, each with its NUL. */
function looksLikeStrings(bytes: Uint8Array): boolean {
  if (bytes.at(-1) !== 0) return false;
  let previous = 0;
  for (const byte of bytes) {
    const isPrintable = byte >= 0x20 && byte < 0x7f;
    if (byte === 0 ? previous === 0 : !isPrintable) return false;
    previous = byte;
  }
  return true;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** Names that the language has no way to write are shown, not written. */
function printable(name: string): string {
  return name.replace(/[^!-~]/g, "?");
}

function indent(depth: number): string {
  return "\t".repeat(Math.min(depth, MAX_INDENT));
}
