import { standardOutput } from "../firmware/devicetree/chosen.ts";
import type { InterruptDescription } from "../firmware/devicetree/interrupts.ts";
import { memoryOf, type ReservedMemory, reservedMemoryOf } from "../firmware/devicetree/memory.ts";
import type { Property } from "../firmware/devicetree/property.ts";
import type { RegDescription } from "../firmware/devicetree/reg.ts";
import { type DeviceDescription, resolveDevices } from "../firmware/devicetree/resolve.ts";
import type { AddressHop, TranslationRule } from "../firmware/devicetree/translate.ts";
import type { DeviceTree } from "../firmware/devicetree/tree.ts";
import { count, type Piece, printable, row } from "../inspect/columns.ts";
import { formatSize, type Style } from "../inspect/style.ts";
import { hex } from "../zx/pages.ts";

/** Levels that are indented: a tree is rarely deeper than 8, and text must stay within its columns. */
const MAX_INDENT = 12;

type Pieces = readonly (string | Piece)[];

/** A tree with its devices resolved, as text of at most 100 columns as far as names allow. */
export function deviceTreeAsText(tree: DeviceTree, rule: TranslationRule, style: Style): string {
  const lines = heading(tree, style);
  const found = { ranges: 0, interrupts: 0, local: 0, broken: 0 };
  for (const device of resolveDevices(tree, { rule })) {
    const depth = device.path.split("/").length - 2;
    lines.push(...deviceLines(device, "  ".repeat(Math.min(depth, MAX_INDENT)), style));
    for (const { kind } of [...device.reg, ...device.assignedAddresses, ...device.interrupts]) {
      if (kind === "cpu") found.ranges++;
      else if (kind === "resolved") found.interrupts++;
      else if (kind === "local") found.local++;
      else found.broken++;
    }
    found.broken += device.problems.length;
  }
  const summary = `${count(found.ranges, "range")} of CPU addresses, ${count(found.interrupts, "interrupt")}, ${found.local} on other buses`;
  const verdict = found.broken === 0 ? style.good("no problems") : style.bad(count(found.broken, "problem"));
  return [...lines, "", `${summary}: ${verdict}`].join("\n");
}

function heading(tree: DeviceTree, style: Style): string[] {
  const { root, reservations } = tree;
  const model = text(root.get("model"));
  const lines = [titled("", model === "" ? "(no model)" : model, texts(root.get("compatible")), style)];
  const fact = (name: string, pieces: Pieces) => {
    if (pieces.length > 0) lines.push(row(`  ${name.padEnd(9)}`, pieces));
  };
  const output = standardOutput(tree);
  if (output !== undefined) {
    const place =
      output.node === undefined ? bad("which does not exist", style) : accent(output.node.path, style);
    fact("console", [
      printable([output.path, output.options].filter((part) => part !== undefined).join(":")),
      place,
    ]);
  }
  fact(
    "memory",
    memoryOf(tree).flatMap(({ reg }) => reg.map((one) => rangePiece(one, style))),
  );
  fact(
    "reserved",
    reservations.map(({ address, size }) => accent(`${hex(address)} + ${sizeText(size)}`, style)),
  );
  for (const region of reservedMemoryOf(tree)) fact("reserved", reservedPieces(region, style));
  return [...lines, ""];
}

function deviceLines(device: DeviceDescription, indent: string, style: Style): string[] {
  const { status } = device;
  const name = printable(device.name);
  const state = status === "okay" ? [] : [status === "disabled" ? dim(status, style) : bad(status, style)];
  const compatible = device.compatible.map((one) => printable(one));
  const lines = [titled(indent, name, [...state, ...compatible], style)];
  const detail = (label: string, pieces: Pieces) => lines.push(row(`${indent}    ${label}`, pieces));
  for (const reg of device.reg) detail(label("reg", reg), regPieces(reg, style));
  for (const reg of device.assignedAddresses) detail(label("bar", reg), regPieces(reg, style));
  for (const irq of device.interrupts) detail(label("irq", irq), interruptPieces(irq, style));
  for (const { path } of device.memoryRegions) detail("ram ", [printable(path)]);
  for (const problem of device.problems) detail("!", words(problem, style.bad));
  return lines;
}

