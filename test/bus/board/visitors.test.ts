/** What the board driver makes of a device tree's nodes, binding by binding. */
import { describe, expect, test } from "vitest";
import type { BoardDevice } from "../../../src/bus/board/devicetree/board_device.ts";
import { type PlanOptions, planBoard } from "../../../src/bus/board/devicetree/plan.ts";
import type { Visitor } from "../../../src/bus/board/devicetree/visitor.ts";
import { defaultVisitors } from "../../../src/bus/board/devicetree/visitors/index.ts";
import { ZirconInterruptMode } from "../../../src/fidl/fuchsia.hardware.platform.bus.ts";
import { unpersist } from "../../../src/fidl/runtime/body.ts";
import { CLOCKS } from "../../../src/fidl/zirconia.clock.ts";
import { PINS } from "../../../src/fidl/zirconia.gpio.ts";
import { HOST, METADATA_ID, Space } from "../../../src/fidl/zirconia.pci.host.ts";
import { ZxError } from "../../../src/zx/error.ts";
import { type Literal, tree } from "../../firmware/devicetree/support.ts";

interface Planned {
  readonly device: BoardDevice;
  readonly kind: string;
  readonly reason: string | undefined;
}

/** What becomes of each node, by its path. */
function plan(
  literal: Literal,
  options: PlanOptions = {},
  visitors: readonly Visitor[] = [],
): Map<string, Planned> {
  const planned = planBoard(tree(literal), [...defaultVisitors, ...visitors], options);
  return new Map(
    planned.map(({ device, publication }) => [
      device.description.path,
      {
        device,
        kind: publication.kind,
        reason: publication.kind === "none" ? publication.reason : undefined,
      },
    ]),
  );
}

/** One device with 32-bit addresses, on a board with a GIC. */
function device(properties: Literal, rest: Literal = {}): Planned {
  const all = plan({
    "#address-cells": 1,
    "#size-cells": 1,
    "interrupt-parent": 1,
    gic: {
      compatible: "arm,cortex-a15-gic",
      "interrupt-controller": true,
      "#interrupt-cells": 3,
      phandle: 1,
      reg: [0x800_0000, 0x1000],
    },
    "device@1000": { compatible: ["acme,gizmo-2", "acme,gizmo"], ...properties },
    ...rest,
  });
  return all.get("/device@1000")!;
}

const mmio = ({ device }: Planned) => device.mmio.map(({ base, length, name }) => [base, length, name]);

describe("The name of a node", () => {
  test("has a hyphen for the at sign and for commas", () => {
    const all = plan({ "gpio@fe200000": { compatible: "x" }, "acme,gizmo@1,0": { compatible: "x" } });
    expect([...all.values()].map(({ device }) => device.name)).toEqual(["gpio-fe200000", "acme-gizmo-1-0"]);
  });

  test("that is taken has its bus's in front, or a number at its end", () => {
    const eeprom = { "eeprom@50": { compatible: "x" } };
    const all = plan({ "i2c@1": eeprom, "i2c@2": eeprom, bus: { "i2c@2": eeprom }, pt: {} });
    expect([...all.values()].map(({ device }) => device.name)).toEqual([
      "i2c-1",
      "eeprom-50",
      "i2c-2",
      "i2c-2-eeprom-50",
      "bus",
      "bus-i2c-2",
      "bus-i2c-2-eeprom-50",
      "pt-2",
    ]);
  });
});

describe("A node is published", () => {
  test.each([
    ["where it has no status", {}],
    ["where its status is okay", { status: "okay" }],
  ])("%s", (_, status) => {
    expect(device({ reg: [0x1000, 4], ...status }).kind).toBe("platform");
  });

  test.each([
    ["disabled", "its status is disabled"],
    ["reserved", "its status is reserved"],
    ["fail-sss", "its status is fail"],
    ["perhaps", "its status is invalid"],
  ])("but not where its status is %s", (status, reason) => {
    expect(device({ reg: [0x1000, 4], status })).toMatchObject({ kind: "none", reason });
  });

  test("but not below a bus that is disabled", () => {
    const all = plan({ bus: { status: "disabled", "device@0": { compatible: "x" } } });
    expect(all.get("/bus/device@0")).toMatchObject({ kind: "none", reason: "/bus is not okay" });
  });

  test("as a platform device if it has resources, as a child of the board's if it has none, not at all if nothing can bind", () => {
    const all = plan({
      "#address-cells": 1,
      "#size-cells": 1,
      a: { compatible: "x", reg: [0x1000, 4] },
      b: { compatible: "x" },
      c: { reg: [0x2000, 4] },
    });
    expect([...all.values()].map(({ kind }) => kind)).toEqual(["platform", "child", "none"]);
    expect(all.get("/c")!.reason).toBe("nothing could bind to it: it has no compatible");
  });

  test("but not if the kernel drives it", () => {
    const all = plan({ gic: { compatible: "arm,gic-v3" }, its: { compatible: "arm,gic-v3-its" } });
    expect([...all.values()].map(({ reason }) => reason)).toEqual([
      "the kernel drives it",
      "the kernel drives it",
    ]);
  });

  test("with its first compatible, by the older key and the newer one", () => {
    expect(device({}).device.properties).toEqual({
      "fuchsia.devicetree.FIRST_COMPATIBLE": "acme,gizmo-2",
      "fuchsia.COMPATIBLE": "acme,gizmo-2",
    });
  });
});

