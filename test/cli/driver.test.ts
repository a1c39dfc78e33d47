import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeWithQemu } from "../support/qemu.ts";
import { type Outcome, zirconia } from "./zirconia.ts";

const EDU = "fuchsia-boot:///#meta/edu.cm";
const NODE = "root.board.pci.00_01_0";
const own = (name: string) => fileURLToPath(new URL(`drivers/${name}.ts`, import.meta.url));

const driver = (...words: string[]): Outcome => zirconia(["driver", ...words]);
const json = (...words: string[]) => JSON.parse(driver(...words, "--json").stdout);

interface Named {
  readonly name: string;
  readonly moniker: string;
  readonly url: string;
}

describe("zirconia driver list", () => {
  test("prints a URL a line; with --loaded only of drivers that are bound", () => {
    const { status, stdout } = driver("list");
    expect(stdout.split("\n")).toContain(EDU);
    expect(stdout).toMatch(/^(fuchsia-boot:\/\/\/#meta\/[a-z0-9_-]+\.cm\n)+$/);
    expect(status).toBe(0);
    const loaded = driver("list", "--loaded").stdout.trim().split("\n");
    expect(loaded.map((url) => /meta\/(.+)\.cm/.exec(url)![1]).sort()).toEqual(["edu", "pci", "q35"]);
  });

  test("-v says what each is for, and where it is", () => {
    const blocks = driver("list", "-v").stdout.split("\n\n");
    expect(blocks.find((block) => block.includes(EDU))!.trimEnd()).toBe(
      [
        "Name       : edu",
        `URL        : ${EDU}`,
        `Nodes      : ${NODE}`,
        "Bind rules :",
        "  fuchsia.BIND_PCI_VID == 0x1234;",
        "  fuchsia.BIND_PCI_DID == 0x11e8;",
      ].join("\n"),
    );
  });

  test("--driver adds one's own, to which the built-in one for the same device gives way", () => {
    const records = json("list", "--driver", own("gizmo"));
    const find = (name: string) => records.find((record: Named) => record.name === name);
    expect(find("gizmo")).toMatchObject({ file: own("gizmo"), fallback: false, nodes: [NODE] });
    expect(find("edu")).toMatchObject({ file: null, fallback: true, nodes: [] });
    expect(find("pci")).toMatchObject({ fallback: false, colocate: true, nodes: ["root.board.pci"] });
  });
});

describe("zirconia driver list-devices", () => {
  test("prints each node with its driver, or who has it instead", () => {
    const { status, stdout } = driver("list-devices", "--driver", own("halves"), "--driver", own("whole"));
    const lines = stdout.split("\n").map((line) => line.split(/ {2,}/));
    expect(lines).toContainEqual([NODE, "fuchsia-boot:///#meta/halves.cm"]);
    expect(lines).toContainEqual(["root.board.pci.00_00_0", "unbound"]);
    expect(lines).toContainEqual([`${NODE}.left`, "owned by composite(s)"]);
    expect(lines).toContainEqual([`${NODE}.left.whole`, "fuchsia-boot:///#meta/whole.cm"]);
    expect(status).toBe(0);
  });

  test("-v counts the properties that rules ask for, and the offers", () => {
    const blocks = driver("list-devices", "-v").stdout.split("\n\n");
    const block = blocks.find((text) => text.includes(`Moniker    : ${NODE}\n`))!;
    expect(block.replace(/koid {2}: \d+/, "koid  : KOID").trimEnd()).toBe(
      [
        "Name       : 00:01.0",
        `Moniker    : ${NODE}`,
        `Driver     : ${EDU}`,
        "Host koid  : KOID",
        "10 Properties",
        "[ 1/ 10] : Key fuchsia.BIND_PCI_VID          Value 0x001234",
        "[ 2/ 10] : Key fuchsia.BIND_PCI_DID          Value 0x0011e8",
        "[ 3/ 10] : Key fuchsia.BIND_PCI_CLASS        Value 0x000000",
        "[ 4/ 10] : Key fuchsia.BIND_PCI_SUBCLASS     Value 0x0000ff",
        "[ 5/ 10] : Key fuchsia.BIND_PCI_INTERFACE    Value 0x000000",
        "[ 6/ 10] : Key fuchsia.BIND_PCI_REVISION     Value 0x000010",
        "[ 7/ 10] : Key fuchsia.BIND_PCI_TOPO         Value 0x000008",
        '[ 8/ 10] : Key fuchsia.hardware.pci.Service  Value "fuchsia.hardware.pci.Service.ZirconTransport"',
        '[ 9/ 10] : Key fuchsia.NAME                  Value "00:01.0"',
        '[10/ 10] : Key fuchsia.Service               Value "fuchsia.hardware.pci.Service"',
        "1 Offer",
        "[ 1/  1] : Service fuchsia.hardware.pci.Service (ZirconTransport)",
        "             Source root.board.pci, instances default (00:01.0 there)",
      ].join("\n"),
    );
  });

  test("says of a driver that did not start why, and exits with 0: it was listed", () => {
    const { status, stdout } = driver("list-devices", "-v", "--driver", own("failing"));
    expect(stdout).toMatch(/Driver {5}: .*failing\.cm \(quarantined\)\nError {6}: IO: .*nobody is at home/);
    expect(status).toBe(0);
  });
});

test("zirconia driver list-hosts shows which drivers share a process", () => {
  const hosts = json("list-hosts");
  const drivers = hosts.map((host: { drivers: Named[] }) => host.drivers.map(({ moniker }) => moniker));
  expect(drivers).toEqual([["root.board", "root.board.pci"], [NODE]]);
  expect(new Set(hosts.map(({ koid }: { koid: number }) => koid)).size).toBe(2);
  const { stdout } = driver("list-hosts");
  expect(stdout).toMatch(
    /^Driver Host: \d+ {2}driver-host:q35, [a-z-]+\n {4}fuchsia-boot.*q35\.cm {2}root\.board\n/,
  );
});

describe("zirconia driver list-composite-node-specs", () => {
  const halves = ["--driver", own("halves")];

  test("prints each with its driver, or None", () => {
    expect(driver("list-composite-node-specs").stdout).toBe("no composite node specifications\n");
    expect(driver("list-composite-node-specs", ...halves).stdout).toBe("whole  None\nhole   None\n");
    const { stdout } = driver("list-composite-node-specs", ...halves, "--driver", own("whole"));
    expect(stdout).toBe("whole  fuchsia-boot:///#meta/whole.cm\nhole   None\n");
  });

  test("-v says which node each parent is, and where there is none, what comes nearest", () => {
    const { stdout } = driver("list-composite-node-specs", "-v", ...halves, "--driver", own("whole"));
    expect(stdout).toContain(`[ 1/  2] : port (Primary): ${NODE}.left\n`);
    expect(stdout).toContain(`[ 2/  2] : starboard: ${NODE}.right\n`);
    expect(stdout).toContain('           [ 1/  1] : Accept "test.HALF" { "right" }\n');
    expect(stdout).toContain(
      `parent 0 (Primary): no such node\n           nearest: ${NODE}.left, which fails\n             Accept "test.HALF" { "middle" }; it has "left"\n`,
    );
  });
});

describe("zirconia driver debug-bind", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "zirconia-driver-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  test("says rule by rule that a driver binds, and exits with 0", () => {
    const { status, stdout } = driver("debug-bind", NODE, EDU);
    expect(stdout).toBe(
      [
        `Node   : ${NODE}`,
        `Driver : ${EDU}`,
        "",
        'bind["fuchsia.BIND_PCI_VID"]: Condition statement succeeded: fuchsia.BIND_PCI_VID == 0x1234;',
        'bind["fuchsia.BIND_PCI_DID"]: Condition statement succeeded: fuchsia.BIND_PCI_DID == 0x11e8;',
        "Driver binds to the node.",
        "",
      ].join("\n"),
    );
    expect(status).toBe(0);
  });

  test("says why it does not, with what the node has, and exits with 1", () => {
    const { status, stdout } = driver("debug-bind", "00:1f.0", "edu");
    expect(stdout).toContain(
      "failed: fuchsia.BIND_PCI_DID == 0x11e8;\n\tActual value of `fuchsia.BIND_PCI_DID` was literal 0x2918.",
    );
    expect(stdout).toContain("Driver doesn't bind to the node.");
    expect(status).toBe(1);
  });

  test("takes the rules of a driver's file, and says who has the node", () => {
    const { status, stdout } = driver("debug-bind", "00:01.0", own("gizmo"));
    expect(stdout).toContain(`Driver binds to the node.\nThe node is bound to ${EDU}.`);
    expect(status).toBe(0);
  });

  test("takes a .bind file, whose lines it names", () => {
    const text = "using fuchsia.pci;\nfuchsia.BIND_PCI_VID == 0x1234;\nfuchsia.BIND_PCI_CLASS == 0x06;\n";
    const { status, stdout } = driver("debug-bind", "00:01.0", file("bridge.bind", text));
    expect(stdout).toContain("Line 2: Condition statement succeeded");
    expect(stdout).toContain("Line 3: Condition statement failed");
    expect(status).toBe(1);
    const broken = driver("debug-bind", "00:01.0", file("broken.bind", "fuchsia.BIND_PCI_VID = 1;"));
    expect(broken.stderr).toMatch(/do not compile\n.*broken\.bind:1:\d+: error/);
    expect(broken.status).toBe(1);
  });

  test("matches composite rules against a composite node specification", () => {
    const halves = ["--driver", own("halves"), "--driver", own("whole")];
    const good = driver("debug-bind", "whole", "whole", ...halves);
    expect(good.stdout).toContain('Parent 1: "starboard"');
    expect(good.stdout).toContain("Driver binds to the composite node.");
    expect(good.status).toBe(0);
    const bad = driver("debug-bind", "hole", "whole", ...halves);
    expect(bad.stdout).toContain('Node "port" has no parent.');
    expect(bad.status).toBe(1);
    const plain = driver("debug-bind", "left", "whole", ...halves);
    expect(plain.stdout).toContain("name a composite node specification; there are: whole, hole.");
    expect(plain.status).toBe(1);
    expect(driver("debug-bind", "whole", "halves", ...halves).stderr).toContain("are not composite");
  });

  test("--json is the explanation as data", () => {
    expect(json("debug-bind", "00:1f.0", "edu")).toMatchObject({
      node: "root.board.pci.00_1f_0",
      driver: EDU,
      matches: false,
      explanation: {
        kind: "rules",
        statements: [
          { held: false, actual: 0x8086 },
          { held: false, actual: 0x2918 },
        ],
      },
      notes: [],
    });
  });

  test.each([
    [["00:07.0", "edu"], /no node 00:07\.0; there are: root, root\.board, .*00_1f_0/],
    [["00:01.0", "flux"], /no driver flux; there are: .*edu\.cm/],
    [["00:01.0", "flux.ts"], /flux\.ts: there is no such file/],
    [["00:01.0", "flux.bind"], /flux\.bind: there is no such file/],
  ])("%j: says what there is", (words, message) => {
    const { status, stdout, stderr } = driver("debug-bind", ...words);
    expect(stderr).toMatch(message);
    expect(stdout).toBe("");
    expect(status).toBe(1);
  });
});

