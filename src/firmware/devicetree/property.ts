import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import type { DeviceTreeNode } from "./node.ts";
import { utf8 } from "./text.ts";

/**
 * A property: a name, and bytes that only its binding gives a meaning. The typed views (`u32`, `strings`, ...) throw
 * IO_DATA_INTEGRITY where the bytes cannot be that. Source: Devicetree Specification v0.4, 2.2.4.
 */
export class Property {
  readonly node: DeviceTreeNode;
  readonly name: string;
  readonly #blob: Uint8Array;
  readonly #start: number;
  readonly length: number;

  constructor(node: DeviceTreeNode, name: string, blob: Uint8Array, start: number, length: number) {
    this.node = node;
    this.name = name;
    this.#blob = blob;
    this.#start = start;
    this.length = length;
  }

  /** The value. Not a copy: it must not be changed. */
  get bytes(): Uint8Array {
    return this.#blob.subarray(this.#start, this.#start + this.length);
  }

  /** One 32-bit number. */
  u32(): number {
    if (this.length !== 4) throw this.fault("has no 4 bytes to be one number");
    return this.cell(0);
  }

  /** One 64-bit number. */
  u64(): bigint {
    if (this.length !== 8) throw this.fault("has no 8 bytes to be one 64-bit number");
    return (BigInt(this.cell(0)) << 32n) | BigInt(this.cell(1));
  }

  /** The 32-bit number at `index` (in cells), which must be inside. */
  cell(index: number): number {
    const at = this.#start + 4 * index;
    const blob = this.#blob;
    return ((blob[at]! << 24) | (blob[at + 1]! << 16) | (blob[at + 2]! << 8) | blob[at + 3]!) >>> 0;
  }

  /** 32-bit numbers. */
  cells(): number[] {
    if (this.length % 4 !== 0) throw this.fault("is no list of 4-byte cells");
    const cells: number[] = [];
    for (let i = 0; i < this.length / 4; i++) cells.push(this.cell(i));
    return cells;
  }

  /** Whether the value is this string (of ASCII characters), and nothing else. */
  isString(text: string): boolean {
    if (this.length !== text.length + 1 || this.#blob[this.#start + text.length] !== 0) return false;
    for (let i = 0; i < text.length; i++)
      if (this.#blob[this.#start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** A string, without the NUL at its end. */
  string(): string {
    const strings = this.strings();
    if (strings.length !== 1) throw this.fault(`is no string, but ${strings.length}`);
    return strings[0]!;
  }

  /** Strings, each with a NUL at its end. */
  strings(): string[] {
    const end = this.#start + this.length;
    if (this.length > 0 && this.#blob[end - 1] !== 0)
      throw this.fault("is no string: there is no NUL at its end");
    const strings: string[] = [];
    for (let start = this.#start, at = start; at < end; at++) {
      if (this.#blob[at] !== 0) continue;
      strings.push(utf8(this.#blob, start, at));
      start = at + 1;
    }
    return strings;
  }

  /** An error that says which property of which node, and where it stands in the file, if it came from one. */
  fault(what: string): ZxError {
    const place = this.#blob.length === this.length ? "" : ` (byte ${hex(this.#start)})`;
    const size = `${this.length} ${this.length === 1 ? "byte" : "bytes"}`;
    return new ZxError("IO_DATA_INTEGRITY", `${this.node.path}: ${this.name}${place}, ${size}, ${what}`);
  }
}