describe("Registers", () => {
  test("are the entries of reg, with the names of reg-names", () => {
    expect(mmio(device({ reg: [0x1000, 0x100, 0x2000, 0x10], "reg-names": ["control", "data"] }))).toEqual([
      [0x1000, 0x100, "control"],
      [0x2000, 0x10, "data"],
    ]);
  });

  test("have 2 address cells and 1 size cell where the bus does not say", () => {
    const all = plan({ "device@0": { compatible: "x", reg: [1, 0x2000, 0x30] } });
    expect(mmio(all.get("/device@0")!)).toEqual([[0x1_0000_2000, 0x30, undefined]]);
  });

  test("go through the ranges of every bus", () => {
    const all = plan({
      "#address-cells": 1,
      "#size-cells": 1,
      soc: {
        "#address-cells": 1,
        "#size-cells": 1,
        ranges: [0x7e00_0000, 0xfe00_0000, 0x100_0000],
        apb: {
          "#address-cells": 1,
          "#size-cells": 1,
          ranges: [0, 0x7e20_0000, 0x1000],
          "device@234": { compatible: "x", reg: [0x234, 0x100] },
        },
      },
    });
    expect(mmio(all.get("/soc/apb/device@234")!)).toEqual([[0xfe20_0234, 0x100, undefined]]);
  });

  const WITHOUT_RANGES: Literal = {
    "#address-cells": 1,
    "#size-cells": 1,
    bus: { "#address-cells": 1, "#size-cells": 1, "device@4": { compatible: "x", reg: [4, 0x10] } },
  };

  test("below a bus without ranges are no memory, as the specification has it", () => {
    expect(mmio(plan(WITHOUT_RANGES).get("/bus/device@4")!)).toEqual([]);
  });

  test("below a bus without ranges are taken as they are, by the lenient rule of Fuchsia's", () => {
    expect(mmio(plan(WITHOUT_RANGES, { rule: "lenient" }).get("/bus/device@4")!)).toEqual([
      [4, 0x10, undefined],
    ]);
  });

  test("that no range covers are there without an address, with a note of why", () => {
    const all = plan({
      "#address-cells": 1,
      "#size-cells": 1,
      bus: {
        "#address-cells": 1,
        "#size-cells": 1,
        ranges: [0, 0x1000, 0x100],
        "device@200": { compatible: "x", reg: [0x200, 0x10, 0x20, 0x10] },
      },
    });
    const planned = all.get("/bus/device@200")!;
    expect(mmio(planned)).toEqual([
      [undefined, 0x10, undefined],
      [0x1020, 0x10, undefined],
    ]);
    expect(planned.device.notes).toEqual(["reg 0: /bus: no entry of ranges covers 0x200"]);
  });

  test("are none where they have no size: an address on I2C", () => {
    const all = plan({
      i2c: { "#address-cells": 1, "#size-cells": 0, "eeprom@50": { compatible: "x", reg: [0x50] } },
    });
    expect(all.get("/i2c/eeprom@50")).toMatchObject({ kind: "child" });
    expect(mmio(device({ reg: [0x1000, 0] }))).toEqual([]);
  });

  test("with more names than there are keep the node from being published", () => {
    expect(device({ reg: [0x1000, 4], "reg-names": ["a", "b"] })).toMatchObject({
      kind: "none",
      reason: "mmio: 2 reg-names for 1 entries of reg",
    });
  });

  test("are joined by the memory regions that the node refers to", () => {
    const planned = device(
      { reg: [0x1000, 4], "memory-region": 9, "memory-region-names": "frames" },
      {
        "reserved-memory": {
          "#address-cells": 1,
          "#size-cells": 1,
          ranges: true,
          "frames@90000000": { reg: [0x9000_0000, 0x10_0000], phandle: 9 },
        },
      },
    );
    expect(mmio(planned)).toEqual([
      [0x1000, 4, undefined],
      [0x9000_0000, 0x10_0000, "frames"],
    ]);
  });

  test("beyond the tenth are left out, with a note", () => {
    const { device: many } = device({
      reg: Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? 0x1000 * i : 4)),
    });
    expect(many.mmio).toHaveLength(10);
    expect(many.notes).toEqual(["a platform device has at most 10 mmio: the others are left out"]);
  });
});

