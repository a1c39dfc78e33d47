import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";
import {
  DeviceTree,
  type DeviceTreeNode,
  type DeviceTreeOptions,
} from "../../../src/firmware/devicetree/index.ts";
import { findProgram } from "../../support/programs.ts";

/** A node as a literal: numbers are cells, `true` is a property without a value, objects are nodes. */
export interface Literal {
  readonly [name: string]: string | number | true | readonly (string | number)[] | Uint8Array | Literal;
}

/** A tree of a literal: `tree({ "#size-cells": 1, "uart@0": { reg: [0, 4] } })`. */
export function tree(literal: Literal, options: DeviceTreeOptions = {}): DeviceTree {
  const made = new DeviceTree(options);
  fill(made.root, literal);
  return made;
}

function fill(node: DeviceTreeNode, literal: Literal): void {
  for (const [name, value] of Object.entries(literal)) {
    if (isLiteral(value)) fill(node.addNode(name), value);
    else node.setProperty(name, valueBytes(value));
  }
}

function isLiteral(value: Literal[string]): value is Literal {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function valueBytes(value: Exclude<Literal[string], Literal>): Uint8Array {
  if (value === true) return new Uint8Array();
  if (value instanceof Uint8Array) return value;
  const parts = typeof value === "string" || typeof value === "number" ? [value] : value;
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "number"
        ? [part >>> 24, (part >>> 16) & 0xff, (part >>> 8) & 0xff, part & 0xff]
        : [...new TextEncoder().encode(part), 0],
    ),
  );
}

/** The node at a path that is there. */
export function at(from: DeviceTree, path: string): DeviceTreeNode {
  const node = from.find(path);
  if (node === undefined) throw new Error(`no node ${path}`);
  return node;
}

/** A tree as nested data, for comparisons: properties as hexadecimal text, both kinds in their order. */
export function asData(from: DeviceTree): unknown {
  const data = [...from.nodes()].map((node) => [
    node.path,
    [...node.properties.values()].map(({ name, bytes }) => `${name}=${Buffer.from(bytes).toString("hex")}`),
  ]);
  return { bootCpu: from.bootCpu, reservations: from.reservations, data };
}

/** Runs a program of the device tree compiler's package on files in a folder of its own. */
export function withFiles<T>(
  files: Readonly<Record<string, Uint8Array | string>>,
  use: (folder: string) => T,
): T {
  const folder = mkdtempSync(join(tmpdir(), "zirconia-dt-"));
  try {
    for (const [name, contents] of Object.entries(files)) writeFileSync(join(folder, name), contents);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `dtc -I <from> -O <to>`; throws what it says when it fails. */
export function dtc(
  from: "dts" | "dtb",
  to: "dts" | "dtb",
  input: Uint8Array | string,
  ...options: string[]
): Buffer {
  const { status, stdout, stderr } = spawnSync("dtc", ["-q", "-I", from, "-O", to, ...options, "-"], {
    input,
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`dtc: ${stderr}`);
  return stdout;
}

/** What dtc makes of a file, in an order that does not depend on the file's. */
export function asDtcSeesIt(dtb: Uint8Array): string {
  return dtc("dtb", "dts", dtb, "-s").toString("latin1");
}

/** Tests that are skipped where there is no dtc, with the reason in their name. */
export function describeWithDtc(subject: string, tests: () => void): void {
  const isMissing = findProgram("dtc") === undefined;
  describe.skipIf(isMissing)(
    `${subject}${isMissing ? " (skipped: apt-get install device-tree-compiler)" : ""}`,
    tests,
  );
}

const CORPUS = fileURLToPath(new URL("../../../../shared/corpus/dtb/", import.meta.url));

/** Device trees of real boards; none where the folder with them is not beside this project's. */
export const corpus: readonly { readonly name: string; readonly read: () => Buffer }[] = existsSync(CORPUS)
  ? readdirSync(CORPUS)
      .filter((name) => name.endsWith(".dtb"))
      .map((name) => ({ name, read: () => readFileSync(join(CORPUS, name)) }))
  : [];

/** Tests with real trees (and dtc), skipped where either is missing. */
export function describeWithCorpus(subject: string, tests: () => void): void {
  const isMissing = corpus.length === 0;
  if (isMissing) describe.skip(`${subject} (skipped: no ../shared/corpus/dtb)`, tests);
  else describeWithDtc(subject, tests);
}
