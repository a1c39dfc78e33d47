/** A processor for tests of address spaces: loads and stores that fault, and are made again when the fault was resolved. */
import createWabt from "wabt";
import type { Memory } from "../../src/zx/memory.ts";

const wabt = await createWabt();
const accessors = new WebAssembly.Module(
  wabt
    .parseWat(
      "accessors.wat",
      `(module
        (import "m" "m" (memory 32768 32768 shared))
        (func (export "load8") (param i32) (result i32) (i32.load8_u (local.get 0)))
        (func (export "load32") (param i32) (result i32) (i32.load (local.get 0)))
        (func (export "store8") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
        (func (export "store32") (param i32 i32) (i32.store (local.get 0) (local.get 1))))`,
      { threads: true },
    )
    .toBinary({}).buffer as Uint8Array<ArrayBuffer>,
);

interface Accessors {
  load8(address: number): number;
  load32(address: number): number;
  store8(address: number, value: number): void;
  store32(address: number, value: number): void;
}

/** Loads and stores as lib/mmio makes them: through a window, and again after a page fault that was resolved. */
export class Cpu {
  readonly #memory: Memory;
  readonly #instances = new Map<WebAssembly.Memory, Accessors>();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  load8(address: number): number {
    return this.#access(address, 1, "read", 0);
  }

  load32(address: number): number {
    return this.#access(address, 4, "read", 0);
  }

  store8(address: number, value: number): void {
    this.#access(address, 1, "write", value);
  }

  store32(address: number, value: number): void {
    this.#access(address, 4, "write", value);
  }

  #access(address: number, size: 1 | 4, access: "read" | "write", value: number): number {
    for (let attempt = 0; attempt < 3; attempt++) {
      const window = this.#memory.window(address, size, () => {});
      try {
        if (access === "read" ? !window.readable : !window.writable) {
          this.#memory.fault(address, access, size);
          throw new Error("the window forbids what the page fault allows");
        }
        if (window.kind === "direct") {
          const cpu = this.#instance(window.memory);
          if (access === "read") return size === 1 ? cpu.load8(address) : cpu.load32(address) >>> 0;
          if (size === 1) cpu.store8(address, value);
          else cpu.store32(address, value);
        } else {
          const { io, offset } = window;
          if (access === "read") return size === 1 ? io.read8(offset) : io.read32(offset);
          if (size === 1) io.write8(offset, value);
          else io.write32(offset, value);
        }
        return 0;
      } catch (error) {
        if (!(error instanceof WebAssembly.RuntimeError)) throw error;
        this.#memory.fault(address, access, size);
      } finally {
        this.#memory.release(window);
      }
    }
    throw new Error(`the access at 0x${address.toString(16)} faults for ever`);
  }

  #instance(memory: WebAssembly.Memory): Accessors {
    const known = this.#instances.get(memory);
    if (known !== undefined) return known;
    const instance = new WebAssembly.Instance(accessors, { m: { m: memory } })
      .exports as unknown as Accessors;
    this.#instances.set(memory, instance);
    return instance;
  }
}
