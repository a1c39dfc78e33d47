import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serializeDeviceTree } from "../../src/firmware/devicetree/serialize.ts";
import { type Literal, tree } from "../firmware/devicetree/support.ts";
import { zirconia } from "./zirconia.ts";

const BOARD: Literal = {
  compatible: ["acme,board", "acme,soc"],
  model: "ACME Board",
  "#address-cells": 1,
  "#size-cells": 1,
  "interrupt-parent": 1,
  "gic@8000000": {
    compatible: "arm,gic-400",
    "interrupt-controller": true,
    "#interrupt-cells": 3,
    phandle: 1,
    reg: [0x800_0000, 0x1000],
  },
  "serial@fe201000": { compatible: "arm,pl011", reg: [0xfe20_1000, 0x200], interrupts: [0, 121, 4] },
  "watchdog@fe100000": { compatible: "acme,watchdog", reg: [0xfe10_0000, 0x100] },
  "rtc@fe300000": { compatible: "arm,pl031", reg: [0xfe30_0000, 0x1000], status: "disabled" },
};

const DTB = join(tmpdir(), `zirconia-boot-${process.pid}.dtb`);

describe("zirconia boot --dtb", () => {
  beforeAll(() => writeFileSync(DTB, serializeDeviceTree(tree(BOARD))));
  afterAll(() => rmSync(DTB));

  const boot = (...options: string[]) =>
    zirconia(["boot", "--machine", "sim-arm64", "--dtb", DTB, ...options]);

  test("shows the nodes of a board of which there is only a device tree, and which drivers they would get", () => {
    const { status, stdout } = boot();
    expect(stdout).toMatch(/sys acme,board +platform-bus +running/);
    expect(stdout).toMatch(/serial-fe201000 arm,pl011 +pl011 +would bind/);
    expect(stdout).toMatch(/watchdog-fe100000 acme,watchdog +unbound/);
    expect(stdout).not.toMatch(/rtc-fe300000/);
    expect(stdout).toMatch(/device tree +4 nodes, 2 published/);
    expect(status).toBe(0);
  });

  test("starts none of these drivers, since there are no devices: nothing is mapped", () => {
    const { nodes } = JSON.parse(boot("--json").stdout);
    const uart = nodes.find(({ name }: { name: string }) => name === "serial-fe201000");
    expect(uart).toMatchObject({ driver: null, wouldBind: "pl011", memory: [] });
    expect(uart.properties["fuchsia.resource.INTERRUPT_COUNT"]).toBe(1);
  });

  test("says, with --trace, why a node is not published", () => {
    expect(boot("--trace").stdout).toMatch(/\/rtc@fe300000 is not published: its status is disabled/);
  });

  test.each([
    ["another machine", ["--machine", "sim-x64"]],
    ["devices", ["--device", "edu"]],
  ])("refuses %s beside it", (_, options) => {
    const { status, stderr } = boot(...options);
    expect(status).toBe(2);
    expect(stderr).toMatch(/--dtb takes the place of the board of sim-arm64/);
  });

  test("refuses a file that is no device tree, or is not there", () => {
    writeFileSync(`${DTB}.txt`, "no tree");
    const notATree = zirconia(["boot", "--machine", "sim-arm64", "--dtb", `${DTB}.txt`]);
    rmSync(`${DTB}.txt`);
    expect(notATree).toMatchObject({ status: 1, stdout: "" });
    expect(notATree.stderr).toMatch(/IO_DATA_INTEGRITY/);
    expect(zirconia(["boot", "--machine", "sim-arm64", "--dtb", "/nowhere.dtb"]).stderr).toMatch(/ENOENT/);
  });
});
