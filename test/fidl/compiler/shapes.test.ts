/** Sizes on the wire, each worked out by hand from the rules of wire format v2. */
import { describe, expect, it } from "vitest";
import { type Shape, UNBOUNDED } from "../../../src/fidl/compiler/index.ts";
import { compiled, declared } from "./support.ts";

type Short = [
  size: number,
  alignment: number,
  depth: number,
  handles: number,
  outOfLine: number,
  flags: string,
];

/** Flags: p has padding, f can contain unknown members. */
function short(shape: Shape): Short {
  const flags = `${shape.hasPadding ? "p" : ""}${shape.hasFlexibleEnvelope ? "f" : ""}`;
  const { inlineSize, alignment, depth, maxHandles, maxOutOfLine } = shape;
  return [inlineSize, alignment, depth, maxHandles, maxOutOfLine, flags];
}

const M = UNBOUNDED;

describe("the shape of a member's type", () => {
  it.each<[string, Short]>([
    ["bool", [1, 1, 0, 0, 0, ""]],
    ["int64", [8, 8, 0, 0, 0, ""]],
    ["float32", [4, 4, 0, 0, 0, ""]],
    ["string", [16, 8, 1, 0, M, "p"]],
    ["string:5", [16, 8, 1, 0, 8, "p"]],
    ["vector<uint8>:16", [16, 8, 1, 0, 16, "p"]],
    ["vector<uint64>:3", [16, 8, 1, 0, 24, ""]],
    ["vector<uint8>", [16, 8, 1, 0, M, "p"]],
    ["vector<vector<uint32>:3>:2", [16, 8, 2, 0, 2 * 16 + 2 * 16, "p"]],
    ["array<uint16, 5>", [10, 2, 0, 0, 0, ""]],
    ["array<string:8, 3>", [48, 8, 1, 0, 24, "p"]],
    ["zx.Handle", [4, 4, 0, 1, 0, ""]],
    ["vector<zx.Handle>:7", [16, 8, 1, 7, 32, "p"]],
    ["client_end:P", [4, 4, 0, 1, 0, ""]],
    ["box<struct { a uint16; }>", [8, 8, 1, 0, 8, "p"]],
    ["enum : uint16 {}", [2, 2, 0, 0, 0, ""]],
    ["bits : uint64 {}", [8, 8, 0, 0, 0, ""]],
    ["struct {}", [1, 1, 0, 0, 0, ""]],
    ["table {}", [16, 8, 1, 0, 0, "f"]],
    ["table { 1: a bool; }", [16, 8, 2, 0, 8, "pf"]],
    ["table { 1: a uint32; }", [16, 8, 2, 0, 8, "f"]],
    ["table { 2: a uint64; }", [16, 8, 2, 0, 16 + 8, "f"]],
    ["table { 1: a uint64; 2: b string:8; }", [16, 8, 3, 0, 16 + 8 + 16 + 8, "pf"]],
    ["union {}", [16, 8, 0, 0, 0, "f"]],
    ["strict union { 1: a uint32; }", [16, 8, 1, 0, 0, ""]],
    ["strict union { 1: a uint8; 2: b uint64; }", [16, 8, 1, 0, 8, "p"]],
    ["resource union { 1: a zx.Handle; 2: b vector<zx.Handle>:4; }", [16, 8, 2, 4, 32, "pf"]],
  ])("%s", (type, expected) => {
    const ir = compiled(
      `using zx;\nalias H = zx.Handle;\nprotocol P {};\ntype S = resource struct { member ${type}; };`,
    );
    expect(short(declared(ir, "S", "struct").members[0]!.type.shape)).toEqual(expected);
  });
});

describe("structs", () => {
  it("place each member at its alignment, and pad the end", () => {
    const ir = compiled("type S = struct { a bool; b uint32; c uint8; d uint64; e struct {}; f uint16; };");
    const struct = declared(ir, "S", "struct");
    expect(struct.members.map(({ name, offset, padding }) => [name, offset, padding])).toEqual([
      ["a", 0, 3],
      ["b", 4, 0],
      ["c", 8, 7],
      ["d", 16, 0],
      ["e", 24, 1],
      ["f", 26, 4],
    ]);
    expect(short(struct.shape)).toEqual([32, 8, 0, 0, 0, "p"]);
  });

  it("add up what their members have out of line, and are as deep as the deepest", () => {
    const ir = compiled("type S = struct { a string:8; b vector<string:8>:2; };");
    expect(short(declared(ir, "S", "struct").shape)).toEqual([32, 8, 2, 0, 8 + 32 + 16, "p"]);
  });

  it("can be the largest that a struct can be", () => {
    const ir = compiled("type S = struct { a array<uint8, 65535>; };");
    expect(declared(ir, "S", "struct").shape.inlineSize).toBe(65_535);
  });
});

describe("types that contain themselves", () => {
  it("have no limit", () => {
    const ir = compiled("type S = struct { a uint8; next box<S>; };");
    expect(short(declared(ir, "S", "struct").shape)).toEqual([16, 8, M, 0, M, "p"]);
  });

  it("have no limit of handles, either, if one of them has any", () => {
    const ir = compiled(
      "using zx;\ntype A = resource struct { b box<B>; };\ntype B = resource struct { h zx.Handle; g zx.Handle; a box<A>; };",
    );
    expect(short(declared(ir, "A", "struct").shape)).toEqual([8, 8, M, M, M, ""]);
  });

  it("share padding and flexible envelopes with all that they reach", () => {
    const ir = compiled("type A = struct { b B:optional; };\ntype B = union { 1: x uint8; 2: a A; };");
    expect(short(declared(ir, "A", "struct").shape)).toEqual([16, 8, M, 0, M, "pf"]);
  });

  it("make everything that contains them endless", () => {
    const ir = compiled("type S = struct { next box<S>; };\ntype T = table { 1: s S; };");
    expect(short(declared(ir, "T", "table").shape)).toEqual([16, 8, M, 0, M, "f"]);
  });
});
