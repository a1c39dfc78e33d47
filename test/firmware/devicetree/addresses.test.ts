import { describe, expect, test } from "vitest";
import {
  decodePciAddress,
  type RegDescription,
  resolveDevice,
  resolveDevices,
  type TranslationRule,
  translateDmaAddress,
} from "../../../src/firmware/devicetree/index.ts";
import { at, type Literal, tree } from "./support.ts";

const CELLS_1_1 = { "#address-cells": 1, "#size-cells": 1 };
const CELLS_2_2 = { "#address-cells": 2, "#size-cells": 2 };
const PCI = { device_type: "pci", "#address-cells": 3, "#size-cells": 2 };

function regs(literal: Literal, path: string, rule?: TranslationRule): readonly RegDescription[] {
  return resolveDevice(at(tree(literal), path), rule === undefined ? {} : { rule }).reg;
}

function first(literal: Literal, path: string, rule?: TranslationRule): RegDescription {
  return regs(literal, path, rule)[0]!;
}

describe("reg", () => {
  test("of a child of the root is in the processors' addresses, entry by entry, with names", () => {
    const board = {
      ...CELLS_2_2,
      "gic@8000000": {
        reg: [0, 0x800_0000, 0, 0x1_0000, 1, 0x801_0000, 0, 0x2000],
        "reg-names": ["dist", "cpu"],
      },
    };
    expect(regs(board, "/gic")).toEqual([
      {
        index: 0,
        name: "dist",
        kind: "cpu",
        base: 0x800_0000,
        size: 0x1_0000,
        busAddress: 0x800_0000n,
        busSize: 0x1_0000n,
        hops: [],
        note: null,
      },
      {
        index: 1,
        name: "cpu",
        kind: "cpu",
        base: 0x1_0801_0000,
        size: 0x2000,
        busAddress: 0x1_0801_0000n,
        busSize: 0x2000n,
        hops: [],
        note: null,
      },
    ]);
  });

  test("has two cells for the address and one for the size where the bus does not say", () => {
    expect(first({ "a@1": { reg: [0, 0x1000, 0x10] } }, "/a")).toMatchObject({
      kind: "cpu",
      base: 0x1000,
      size: 0x10,
    });
    // Not inherited: the bus says nothing, whatever its own bus says.
    const nested = { ...CELLS_1_1, bus: { ranges: true, "a@1": { reg: [0, 0x1000, 0x10] } } } as const;
    expect(first(nested, "/bus/a")).toMatchObject({ kind: "cpu", base: 0x1000, size: 0x10 });
  });

  test("goes through every bus on the way, and tells of it", () => {
    const board = {
      ...CELLS_2_2,
      soc: {
        ...CELLS_1_1,
        ranges: [0, 0xa, 0, 0x1_0000, 0x1_0000, 0xb, 0, 0x1_0000],
        bridge: {
          ...CELLS_2_2,
          ranges: [5, 0, 0x1_1000, 0, 0x1000],
          "dev@5,20": { reg: [5, 0x20, 0, 0x10] },
        },
      },
    };
    expect(first(board, "/soc/bridge/dev")).toMatchObject({
      kind: "cpu",
      base: 0xb_0000_1020,
      size: 0x10,
      hops: [
        { bus: "/soc/bridge", from: 0x5_0000_0020n, to: 0x1_1020n, space: null },
        { bus: "/soc", from: 0x1_1020n, to: 0xb_0000_1020n, space: null },
      ],
    });
  });

  test("passes a bus whose ranges are empty as it is", () => {
    const board = {
      ...CELLS_2_2,
      soc: { ...CELLS_1_1, ranges: true, "a@9": { reg: [0x9000, 0x10] } },
    } as const;
    expect(first(board, "/soc/a")).toMatchObject({
      kind: "cpu",
      base: 0x9000,
      hops: [{ from: 0x9000n, to: 0x9000n }],
    });
  });

  describe("on a bus without ranges", () => {
    const board = {
      ...CELLS_1_1,
      soc: {
        ...CELLS_1_1,
        ranges: [0, 0x4000_0000, 0x1000],
        flash: { ...CELLS_1_1, "part@100": { reg: [0x100, 0x10] } },
      },
    };
    test("is the bus's own by the specification's rule", () => {
      expect(first(board, "/soc/flash/part")).toMatchObject({
        kind: "local",
        reason: "/soc/flash has no ranges: its addresses are its own",
        hops: [],
      });
    });
    test("is taken as it is by the lenient rule, whatever is above", () => {
      expect(first(board, "/soc/flash/part", "lenient")).toMatchObject({
        kind: "cpu",
        base: 0x100,
        note: "/soc/flash has no ranges: the address is taken as it is",
      });
    });
  });

  test("of a bus without sizes is no memory", () => {
    const board = { i2c: { "#address-cells": 1, "#size-cells": 0, "rtc@68": { reg: [0x68] } } };
    for (const rule of ["spec", "lenient"] as const)
      expect(first(board, "/i2c/rtc", rule)).toMatchObject({
        kind: "local",
        busAddress: 0x68n,
        reason: "an address on /i2c, whose #size-cells is 0",
      });
  });

  test("without a size is no memory", () => {
    expect(first({ ...CELLS_1_1, memory: { reg: [0x8000_0000, 0] } }, "/memory")).toMatchObject({
      kind: "local",
      reason: "its size is 0",
    });
  });

  test("that begins in a window but ends outside is told", () => {
    const board = {
      ...CELLS_1_1,
      soc: { ...CELLS_1_1, ranges: [0, 0x1000, 0x100], "a@80": { reg: [0x80, 0x100] } },
    };
    expect(first(board, "/soc/a")).toMatchObject({
      kind: "cpu",
      base: 0x1080,
      note: "0x100 bytes, but the window of /soc ends after 0x80",
    });
  });

  test("takes the first of windows that overlap", () => {
    const ranges = [0, 0x1000, 0x100, 0, 0x2000, 0x200];
    const board = { ...CELLS_1_1, soc: { ...CELLS_1_1, ranges, "a@80": { reg: [0x80, 4, 0x180, 4] } } };
    expect(regs(board, "/soc/a")).toMatchObject([{ base: 0x1080 }, { base: 0x2180 }]);
  });

  test.each<[string, Literal, string]>([
    [
      "outside of every window",
      { ...CELLS_1_1, soc: { ...CELLS_1_1, ranges: [0, 0x1000, 0x100], a: { reg: [0x100, 4] } } },
      "/soc: no entry of ranges covers 0x100",
    ],
    [
      "on a bus whose ranges are broken",
      { ...CELLS_1_1, soc: { ...CELLS_1_1, ranges: [0, 0x1000], a: { reg: [0, 4] } } },
      "/soc: ranges, 8 bytes, but an entry has 3 cells (address 1, parent's address 1, size 1)",
    ],
    [
      "of another length",
      { ...CELLS_2_2, soc: { ...CELLS_2_2, ranges: true, a: { reg: [0, 0x1000, 0x100] } } },
      "/soc/a: reg, 12 bytes, but an entry has 4 cells (address 2, size 2)",
    ],
    [
      "of no cells",
      { soc: { "#address-cells": 0, "#size-cells": 0, a: { reg: [0] } } },
      "/soc/a: reg, 4 bytes, but an entry has 0 cells (address 0, size 0)",
    ],
    [
      "of more cells than there can be",
      { soc: { "#address-cells": 0xffff_ffff, "#size-cells": 0xffff_ffff, a: { reg: [0] } } },
      "/soc/a: reg, 4 bytes, but an entry has 8589934590 cells",
    ],
    [
      "on a bus whose #address-cells is no number",
      { soc: { "#address-cells": "2", a: { reg: [0] } } },
      "/soc: #address-cells, 2 bytes, has no 4 bytes to be one number",
    ],
    [
      "beyond what a number holds",
      { ...CELLS_2_2, a: { reg: [0x20_0000, 0, 0, 4] } },
      "0x20000000000000 + 0x4 is beyond 2^53",
    ],
  ])("%s is explained", (_, board, reason) => {
    const path = "soc" in board ? "/soc/a" : "/a";
    expect(first(board, path)).toMatchObject({ kind: "unresolved", reason: expect.stringContaining(reason) });
  });
});

