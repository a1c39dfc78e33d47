import { afterAll, beforeAll, expect, test } from "vitest";
import { busDrivers } from "../../src/bus/index.ts";
import edu from "../../src/drivers/edu.ts";
import { System } from "../../src/framework/system.ts";
import { DUMP_TOPICS, dump, type MapsRecord } from "../../src/inspect/dump.ts";
import { ResourceKind, VmOption, VmoChildOption, VmoOption } from "../../src/zx/constants.ts";
import { ZxError } from "../../src/zx/error.ts";
import { hex, PAGE_SIZE } from "../../src/zx/pages.ts";
import { DefaultRights, Rights, rightsNames } from "../../src/zx/rights.ts";
import { RW } from "../support/address_spaces.ts";
import { onBothKernels } from "../support/kernel.ts";
import { onEveryMachine } from "../support/machines.ts";

onEveryMachine(
  "a dump of a booted system",
  ({ create, addressSpace, machine }) => {
    let system: System;

    beforeAll(async () => {
      system = await System.boot({
        machine: await create(["edu"]),
        drivers: [...busDrivers, edu],
        addressSpace,
      });
    });

    afterAll(() => system.stop());

    const bar = () => {
      const [memory] = system.manager.find("root.board.pci.00_01_0").running!.memory;
      return memory!;
    };

    test("says which machine and which kind of address space it is of", () => {
      for (const topic of DUMP_TOPICS) {
        expect(dump(system.kernel, topic)).toMatchObject({ machine, architecture: "x64", addressSpace });
      }
    });

    test("the device's registers are mapped in the driver's host, and nowhere else", () => {
      const { processes } = dump(system.kernel, "maps");
      const mappings = processes.flatMap(({ name, maps }) =>
        maps
          .filter(({ mapping }) => mapping?.vmoKoid === bar().vmoKoid)
          .map((entry) => ({ process: name, entry })),
      );
      expect(mappings).toEqual([
        {
          process: "driver-host:edu",
          entry: {
            type: "mapping",
            name: "00:01.0 bar 0",
            base: hex(bar().address),
            size: "0x100000",
            depth: 2,
            mapping: {
              permissions: "rw-",
              cachePolicy: "UNCACHED_DEVICE",
              memoryType: expect.stringMatching(/^(UC|Device-nGnRE)$/),
              vmoKoid: bar().vmoKoid,
              vmoOffset: "0x0",
              committed: "0x0",
              physical: expect.stringMatching(/^0xc0[01]00000$/),
            },
          },
        },
      ]);
    });

    test("their VMO is physical and has no RAM: once by its handle, once by its mapping, in that host alone", () => {
      const { processes } = dump(system.kernel, "vmos");
      const found = processes.flatMap(({ name, vmos }) =>
        vmos.filter(({ koid }) => koid === bar().vmoKoid).map((vmo) => ({ process: name, vmo })),
      );
      const same = {
        name: "00:01.0 bar 0",
        size: "0x100000",
        numMappings: 1,
        shareCount: 1,
        committed: "0x0",
        cachePolicy: "UNCACHED_DEVICE",
        physical: expect.stringMatching(/^0xc0[01]00000$/),
      };
      expect(found).toEqual([
        {
          process: "driver-host:edu",
          vmo: expect.objectContaining({
            ...same,
            flags: ["VIA_HANDLE", "CONTIGUOUS"],
            rights: expect.arrayContaining(["MAP"]),
          }),
        },
        {
          process: "driver-host:edu",
          vmo: expect.objectContaining({ ...same, flags: ["VIA_MAPPING", "CONTIGUOUS"], rights: null }),
        },
      ]);
    });

    test("only the first process and the host of the bus drivers may make VMOs of device memory", () => {
      const { resources } = dump(system.kernel, "resources");
      const mmio = resources.filter(({ kind }) => kind === "MMIO");
      const holders = new Set(mmio.flatMap((resource) => resource.holders.map(({ name }) => name)));
      expect([...holders].sort()).toEqual(["driver-host:q35", "userboot"]);
      expect(mmio).toContainEqual(
        expect.objectContaining({
          name: "PCI Mmio32",
          exclusive: true,
          base: expect.stringMatching(/^0xc0[01]00000$/),
          size: "0x100000",
          holders: [expect.objectContaining({ name: "driver-host:q35" })],
        }),
      );
      expect(dump(system.kernel, "resources", "edu").resources).toEqual([]);
    });

    test("each process has every handle of its table in the dump, with what zx_object_get_info says of it", () => {
      for (const { koid, name, handles } of dump(system.kernel, "handles").processes) {
        const zx = system.kernel.zxOf(koid);
        expect(handles.map(({ type }) => type)).toContain("process");
        for (const { handle, ...record } of handles) {
          const info = zx.objectGetInfo(Number(handle), "HANDLE_BASIC");
          expect({ name, record }).toMatchObject({
            record: { koid: info.koid, relatedKoid: info.relatedKoid },
          });
          expect(record.rights.join("|") || "NONE").toBe(rightsNames(info.rights));
        }
      }
    });

    test("looking changes nothing", () => {
      const tables = () => DUMP_TOPICS.map((topic) => ({ ...dump(system.kernel, topic), time: 0 }));
      expect(tables()).toEqual(tables());
    });
  },
  ["x64"],
);

