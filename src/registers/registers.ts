/** `registers(...)`: one declaration that serves a driver, a device model, dumps, traces and documentation. */
import { ZxError } from "../zx/error.ts";
import type { RegisterPlace } from "../zx/memory.ts";
import { hex } from "../zx/pages.ts";
import type { Entries } from "./declare.ts";
import { dumpRegister, skippedLine } from "./dump.ts";
import { split } from "./halves.ts";
import type { RegisterIo } from "./io.ts";
import { compile, type Layout, layoutOf, type Node, type PlacedRegister, place, putOn } from "./layout.ts";
import { Modes } from "./modes.ts";
import type { RegisterNames } from "./names.ts";
import type { RegistersOn } from "./types.ts";

type Op = "read" | "write";

/** Where an access falls. */
export interface Hit extends PlacedRegister {
  /** Bytes from the start of the register: 0 for an access at its own offset. */
  readonly byte: number;
}

export interface DumpOptions {
  /** Read registers too whose reading changes the device (default false). */
  readonly readEffects?: boolean;
}

/** The registers of a kind of device. */
export class RegisterSet<E extends Entries = Entries> implements RegisterNames {
  readonly name: string;
  /** Bytes up to the end of the last register. */
  readonly size: number;
  /** By name, as declared: offsets, widths, fields, reset values; `layout.Status.encode({ computing: 1 })`. */
  readonly layout: Layout<E>;
  /** Every register, elements of arrays included, by ascending offset. */
  readonly list: readonly PlacedRegister[];
  readonly #root: Node;

  /** Throws INVALID_ARGS, naming what is wrong with the declaration. */
  constructor(name: string, entries: E) {
    this.name = name;
    this.#root = compile({ kind: "block", offset: 0, entries }, name, "", 0);
    this.list = place(this.#root, name);
    this.size = this.list.reduce(
      (end, { offset, register }) => Math.max(end, offset + register.width / 8),
      0,
    );
    this.layout = layoutOf(this.#root) as Layout<E>;
  }

  /**
   * These registers on a device: an MmioBuffer, a view, a test double. From then on its errors and traces name them.
   *
   * No access is made.
   */
  on(io: RegisterIo): RegistersOn<E> {
    io.describe?.(this);
    return putOn(
      this.#root,
      0,
      "",
      ({ Access }, offset, name) => new Access(io, offset, name),
    ) as RegistersOn<E>;
  }

  get places(): readonly RegisterPlace[] {
    return this.list.map(({ name, offset, register }) => ({
      name,
      offset,
      size: register.width / 8,
      readable: register.readable && !register.overlay,
      writable: register.writable && !register.overlay,
    }));
  }

  /** The register at a byte offset, or undefined. Where two share it, the one that can be accessed in the way of `op`. */
  at(offset: number, op: Op = "read"): Hit | undefined {
    let index = this.#lastAtOrBefore(offset);
    let second: Hit | undefined;
    // The widest register has 8 bytes, so whoever covers `offset` starts at most 7 before it.
    for (; index >= 0 && offset - this.list[index]!.offset < 8; index--) {
      const placed = this.list[index]!;
      const byte = offset - placed.offset;
      const { register } = placed;
      if (byte >= register.width / 8) continue;
      if (!register.overlay && (op === "read" ? register.readable : register.writable))
        return { ...placed, byte };
      second = { ...placed, byte };
    }
    return second;
  }

  nameAt(offset: number, op: Op): string | undefined {
    const hit = this.at(offset, op);
    return hit && (hit.byte === 0 ? hit.name : `${hit.name}+${hex(hit.byte)}`);
  }

  fieldsAt(offset: number, width: number, op: Op, value: number | bigint): string | undefined {
    const hit = this.at(offset, op);
    if (
      hit === undefined ||
      hit.byte !== 0 ||
      hit.register.width !== width ||
      hit.register.fields.length === 0
    )
      return undefined;
    const { low, high } = split(value);
    return hit.register.formatFields(low, high);
  }

  /**
   * The registers of a device as text: each register is read once. Write-only ones are left out, and those whose reading
   * changes the device unless asked for.
   */
  dump(io: RegisterIo, options: DumpOptions = {}): string {
    const lines: string[] = [];
    for (const { register, name, offset } of this.list) {
      if (!register.readable) lines.push(skippedLine(name, offset, Modes[register.mode].title));
      else if (register.readHasEffect && options.readEffects !== true) {
        lines.push(skippedLine(name, offset, "reading changes the device"));
      } else lines.push(...dumpRegister(register, name, offset, ...readHalves(io, offset, register.width)));
    }
    return lines.join("\n");
  }

  #lastAtOrBefore(offset: number): number {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.list[middle]!.offset <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function readHalves(io: RegisterIo, offset: number, width: number): [low: number, high: number] {
  if (width === 64) return [io.read64Halves(offset), io.high];
  return [width === 32 ? io.read32(offset) : width === 16 ? io.read16(offset) : io.read8(offset), 0];
}

/** Declares the registers of a kind of device. */
export function registers<const E extends Entries>(name: string, entries: E): RegisterSet<E> {
  if (typeof name !== "string" || name === "")
    throw new ZxError("INVALID_ARGS", "registers: a declaration needs a name");
  return new RegisterSet(name, entries);
}