describe("a PCI bus", () => {
  const IO = 0x0100_0000;
  const MEM32 = 0x0200_0000;
  const MEM64_PREFETCHABLE = 0x4300_0000;
  const host = {
    ...PCI,
    ranges: [
      ...[IO, 0, 0, 0, 0x3eff_0000, 0, 0x1_0000],
      ...[MEM32, 0, 0x1000_0000, 0, 0x1000_0000, 0, 0x2eff_0000],
      ...[MEM64_PREFETCHABLE, 0x80, 0, 0x80, 0, 0x80, 0],
    ],
  };

  test("has addresses that say which space they are in", () => {
    expect(decodePciAddress((0xc2_01_1b_10n << 64n) | 0x1_0000_2000n)).toEqual({
      space: "mem32",
      prefetchable: true,
      bus: 1,
      device: 3,
      function: 3,
      register: 0x10,
      offset: 0x1_0000_2000n,
    });
    expect(decodePciAddress(0n).space).toBe("config");
  });

  test("has functions whose reg is their place in configuration space, and base addresses that firmware assigned", () => {
    const nic = {
      reg: [0x1800, 0, 0, 0, 0],
      "assigned-addresses": [
        ...[0x8200_1810, 0, 0x1000_4000, 0, 0x4000],
        ...[0x8100_1814, 0, 0x40, 0, 0x20],
        ...[0xc300_1818, 0x80, 0x1000, 0, 0x1000],
        ...[0x8200_1820, 0, 0, 0, 0x1000],
      ],
    };
    const board = tree({ ...CELLS_2_2, pcie: { ...host, "nic@3,0": nic } });
    const { reg, assignedAddresses } = resolveDevice(at(board, "/pcie/nic"));
    expect(reg).toMatchObject([{ kind: "local", reason: "PCI function 00:03.0" }]);
    expect(assignedAddresses).toMatchObject([
      { kind: "cpu", base: 0x1000_4000, size: 0x4000, hops: [{ space: "mem32", from: 0x1000_4000n }] },
      // The same number in another space is another place.
      { kind: "cpu", base: 0x3eff_0040, size: 0x20, hops: [{ space: "io", from: 0x40n, to: 0x3eff_0040n }] },
      { kind: "cpu", base: 0x80_0000_1000, size: 0x1000 },
      { kind: "unresolved", reason: "/pcie: no entry of ranges covers mem32 0x0" },
    ]);
  });

  test("can be behind another one", () => {
    const bridge = { ...PCI, ranges: [MEM32, 0, 0x1100_0000, MEM32, 0, 0x1100_0000, 0, 0x100_0000] };
    const board = tree({
      ...CELLS_2_2,
      pcie: {
        ...host,
        "pci@0,0": { ...bridge, "dev@0": { "assigned-addresses": [MEM32, 0, 0x1100_2000, 0, 0x10] } },
        "pci@1,0": { ...PCI, ranges: true, "dev@0": { "assigned-addresses": [IO, 0, 0x2000, 0, 0x10] } },
      },
    });
    expect(resolveDevice(at(board, "/pcie/pci@0,0/dev")).assignedAddresses).toMatchObject([
      {
        kind: "cpu",
        base: 0x1100_2000,
        hops: [{ bus: "/pcie/pci@0,0", to: 0x1100_2000n }, { bus: "/pcie" }],
      },
    ]);
    expect(resolveDevice(at(board, "/pcie/pci@1,0/dev")).assignedAddresses).toMatchObject([
      { kind: "cpu", base: 0x3eff_2000 },
    ]);
  });

  test("is one by its type, or by its name where it has none", () => {
    const without = {
      "#address-cells": 3,
      "#size-cells": 2,
      ranges: host.ranges,
      "a@1": { reg: [0x800, 0, 0, 0, 0] },
    };
    expect(first({ ...CELLS_2_2, pcie: without }, "/pcie/a")).toMatchObject({
      reason: "PCI function 00:01.0",
    });
    expect(first({ ...CELLS_2_2, other: without }, "/other/a")).toMatchObject({ kind: "unresolved" });
  });
});

