import { describe, expect, test } from "vitest";
import {
  decodeGicInterrupt,
  type InterruptDescription,
  interruptsOf,
  routeThroughNexus,
} from "../../../src/firmware/devicetree/index.ts";
import { at, type Literal, tree } from "./support.ts";

const GIC = {
  phandle: 1,
  compatible: "arm,gic-400",
  "interrupt-controller": true,
  "#interrupt-cells": 3,
} as const;
const GPIO = { phandle: 2, "interrupt-controller": true, "#interrupt-cells": 2 } as const;

function interrupts(literal: Literal, path: string): InterruptDescription[] {
  return interruptsOf(at(tree(literal), path));
}

function reasons(literal: Literal, path: string): (string | undefined)[] {
  return interrupts(literal, path).map((one) => (one.kind === "unresolved" ? one.reason : undefined));
}

describe("an interrupt", () => {
  test("goes to the nearest interrupt-parent, here or above", () => {
    const board = {
      "interrupt-parent": 1,
      gic: GIC,
      soc: {
        gpio: GPIO,
        uart: { interrupts: [0, 5, 4] },
        key: { "interrupt-parent": 2, interrupts: [7, 8] },
      },
    };
    expect(interrupts(board, "/soc/uart")).toEqual([
      {
        kind: "resolved",
        index: 0,
        name: null,
        controller: "/gic",
        specifier: [0, 5, 4],
        gic: { type: "SPI", number: 5, intid: 37, trigger: "level-high" },
        through: [],
      },
    ]);
    expect(interrupts(board, "/soc/key")).toMatchObject([
      { controller: "/soc/gpio", specifier: [7, 8], gic: null },
    ]);
  });

  test("goes to a controller that it stands in, before any interrupt-parent above that", () => {
    const board = {
      "interrupt-parent": 1,
      gic: GIC,
      gpio: { ...GPIO, hog: { deeper: { interrupts: [3, 1] } } },
    };
    expect(interrupts(board, "/gpio/hog/deeper")).toMatchObject([{ controller: "/gpio", specifier: [3, 1] }]);
  });

  test("has a name where interrupt-names has one", () => {
    const board = tree({ gic: GIC, dev: { "interrupt-parent": 1, interrupts: [0, 1, 4, 1, 2, 8] } });
    expect(interruptsOf(at(board, "/dev"), ["tx"])).toMatchObject([
      { index: 0, name: "tx" },
      { index: 1, name: null, gic: { type: "PPI", intid: 18, trigger: "level-low" } },
    ]);
  });

  test("of interrupts-extended names its own controller, and there counts alone", () => {
    const board = {
      gic: GIC,
      gpio: GPIO,
      dev: { interrupts: [9], "interrupts-extended": [2, 7, 8, 0, 1, 0, 5, 1] },
    };
    expect(interrupts(board, "/dev")).toMatchObject([
      { controller: "/gpio", specifier: [7, 8] },
      { kind: "unresolved", index: 1, reason: "left out: the phandle is 0" },
      { index: 2, controller: "/gic", gic: { type: "SPI", number: 5, trigger: "edge-rising" } },
    ]);
  });

  test.each<[string, Literal, (string | undefined)[]]>([
    ["nowhere to go", { dev: { interrupts: [1] } }, ["there is no interrupt-parent, here or above"]],
    [
      "a parent that is not there",
      { "interrupt-parent": 9, dev: { interrupts: [1] } },
      ["interrupt-parent of / is phandle 0x9, which no node has"],
    ],
    [
      "a parent that takes no interrupts",
      { x: { phandle: 9 }, dev: { "interrupt-parent": 9, interrupts: [1] } },
      ["interrupt-parent of /dev is /x, which has no #interrupt-cells"],
    ],
    [
      "a parent that is no phandle",
      { "interrupt-parent": "me", dev: { interrupts: [1] } },
      ["/: interrupt-parent, 3 bytes, is no phandle"],
    ],
    [
      "a parent that is neither controller nor nexus",
      { x: { phandle: 9, "#interrupt-cells": 1 }, dev: { "interrupt-parent": 9, interrupts: [1] } },
      ["/x has neither interrupt-controller nor interrupt-map"],
    ],
    [
      "a controller whose cells are none",
      {
        x: { phandle: 9, "interrupt-controller": true, "#interrupt-cells": 0 },
        dev: { "interrupt-parent": 9, interrupts: [1] },
      },
      ["#interrupt-cells of /x is no number of cells"],
    ],
    [
      "an entry that is cut off",
      { gic: GIC, dev: { "interrupt-parent": 1, interrupts: [0, 1, 4, 0] } },
      [undefined, "interrupts ends with 4 bytes, but an interrupt of /gic has 12"],
    ],
    [
      "an extended entry that is cut off",
      { gic: GIC, dev: { "interrupts-extended": [1, 0, 1, 4, 1, 0] } },
      [
        undefined,
        "entry 1 of interrupts-extended refers to /gic, whose #interrupt-cells is 3, but 1 cells are left",
      ],
    ],
    [
      "a number that the GIC does not have",
      { gic: GIC, dev: { "interrupt-parent": 1, interrupts: [0, 988, 4] } },
      ["/gic: there is no SPI 988: there are 988"],
    ],
  ])("with %s is explained", (_, board, expected) => {
    expect(reasons(board, "/dev")).toEqual(expected);
  });
});