describe("Interrupts", () => {
  const { EDGE_HIGH, LEVEL_HIGH, EDGE_LOW, LEVEL_LOW } = ZirconInterruptMode;
  const irqs = ({ device }: Planned) => device.irqs.map(({ irq, mode, name }) => [irq, mode, name]);

  test("of a GIC are numbered as the GIC numbers them: shared ones from 32, private ones from 16", () => {
    expect(irqs(device({ interrupts: [0, 33, 4, 1, 13, 8], "interrupt-names": ["main", "timer"] }))).toEqual([
      [65, LEVEL_HIGH, "main"],
      [29, LEVEL_LOW, "timer"],
    ]);
  });

  test("have the trigger that their flags say", () => {
    expect(irqs(device({ interrupts: [0, 1, 1, 1, 2, 2] })).map(([, mode]) => mode)).toEqual([
      EDGE_HIGH,
      EDGE_LOW,
    ]);
  });

  test("of interrupts-extended come before those of interrupts", () => {
    expect(irqs(device({ interrupts: [0, 1, 4], "interrupts-extended": [1, 0, 7, 4] }))).toEqual([
      [39, LEVEL_HIGH, undefined],
    ]);
  });

  test("end where one of them cannot be had, since a driver knows them by their place; a note says why", () => {
    const planned = device(
      { "interrupts-extended": [1, 0, 1, 4, 2, 5, 1, 0, 2, 4] },
      { pinctrl: { "interrupt-controller": true, "#interrupt-cells": 1, phandle: 2 } },
    );
    expect(irqs(planned)).toEqual([[33, LEVEL_HIGH, undefined]]);
    expect(planned.device.notes).toEqual([
      "interrupt 1, and all behind it: /pinctrl is no controller that the kernel drives",
    ]);
  });

  test("that wake the system are those that fuchsia,interrupt-wake-vectors names", () => {
    const { device: waking } = device({
      interrupts: [0, 1, 4, 0, 2, 4],
      "interrupt-names": ["a", "b"],
      "fuchsia,interrupt-wake-vectors": "b",
    });
    expect(waking.irqs.map(({ wakeVector }) => wakeVector)).toEqual([undefined, true]);
  });
});

describe("Bus transaction initiators", () => {
  test("are those that iommus refers to: IOMMUs count from 1 in the order of the tree", () => {
    const { device: gpu } = device(
      { iommus: [7, 0x21, 8, 0x400] },
      {
        smmu1: { "#iommu-cells": 1, phandle: 8 },
        smmu2: { "#iommu-cells": 1, phandle: 7 },
      },
    );
    expect(gpu.btis).toEqual([
      { iommuId: 2, btiId: 0x21 },
      { iommuId: 1, btiId: 0x400 },
    ]);
  });

  test.each(["dma-coherent", "dma-noncoherent", "#dma-cells"])(
    "without iommus, %s shows a master: one without translation",
    (name) => {
      const { device: master } = device({ [name]: name === "#dma-cells" ? 1 : true });
      expect(master.btis).toEqual([{ iommuId: 0, btiId: master.index }]);
    },
  );

  test("are none where nothing shows that the device is a master", () => {
    expect(device({ reg: [0x1000, 4] }).device.btis).toEqual([]);
  });
});

