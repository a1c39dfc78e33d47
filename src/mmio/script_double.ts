/** A device double that expects exactly these accesses, of these widths, in this one order. */

import { split } from "../registers/halves.ts";
import type { RegisterNames } from "../registers/names.ts";
import type { RegisterInfo } from "../registers/register.ts";
import type { AccessKind, Io } from "../zx/memory.ts";
import { hex } from "../zx/pages.ts";
import { bigArgument, numberArgument } from "./arguments.ts";
import type { AccessWidth } from "./mapping.ts";
import { MmioBuffer, type MmioOverOptions } from "./mmio_buffer.ts";

/**
 * A driver did something else than a script says. Not a ZxError: no driver mistakes it for a failing device.
 */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
}

interface Action {
  readonly op: AccessKind;
  readonly width: AccessWidth;
  readonly offset: number;
  readonly value: bigint;
}

export interface ScriptOptions extends MmioOverOptions {
  /** Names registers in messages. */
  readonly registers?: RegisterNames;
}

/**
 * ```ts
 * const script = new MmioScript(0x1000)
 *   .read32(0x00, 0x010000ed)
 *   .write32(0x20, 0x80);
 * start(script.mmio);
 * script.done();
 * ```
 * The first difference ends it: that access, every later one, and `done` throw the same ScriptError, as in "action #5: expected
 * read32 at 0x0, got read32 at 0x24". One order for all registers, as Fuchsia's mock_mmio::GloballyOrderedRegion has it.
 */
export class MmioScript {
  readonly mmio: MmioBuffer;
  readonly #registers: RegisterNames | undefined;
  readonly #actions: Action[] = [];
  #next = 0;
  #failure: ScriptError | undefined;

  /** `size`: bytes of the buffer. */
  constructor(size: number, options: ScriptOptions = {}) {
    this.#registers = options.registers;
    this.mmio = MmioBuffer.over(this.#io(), size, { name: "script", ...options });
  }

  /** Expects a read of 8 bits, which gives `value`. */
  read8(offset: number, value: number): this {
    return this.#expect("read", 8, offset, value);
  }
  read16(offset: number, value: number): this {
    return this.#expect("read", 16, offset, value);
  }
  read32(offset: number, value: number): this {
    return this.#expect("read", 32, offset, value);
  }
  read64(offset: number, value: bigint): this {
    return this.#expect("read", 64, offset, value);
  }
  /** Expects a write of 8 bits, of exactly `value`. */
  write8(offset: number, value: number): this {
    return this.#expect("write", 8, offset, value);
  }
  write16(offset: number, value: number): this {
    return this.#expect("write", 16, offset, value);
  }
  write32(offset: number, value: number): this {
    return this.#expect("write", 32, offset, value);
  }
  write64(offset: number, value: bigint): this {
    return this.#expect("write", 64, offset, value);
  }

  /** The same for a declared register: `script.read(Edu.layout.Status, { computing: 1 })`. */
  read(register: RegisterInfo, value: number | bigint | Readonly<Record<string, unknown>>): this {
    return this.#expect("read", register.width, register.offset, rawOf(register, value));
  }
  write(register: RegisterInfo, value: number | bigint | Readonly<Record<string, unknown>>): this {
    return this.#expect("write", register.width, register.offset, rawOf(register, value));
  }

  /** Throws a ScriptError unless all actions were made, and nothing else. */
  done(): void {
    if (this.#failure !== undefined) throw this.#failure;
    const action = this.#actions[this.#next];
    if (action !== undefined) this.#fail(`expected ${this.#show(action)}, but nothing more came`);
  }

  #expect(op: AccessKind, width: AccessWidth, offset: number, value: number | bigint): this {
    const bits =
      typeof value === "bigint"
        ? bigArgument("value", value, width)
        : BigInt(numberArgument("value", value, Math.min(width, 32)));
    this.#actions.push({ op, width, offset, value: bits });
    return this;
  }

  /** The value that an access reads. */
  #play(got: Action): bigint {
    if (this.#failure !== undefined) throw this.#failure;
    const action = this.#actions[this.#next];
    if (action === undefined) this.#fail(`expected nothing more, got ${this.#show(got)}`);
    const same = action.op === got.op && action.width === got.width && action.offset === got.offset;
    if (!same || (got.op === "write" && action.value !== got.value)) {
      const asRead = action.op === "read" || got.op === "read";
      this.#fail(`expected ${this.#show(action, !asRead)}, got ${this.#show(got, !asRead)}`);
    }
    this.#next++;
    return action.value;
  }

  #fail(text: string): never {
    this.#failure = new ScriptError(`action #${this.#next + 1}: ${text}`);
    throw this.#failure;
  }

  #show({ op, width, offset, value }: Action, withValue = op === "write"): string {
    const name = this.#registers?.nameAt(offset, op);
    const place = name === undefined ? hex(offset) : `${name} (${hex(offset)})`;
    return withValue ? `${op}${width} of ${hex(value, width / 4)} at ${place}` : `${op}${width} at ${place}`;
  }

  #io(): Io {
    const read = (width: AccessWidth, offset: number) => this.#play({ op: "read", width, offset, value: 0n });
    const write = (width: AccessWidth, offset: number, value: bigint) =>
      void this.#play({ op: "write", width, offset, value });
    const io = {
      high: 0,
      read8: (offset: number) => Number(read(8, offset)),
      read16: (offset: number) => Number(read(16, offset)),
      read32: (offset: number) => Number(read(32, offset)),
      read64: (offset: number) => {
        const { low, high } = split(read(64, offset));
        io.high = high;
        return low;
      },
      write8: (offset: number, value: number) => write(8, offset, BigInt(value)),
      write16: (offset: number, value: number) => write(16, offset, BigInt(value)),
      write32: (offset: number, value: number) => write(32, offset, BigInt(value)),
      write64: (offset: number, low: number, high: number) =>
        write(64, offset, (BigInt(high) << 32n) | BigInt(low)),
    };
    return io;
  }
}

function rawOf(
  register: RegisterInfo,
  value: number | bigint | Readonly<Record<string, unknown>>,
): number | bigint {
  return typeof value === "object" ? register.encode(value) : value;
}