describe("zirconia driver restart", () => {
  test("shows the new host of the driver's node", () => {
    const { status, stdout } = driver("restart", "edu");
    const [, before, after] =
      /^Restarted 1 driver host with .*edu\.cm:\n {2}root\.board\.pci\.00_01_0 {2}edu running\n +in driver-host:edu, koid (\d+) -> (\d+)\n$/.exec(
        stdout,
      )!;
    expect(before).not.toBe(after);
    expect(status).toBe(0);
  });

  test("a bus driver's takes everything below it along", () => {
    const { url, hosts, changed } = json("restart", "pci");
    expect(url).toBe("fuchsia-boot:///#meta/pci.cm");
    expect(hosts).toBe(1);
    expect(changed.map(({ moniker }: Named) => moniker)).toEqual(["root.board", "root.board.pci", NODE]);
  });

  test("exits with 1 if a driver does not start again", () => {
    const { status, stdout } = driver("restart", "failing", "--driver", own("failing"));
    expect(stdout).toMatch(/^Restarted 0 driver hosts/);
    expect(status).toBe(1);
  });
});

describe("zirconia driver disable", () => {
  test("leaves the node without a driver, or to another one that matches", () => {
    expect(driver("disable", EDU)).toMatchObject({
      status: 0,
      stdout: `Disabled ${EDU} and restarted 1 driver host:\n  ${NODE}  edu -> unbound\n`,
    });
    const { stdout } = driver("disable", "gizmo", "--driver", own("gizmo"));
    expect(stdout).toMatch(/00_01_0 {2}gizmo -> edu running\n +in driver-host:edu/);
  });
});