describe("What else the tree says of a device", () => {
  test("are secure monitor calls, items of the boot loader, and the host of its driver", () => {
    const { device: all } = device({
      smcs: [0xc200_0000, 16, 1],
      "smc-names": "tee",
      "boot-metadata": [0x1234, 2],
      "fuchsia,driver-host": "display",
    });
    expect(all.smcs).toEqual([{ serviceCallNumBase: 0xc200_0000, count: 16, exclusive: true, name: "tee" }]);
    expect(all.bootMetadata).toEqual([{ zbiType: 0x1234, zbiExtra: 2 }]);
    expect(all.driverHost).toBe("display");
  });

  test("are its clocks, where they always run at one speed", () => {
    const { device: uart } = device(
      { clocks: [5, 6, 3], "clock-names": ["uartclk", "apb_pclk"] },
      {
        fixed: { compatible: "fixed-clock", "#clock-cells": 0, "clock-frequency": 24_000_000, phandle: 5 },
        controller: { compatible: "acme,clocks", "#clock-cells": 1, phandle: 6 },
      },
    );
    expect(unpersist(CLOCKS, uart.metadata[0]!.data!).clocks).toEqual([
      { name: "uartclk", frequency: 24_000_000 },
      { name: "apb_pclk", frequency: 0 },
    ]);
  });
});

describe("Pins that a device needs", () => {
  const PL061: Literal = { compatible: "arm,pl061", "gpio-controller": true, "#gpio-cells": 2, phandle: 7 };
  const pinSpec = (pin: number) => ({
    bindRules: [
      { key: "fuchsia.BIND_GPIO_CONTROLLER", condition: "ACCEPT", values: [7] },
      { key: "fuchsia.BIND_GPIO_PIN", condition: "ACCEPT", values: [pin] },
    ],
    properties: {
      "fuchsia.BIND_GPIO_CONTROLLER": 7,
      "fuchsia.BIND_GPIO_PIN": pin,
      "fuchsia.hardware.gpio.Service": "fuchsia.hardware.gpio.Service.ZirconTransport",
    },
  });

  test("are parents of its node, also those of its parts; the controller's driver learns which they are", () => {
    const all = plan({
      gpio: PL061,
      codec: { compatible: "x", "reset-gpios": [7, 5, 0] },
      keys: { compatible: "gpio-keys", up: { gpios: [7, 2, 0] }, down: { gpios: [7, 5, 0] } },
    });
    expect(all.get("/codec")).toMatchObject({ kind: "child composite", device: { parents: [pinSpec(5)] } });
    expect(all.get("/keys")!.device.parents).toEqual([pinSpec(2), pinSpec(5)]);
    expect(unpersist(PINS, all.get("/gpio")!.device.metadata[0]!.data!)).toEqual({
      controller: 7,
      pins: [2, 5],
    });
  });

  test("of a controller whose driver publishes none are not waited for", () => {
    const all = plan({
      gpio: { ...PL061, compatible: "acme,gpio" },
      codec: { compatible: "x", "reset-gpios": [7, 5, 0] },
    });
    expect(all.get("/codec")).toMatchObject({ kind: "child", device: { parents: [] } });
  });
});

describe("A visitor of one's own", () => {
  const name = "gizmo";

  test("adds what its binding says, and may look at other devices once all were visited", () => {
    const visitor: Visitor = {
      name,
      visit(device) {
        if (device.node.has("acme,color"))
          device.addProperty("acme.COLOR", device.node.get("acme,color")!.string());
      },
      finalize(device, board) {
        const other = device.node.has("acme,like")
          ? board.tree.find(device.node.get("acme,like")!.string())
          : undefined;
        const color = other && board.deviceOf(other)?.properties["acme.COLOR"];
        if (color !== undefined) device.addProperty("acme.COLOR", color);
      },
    };
    const all = plan({ a: { "acme,like": "/b" }, b: { "acme,color": "red" } }, {}, [visitor]);
    expect(all.get("/a")!.device.properties).toEqual({ "acme.COLOR": "red" });
  });

  test("that refuses a node keeps that one from being published, and no other", () => {
    const visitor: Visitor = {
      name,
      visit(device) {
        if (device.name === "a") throw new ZxError("INVALID_ARGS", "no good");
      },
    };
    const all = plan({ a: { compatible: "x" }, b: { compatible: "x" } }, {}, [visitor]);
    expect(all.get("/a")).toMatchObject({ kind: "none", reason: "gizmo: no good" });
    expect(all.get("/b")).toMatchObject({ kind: "child" });
  });

  test("that adds a parent makes the device a composite node's", () => {
    const pin = { key: "fuchsia.BIND_GPIO_PIN", condition: "ACCEPT", values: [3] } as const;
    const visitor: Visitor = {
      name,
      visit: (device) => device.addParent({ bindRules: [pin], properties: { "fuchsia.BIND_GPIO_PIN": 3 } }),
    };
    const literal = {
      "#address-cells": 1,
      "#size-cells": 1,
      a: { compatible: "x", reg: [0, 4] },
      b: { compatible: "x" },
      c: {},
    };
    const all = plan(literal, {}, [visitor]);
    expect([...all.values()].map(({ kind }) => kind)).toEqual([
      "platform composite",
      "child composite",
      "composite",
    ]);
  });
});

