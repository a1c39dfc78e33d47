import { describe, expect, it } from "vitest";
import loadWabt from "wabt";
import { ACCESSORS_WASM } from "../../src/mmio/accessors.generated.ts";
import { accessorsOf } from "../../src/mmio/accessors.ts";
import { wasmMemory } from "../support/bare_process.ts";

describe("the accessor module", () => {
  it("has one instance for each memory", () => {
    const memory = wasmMemory();
    expect(accessorsOf(memory)).toBe(accessorsOf(memory));
    expect(accessorsOf(wasmMemory())).not.toBe(accessorsOf(memory));
  });

  it("polls at least once and at most as often as it is told", () => {
    const memory = wasmMemory();
    const { poll32, write32 } = accessorsOf(memory);
    write32(0x1000, 6);
    for (const bound of [-1, 0, 1, 5]) expect(poll32(0x1000, 0xff, 7, bound)).toBe(6);
  });

  it("moves nothing where there is nothing to move", () => {
    const memory = wasmMemory();
    const { move8, moved } = accessorsOf(memory);
    move8(0x1000, 1, 0x2000, 1, 0);
    expect(moved()).toBe(0);
  });

  it("reaches the last byte of its memory, and traps beyond", () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const { read8, read16, write8, moved, move8 } = accessorsOf(memory);
    write8(65535, 0x5a);
    expect(read8(65535)).toBe(0x5a);
    expect(() => read16(65535)).toThrow(WebAssembly.RuntimeError);
    expect(() => move8(0, 1, 65533, 1, 9)).toThrow(WebAssembly.RuntimeError);
    expect(moved()).toBe(3);
  });
});

describe("an accessor, as it was compiled,", async () => {
  const bytes = Uint8Array.from(Buffer.from(ACCESSORS_WASM, "base64"));
  const text = (await loadWabt()).readWasm(bytes, { readDebugNames: true, threads: true }).toText({});
  const [, ...functions] = text.split("(func (;");
  const bodies = functions.map((body) => body.match(/\b[if]\d+\.(load|store)\w*|atomic\.\w+/g) ?? []);
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(bytes));
  const accesses = (name: string) => bodies[Number(new RegExp(`"${name}" \\(func (\\d+)`).exec(text)![1])];

  const expected: Record<string, string[]> = {
    high: [],
    moved: [],
    read8: ["i32.load8_u"],
    read16: ["i32.load16_u"],
    read32: ["i32.load"],
    read64: ["i64.load"],
    write8: ["i32.store8", "atomic.fence"],
    write16: ["i32.store16", "atomic.fence"],
    write32: ["i32.store", "atomic.fence"],
    write64: ["i64.store", "atomic.fence"],
    move8: ["i32.load8_u", "i32.store8", "atomic.fence"],
    move16: ["i32.load16_u", "i32.store16", "atomic.fence"],
    move32: ["i32.load", "i32.store", "atomic.fence"],
    move64: ["i64.load", "i64.store", "atomic.fence"],
    poll8: ["i32.load8_u"],
    poll16: ["i32.load16_u"],
    poll32: ["i32.load"],
    poll64: ["i64.load"],
  };

  it.each(Object.entries(expected))("%s, makes exactly the accesses of its name", (name, instructions) => {
    expect(accesses(name)).toEqual(instructions);
  });

  it("is one of these", () => {
    expect(exported.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort());
  });
});