describe("an address for DMA", () => {
  const board = tree({
    ...CELLS_2_2,
    soc: {
      ...CELLS_1_1,
      "dma-ranges": [0xc000_0000, 0, 0, 0x4000_0000],
      gpu: {},
      plain: { ...CELLS_1_1, dev: {} },
    },
  });

  test("goes through dma-ranges, and through a bus without them as it is", () => {
    expect(translateDmaAddress(at(board, "/soc"), 0xc000_1000n)).toMatchObject({
      kind: "cpu",
      address: 0x1000n,
    });
    expect(translateDmaAddress(at(board, "/soc/plain"), 0xc000_1000n)).toMatchObject({
      kind: "cpu",
      address: 0x1000n,
    });
    expect(translateDmaAddress(board.root, 0x1000n)).toMatchObject({
      kind: "cpu",
      address: 0x1000n,
      hops: [],
    });
  });

  test("that no window covers is explained", () => {
    expect(translateDmaAddress(at(board, "/soc"), 0n)).toMatchObject({
      kind: "unresolved",
      reason: "/soc: no entry of dma-ranges covers 0x0",
    });
  });
});

describe("a node as a whole", () => {
  test("never throws, and says what is wrong with it", () => {
    const board = tree({
      ...CELLS_1_1,
      "a@0": {
        reg: [0, 4],
        "reg-names": ["one", "two"],
        "interrupt-names": "none",
        compatible: Uint8Array.of(1, 2),
        phandle: 1,
        "memory-region": [9],
      },
      "b@4": { reg: [4, 4], "reg-names": Uint8Array.of(65), phandle: 1 },
    });
    const [a, b] = resolveDevices(board);
    expect(a!.problems).toEqual([
      "entry 0 of memory-region refers to phandle 0x9, which no node has",
      "reg-names has 2 names for 1 entry",
      "interrupt-names has 1 name for 0 entries",
      "/a@0: compatible, 2 bytes, is no string: there is no NUL at its end",
    ]);
    expect(b!.problems).toEqual([
      "/b@4: reg-names, 1 byte, is no string: there is no NUL at its end",
      "its phandle is also that of /a@0, which references mean",
    ]);
    expect(b!.reg).toMatchObject([{ kind: "cpu", base: 4, name: null }]);
  });

  test("says which bus above it does not work", () => {
    const board = tree({ soc: { status: "disabled", bus: { status: "fail-x", dev: {} }, dev: {} } });
    expect(resolveDevices(board).map(({ path, status, disabledBy }) => [path, status, disabledBy])).toEqual([
      ["/soc", "disabled", null],
      ["/soc/bus", "fail", "/soc"],
      ["/soc/bus/dev", "okay", "/soc/bus"],
      ["/soc/dev", "okay", "/soc"],
    ]);
  });

  test("is resolved down to 64 levels, and the last one says that there are more", () => {
    const board = tree({});
    let node = board.root;
    for (let depth = 1; depth <= 70; depth++) node = node.addNode("n");
    const devices = resolveDevices(board);
    expect(devices).toHaveLength(64);
    expect(devices.at(-1)!.problems).toEqual([
      "what is under it is nested more than 64 levels deep, and is not resolved",
    ]);
  });

  test("has no more than 1024 entries", () => {
    const board = tree({ ...CELLS_1_1, a: { reg: new Uint8Array(8 * 5000).fill(1) } });
    const { reg, problems } = resolveDevices(board)[0]!;
    expect(reg).toHaveLength(1024);
    expect(problems).toEqual(["of reg, not more than 1024 entries are resolved"]);
  });
});