/** A row that begins with a name, which stands out. */
function titled(indent: string, name: string, pieces: Pieces, style: Style): string {
  return row(`${indent}${name} `, pieces).replace(name, () => style.bold(name));
}

function label(
  kind: string,
  { index, name }: { readonly index: number; readonly name: string | null },
): string {
  return name === null ? `${kind} ${index} ` : `${kind} ${index} ${printable(name)} `;
}

function regPieces(reg: RegDescription, style: Style): Pieces {
  const range = rangePiece(reg, style);
  if (reg.kind === "cpu")
    return [
      range,
      ...hopPieces(reg.hops, style),
      ...(reg.note === null ? [] : words(`(${reg.note})`, style.bad)),
    ];
  const paint = reg.kind === "local" ? style.dim : style.bad;
  return [range, ...words(`- ${reg.reason}`, paint), ...hopPieces(reg.hops, style)];
}

function rangePiece(reg: RegDescription, style: Style): Piece {
  if (reg.kind === "cpu") return accent(`${hex(reg.base)} + ${formatSize(reg.size)}`, style);
  const size = reg.busSize === 0n ? "" : ` + ${hex(reg.busSize)}`;
  return { text: `${hex(reg.busAddress)}${size}`, paint: (plain) => plain };
}

/** The buses on the way, and the address on those that change it. */
function hopPieces(hops: readonly AddressHop[], style: Style): Pieces {
  return hops.map(({ bus, from, to, space }, i) => {
    const name = printable(bus.slice(bus.lastIndexOf("/") + 1));
    const address = from === to ? "" : ` (${space === null ? "" : `${space} `}${hex(from)})`;
    return dim(`${i === 0 ? "via " : ""}${name}${address}${i === hops.length - 1 ? "" : ","}`, style);
  });
}

function interruptPieces(irq: InterruptDescription, style: Style): Pieces {
  const through = irq.through.map(({ nexus, unitAddress, specifier }) => {
    const asked = [...unitAddress, ...specifier].map((cell) => hex(cell)).join(" ");
    return dim(`through ${printable(nexus)} (${asked})`, style);
  });
  if (irq.kind === "unresolved") return [...through, ...words(`- ${irq.reason}`, style.bad)];
  const { gic, specifier } = irq;
  const number =
    gic === null
      ? `<${specifier.map((cell) => hex(cell)).join(" ")}>`
      : `${gic.type} ${gic.number} = INTID ${gic.intid}, ${gic.trigger}`;
  return [accent(number, style), `of ${printable(irq.controller)}`, ...through];
}

function reservedPieces(
  { path, reg, dynamic, noMap, reusable, problem }: ReservedMemory,
  style: Style,
): Pieces {
  const flags = [noMap ? ["no-map"] : [], reusable ? ["reusable"] : []].flat();
  const size = dynamic === null ? [] : [accent(`${hex(dynamic.size)} bytes anywhere`, style)];
  if (dynamic !== null && dynamic.within.length > 0)
    size.splice(
      0,
      1,
      accent(`${hex(dynamic.size)} bytes within`, style),
      ...dynamic.within.map((one) => rangePiece(one, style)),
    );
  const ranges = reg.flatMap((one) => regPieces(one, style).slice(0, one.kind === "cpu" ? 1 : undefined));
  return [
    ...ranges,
    ...size,
    ...flags,
    printable(path),
    ...(problem === null ? [] : words(problem, style.bad)),
  ];
}

function sizeText(size: bigint): string {
  return size > BigInt(Number.MAX_SAFE_INTEGER) ? hex(size) : formatSize(Number(size));
}

/** Pieces that a line can be broken between. */
function words(sentence: string, paint: (text: string) => string): Piece[] {
  return printable(sentence)
    .split(" ")
    .map((word) => ({ text: word, paint }));
}

function accent(plain: string, style: Style): Piece {
  return { text: plain, paint: style.accent };
}

function dim(plain: string, style: Style): Piece {
  return { text: plain, paint: style.dim };
}

function bad(plain: string, style: Style): Piece {
  return { text: plain, paint: style.bad };
}

function text(property: Property | undefined): string {
  return texts(property).join(" ");
}

/** The strings, or nothing where there are none to show. */
function texts(property: Property | undefined): string[] {
  return property?.bytes.at(-1) === 0 ? property.strings().map((one) => printable(one)) : [];
}