describe("the cells of a GIC", () => {
  test.each([
    [2, [0, 0, 4], { type: "SPI", number: 0, intid: 32, trigger: "level-high" }],
    [2, [0, 987, 1], { type: "SPI", number: 987, intid: 1019, trigger: "edge-rising" }],
    [2, [1, 13, 0xf08], { type: "PPI", number: 13, intid: 29, trigger: "level-low" }],
    [3, [1, 9, 0, 0], { type: "PPI", number: 9, intid: 25, trigger: "none" }],
    [3, [2, 3, 3, 0], { type: "ESPI", number: 3, intid: 4099, trigger: "edge-both" }],
    [3, [3, 4, 2], { type: "EPPI", number: 4, intid: 1060, trigger: "edge-falling" }],
  ] as const)("of version %i: %o", (version, cells, expected) => {
    expect(decodeGicInterrupt(version, cells)).toEqual(expected);
  });

  test.each([
    [2, [0, 1], "a GIC's interrupts have 3 cells at least, not 2"],
    [2, [2, 1, 4], "GICv2 has no interrupts of type 2"],
    [3, [4, 1, 4], "GICv3 has no interrupts of type 4"],
    [3, [1, 16, 4], "there is no PPI 16: there are 16"],
    [3, [0, 1, 5], "SPI 1 has the trigger 5, which does not exist"],
  ] as const)("of version %i cannot be %o", (version, cells, expected) => {
    expect(decodeGicInterrupt(version, cells)).toBe(expected);
  });
});

