import { describe, expect, test } from "vitest";
import {
  parseDeviceTree,
  phandleList,
  serializeDeviceTree,
  standardOutput,
  statusOf,
} from "../../../src/firmware/devicetree/index.ts";
import { at, tree } from "./support.ts";

describe("a property", () => {
  const { root } = tree({
    one: 0xffff_fffe,
    two: [0x1234_5678, 0x9abc_def0],
    text: "ns16550a",
    texts: ["arm,pl011", "", "größer"],
    empty: true,
    bytes: Uint8Array.of(1, 2, 3),
  });
  const get = (name: string) => root.get(name)!;

  test("is a 32-bit number where it has 4 bytes", () => {
    expect(get("one").u32()).toBe(0xffff_fffe);
    expect(() => get("two").u32()).toThrow(
      "IO_DATA_INTEGRITY: /: two, 8 bytes, has no 4 bytes to be one number",
    );
  });

  test("is a 64-bit number where it has 8 bytes", () => {
    expect(get("two").u64()).toBe(0x1234_5678_9abc_def0n);
    expect(() => get("one").u64()).toThrow("/: one, 4 bytes, has no 8 bytes to be one 64-bit number");
  });

  test("is cells where it has a multiple of 4 bytes", () => {
    expect(get("two").cells()).toEqual([0x1234_5678, 0x9abc_def0]);
    expect(get("empty").cells()).toEqual([]);
    expect(() => get("bytes").cells()).toThrow("/: bytes, 3 bytes, is no list of 4-byte cells");
  });

  test("is strings where the last byte is a NUL", () => {
    expect(get("text").string()).toBe("ns16550a");
    expect(get("texts").strings()).toEqual(["arm,pl011", "", "größer"]);
    expect(get("empty").strings()).toEqual([]);
    expect(() => get("texts").string()).toThrow("is no string, but 3");
    expect(() => get("empty").string()).toThrow("is no string, but 0");
    expect(() => get("bytes").strings()).toThrow("there is no NUL at its end");
  });

  test("is compared to a string byte for byte", () => {
    expect(get("text").isString("ns16550a")).toBe(true);
    for (const other of ["ns16550", "ns16550b", "ns16550ab", ""])
      expect(get("text").isString(other)).toBe(false);
    expect(get("bytes").isString("\u0001\u0002")).toBe(false);
  });

  test("of a file says where it stands when it is not what it should be", () => {
    const read = parseDeviceTree(serializeDeviceTree(tree({ p: Uint8Array.of(1, 2, 3) })));
    expect(() => read.root.get("p")!.u32()).toThrow("/: p (byte 0x4c), 3 bytes, has no 4 bytes");
  });
});

describe("a reference to nodes", () => {
  const board = tree({
    clk: { phandle: 1, "#clock-cells": 0 },
    pll: { phandle: 2, "#clock-cells": 2 },
    odd: { phandle: 3, "#clock-cells": "1" },
    uart: {
      ok: [2, 7, 8, 0, 1],
      none: [1, 9],
      short: [1, 2, 7],
      cells: [3],
      without: [4],
      bytes: Uint8Array.of(1),
    },
    mux: { phandle: 4 },
  });
  const list = (name: string, cells?: string) => phandleList(at(board, "/uart").get(name)!, cells);
  const paths = (name: string, cells?: string) =>
    list(name, cells).references.map(({ node, args }) => [node?.path, ...args]);

  test("has as many numbers behind it as that node says, and may be left out", () => {
    expect(paths("ok", "#clock-cells")).toEqual([["/pll", 7, 8], [undefined], ["/clk"]]);
    expect(list("ok", "#clock-cells").problem).toBeUndefined();
  });

  test("has none where the binding knows none", () => {
    expect(paths("short")).toEqual([["/clk"], ["/pll"]]);
  });

  test.each([
    ["none", "entry 1 of none refers to phandle 0x9, which no node has", 1],
    ["short", "entry 1 of short refers to /pll, whose #clock-cells is 2, but 1 cells are left", 1],
    ["cells", "entry 0 of cells refers to /odd, whose #clock-cells is no number", 0],
    ["without", "entry 0 of without refers to /mux, which has no #clock-cells", 0],
    ["bytes", "/uart: bytes, 1 byte, is no list of 4-byte cells", 0],
  ])("that is broken (%s) ends the list", (name, problem, before) => {
    expect(list(name, "#clock-cells").problem).toMatch(problem);
    expect(list(name, "#clock-cells").references).toHaveLength(before);
  });
});