describe("zirconia driver register", () => {
  test("shows which nodes that waited for a driver get it", () => {
    const { status, stdout } = driver("register", own("whole"), "--driver", own("halves"));
    expect(stdout).toMatch(/^Registered fuchsia-boot:\/\/\/#meta\/whole\.cm:\n/);
    expect(stdout).toMatch(/ \S+\.left +unbound -> owned by composite\(s\)\n/);
    expect(stdout).toMatch(/ \S+\.left\.whole +no node -> whole running\n/);
    expect(status).toBe(0);
  });

  test("says why it is bound to no node", () => {
    const { status, stdout } = driver("register", own("gizmo"));
    expect(stdout).toContain(`${NODE} matches, but is bound to ${EDU}`);
    expect(stdout).toContain(`zirconia run ${own("gizmo")}`);
    expect(status).toBe(0);
    expect(driver("register", own("whole")).stdout).toContain("nobody has specified one");
    expect(driver("register", own("gizmo"), "-d", "edu", "--json").stdout).toContain('"instead": "bound to');
  });

  test("exits with 1 for a name that is taken", () => {
    const { status, stderr } = driver("register", own("gizmo"), "--driver", own("gizmo"));
    expect(stderr).toMatch(/gizmo\.cm is registered already/);
    expect(status).toBe(1);
  });
});

describe("the driver commands", () => {
  test.each([
    [["list", "-m", "pdp-11"], /no machine pdp-11/],
    [["list-devices", "--colour"], /unknown option/],
    [["debug-bind", "00:01.0"], /missing required argument 'driver'/],
    [["lspci"], /unknown command/],
  ])("%j: a wrong command line exits with 2", (words, message) => {
    const { status, stderr } = driver(...words);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  test("say that there is no daemon", () => {
    expect(driver("--help").stdout).toContain("There is no daemon");
  });

  test.each(["sim-x64", "sim-arm64"])(
    "have no line wider than 100 columns on %s, and no colours for a file",
    (machine) => {
      for (const words of [
        ["--help"],
        ["debug-bind", "--help"],
        ["list", "-v", "-m", machine],
        ["list-devices", "-v", "-m", machine],
        ["list-hosts", "-m", machine],
      ]) {
        const { stdout } = driver(...words);
        expect(stdout).not.toContain("\u001b");
        for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(100);
      }
    },
  );
});

describeWithQemu("zirconia driver on QEMU", () => {
  test("lists QEMU's own devices", () => {
    const nodes = json("list-devices", "-m", "qemu-q35", "-d", "edu");
    const edu = nodes.find(({ driver: url }: { driver: string }) => url === EDU);
    expect(edu).toMatchObject({ state: "running", properties: { "fuchsia.BIND_PCI_DID": 0x11e8 } });
    expect(driver("debug-bind", edu.moniker, "edu", "-m", "qemu-q35", "-d", "edu").status).toBe(0);
  });
});