describe("interrupt-map", () => {
  /** A PCI host bridge: unit address and pin, masked, to a GIC that has unit addresses of its own. */
  const pcie = {
    device_type: "pci",
    phandle: 3,
    "#address-cells": 3,
    "#size-cells": 2,
    "#interrupt-cells": 1,
    "interrupt-map-mask": [0x1800, 0, 0, 7],
    "interrupt-map": [
      ...[0x0000, 0, 0, 1, 1, 0, 0, 0, 3, 4],
      ...[0x0000, 0, 0, 2, 1, 0, 0, 0, 4, 4],
      // With bits outside of the mask, which do not count.
      ...[0xff_0800, 9, 9, 0xf1, 1, 0, 0, 0, 5, 4],
    ],
  };
  const gic = { ...GIC, "#address-cells": 2 };

  test("is asked by unit address and specifier, as far as its mask goes", () => {
    const board = {
      gic,
      pcie: {
        ...pcie,
        "a@4,0": { reg: [0x2000, 0, 0, 0, 0], interrupts: [2] },
        "b@1,0": { reg: [0x10800, 1, 2, 0, 0], interrupts: [1] },
      },
    };
    expect(interrupts(board, "/pcie/a")).toMatchObject([
      {
        controller: "/gic",
        gic: { type: "SPI", number: 4 },
        through: [{ nexus: "/pcie", unitAddress: [0x2000, 0, 0], specifier: [2] }],
      },
    ]);
    expect(interrupts(board, "/pcie/b")).toMatchObject([{ gic: { number: 5 } }]);
  });

  test("is read by rules that others can use: a board driver asks for a function that has no node", () => {
    const board = tree({ gic, pcie });
    const { end } = routeThroughNexus("interrupt", {
      node: at(board, "/pcie"),
      unitAddress: [0x800, 0, 0],
      specifier: [1],
    });
    expect(end).toMatchObject({ node: { name: "gic" }, specifier: [0, 5, 4] });
  });

  test("leads from one nexus to the next", () => {
    const board = {
      gic,
      pcie,
      bridge: {
        phandle: 4,
        "#address-cells": 1,
        "#interrupt-cells": 1,
        "interrupt-map": [7, 1, 3, 0x1800, 0, 0, 2, 8, 1, 3, 0x800, 0, 0, 1],
        "interrupt-map-mask": [0xf, 1],
      },
      dev: { "interrupt-parent": 4, reg: [0x18, 4], interrupts: [1] },
    };
    expect(interrupts(board, "/dev")).toMatchObject([
      {
        gic: { number: 5 },
        through: [
          { nexus: "/bridge", unitAddress: [0x18] },
          { nexus: "/pcie", unitAddress: [0x800, 0, 0] },
        ],
      },
    ]);
  });

  test("asks a device without reg by 0, and one whose reg is short by what there is", () => {
    const nexus = {
      phandle: 4,
      "#address-cells": 2,
      "#interrupt-cells": 1,
      "interrupt-map": [0, 0, 1, 1, 0, 9, 4, 5, 0, 1, 1, 0, 8, 4],
    };
    const board = (dev: Literal) => ({
      gic: GIC,
      nexus,
      dev: { "interrupt-parent": 4, interrupts: [1], ...dev },
    });
    expect(interrupts(board({}), "/dev")).toMatchObject([{ gic: { number: 9 } }]);
    expect(interrupts(board({ reg: [5] }), "/dev")).toMatchObject([{ gic: { number: 8 } }]);
  });

  test("comes before interrupt-controller in the same node", () => {
    const both: Literal = {
      phandle: 4,
      "#address-cells": 0,
      "#interrupt-cells": 1,
      "interrupt-controller": true,
      "interrupt-map": [1, 1, 0, 9, 4],
    };
    expect(
      interrupts({ gic: GIC, both, dev: { "interrupt-parent": 4, interrupts: [1] } }, "/dev"),
    ).toMatchObject([{ controller: "/gic", gic: { number: 9 } }]);
  });

  test.each<[string, Literal, string]>([
    ["no entry", { "interrupt-map": [2, 1, 0, 9, 4] }, "interrupt-map of /nexus has no entry for 0x1"],
    [
      "an entry that is cut off",
      { "interrupt-map": [2, 1, 0, 9, 4, 1] },
      "no entry for 0x1; entry 1 of interrupt-map is cut off",
    ],
    [
      "an entry whose specifier is cut off",
      { "interrupt-map": [1, 1, 0, 9] },
      "no entry for 0x1; entry 0 of interrupt-map is cut off: 3 cells for /gic, 2 are left",
    ],
    [
      "an entry to nowhere",
      { "interrupt-map": [1, 9, 0, 9, 4] },
      "no entry for 0x1; entry 0 of interrupt-map refers to phandle 0x9, which no node has",
    ],
    [
      "an entry to what takes no interrupts",
      { "interrupt-map": [1, 5, 0, 9, 4] },
      "no entry for 0x1; entry 0 of interrupt-map refers to /plain, which has no #interrupt-cells",
    ],
    [
      "a mask of another length",
      { "interrupt-map": [1, 1, 0, 9, 4], "interrupt-map-mask": [1, 2] },
      "/nexus: interrupt-map-mask, 8 bytes, does not have 1 cells",
    ],
    [
      "no cells at all",
      { "interrupt-map": Uint8Array.of(1) },
      "/nexus: interrupt-map, 1 byte, is no list of 4-byte cells",
    ],
    [
      "itself at the end",
      { "interrupt-map": [1, 4, 1] },
      "the way goes in circles: 32 nodes with interrupt-map were passed",
    ],
  ])("with %s is explained", (_, nexus, reason) => {
    const board = {
      gic: GIC,
      plain: { phandle: 5 },
      nexus: { phandle: 4, "#address-cells": 0, "#interrupt-cells": 1, ...nexus },
      dev: { "interrupt-parent": 4, interrupts: [1] },
    };
    expect(reasons(board, "/dev")).toEqual([expect.stringContaining(reason)]);
  });
});

describe("a connector", () => {
  test("maps what a board's devices ask for, and passes bits of it through", () => {
    const board = tree({
      gpio: { phandle: 1, "#gpio-cells": 2 },
      other: { phandle: 2, "#gpio-cells": 1 },
      connector: {
        "#gpio-cells": 2,
        "gpio-map": [0, 0, 1, 3, 0x80, 1, 0, 1, 4, 0, 2, 0, 2, 7],
        "gpio-map-mask": [0xf, 0],
        "gpio-map-pass-thru": [0, 1],
      },
    });
    const route = (...specifier: number[]) =>
      routeThroughNexus("gpio", { node: at(board, "/connector"), unitAddress: [], specifier }).end;
    expect(route(0, 1)).toMatchObject({ node: { name: "gpio" }, specifier: [3, 0x81] });
    expect(route(1, 0xff)).toMatchObject({ node: { name: "gpio" }, specifier: [4, 1] });
    expect(route(0x12, 5)).toMatchObject({ node: { name: "other" }, specifier: [7] });
    expect(route(3, 0)).toBeUndefined();
  });
});
