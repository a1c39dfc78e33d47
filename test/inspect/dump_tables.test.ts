import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { row, shortSize } from "../../src/inspect/columns.ts";
import { DUMP_TOPICS, dump, type MapsDump } from "../../src/inspect/dump.ts";
import { formatDump } from "../../src/inspect/dump_tables.ts";
import { rightsLegend, rightsLetters } from "../../src/inspect/rights_letters.ts";
import { COLOR } from "../../src/inspect/style.ts";
import { ResourceFlag, ResourceKind, VmOption, VmoOption } from "../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../src/zx/pages.ts";
import { type RightName, Rights } from "../../src/zx/rights.ts";
import { RW } from "../support/address_spaces.ts";
import { withKernel } from "../support/kernel.ts";

const SYSTEM = { machine: "sim-x64", architecture: "x64", addressSpace: "portable", time: 0 } as const;
const EDU = { koid: 1046, name: "driver-host:edu", state: "running" } as const;
const LONGEST_NAME = "a name of thirty-one characters";

describe("the tables of a dump", () => {
  test("maps are laid out as vmaps does it", () => {
    const mapping = (vmoKoid: number, cachePolicy: string, committed: string, physical: string | null) => ({
      mapping: {
        ...{ permissions: "rw-", vmoKoid, vmoOffset: "0x0", committed, physical },
        ...{ cachePolicy, memoryType: cachePolicy === "CACHED" ? "Normal-WB" : "Device-nGnRE" },
      },
    });
    const system: MapsDump = {
      ...SYSTEM,
      processes: [
        {
          ...EDU,
          maps: [
            { type: "aspace", name: EDU.name, base: "0x200000", size: "0x7fdf0000", depth: 0 },
            { type: "vmar", name: "root", base: "0x200000", size: "0x7fdf0000", depth: 1 },
            {
              ...{ type: "mapping", name: "00:01.0 bar 0", base: "0x40374000", size: "0x100000", depth: 2 },
              ...mapping(1054, "UNCACHED_DEVICE", "0x0", "0xc0000000"),
            },
            { type: "vmar", name: "useralloc", base: "0x50000000", size: "0x1a000", depth: 2 },
            {
              ...{ type: "mapping", name: "edu dma", base: "0x50000000", size: "0x2000", depth: 3 },
              ...mapping(1058, "CACHED", "0x1000", null),
            },
          ],
        },
        { koid: 1060, name: "gone", state: "dead", maps: [] },
      ],
    };
    expect(formatDump("maps", system).split("\n")).toEqual([
      "p:1046 driver-host:edu",
      "/A 00200000-7fff0000      2.0G:sz                                 'driver-host:edu'",
      "/R 00200000-7fff0000      2.0G:sz                                 'root'",
      "M  40374000-40474000 rw-    1M:sz   0B:res  1054:vmo+0x0 device   '00:01.0 bar 0' at 0xc0000000",
      "R  50000000-5001a000      104k:sz                                 'useralloc'",
      " M 50000000-50002000 rw-    8k:sz   4k:res  1058:vmo+0x0 cached   'edu dma'",
      "",
      "p:1060 gone (dead)",
    ]);
    const mapped = formatDump("maps", { ...system, architecture: "arm64" }).match(/^ ?M.*$/gm);
    expect(mapped).toEqual([
      "M  40374000-40474000 rw-    1M:sz   0B:res  1054:vmo+0x0 Device-nGnRE  '00:01.0 bar 0' at 0xc0000000",
      " M 50000000-50002000 rw-    8k:sz   4k:res  1058:vmo+0x0 Normal-WB     'edu dma'",
    ]);
  });

  test("VMOs are laid out as vmos does it, with what its columns do not say behind the name", () => {
    const bar = {
      koid: 1054,
      name: "00:01.0 bar 0",
      size: "0x100000",
      parentKoid: 0,
      numChildren: 0,
      numMappings: 1,
      shareCount: 1,
      committed: "0x0",
      cachePolicy: "UNCACHED_DEVICE",
      physical: "0xc0000000",
    } as const;
    const copy = { ...bar, koid: 1061, name: "", size: "0x8666", parentKoid: 1060, committed: "0x1000" };
    const text = formatDump("vmos", {
      ...SYSTEM,
      processes: [
        {
          ...EDU,
          vmos: [
            { ...bar, flags: ["VIA_HANDLE", "CONTIGUOUS"], rights: ["READ", "WRITE", "MAP", "RESIZE"] },
            { ...bar, flags: ["VIA_MAPPING", "CONTIGUOUS"], rights: null },
            {
              ...copy,
              cachePolicy: "CACHED",
              physical: null,
              flags: ["TYPE_PAGED", "RESIZABLE", "IS_COW_CLONE", "VIA_MAPPING"],
              rights: null,
            },
          ],
        },
        { koid: 1060, name: "idle", state: "created", vmos: [] },
      ],
    });
    expect(text.split("\n")).toEqual([
      "p:1046 driver-host:edu",
      "rights  koid parent #chld #map #shr    size   alloc name",
      "rw-m--  1054      -     0    1    1      1M    phys 00:01.0 bar 0 at 0xc0000000 device",
      "     -  1054      -     0    1    1      1M    phys 00:01.0 bar 0 at 0xc0000000 device",
      "     -  1061   1060     0    1    1   33.6k      4k -             resizable cow",
      "2 VMOs, size 1.0M, alloc 4k",
      "",
      "p:1060 idle (created)",
      "0 VMOs, size 0B, alloc 0B",
    ]);
  });

  test("handles are laid out as handles does it, with the rights in letters that are explained below", () => {
    const text = formatDump("handles", {
      ...SYSTEM,
      processes: [
        {
          ...EDU,
          handles: [
            {
              ...{ handle: "0x713823eb", koid: 1046, relatedKoid: 1024, type: "process", name: EDU.name },
              rights: ["DUPLICATE", "READ", "INSPECT"],
            },
            { handle: "0x2b", koid: 1056, relatedKoid: 0, rights: [], type: "port", name: "" },
          ],
        },
      ],
    });
    expect(text.split("\n")).toEqual([
      "p:1046 driver-host:edu",
      "    handle   koid rkoid rights   type    name",
      "0x713823eb:  1046  1024 r---d- i process driver-host:edu",
      "0x0000002b:  1056       ------   port",
      "2 handles",
      "",
      "rights: r read, d duplicate, i inspect",
    ]);
  });

  test("resources stand under the RAM of kstats, with who holds them", () => {
    const text = formatDump("resources", {
      ...SYSTEM,
      memory: { total: "0x7f00000", vmos: "0x2000" },
      resources: [
        {
          ...{ koid: 1045, kind: "MMIO", name: "PCI Mmio32", base: "0xc0000000", size: "0x100000" },
          exclusive: true,
          holders: [
            { koid: 1025, name: "userboot", handle: "0x3" },
            { koid: 1032, name: "driver-host:q35", handle: "0x7" },
            { koid: 1032, name: "driver-host:q35", handle: "0xb" },
          ],
        },
        {
          ...{ koid: 1050, kind: "IRQ", name: "line", base: "0x10", size: "0x1", exclusive: false },
          holders: [],
        },
      ],
    });
    expect(text.split("\n")).toEqual([
      "mem total     free     VMOs",
      "     127M   127.0M       8k",
      "",
      "kind   flags      koid    size region                   name       held by",
      "MMIO   exclusive  1045      1M [0xc0000000, 0xc0100000) PCI Mmio32 userboot, driver-host:q35",
      "IRQ    shared     1050     0x1 [0x10, 0x11)             line       nobody: it is in a message",
      "2 resources",
    ]);
  });

  const get = withKernel();

  /** Names as long as can be, regions in regions, large offsets: everything that makes a line long. */
  function worstCase(name: string): void {
    const { zx, root } = get();
    const host = get().host(name);
    let vmar = host.zx.vmarRootSelf;
    for (let depth = 0; depth < 40; depth++) {
      vmar = host.zx.vmarAllocate(vmar, VmOption.CAN_MAP_READ, 0, 0x4000_0000 - depth * 0x10_0000).vmar;
    }
    const large = host.zx.vmoCreate(Number.MAX_SAFE_INTEGER - 0x1_0000, VmoOption.RESIZABLE);
    host.zx.objectSetName(large, name);
    host.zx.vmarMap(vmar, VmOption.PERM_READ, 0, large, 0xf_ffff_ffff_f000, PAGE_SIZE);
    const device = zx.vmoCreatePhysical(root.mmio, 0xf_ffff_fffe_0000, 0x1_0000);
    zx.objectSetName(device, name);
    const [moved] = host.give(device);
    host.zx.vmarMap(vmar, VmOption.PERM_READ, 0, moved!, 0, PAGE_SIZE);
    for (let i = 0; i < 5; i++) host.zx.vmarMap(host.zx.vmarRootSelf, RW, 0, large, 0, PAGE_SIZE);
    const flags = ResourceKind.MMIO | ResourceFlag.EXCLUSIVE;
    const resource = zx.resourceCreate(root.mmio, flags, 0xf_ffff_ff00_0000, 0x10_0000, name);
    for (const other of ["a", "b", "c"]) {
      get()
        .host(`${other}${name.slice(1)}`)
        .give(zx.handleDuplicate(resource, Rights.SAME_RIGHTS));
    }
    host.give(resource);
  }

  test.each(DUMP_TOPICS)(
    "no line of %s is wider than 100 columns, however long the names are, and none is cut",
    (topic) => {
      worstCase(LONGEST_NAME);
      const text = formatDump(topic, dump(get().kernel, topic));
      for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
      expect(text).toContain(LONGEST_NAME);
      if (topic === "resources") expect(text).toContain(`b${LONGEST_NAME.slice(1)}`);
    },
  );

  test.each(DUMP_TOPICS)("colours do not change what %s says", (topic) => {
    worstCase("dyed");
    const data = dump(get().kernel, topic);
    const dyed = formatDump(topic, data, COLOR);
    expect(dyed).toContain("\u001b[");
    expect(stripVTControlCharacters(dyed)).toBe(formatDump(topic, data));
  });

  test.each(DUMP_TOPICS)("a name in %s cannot move the cursor", (topic) => {
    worstCase("\u001b[2J\r\n\u202e");
    const text = formatDump(topic, dump(get().kernel, topic));
    expect(text).toContain("?[2J");
    expect(text).not.toMatch(/[^\n\P{C}]/u);
  });
});

