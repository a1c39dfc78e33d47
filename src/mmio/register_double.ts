/** A device double made of a register declaration, to which a test adds what its device does. */
import type { Entries } from "../registers/declare.ts";
import { afterRead, afterWrite, readResult } from "../registers/effects.ts";
import { type Halves, split } from "../registers/halves.ts";
import type { PlacedRegister } from "../registers/layout.ts";
import type { Hit, RegisterSet } from "../registers/registers.ts";
import type { RegisterValue } from "../registers/value.ts";
import { ZxError } from "../zx/error.ts";
import type { AccessKind, Io } from "../zx/memory.ts";
import { hex } from "../zx/pages.ts";
import { MmioBuffer, type MmioOverOptions } from "./mmio_buffer.ts";

/** What a test's device does at one register. */
export interface RegisterBehaviour {
  /** Called before each read: what it returns is what is read (undefined: what the register holds). */
  read?(held: RegisterValue): number | bigint | undefined;
  /** Called after each write has taken effect on what the register holds. */
  write?(written: RegisterValue): void;
}

interface Cell {
  readonly placed: PlacedRegister;
  held: Halves;
  behaviour: RegisterBehaviour;
}

/**
 * Registers that behave as they are declared: they hold their reset values, fields follow their modes (write one to clear,
 * reading clears, ...). A test says what else happens, by register name:
 *
 * ```ts
 * const device = new RegisterDouble(Edu);
 * device.on("Factorial", { write: () => device.set("Status", { computing: 0 }) });
 * const edu = Edu.on(device.mmio);
 * ```
 * An access with another width than the register's, or where none is declared, is an error that says so.
 */
export class RegisterDouble<E extends Entries> {
  readonly mmio: MmioBuffer;
  readonly #set: RegisterSet<E>;
  readonly #cells = new Map<string, Cell>();

  /** `size` is that of the buffer: up to the last register by default. */
  constructor(set: RegisterSet<E>, options: MmioOverOptions & { readonly size?: number } = {}) {
    this.#set = set;
    for (const placed of set.list) {
      this.#cells.set(placed.name, { placed, held: split(placed.register.reset), behaviour: {} });
    }
    const { size = set.size, ...rest } = options;
    this.mmio = MmioBuffer.over(this.#io(), size, { name: `${set.name} double`, ...rest });
    this.mmio.describe?.(set);
  }

  /** Adds behaviour to a register, `Status` or `Channel[3].Control`. A later one replaces an earlier one. */
  on(name: string, behaviour: RegisterBehaviour): this {
    const cell = this.#cell(name);
    cell.behaviour = { ...cell.behaviour, ...behaviour };
    return this;
  }

  /** What a register holds. */
  get(name: string): number | bigint {
    return this.#value(this.#cell(name)).raw;
  }

  /** Makes a register hold a value, or changes fields of it, whatever their modes: the device does this. */
  set(name: string, value: number | bigint | Readonly<Record<string, unknown>>): void {
    const cell = this.#cell(name);
    const { register } = cell.placed;
    cell.held =
      typeof value === "object"
        ? split(register.encode(value, this.get(name) as never))
        : register.checked(value);
  }

  #cell(name: string): Cell {
    const cell = this.#cells.get(name);
    if (cell === undefined) {
      throw new ZxError(
        "INVALID_ARGS",
        `${this.#set.name} has no register ${JSON.stringify(name)}: ${[...this.#cells.keys()].join(", ")}`,
      );
    }
    return cell;
  }

  #value({ placed, held }: Cell): RegisterValue {
    return new placed.register.Value(held.low, held.high);
  }

  #find(op: AccessKind, width: number, offset: number): Cell {
    const hit: Hit | undefined = this.#set.at(offset, op);
    if (hit === undefined) {
      throw new ZxError("NOT_SUPPORTED", `${this.#set.name} declares no register at ${hex(offset)}`);
    }
    if (hit.byte !== 0 || hit.register.width !== width) {
      throw new ZxError(
        "NOT_SUPPORTED",
        `${hit.name} is a register of ${hit.register.width} bits at ${hex(hit.offset)}`,
      );
    }
    if (!(op === "read" ? hit.register.readable : hit.register.writable)) {
      throw new ZxError("NOT_SUPPORTED", `${hit.name} is declared ${hit.register.mode}`);
    }
    return this.#cell(hit.name);
  }

  #read(width: number, offset: number): Halves {
    const cell = this.#find("read", width, offset);
    const { register } = cell.placed;
    const answer = cell.behaviour.read?.(this.#value(cell));
    const result = answer === undefined ? readResult(register, cell.held) : register.checked(answer);
    cell.held = afterRead(register, cell.held);
    return result;
  }

  #write(width: number, offset: number, written: Halves): void {
    const cell = this.#find("write", width, offset);
    const { register } = cell.placed;
    cell.held = afterWrite(register, cell.held, written);
    cell.behaviour.write?.(new register.Value(written.low, written.high));
  }

  #io(): Io {
    const read = (width: number, offset: number) => this.#read(width, offset).low;
    const write = (width: number, offset: number, value: number) =>
      this.#write(width, offset, { low: value, high: 0 });
    const io = {
      high: 0,
      read8: (offset: number) => read(8, offset),
      read16: (offset: number) => read(16, offset),
      read32: (offset: number) => read(32, offset),
      read64: (offset: number) => {
        const { low, high } = this.#read(64, offset);
        io.high = high;
        return low;
      },
      write8: (offset: number, value: number) => write(8, offset, value),
      write16: (offset: number, value: number) => write(16, offset, value),
      write32: (offset: number, value: number) => write(32, offset, value),
      write64: (offset: number, low: number, high: number) => this.#write(64, offset, { low, high }),
    };
    return io;
  }
}
