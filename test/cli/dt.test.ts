import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deviceTreeAsText } from "../../src/cli/dt_text.ts";
import { parseDeviceTree, serializeDeviceTree } from "../../src/firmware/devicetree/index.ts";
import { COLOR, PLAIN } from "../../src/inspect/style.ts";
import { corpus, describeWithCorpus, tree } from "../firmware/devicetree/support.ts";
import { zirconia } from "./zirconia.ts";

const BOARD = tree(
  {
    model: "Sample board",
    compatible: ["sample,board", "sample,soc"],
    "#address-cells": 2,
    "#size-cells": 1,
    "interrupt-parent": 1,
    chosen: { "stdout-path": "/soc/uart@1000:115200" },
    "memory@80000000": { device_type: "memory", reg: [0, 0x8000_0000, 0x4000_0000] },
    "reserved-memory": {
      "#address-cells": 2,
      "#size-cells": 1,
      ranges: true,
      "fb@9": { phandle: 7, reg: [0, 9, 4] },
    },
    gic: { phandle: 1, compatible: "arm,gic-400", "interrupt-controller": true, "#interrupt-cells": 3 },
    pins: { phandle: 2, "interrupt-controller": true, "#interrupt-cells": 2 },
    soc: {
      "#address-cells": 1,
      "#size-cells": 1,
      ranges: [0, 0, 0xf000_0000, 0x1_0000],
      "uart@1000": {
        compatible: ["arm,pl011", "arm,primecell"],
        reg: [0x1000, 0x1000, 0x2_0000, 4],
        "reg-names": ["regs"],
        interrupts: [0, 5, 4],
        "memory-region": [7],
      },
      "key\u001b[31m": { status: "disabled", "interrupts-extended": [2, 3, 8, 9] },
      "flash@2000": { "#address-cells": 1, "#size-cells": 1, "part@10": { reg: [0x10, 4] } },
    },
  },
  { reservations: [{ address: 0x8000_0000n, size: 0x1_0000n }] },
);

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "zirconia-dt-"));
  file = join(folder, "board.dtb");
  writeFileSync(file, serializeDeviceTree(BOARD));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("zirconia dt", () => {
  test("shows what the nodes have, where for the processors, and what is not to be had and why", () => {
    const { status, stdout, stderr } = zirconia(["dt", file]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(`Sample board  sample,board sample,soc
  console   /soc/uart@1000:115200 /soc/uart@1000
  memory    0x80000000 + 1 GiB
  reserved  0x80000000 + 64 KiB
  reserved  0x9 + 4 bytes /reserved-memory/fb@9

chosen
memory@80000000
    reg 0  0x80000000 + 1 GiB
reserved-memory
  fb@9
      reg 0  0x9 + 4 bytes via reserved-memory
gic  arm,gic-400
pins
soc
  uart@1000  arm,pl011 arm,primecell
      reg 0 regs  0xf0001000 + 4 KiB via soc (0x1000)
      reg 1  0x20000 + 0x4 - /soc: no entry of ranges covers 0x20000
      irq 0  SPI 5 = INTID 37, level-high of /gic
      ram  /reserved-memory/fb@9
  key?[31m  disabled
      irq 0  <0x3 0x8> of /pins
      irq 1  - entry 1 of interrupts-extended refers to phandle 0x9, which no node has
  flash@2000
    part@10
        reg 0  0x10 + 0x4 - /soc/flash@2000 has no ranges: its addresses are its own

3 ranges of CPU addresses, 2 interrupts, 1 on other buses: 2 problems
`);
  });

  test("takes addresses of a bus without ranges as they are, when it is told to", () => {
    expect(zirconia(["dt", file, "--rule", "lenient"]).stdout).toContain(
      "reg 0  0x10 + 4 bytes (/soc/flash@2000 has no ranges: the address is taken as it is)",
    );
  });

  test("prints the same as data, with addresses in hexadecimal", () => {
    const { status, stdout } = zirconia(["dt", file, "--json"]);
    const data = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(data).toMatchObject({
      version: 17,
      rule: "spec",
      reservations: [{ address: "0x80000000", size: "0x10000" }],
      standardOutput: { node: "/soc/uart@1000", options: "115200" },
      memory: [{ path: "/memory@80000000", reg: [{ base: "0x80000000", size: "0x40000000" }] }],
    });
    expect(data.nodes.find(({ path }: { path: string }) => path === "/soc/uart@1000")).toMatchObject({
      compatible: ["arm,pl011", "arm,primecell"],
      status: "okay",
      reg: [
        {
          name: "regs",
          kind: "cpu",
          base: "0xf0001000",
          size: "0x1000",
          busAddress: "0x1000",
          hops: [{ bus: "/soc", from: "0x1000", to: "0xf0001000", space: null }],
        },
        { kind: "unresolved", reason: "/soc: no entry of ranges covers 0x20000" },
      ],
      interrupts: [{ kind: "resolved", controller: "/gic", specifier: [0, 5, 4], gic: { intid: 37 } }],
      memoryRegions: ["/reserved-memory/fb@9"],
    });
  });

  test("prints source text", () => {
    const { status, stdout } = zirconia(["dt", file, "--tree"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\/dts-v1\/;\n\n\/memreserve\/\t0x0000000080000000 0x0000000000010000;\n\/ \{\n/);
    expect(stdout).toContain('\t\tuart@1000 {\n\t\t\tcompatible = "arm,pl011", "arm,primecell";\n');
  });

  test("tells a wrong command line from a file that cannot be read", () => {
    expect(zirconia(["dt"]).status).toBe(2);
    expect(zirconia(["dt", file, "--rule", "loose"])).toMatchObject({
      status: 2,
      stderr: "zirconia dt: no rule loose; there are spec and lenient\n",
    });
    expect(zirconia(["dt", file, "--tree", "--json"]).status).toBe(2);
    const missing = zirconia(["dt", join(folder, "none.dtb")]);
    expect(missing.status).toBe(1);
    expect(missing.stderr).toMatch(/^zirconia dt: ENOENT/);
    const other = join(folder, "other.dtb");
    writeFileSync(other, "this is a text file, and no device tree at all");
    expect(zirconia(["dt", other])).toMatchObject({
      status: 1,
      stdout: "",
      stderr:
        "zirconia dt: IO_DATA_INTEGRITY: device tree, byte 0x0: 0x74686973 is not the magic number 0xd00dfeed\n",
    });
  });
});

describe("the text", () => {
  test("has colours on a terminal, and the same words", () => {
    const colored = deviceTreeAsText(BOARD, "spec", COLOR);
    expect(colored).toContain("\u001b[1muart@1000\u001b[22m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
    expect(colored.replace(/\u001b\[\d+m/g, "")).toBe(deviceTreeAsText(BOARD, "spec", PLAIN));
  });
});

describeWithCorpus("the text of real boards", () => {
  test("stays within 100 columns", () => {
    for (const { name, read } of corpus)
      for (const line of deviceTreeAsText(parseDeviceTree(read()), "spec", PLAIN).split("\n"))
        expect(line.length, `${name}: ${line}`).toBeLessThanOrEqual(100);
  });
});