describe("A PCI host bridge", () => {
  const GIC: Literal = {
    compatible: "arm,cortex-a15-gic",
    "interrupt-controller": true,
    "#interrupt-cells": 3,
    "#address-cells": 0,
    phandle: 1,
  };
  const PCIE: Literal = {
    compatible: "pci-host-ecam-generic",
    device_type: "pci",
    "#address-cells": 3,
    "#size-cells": 2,
    "#interrupt-cells": 1,
    reg: [0, 0x4000_0000, 0, 0x1000_0000],
    "bus-range": [2, 0x1f],
    "linux,pci-domain": 3,
    ranges: [
      ...[0x0100_0000, 0, 0, 0, 0x3eff_0000, 0, 0x1_0000],
      ...[0x0200_0000, 0, 0x1000_0000, 0, 0x5000_0000, 0, 0x100_0000],
      ...[0x4300_0000, 0x80, 0, 0x81, 0, 0x1, 0],
    ],
    "interrupt-map-mask": [0x1000, 0, 0, 7],
    "interrupt-map": [
      ...[0x0000, 0, 0, 1, 1, 0, 3, 4],
      ...[0x0000, 0, 0, 2, 1, 0, 4, 4],
      ...[0x1000, 0, 0, 1, 1, 0, 5, 1],
    ],
  };
  const board = (pcie: Literal) =>
    plan({ "#address-cells": 2, "#size-cells": 2, gic: GIC, "pcie@40000000": pcie }).get("/pcie@40000000")!;

  test("gives its driver the ECAM as registers, and windows, buses and interrupt routes as metadata", () => {
    const planned = board(PCIE);
    expect(mmio(planned)).toEqual([[0x4000_0000, 0x1000_0000, undefined]]);
    const { id, data } = planned.device.metadata[0]!;
    expect(id).toBe(METADATA_ID);
    const host = unpersist(HOST, data!);
    expect(host).toMatchObject({ segmentGroup: 3, startBus: 2, endBus: 0x1f, vectors: [35, 36, 37] });
    expect(host.windows).toEqual([
      { space: Space.IO, prefetchable: false, pciBase: 0n, cpuBase: 0x3eff_0000n, size: 0x1_0000n },
      {
        space: Space.MEMORY_32,
        prefetchable: false,
        pciBase: 0x1000_0000n,
        cpuBase: 0x5000_0000n,
        size: 0x100_0000n,
      },
      {
        space: Space.MEMORY_64,
        prefetchable: true,
        pciBase: 0x80_0000_0000n,
        cpuBase: 0x81_0000_0000n,
        size: 2n ** 32n,
      },
    ]);
    const route = (number: number) => host.interruptRoutes!.find(({ device }) => device === number)!.pins;
    // The mask leaves bit 1 of the device number.
    expect([route(0), route(1), route(2), route(3), route(30)]).toEqual([
      [35, 36, 0, 0],
      [35, 36, 0, 0],
      [37, 0, 0, 0],
      [37, 0, 0, 0],
      [37, 0, 0, 0],
    ]);
  });

  test("has the vectors that its routes lead to as interrupts, each with its trigger", () => {
    const { device } = board(PCIE);
    const { EDGE_HIGH, LEVEL_HIGH } = ZirconInterruptMode;
    expect(device.irqs).toEqual([
      { irq: 35, mode: LEVEL_HIGH },
      { irq: 36, mode: LEVEL_HIGH },
      { irq: 37, mode: EDGE_HIGH },
    ]);
    expect(device.notes).toEqual([
      expect.stringMatching(/^interrupts of some pins: interrupt-map of .* has no entry/),
    ]);
  });

  test("without exactly one ECAM, or with other addresses than PCI's, is not published", () => {
    expect(board({ ...PCIE, reg: [0, 0x4000_0000, 0, 0x1000, 0, 0x5000_0000, 0, 0x1000] }).reason).toMatch(
      /^pci-host: one reg is needed/,
    );
    expect(board({ ...PCIE, "#address-cells": 2 }).reason).toMatch(/^pci-host: #address-cells must be 3/);
  });
});
