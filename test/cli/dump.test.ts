import { describe, expect, test } from "vitest";
import type { HandlesDump, MapsDump, ResourcesDump, VmosDump } from "../../src/inspect/dump.ts";
import { qemuMissing } from "../support/qemu.ts";
import { zirconia } from "./zirconia.ts";

const noQemu = qemuMissing();

describe("zirconia dump", () => {
  test("maps: edu's registers are in its host's address space, as device memory", () => {
    const { status, stdout } = zirconia(["dump", "maps", "--process", "edu"]);
    expect(stdout).toMatch(/^p:\d+ driver-host:edu$/m);
    expect(stdout).toMatch(/^\/A 00200000-7fff0000 +2\.0G:sz +'driver-host:edu'$/m);
    expect(stdout).toMatch(
      /^M {2}[0-9a-f]{8}-[0-9a-f]{8} rw- +1M:sz +0B:res +\d+:vmo\+0x0 device +'00:01\.0 bar 0' at 0xc0000000$/m,
    );
    expect(status).toBe(0);
  });

  test("vmos: once by its handle and once by its mapping, without RAM", () => {
    const { status, stdout } = zirconia(["dump", "vmos", "--address-space", "portable"]);
    const [, host] = stdout.split(/^p:\d+ driver-host:edu$/m);
    expect(host).toMatch(/^rights {2}koid parent #chld #map #shr {4}size {3}alloc name$/m);
    expect(host).toMatch(/^rw-mdt +(\d+) .* 1M +phys 00:01\.0 bar 0 at 0xc0000000 device$/m);
    expect(host).toMatch(/^ {5}- +(\d+) .* 1M +phys 00:01\.0 bar 0 at 0xc0000000 device$/m);
    expect(status).toBe(0);
  });

  test("handles: each with its object's type and name, and a legend", () => {
    const { status, stdout } = zirconia(["dump", "handles", "-p", "userboot"]);
    expect(stdout).toMatch(/^0x[0-9a-f]{8}: +\d+ +-w--dt i +resource +mmio$/m);
    expect(stdout).toMatch(/^0x[0-9a-f]{8}: +\d+ +\d+ rw--dt \w+ +process +driver-host:edu$/m);
    expect(stdout).toMatch(/^\d+ handles$/m);
    expect(stdout).toMatch(/^rights: r read, w write, /m);
    expect(status).toBe(0);
  });

  test("resources: who may make VMOs of device memory", () => {
    const { status, stdout } = zirconia(["dump", "resources"]);
    expect(stdout).toMatch(/^mem total +free +VMOs\n +127M +\S+ +8k$/m);
    expect(stdout).toMatch(/^MMIO +shared .* mmio +userboot, driver-host:q35$/m);
    expect(stdout).toMatch(/^MMIO +exclusive .*\[0xc0000000, 0xc0100000\) PCI Mmio32 driver-host:q35$/m);
    expect(status).toBe(0);
  });

  test("--json has the records of every table as data", () => {
    const json = (table: string) => JSON.parse(zirconia(["dump", table, "--json"]).stdout);
    const maps: MapsDump = json("maps");
    expect(maps).toMatchObject({ machine: "sim-x64", architecture: "x64" });
    const names = maps.processes.map(({ name }) => name);
    expect(names).toEqual(["userboot", "driver-host:q35", "driver-host:edu"]);
    const bar = maps.processes[2]!.maps.find(({ name }) => name === "00:01.0 bar 0")!;
    expect(bar.mapping).toMatchObject({ permissions: "rw-", physical: "0xc0000000" });
    const vmos: VmosDump = json("vmos");
    expect(vmos.processes[2]!.vmos.map(({ physical }) => physical)).toContain("0xc0000000");
    const handles: HandlesDump = json("handles");
    expect(handles.processes[2]!.handles.map(({ type }) => type)).toContain("pmt");
    const resources: ResourcesDump = json("resources");
    expect(resources.resources.map(({ name }) => name)).toEqual([
      "mmio",
      "PCI Mmio32",
      "irq",
      "io",
      "system",
    ]);
  });

  test("prints the tables of what runs, names the driver that does not, and exits with 1", () => {
    const { status, stdout, stderr } = zirconia(["dump", "maps", "-d", "edu,dma_mask=0xfff"]);
    expect(stdout).toMatch(/^p:\d+ driver-host:q35$/m);
    expect(stdout).not.toMatch(/bar 0/);
    expect(stderr).toMatch(
      /^zirconia dump: root\.board\.pci\.00_01_0: edu is quarantined: IO_DATA_INTEGRITY/,
    );
    expect(status).toBe(1);
  });

  test("a process that is not there is an error that names those that are", () => {
    const { status, stdout, stderr } = zirconia(["dump", "maps", "--process", "shell"]);
    expect(stderr).toMatch(/no process "shell"; there are: userboot \(koid \d+\), driver-host:q35/);
    expect(stdout).toBe("");
    expect(status).toBe(1);
  });

  test.each([
    [["dump"], /missing required argument 'table'/],
    [["dump", "threads"], /no table threads; there are: maps, vmos, handles, resources/],
    [["dump", "maps", "--machine", "pdp-11"], /no machine pdp-11.*sim-x64.*qemu-q35/],
    [["dump", "maps", "--address-space", "flat"], /no address space flat/],
    [["dump", "maps", "vmos"], /too many arguments/],
    [["dump", "maps", "--trace"], /unknown option/],
  ])("%j: a wrong command line exits with 2 and says what is right", (args, message) => {
    const { status, stderr, stdout } = zirconia(args);
    expect(stderr).toMatch(message);
    expect(stdout).toBe("");
    expect(status).toBe(2);
  });

  test("no line is wider than 100 columns", () => {
    const tables = [["maps"], ["vmos"], ["handles"], ["resources"], ["--help"]];
    for (const args of tables) {
      for (const line of zirconia(["dump", ...args]).stdout.split("\n"))
        expect(line.length).toBeLessThanOrEqual(100);
    }
  });
});

describe.skipIf(noQemu !== undefined)(`zirconia dump on QEMU${noQemu ? ` (skipped: ${noQemu})` : ""}`, () => {
  test("two devices: two VMOs, each mapped in its own host only", () => {
    const args = ["dump", "maps", "-m", "qemu-q35", "-d", "edu", "-d", "edu,addr=7", "--json"];
    const { status, stdout } = zirconia(args);
    const { processes }: MapsDump = JSON.parse(stdout);
    const bars = processes.map(({ maps }) =>
      maps.filter(({ name }) => / bar 0$/.test(name)).map(({ mapping }) => mapping!.physical),
    );
    expect(bars).toEqual([[], [], ["0xc0000000"], ["0xc0100000"]]);
    expect(status).toBe(0);
  });
});
