import { describe, expect, it } from "vitest";
import { type AccessArray, MmioBuffer } from "../../src/mmio/index.ts";
import { BareProcess, FIRST_ADDRESS, VMO, wasmMemory } from "../support/bare_process.ts";
import { FakeDevice } from "../support/fake_machine.ts";

const SIZE = 0x4000;
const widths = [
  [8, Uint8Array, (values: number[]) => Uint8Array.from(values)],
  [16, Uint16Array, (values: number[]) => Uint16Array.from(values)],
  [32, Uint32Array, (values: number[]) => Uint32Array.from(values)],
  [64, BigUint64Array, (values: number[]) => BigUint64Array.from(values.map(BigInt))],
] as const;

function counted() {
  const io = new FakeDevice(SIZE);
  return { io, mmio: MmioBuffer.create(new BareProcess({ io }).zx, { vmo: VMO }) };
}

describe.each(widths)("a transfer of %i-bit elements", (width, _array, from) => {
  it("into a block reads one register, once per element", () => {
    const { io, mmio } = counted();
    mmio.readBlock(0x40, from([0, 0, 0]));
    expect(io.log.splice(0)).toEqual(Array(3).fill(`read${width} 0x40`));
  });

  it("out of a block writes one register, once per element, in order", () => {
    const { io, mmio } = counted();
    mmio.writeBlock(0x40, from([7, 8, 9]));
    expect(io.log.splice(0)).toEqual([7, 8, 9].map((value) => `write${width} 0x40 = 0x${value}`));
  });

  it("of a range accesses each register once, ascending", () => {
    const { io, mmio } = counted();
    const at = (i: number) => `0x${(0x40 + (i * width) / 8).toString(16)}`;
    mmio.writeRange(0x40, from([1, 2, 3]));
    expect(io.log.splice(0)).toEqual([1, 2, 3].map((value, i) => `write${width} ${at(i)} = 0x${value}`));
    const into = from([0, 0, 0]);
    mmio.readRange(0x40, into);
    expect(io.log.splice(0)).toEqual([0, 1, 2].map((i) => `read${width} ${at(i)}`));
    expect(into).toEqual(from([1, 2, 3]));
  });

  it("by copy reads and writes each element once", () => {
    const { io, mmio } = counted();
    const step = width / 8;
    mmio.writeRange(0x40, from([1, 2]));
    io.log.splice(0);
    mmio.copyFrom(0x80, mmio, 0x40, 2, width);
    const hex = (n: number) => `0x${n.toString(16)}`;
    expect(io.log.splice(0)).toEqual([
      `read${width} 0x40`,
      `write${width} 0x80 = 0x1`,
      `read${width} ${hex(0x40 + step)}`,
      `write${width} ${hex(0x80 + step)} = 0x2`,
    ]);
  });

  it("is refused as a whole when a part of it is out of bounds", () => {
    const { io, mmio } = counted();
    const step = width / 8;
    expect(() => mmio.readRange(SIZE - step, from([0, 0]))).toThrow("OUT_OF_RANGE: 2 times read");
    expect(() => mmio.writeRange(SIZE - step, from([0, 0]))).toThrow("OUT_OF_RANGE: 2 times write");
    expect(() => mmio.copyFrom(0, mmio, SIZE - step, 2, width)).toThrow("OUT_OF_RANGE");
    expect(() => mmio.copyFrom(SIZE - step, mmio, 0, 2, width)).toThrow("OUT_OF_RANGE");
    if (width > 8) expect(() => mmio.readBlock(1, from([0]))).toThrow("INVALID_ARGS");
    expect(io.log.splice(0)).toEqual([]);
  });
});

describe.each(widths)("%i-bit elements in RAM of the process", (width, array, from) => {
  const memory = wasmMemory();
  const process = new BareProcess({ memory });
  const mmio = MmioBuffer.create(process.zx, { vmo: VMO });
  const step = width / 8;
  /** RAM beside the mapping, as `zx.memory.bytes` gives it. */
  const ram = new Uint8Array(memory.buffer, FIRST_ADDRESS + 0x10000, 0x100);
  const elements = (count: number) => new array(memory.buffer, ram.byteOffset + 0x40, count) as AccessArray;

  it("are moved as many as there are, and nothing beside them", () => {
    const fill = (value: number) => ram.fill(value);
    for (let i = 0; i < 4; i++) mmio.writeRange(0x40 + i * step, from([i + 1]));
    fill(0xee);
    const three = elements(3);
    mmio.readRange(0x40, three);
    expect(three).toEqual(Object.assign(from([1, 2, 3])));
    expect(ram.subarray(0x40 - 8, 0x40).every((byte) => byte === 0xee)).toBe(true);
    expect(ram.subarray(0x40 + 3 * step, 0x40 + 3 * step + 8).every((byte) => byte === 0xee)).toBe(true);

    mmio.readBlock(0x40 + 3 * step, three);
    expect(three).toEqual(from([4, 4, 4]));

    mmio.writeRange(0x80, from([9, 9, 9, 9, 9]));
    mmio.writeRange(0x80 + step, elements(3));
    const back = from([0, 0, 0, 0, 0]);
    mmio.readRange(0x80, back);
    expect(back).toEqual(from([9, 4, 4, 4, 9]));

    three.set(from([5, 6, 7]) as never);
    mmio.writeBlock(0x80 + step, three);
    mmio.readRange(0x80, back);
    expect(back).toEqual(from([9, 7, 4, 4, 9]));
  });

  it("are copied between buffers of the process in ascending order", () => {
    mmio.writeRange(0x100, from([1, 2, 3, 4]));
    mmio.view(0x100).copyFrom(step, mmio, 0x100, 3, width);
    const back = from([0, 0, 0, 0]);
    mmio.readRange(0x100, back);
    expect(back).toEqual(from([1, 1, 1, 1]));
  });
});

describe("a transfer of garbage", () => {
  const { mmio } = counted();

  it.each([
    [1, 2],
    new Float32Array(1),
    new Int8Array(1),
    new DataView(new ArrayBuffer(8)),
    null,
    undefined,
    "ab",
    4,
  ])("%o is INVALID_ARGS", (array) => {
    for (const method of ["readBlock", "writeBlock", "readRange", "writeRange"] as const) {
      expect(() => mmio[method](0, array as never)).toThrow("INVALID_ARGS: a transfer wants a Uint8Array");
    }
  });

  it("of a copy is INVALID_ARGS too", () => {
    expect(() => mmio.copyFrom(0, {} as never, 0, 1, 32)).toThrow("INVALID_ARGS");
    expect(() => mmio.copyFrom(0, mmio, 0, 1, 24 as never)).toThrow("INVALID_ARGS");
    for (const count of [-1, 1.5, Number.NaN, "1" as never]) {
      expect(() => mmio.copyFrom(0, mmio, 0, count, 32)).toThrow("INVALID_ARGS: copy of");
    }
  });
});
