import { describe, expect, test } from "vitest";
import {
  dmaCoherence,
  memoryOf,
  memoryRegionsOf,
  reservedMemoryOf,
} from "../../../src/firmware/devicetree/index.ts";
import { at, tree } from "./support.ts";

const board = tree({
  "#address-cells": 2,
  "#size-cells": 2,
  "memory@80000000": { device_type: "memory", reg: [0, 0x8000_0000, 0, 0x4000_0000, 8, 0, 1, 0] },
  "memory@1000000000": { device_type: "memory", reg: [0x10, 0, 0, 0x1000], hotpluggable: true },
  "memory-controller@1": { reg: [0, 0x1000, 0, 0x1000] },
  "reserved-memory": {
    "#address-cells": 2,
    "#size-cells": 2,
    ranges: true,
    "tz@86200000": { phandle: 1, reg: [0, 0x8620_0000, 0, 0x2d0_0000], "no-map": true },
    "linux,cma": {
      phandle: 2,
      compatible: "shared-dma-pool",
      reusable: true,
      size: [0, 0x1000_0000],
      alignment: [0, 0x2000],
      "alloc-ranges": [0, 0x4000_0000, 0, 0x3000_0000],
    },
    nothing: { phandle: 3 },
    broken: { phandle: 4, size: [1] },
  },
  vpu: { "memory-region": [2, 1] },
  gpu: { "memory-region": [1, 9] },
});

describe("RAM", () => {
  test("is what nodes of the type memory tell of", () => {
    expect(memoryOf(board)).toMatchObject([
      {
        path: "/memory@80000000",
        hotpluggable: false,
        reg: [
          { base: 0x8000_0000, size: 0x4000_0000 },
          { base: 0x8_0000_0000, size: 2 ** 32 },
        ],
      },
      { path: "/memory@1000000000", hotpluggable: true, reg: [{ base: 0x10_0000_0000 }] },
    ]);
  });

  test("is set apart at a place, or wherever there is room", () => {
    expect(reservedMemoryOf(board)).toMatchObject([
      {
        path: "/reserved-memory/tz@86200000",
        noMap: true,
        reusable: false,
        dynamic: null,
        problem: null,
        reg: [{ kind: "cpu", base: 0x8620_0000 }],
      },
      {
        compatible: ["shared-dma-pool"],
        noMap: false,
        reusable: true,
        reg: [],
        dynamic: {
          size: 0x1000_0000n,
          alignment: 0x2000n,
          within: [{ base: 0x4000_0000, size: 0x3000_0000 }],
        },
        problem: null,
      },
      { dynamic: null, problem: "/reserved-memory/nothing has neither reg nor size" },
      { dynamic: null, problem: "/reserved-memory/broken: size, 4 bytes, is no size of 2 cells" },
    ]);
    expect(reservedMemoryOf(tree({}))).toEqual([]);
  });

  test("that is set apart belongs to the devices that refer to it", () => {
    const regions = (path: string) => memoryRegionsOf(at(board, path));
    expect(regions("/vpu")).toMatchObject({
      regions: [{ path: "/reserved-memory/linux,cma" }, { path: "/reserved-memory/tz@86200000" }],
      problem: null,
    });
    expect(regions("/gpu")).toMatchObject({
      regions: [{ path: "/reserved-memory/tz@86200000" }],
      problem: "entry 1 of memory-region refers to phandle 0x9, which no node has",
    });
    expect(regions("/memory-controller")).toEqual({ regions: [], problem: null });
  });
});

describe("DMA", () => {
  const buses = tree({
    soc: { "dma-coherent": true, dev: {}, odd: { "dma-noncoherent": true, dev: {} } },
    dev: {},
  });

  test("is coherent where the device or the nearest bus that says anything says so", () => {
    expect(dmaCoherence(at(buses, "/soc/dev"))).toEqual({ coherent: true, saidBy: "/soc" });
    expect(dmaCoherence(at(buses, "/soc/odd"))).toEqual({ coherent: false, saidBy: "/soc/odd" });
    expect(dmaCoherence(at(buses, "/soc/odd/dev"))).toEqual({ coherent: false, saidBy: "/soc/odd" });
  });

  test("is what the architecture is where nobody says anything", () => {
    expect(dmaCoherence(at(buses, "/dev"))).toEqual({ coherent: false, saidBy: null });
    expect(dmaCoherence(at(buses, "/dev"), true)).toEqual({ coherent: true, saidBy: null });
  });
});
