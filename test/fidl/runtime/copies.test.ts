import { describe, expect, it } from "vitest";
import { byteArray, bytes, decodeBody, encodeBody, struct } from "../../../src/fidl/runtime/index.ts";

const COUNT = 200;
const CODEC = struct("test/Copies", { a: bytes(), b: byteArray(COUNT), c: bytes() });

describe.each([8, 64, 65, 1000])("bytes of a decoded value, %i of them,", (size) => {
  const value = { a: filled(size, 1), b: filled(COUNT, 2), c: filled(size, 3) };
  const message = encodeBody(CODEC, value).bytes;

  it("belong to the value, not to the message", () => {
    const given = message.slice();
    const decoded = decodeBody(CODEC, given).value;
    given.fill(0xff);
    expect(decoded).toEqual(value);
    decoded.a.fill(0xee);
    expect(given.includes(0xee)).toBe(false);
  });

  it("stay as they are when the next message is decoded", () => {
    const first = decodeBody(CODEC, message).value;
    const other = { a: filled(size, 4), b: filled(COUNT, 5), c: filled(size, 6) };
    expect(decodeBody(CODEC, encodeBody(CODEC, other).bytes).value).toEqual(other);
    expect(first).toEqual(value);
  });

  it("do not overlap", () => {
    const decoded = decodeBody(CODEC, message).value;
    decoded.a.fill(7);
    decoded.b.fill(8);
    expect(decoded).toEqual({ a: filled(size, 7), b: filled(COUNT, 8), c: value.c });
  });
});

function filled(size: number, value: number): Uint8Array {
  return new Uint8Array(size).fill(value);
}
