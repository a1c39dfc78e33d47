import { describe, expect, test } from "vitest";
import type { NodeSnapshot, SystemSnapshot } from "../../src/inspect/snapshot.ts";
import { qemuMissing } from "../support/qemu.ts";
import { zirconia, zirconiaInto } from "./zirconia.ts";

const noQemu = qemuMissing();
const eduOf = ({ nodes }: SystemSnapshot): NodeSnapshot => nodes.find(({ driver }) => driver === "edu")!;

describe("zirconia boot", () => {
  test("boots sim-x64 with the edu device by default, and exits with 0", () => {
    const { status, stdout } = zirconia(["boot"]);
    expect(stdout).toMatch(/1234:11e8\s+edu\s+running/);
    expect(stdout).toMatch(/id\s+0x010000ed/);
    expect(stdout).toMatch(/factorial\(10\)\s+3628800/);
    expect(stdout).toMatch(/dma\s+intact/);
    expect(status).toBe(0);
  });

  test.each(["auto", "portable"])(
    "prints the same as data with --json (%s address space)",
    (addressSpace) => {
      const { status, stdout } = zirconia(["boot", "--json", "--address-space", addressSpace]);
      const tree: SystemSnapshot = JSON.parse(stdout);
      expect(tree).toMatchObject({ machine: "sim-x64", architecture: "x64", ok: true });
      const edu = eduOf(tree);
      expect(edu).toMatchObject({ state: "running", host: "driver-host:edu", error: null });
      expect(edu.inspect).toMatchObject({ id: "0x010000ed", "factorial(10)": 3628800, dma: "intact" });
      expect(edu.memory).toEqual([
        {
          name: "00:01.0 bar 0",
          physical: "0xc0000000",
          size: "0x100000",
          vmo: { koid: expect.any(Number), name: "00:01.0 bar 0", size: "0x100000" },
          address: expect.stringMatching(/^0x[0-9a-f]+$/),
          cachePolicy: "UNCACHED_DEVICE",
        },
      ]);
      expect(status).toBe(0);
    },
  );

  test("--trace tells the seven steps for the device, in order, with register names", () => {
    const { stdout } = zirconia(["boot", "--trace"]);
    const steps = stdout.match(/^ *[\d.]+ [1-7] .*$/gm)!.map((line) => line.trim().replace(/^[\d.]+ /, ""));
    const story = steps.slice(steps.findIndex((line) => /^1 .*bound edu/.test(line)));
    expect(story.slice(0, 8)).toEqual([
      "1 node root.board.pci.00_01_0: bound edu",
      "1 node root.board.pci.00_01_0: starting edu in driver-host:edu",
      "2 edu -> fuchsia.hardware.pci/Device.GetBar request { bar_id: uint32 = 0 }",
      expect.stringMatching(/^3 q35 zx_vmo_create_physical\(0x[0-9a-f]+, 0xc0000000, 0x100000\) = 0x/),
      "4 kernel asks the machine: 0xc0000000 + 0x100000 is 00:01.0 edu BAR 0 (dispatched)",
      expect.stringMatching(/^5 edu <- fuchsia.hardware.pci\/Device.GetBar response/),
      expect.stringMatching(/^6 edu zx_vmar_map\(/),
      "7 00:01.0 bar 0: read32 Id (0x00) = 0x010000ed magic=0xed minor=0 major=1",
    ]);
  });

  test("--trace=messages shows every message in full, at both ends, with the rights of its handles", () => {
    const { stdout } = zirconia(["boot", "--trace=messages"]);
    const log = stdout.slice(0, stdout.indexOf("\n\n"));
    const [received] = /5 edu received response.*?(?=\n[ \d.]+edu sent)/s.exec(log)!;
    expect(received.split("\n").map((line) => line.trim())).toEqual([
      "5 edu received response fuchsia.hardware.pci/Device.GetBar (transaction 1) = {",
      "result: fuchsia.hardware.pci/Bar = {",
      "bar_id: uint32 = 0",
      "size: uint64 = 0x100000",
      "result: fuchsia.hardware.pci/BarResult = {",
      'vmo: zx.Handle:VMO = vmo "00:01.0 bar 0"',
      "}",
      "}",
      "}",
      'handle 1: vmo "00:01.0 bar 0", DUPLICATE | TRANSFER | READ | WRITE | MAP |',
      "GET_PROPERTY | SET_PROPERTY | SIGNAL | WAIT | INSPECT",
    ]);
    for (const what of [
      "edu sent request",
      "q35 received request",
      "q35 sent response",
      "edu received response",
    ])
      expect(log).toContain(`${what} fuchsia.hardware.pci/Device.GetBti`);
    expect(log).not.toMatch(/zx_|node root/);
  });

  test("no line is wider than 100 columns", () => {
    for (const args of [
      ["boot"],
      ["boot", "--trace"],
      ["boot", "--trace=messages"],
      ["--help"],
      ["boot", "--help"],
      ["doctor"],
      ["machines"],
    ]) {
      for (const line of zirconia(args).stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    }
  });

  test("a reader that has seen enough is no failure", () => {
    expect(zirconiaInto("true", ["boot", "--trace"])).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("--trace --json has every event as data", () => {
    const { stdout } = zirconia(["boot", "--trace", "--json"]);
    const { trace } = JSON.parse(stdout);
    const kinds = new Set(trace.map(({ kind }: { kind: string }) => kind));
    expect([...kinds].sort()).toEqual([
      "access",
      "interrupt",
      "log",
      "message",
      "node",
      "resolve",
      "syscall",
    ]);
  });

  test("exits with 1 when a bound driver does not run, and says why", () => {
    // A device that masks addresses to 4 KiB corrupts what the driver sends through it.
    const { status, stdout } = zirconia(["boot", "--device", "edu,dma_mask=0xfff"]);
    expect(stdout).toMatch(/edu\s+quarantined/);
    expect(status).toBe(1);
  });

  test.each([
    [["boot", "--machine", "pdp-11"], /no machine pdp-11.*sim-x64.*qemu-q35/],
    [["boot", "--address-space", "flat"], /no address space flat/],
    [["boot", "--trace", "loudly"], /story, messages, all/],
    [["boot", "--colour"], /unknown option/],
    [["reboot"], /unknown command/],
  ])("%j: a wrong command line exits with 2 and says what is right", (args, message) => {
    const { status, stderr, stdout } = zirconia(args);
    expect(stderr).toMatch(message);
    expect(stdout).toBe("");
    expect(status).toBe(2);
  });

  test("a device that the machine does not have is an error that names those it has", () => {
    const { status, stderr } = zirconia(["boot", "--device", "flux-capacitor"]);
    expect(stderr).toMatch(/flux-capacitor.*edu/s);
    expect(status).toBe(1);
  });
});

describe.skipIf(noQemu !== undefined)(`zirconia boot on QEMU${noQemu ? ` (skipped: ${noQemu})` : ""}`, () => {
  test("qemu-q35 with --device edu: the identification, a factorial by interrupt, DMA intact", () => {
    const { status, stdout } = zirconia(["boot", "--machine", "qemu-q35", "--device", "edu", "--json"]);
    const tree: SystemSnapshot = JSON.parse(stdout);
    expect(tree).toMatchObject({ machine: "qemu-q35", ok: true });
    expect(eduOf(tree).inspect).toMatchObject({ id: "0x010000ed", "factorial(10)": 3628800, dma: "intact" });
    expect(status).toBe(0);
  });

  test("two devices get two drivers, two VMOs, two hosts", () => {
    const { stdout } = zirconia(["boot", "-m", "qemu-q35", "-d", "edu", "-d", "edu,addr=7", "--json"]);
    const edus = (JSON.parse(stdout) as SystemSnapshot).nodes.filter(({ driver }) => driver === "edu");
    expect(edus.map(({ name }) => name)).toEqual(["00:01.0", "00:07.0"]);
    expect(new Set(edus.map(({ memory }) => memory[0]!.physical)).size).toBe(2);
    expect(edus.every(({ state }) => state === "running")).toBe(true);
  });

  test("a device that QEMU does not know: QEMU's own words, exit status 1", () => {
    const { status, stderr } = zirconia(["boot", "--machine", "qemu-q35", "--device", "flux-capacitor"]);
    expect(stderr).toMatch(/'flux-capacitor' is not a valid device model name/);
    expect(status).toBe(1);
  });
});

test("zirconia boot on QEMU without QEMU says how to get it", () => {
  const { status, stderr } = zirconia(["boot", "--machine", "qemu-q35"], { PATH: "/nonexistent" });
  expect(stderr).toMatch(/apt-get install qemu-system-x86/);
  expect(status).toBe(1);
});

describe("zirconia doctor", () => {
  test("says of Node, koffi and QEMU what is there and what it means", () => {
    const { status, stdout } = zirconia(["doctor"]);
    for (const name of ["Node", "koffi", "QEMU", "QEMU (Arm)"]) expect(stdout).toContain(`${name}: `);
    expect(status).toBe(0);
  });

  test("says how to get QEMU where it is missing, and is content without it", () => {
    const { status, stdout } = zirconia(["doctor", "--json"], { PATH: "/nonexistent" });
    const qemu = JSON.parse(stdout).find(({ name }: { name: string }) => name === "QEMU");
    expect(qemu).toMatchObject({ state: "optional", remedy: expect.stringMatching(/apt-get install/) });
    expect(status).toBe(0);
  });
});

test("zirconia machines lists each machine and whether it can be used here", () => {
  const { stdout } = zirconia(["machines", "--json"]);
  const list = JSON.parse(stdout);
  const available = new Map(
    list.map(({ name, available }: { name: string; available: boolean }) => [name, available]),
  );
  expect([...available]).toEqual([
    ["sim-x64", true],
    ["sim-arm64", true],
    ["qemu-q35", noQemu === undefined],
    ["qemu-virt-arm64", qemuMissing("qemu-system-aarch64") === undefined],
  ]);
});