onBothKernels("a dump of a kernel", (get) => {
  const maps = (which: string): readonly MapsRecord[] => dump(get().kernel, "maps", which).processes[0]!.maps;
  const vmos = (which: string) => dump(get().kernel, "vmos", which).processes[0]!.vmos;
  const line = ({ type, name, depth, mapping }: MapsRecord) =>
    `${depth} ${type} ${name}${mapping === undefined ? "" : ` ${mapping.permissions} +${mapping.vmoOffset}`}`;

  test("shows VMARs in VMARs by their depth, and a mapping with two permissions as two lines", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(3 * PAGE_SIZE, 0);
    zx.objectSetName(vmo, "three pages");
    const CAN_MAP = VmOption.CAN_MAP_READ | VmOption.CAN_MAP_WRITE;
    const outer = zx.vmarAllocate(zx.vmarRootSelf, CAN_MAP, 0, 0x10_0000);
    const inner = zx.vmarAllocate(outer.vmar, CAN_MAP, 0, 0x1_0000);
    const address = zx.vmarMap(inner.vmar, RW, 0, vmo, PAGE_SIZE, 2 * PAGE_SIZE);
    zx.vmarProtect(inner.vmar, VmOption.PERM_READ, address + PAGE_SIZE, PAGE_SIZE);
    zx.vmoWrite(vmo, new Uint8Array(1), PAGE_SIZE);

    expect(maps("userboot").map(line)).toEqual([
      "0 aspace userboot",
      "1 vmar root",
      "2 vmar useralloc",
      "3 vmar useralloc",
      "4 mapping three pages rw- +0x1000",
      "4 mapping three pages r-- +0x2000",
    ]);
    expect(maps("userboot")[4]).toMatchObject({
      base: hex(address),
      size: "0x1000",
      mapping: { committed: "0x1000", cachePolicy: "CACHED", physical: null },
    });
  });

  test("shows of every VMO what kind it is, whose child it is and how many children it has", () => {
    const { zx } = get();
    const resizable = zx.vmoCreate(PAGE_SIZE, VmoOption.RESIZABLE);
    const copy = zx.vmoCreateChild(resizable, VmoChildOption.SNAPSHOT, 0, PAGE_SIZE);
    const contiguous = zx.vmoCreateContiguous(get().bti(), 2 * PAGE_SIZE, 0);
    const discardable = zx.vmoCreate(PAGE_SIZE, VmoOption.DISCARDABLE);
    zx.handleReplace(discardable, Rights.READ);
    const koid = (handle: number) => zx.objectGetInfo(handle, "HANDLE_BASIC").koid;

    expect(vmos("userboot")).toEqual([
      expect.objectContaining({
        koid: koid(resizable),
        flags: ["TYPE_PAGED", "RESIZABLE", "VIA_HANDLE"],
        parentKoid: 0,
        numChildren: 1,
      }),
      expect.objectContaining({
        koid: koid(copy),
        flags: ["TYPE_PAGED", "IS_COW_CLONE", "VIA_HANDLE"],
        parentKoid: koid(resizable),
        numChildren: 0,
      }),
      expect.objectContaining({
        koid: koid(contiguous),
        flags: ["TYPE_PAGED", "VIA_HANDLE", "CONTIGUOUS"],
        committed: "0x2000",
      }),
      expect.objectContaining({ flags: ["TYPE_PAGED", "VIA_HANDLE", "DISCARDABLE"], rights: ["READ"] }),
    ]);
  });

  test("finds the physical address under a mapping whose VMO nobody has a handle to any more", () => {
    const { zx, root } = get();
    const vmo = zx.vmoCreatePhysical(root.mmio, 0xfe00_0000, 4 * PAGE_SIZE);
    zx.vmarMap(zx.vmarRootSelf, RW, 0, vmo, PAGE_SIZE, PAGE_SIZE);
    zx.handleClose(vmo);
    expect(maps("userboot").at(-1)!.mapping).toMatchObject({ vmoOffset: "0x1000", physical: "0xfe001000" });
    expect(vmos("userboot")).toMatchObject([
      { physical: "0xfe000000", rights: null, flags: ["VIA_MAPPING", "CONTIGUOUS"] },
    ]);
  });

  test("shows a process that has not started, and of a dead one that it is dead", () => {
    const { zx, root } = get();
    const created = zx.processCreate(root.job, "created");
    zx.taskKill(get().host("killed").process);
    const { processes } = dump(get().kernel, "maps");
    expect(processes.map(({ name, state, maps }) => [name, state, maps.length])).toEqual([
      ["userboot", "running", 2],
      ["created", "created", 2],
      ["killed", "dead", 0],
    ]);
    expect(dump(get().kernel, "vmos", "killed").processes[0]!.vmos).toEqual([]);
    expect(dump(get().kernel, "handles", "killed").processes[0]!.handles).toEqual([]);
    zx.handleClose(created.process);
  });

  test("is of all processes, or of those with a name, a short name or a koid", () => {
    const one = get().host("driver-host:edu");
    get().host("driver-host:edu");
    const named = (which?: string) => dump(get().kernel, "handles", which).processes.map(({ name }) => name);
    expect(named()).toEqual(["userboot", "driver-host:edu", "driver-host:edu"]);
    expect(named("driver-host:edu")).toEqual(["driver-host:edu", "driver-host:edu"]);
    expect(named("edu")).toEqual(["driver-host:edu", "driver-host:edu"]);
    expect(named(String(one.koid))).toEqual(["driver-host:edu"]);
    expect(() => named("du")).toThrow(
      new ZxError(
        "NOT_FOUND",
        `no process "du"; there are: userboot (koid ${get().userboot.koid}), driver-host:edu (koid ${one.koid}), driver-host:edu (koid ${one.koid + 2})`,
      ),
    );
  });

  test("lists every resource with all its holders, a resource on its way with none", () => {
    const { zx, root } = get();
    const edu = get().host("driver-host:edu");
    const mmio = (base: number, name: string) =>
      zx.resourceCreate(root.mmio, ResourceKind.MMIO, base, PAGE_SIZE, name);
    const given = mmio(0xfe00_1000, "given");
    const [there] = edu.give(zx.handleDuplicate(given, Rights.SAME_RIGHTS));
    const [channel, other] = zx.channelCreate();
    zx.channelWrite(channel, new Uint8Array(0), [mmio(0xfe00_0000, "sent")]);

    const { resources } = dump(get().kernel, "resources");
    expect(resources.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "MMIO mmio",
      "MMIO sent",
      "MMIO given",
      "IRQ irq",
      "IOPORT io",
      "SYSTEM system",
    ]);
    expect(resources[1]).toMatchObject({ base: "0xfe000000", size: "0x1000", exclusive: false, holders: [] });
    expect(resources[2]!.holders).toEqual([
      { koid: get().userboot.koid, name: "userboot", handle: hex(given) },
      { koid: edu.koid, name: "driver-host:edu", handle: hex(there!) },
    ]);
    expect(dump(get().kernel, "resources", "edu").resources.map(({ name }) => name)).toEqual(["given"]);
    zx.handleCloseMany([channel, other]);
  });

  test("counts the RAM that VMOs have", () => {
    const { zx, kernel } = get();
    const before = dump(kernel, "resources").memory;
    zx.vmoWrite(zx.vmoCreate(4 * PAGE_SIZE, 0), new Uint8Array(2 * PAGE_SIZE), 0);
    const { memory } = dump(kernel, "resources");
    expect(Number(memory.vmos) - Number(before.vmos)).toBe(2 * PAGE_SIZE);
    expect(Number(memory.total)).toBe(kernel.frames.total * PAGE_SIZE);
  });

  test("gives fresh handles the rights that Zircon gives them, by name", () => {
    const { zx, kernel } = get();
    zx.eventCreate(0);
    const { handles } = dump(kernel, "handles", "userboot").processes[0]!;
    const event = handles.find(({ type }) => type === "event")!;
    expect(event).toMatchObject({ relatedKoid: 0, name: "" });
    expect(event.rights.join("|")).toBe(rightsNames(DefaultRights.EVENT));
  });
});