describe("a node", () => {
  const board = tree({
    aliases: { serial0: "/soc/uart@1000", broken: "/nowhere", circle: "circle", phandle: 1 },
    __symbols__: { uart: "/soc/uart@1000", gone: "/gone" },
    chosen: { "stdout-path": "serial0:115200n8" },
    soc: {
      "uart@1000": { phandle: 5, child: {} },
      "uart@2000": { "linux,phandle": 6 },
      other: { phandle: 5 },
    },
  });

  test("is found by its path, whose names may lack unit addresses", () => {
    expect(board.find("/")).toBe(board.root);
    expect(board.find("/soc/uart@2000")?.name).toBe("uart@2000");
    expect(board.find("/soc/uart/child")?.path).toBe("/soc/uart@1000/child");
    expect(board.find("/soc/uart@3000")).toBeUndefined();
    expect(board.find("/soc/ua")).toBeUndefined();
    expect(board.find("")?.path).toBe("/");
  });

  test("is found by an alias in front of a path", () => {
    expect(board.find("serial0")?.path).toBe("/soc/uart@1000");
    expect(board.find("serial0/child")?.path).toBe("/soc/uart@1000/child");
    expect(board.find("serial1")).toBeUndefined();
    expect(board.find("circle")).toBeUndefined();
    expect([...board.aliases].map(([name, { path, node }]) => [name, path, node?.name])).toEqual([
      ["serial0", "/soc/uart@1000", "uart@1000"],
      ["broken", "/nowhere", undefined],
    ]);
  });

  test("is found by its label, where the tree has symbols", () => {
    expect(board.symbols.get("uart")?.node?.path).toBe("/soc/uart@1000");
    expect(board.symbols.get("gone")).toEqual({ path: "/gone", node: undefined });
  });

  test("is found by its phandle, the first one where two claim it", () => {
    expect(board.nodeByPhandle(5)?.name).toBe("uart@1000");
    expect(board.nodeByPhandle(6)?.name).toBe("uart@2000");
    expect(board.nodeByPhandle(7)).toBeUndefined();
  });

  test("that is new is found, too", () => {
    const growing = tree({ a: { phandle: 1 } });
    expect(growing.nodeByPhandle(2)).toBeUndefined();
    growing.root.addNode("b").setProperty("phandle", Uint8Array.of(0, 0, 0, 2));
    expect(growing.nodeByPhandle(2)?.name).toBe("b");
    expect(() => growing.root.addNode("b")).toThrow("ALREADY_EXISTS: / has a node b already");
  });

  test("can be the console", () => {
    expect(standardOutput(board)).toMatchObject({
      path: "serial0",
      options: "115200n8",
      node: { name: "uart@1000" },
    });
    expect(standardOutput(tree({ chosen: { "linux,stdout-path": "/x" } }))).toEqual({
      path: "/x",
      options: undefined,
      node: undefined,
    });
    expect(standardOutput(tree({ chosen: { "stdout-path": true } }))).toBeUndefined();
    expect(standardOutput(tree({}))).toBeUndefined();
  });

  test.each([
    [undefined, "okay"],
    ["okay", "okay"],
    ["ok", "okay"],
    ["disabled", "disabled"],
    ["reserved", "reserved"],
    ["fail", "fail"],
    ["fail-sensor", "fail"],
    ["OKAY", "invalid"],
    ["", "invalid"],
    [["okay", "disabled"], "invalid"],
    [7, "invalid"],
    [true, "invalid"],
  ] as const)("with the status %o is %s", (status, expected) => {
    expect(statusOf(at(tree({ a: status === undefined ? {} : { status } }), "/a"))).toBe(expected);
  });
});