describe("rights as letters", () => {
  const all = (Object.keys(Rights) as RightName[]).filter(
    (name) => name !== "NONE" && name !== "SAME_RIGHTS",
  );

  test("every right has a letter of its own", () => {
    const letters = rightsLetters(all).replace(" ", "");
    expect(letters).toHaveLength(all.length);
    expect(new Set(letters).size).toBe(all.length);
  });

  test("the legend explains the letters that occur", () => {
    expect(rightsLegend(all)).toHaveLength(all.length);
    expect(rightsLegend(["WRITE", "SET_PROPERTY"])).toEqual(["w write", "G set-property"]);
  });
});

describe("sizes", () => {
  test.each([
    [0, "0B"],
    [4096, "4k"],
    [0x8666, "33.6k"],
    ["0x1a000", "104k"],
    [2 * 2 ** 20, "2M"],
    [0x7fdf_0000, "2.0G"],
    [2 ** 47, "128T"],
    [2 ** 53, "8P"],
  ])("%s bytes are %s", (bytes, text) => expect(shortSize(bytes)).toBe(text));
});

describe("rows", () => {
  test("what does not fit goes to the next line, below the first piece where it can", () => {
    expect(row("head", ["one", "two"])).toBe("head one two");
    expect(row("head", ["x".repeat(90), "y"])).toBe(`head ${"x".repeat(90)} y`);
    expect(row("head", ["x".repeat(94), "yy"])).toBe(`head ${"x".repeat(94)}\n     yy`);
    expect(row("h".repeat(80), ["x".repeat(40)])).toBe(
      `${"h".repeat(80)}\n${" ".repeat(60)}${"x".repeat(40)}`,
    );
  });
});
