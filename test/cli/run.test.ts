import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NodeSnapshot, SystemSnapshot } from "../../src/inspect/snapshot.ts";
import { describeWithQemu } from "../support/qemu.ts";
import { CLI, zirconia } from "./zirconia.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const own = (name: string) => join(HERE, "drivers", `${name}.ts`);
const once = (...words: string[]) => zirconia(["run", ...words, "--once"]);
const nodeOf = (stdout: string, driver: string): NodeSnapshot =>
  (JSON.parse(stdout) as SystemSnapshot).nodes.find((node) => node.driver === driver)!;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "zirconia-run-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** A driver of the edu device that logs a word. */
const speaker = (name: string, word: string) => `
import { defineDriver } from "zirconia/driver";
import { suffix } from "./suffix.ts";
export default defineDriver({
  name: "${name}",
  bind: { "fuchsia.BIND_PCI_VID": 0x1234, "fuchsia.BIND_PCI_DID": 0x11e8 },
  async start(ctx): Promise<void> {
    ctx.log.info("${word}" + (suffix as string));
  },
});
`;

describe("zirconia run --once", () => {
  test.each(["worker", "in-thread"])(
    "binds a driver of one's own before a built-in one (%s hosts)",
    (hosts) => {
      const { status, stdout } = once(own("gizmo"), "--json", "--hosts", hosts);
      const gizmo = nodeOf(stdout, "gizmo");
      expect(gizmo).toMatchObject({ moniker: "root.board.pci.00_01_0", state: "running", error: null });
      expect(gizmo.inspect).toEqual({ id: 0x010000ed });
      expect(gizmo.memory).toMatchObject([{ physical: "0xc0000000", cachePolicy: "UNCACHED_DEVICE" }]);
      expect(nodeOf(stdout, "edu")).toBeUndefined();
      expect(status).toBe(0);
    },
  );

  test("shows what drivers log, then the tree", () => {
    const { stdout } = once(own("gizmo"));
    expect(stdout).toMatch(/^\[00000\.\d{6}\]\[gizmo\] INFO: gizmo is up$/m);
    expect(stdout.indexOf("gizmo is up")).toBeLessThan(stdout.indexOf("\nroot\n"));
    expect(stdout).toMatch(/1234:11e8 +gizmo +running {2}in driver-host:gizmo/);
  });

  test("runs several, which may be each other's children", () => {
    const { status, stdout } = once(own("whole"), own("halves"), "--json");
    expect(nodeOf(stdout, "whole").moniker).toBe("root.board.pci.00_01_0.left.whole");
    expect(status).toBe(0);
  });

  test("a driver that has the name of a built-in one takes its place", () => {
    file("suffix.ts", 'export const suffix: string = " there";');
    const { status, stdout } = once(file("own_edu.ts", speaker("edu", "hello")));
    expect(stdout).toContain("[edu] INFO: hello there");
    expect(stdout).not.toContain("factorial");
    expect(status).toBe(0);
  });

  test("--trace tells the seven steps", () => {
    const { stdout } = once(own("gizmo"), "--trace");
    expect(stdout).toContain("7 00:01.0 bar 0: read32 0x00 = 0x010000ed");
  });

  test("a driver that does not start is shown with its error, and the exit status is 1", () => {
    const { status, stdout } = once(own("failing"));
    expect(stdout).toMatch(/failing +quarantined\n.*IO: failing on 00:01\.0: nobody is at home/);
    expect(status).toBe(1);
  });

  test("a driver that is bound to no node is told what came nearest, and how to ask more", () => {
    file("suffix.ts", "");
    const path = file(
      "near.ts",
      speaker("near", "")
        .replace("0x11e8", "0x11e9")
        .replace(/import .*suffix.*/, ""),
    );
    const { status, stderr } = once(path.replace("+ (suffix as string)", ""));
    expect(stderr).toBe(
      [
        `${path} (near) is bound to no node:`,
        "  root.board.pci.00_01_0",
        "    fuchsia.BIND_PCI_DID == 0x11e9;",
        "      Actual value of `fuchsia.BIND_PCI_DID` was literal 0x11e8.",
        `  Rule by rule: zirconia driver debug-bind root.board.pci.00_01_0 ${path}`,
        "",
      ].join("\n"),
    );
    expect(status).toBe(1);
    expect(once(own("whole")).stderr).toContain("nobody has specified one");
  });
});

describe("zirconia run on files that are no drivers", () => {
  test.each([
    ["syntax.ts", "const x: = 1;\n", /syntax\.ts:1(:10)?: Unexpected token[\s\S]*const x: = 1;\n {9}\^/],
    ["end.ts", "const x = f(\n", /end\.ts:\d(:\d+)?: Expression expected\nconst x = f\(\n/],
    ["enum.ts", "enum Color { RED }\n", /enum\.ts:1(:1)?: TypeScript enum is not supported/],
    ["import.ts", 'import "./nowhere.ts";\n', /import\.ts: Cannot find module '.*nowhere\.ts'/],
    [
      "type.ts",
      'import { DriverContext } from "zirconia/driver";\nexport type C = DriverContext;\n',
      /import type/,
    ],
    [
      "throws.ts",
      'const f = (): never => {\n  throw new RangeError("too far");\n};\nf();\n',
      /throws\.ts: RangeError: too far\n +at f \(.*throws\.ts:2:9\)/,
    ],
    ["nothing.ts", "export {};\n", /nothing\.ts exports nothing by default; .*export default defineDriver/],
    [
      "plain.ts",
      'export default { name: "x" };\n',
      /plain\.ts exports something by default that defineDriver has not made/,
    ],
    [
      "named.ts",
      'import { defineDriver } from "zirconia/driver";\nexport const d = defineDriver({ name: "d", bind: true, async start() {} });\n',
      /exports the driver as d, not by default/,
    ],
    [
      "rules.ts",
      'import { defineDriver } from "zirconia/driver";\nexport default defineDriver({ name: "d", bind: { "x.y": -1 }, async start() {} });\n',
      /rules\.ts: TypeError: driver d: bind\["x\.y"\]: -1 is no integer.*\n +at .*rules\.ts:2:16/,
    ],
    [
      "loops.ts",
      "for (;;);\n",
      /loops\.ts: its module still ran after 10 s, and was ended; a loop without end\?/,
    ],
    [
      "waits.ts",
      "setInterval(() => {}, 1000);\nawait new Promise(() => {});\n",
      /waits\.ts: its module waited at its top level for 10 s, and was ended/,
    ],
    [
      "never.ts",
      "await new Promise(() => {});\n",
      /never\.ts: its module waits at its top level for what can never come/,
    ],
    ["leaves.ts", "process.exit(0);\n", /leaves\.ts: its module called process\.exit\(0\) as it was loaded/],
    [
      "rejects.ts",
      'const p = Promise.reject(new Error("lost"));\nawait new Promise(() => {});\n',
      /rejects\.ts: lost\n +at .*rejects\.ts:1:26/,
    ],
    [
      "grows.ts",
      "for (const all: unknown[] = []; ; ) all.push(new Array(1e5).fill(1));\n",
      /grows\.ts: its module takes more than 256 MiB of memory/,
    ],
    ["notes.txt", "hello\n", /a driver's file ends in \.ts, \.mts, \.js, \.mjs/],
  ])("%s: says what is wrong, and where", (name, text, message) => {
    const { status, stdout, stderr } = once(file(name, text));
    expect(stderr).toMatch(/^zirconia run: /);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("zirconia=");
    expect(stdout).toBe("");
    expect(status).toBe(1);
  });

  test("a file that is not there, and a folder", () => {
    expect(once(join(folder, "none.ts"))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("there is no such file"),
    });
    expect(once(folder)).toMatchObject({ status: 1, stderr: expect.stringContaining("is no file") });
  });

  test("two of one name", () => {
    const copy = file("copy.ts", readFileSync(own("gizmo"), "utf8"));
    expect(once(own("gizmo"), copy).stderr).toMatch(/are both called gizmo/);
  });

  test.each([
    [["--hosts", "cloud"], /no hosts cloud; there are: worker, in-thread/],
    [["--machine", "pdp-11"], /no machine pdp-11/],
    [["--watch"], /--once ends at once, and --watch stays/],
    [["--json", "--trace"], /--json has no trace/],
    [["--trace", "loudly"], /story, messages, all/],
  ])("%j: a wrong command line exits with 2", (words, message) => {
    const { status, stderr } = once(own("gizmo"), ...words);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});

const running: Running[] = [];
afterEach(() => {
  for (const run of running.splice(0)) run.kill();
});

/** `zirconia run`, while it runs. */
class Running {
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #output = "";
  #seen = 0;
  #changed = () => {};

  constructor(words: readonly string[]) {
    this.#child = spawn(process.execPath, [CLI, "run", ...words], { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        this.#changed();
      });
    this.ended = new Promise((resolve) => this.#child.once("close", resolve));
    running.push(this);
  }

  /** Waits for a text behind the last one that was waited for; if the process ends before it comes, that is an error. */
  async until(pattern: RegExp): Promise<string> {
    const ended = this.ended.then(() => true);
    for (;;) {
      const found = pattern.exec(this.#output.slice(this.#seen));
      if (found !== null) {
        this.#seen += found.index + found[0].length;
        return found[0];
      }
      const change = new Promise<false>((resolve) => {
        this.#changed = () => resolve(false);
      });
      if ((await Promise.race([change, ended])) && !pattern.test(this.#output.slice(this.#seen)))
        throw new Error(`it ended without ${pattern}:\n${this.#output}`);
    }
  }

  /** Ctrl-C. */
  interrupt(): Promise<number | null> {
    this.#child.kill("SIGINT");
    return this.ended;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

describe("zirconia run", () => {
  test("stays until Ctrl-C, stops the drivers, and exits with 130", async () => {
    file("suffix.ts", 'export const suffix = "";');
    const text = speaker("stopper", "up").replace(
      "async start",
      'async stop(ctx) { ctx.log.info("down"); },\n  async start',
    );
    const run = new Running([file("stopper.ts", text)]);
    await run.until(/\[stopper\] INFO: up/);
    await run.until(/Running\. Ctrl-C ends it\./);
    const status = run.interrupt();
    await run.until(/\[stopper\] INFO: down/);
    expect(await status).toBe(130);
  });

  test("ends with 1 when none of one's own drivers is left", async () => {
    const run = new Running([own("leaving")]);
    await run.until(/\[leaving\] WARNING: leaving/);
    await run.until(/root\.board\.pci\.00_01_0: removed/);
    expect(await run.ended).toBe(1);
  });

  test("does not stay for a driver that did not start", async () => {
    const run = new Running([own("failing")]);
    await run.until(/quarantined/);
    expect(await run.ended).toBe(1);
  });
});

describe("zirconia run --watch", () => {
  test.each(["worker", "in-thread"])(
    "puts a changed file's driver in the place of the old one (%s hosts)",
    async (hosts) => {
      file("suffix.ts", 'export const suffix: string = "!";');
      const path = file("w.ts", speaker("w", "one"));
      const run = new Running([path, "--watch", "--hosts", hosts]);
      await run.until(/\[w\] INFO: one!/);
      await run.until(/Watching/);

      file("w.ts", speaker("w", "two"));
      await run.until(/\[w\] INFO: two!/);
      await run.until(/was loaded anew:\n.*w +running/);

      // What it imports counts, too.
      file("suffix.ts", 'export const suffix: string = "?";');
      await run.until(/\[w\] INFO: two\?/);
      expect(await run.interrupt()).toBe(130);
    },
  );

  test("lives through mistakes of every kind", async () => {
    file("suffix.ts", 'export const suffix: string = "";');
    const path = file("w.ts", "const x: = 1;\n");
    const run = new Running([path, "--watch"]);
    await run.until(/w\.ts:1(:10)?: Unexpected token/);
    await run.until(/Waiting for a change/);

    file("w.ts", speaker("w", "one"));
    await run.until(/\[w\] INFO: one/);
    await run.until(/Watching/);

    file("w.ts", `${speaker("w", "two")}\nfoo(`);
    await run.until(/w\.ts:\d+(:\d+)?: [\s\S]*The version before it stays/);

    file("w.ts", speaker("w", "three").replace("ctx.log.info", "throw ctx.error.bind(ctx, 'IO')"));
    await run.until(/w +quarantined\n +IO: w on 00:01\.0: three/);

    file(
      "w.ts",
      speaker("w", "four").replace(
        "ctx.log.info",
        'setImmediate(() => { throw new Error("late"); }); ctx.log.info',
      ),
    );
    await run.until(
      /driver-host:w has died \(error\): Error: late; .* It was the host of w on .*\n +at .*w\.ts/,
    );
    await run.until(/w has died: it is not started again/);

    file("w.ts", speaker("w", "five"));
    await run.until(/\[w\] INFO: five/);
    expect(await run.interrupt()).toBe(130);
  });

  test.each(["worker", "in-thread"])(
    "lives through modules that loop, leave or wait for ever, as it starts and later (%s hosts)",
    async (hosts) => {
      file("suffix.ts", 'export const suffix = "";\nfor (;;);\n');
      const path = file("w.ts", speaker("w", "one"));
      const run = new Running([path, "--watch", "--hosts", hosts]);
      await run.until(/w\.ts: its module still ran after 10 s/);
      await run.until(/Waiting for a change/);

      // What it had imported before it was ended is watched, too.
      file("suffix.ts", 'export const suffix: string = "";');
      await run.until(/\[w\] INFO: one[\s\S]*Watching/);

      file("suffix.ts", 'export const suffix = "";\nprocess.exit(0);\n');
      await run.until(/w\.ts: its module called process\.exit\(0\)[^\n]*\nThe version before it stays/);

      file("suffix.ts", 'export const suffix = "";\nawait new Promise(() => {});\n');
      await run.until(/w\.ts: its module waits[^\n]*\nThe version before it stays/);

      file("suffix.ts", 'export const suffix: string = "!";');
      await run.until(/\[w\] INFO: one!/);

      // Ctrl-C waits for no module.
      file("w.ts", `setInterval(() => console.log("here"), 1);\nawait new Promise(() => {});\n`);
      await run.until(/here/);
      expect(await run.interrupt()).toBe(130);
    },
  );

  test("follows the rules and the name as they change, and gives nodes to whom they belong then", async () => {
    file("suffix.ts", 'export const suffix: string = "";');
    const path = file("w.ts", speaker("w", "one"));
    const run = new Running([path, "--watch"]);
    await run.until(/\[w\] INFO: one[\s\S]*Watching/);

    file("w.ts", speaker("w", "two").replace("0x11e8", "0x11e9"));
    await run.until(/\[edu\] INFO: edu device/);
    await run.until(/w\.ts \(w\) is bound to no node:\n {2}root\.board\.pci\.00_01_0\n/);

    file("w.ts", speaker("v", "three"));
    await run.until(/\[v\] INFO: three/);
    await run.until(/1234:11e8 +v +running/);

    file("w.ts", speaker("w", "four"));
    await run.until(/\[w\] INFO: four/);
    await run.until(/1234:11e8 +w +running/);
    expect(await run.interrupt()).toBe(130);
  });
});

describeWithQemu("zirconia run on QEMU", () => {
  test.each(["worker", "in-thread"])("runs a driver on QEMU's own device (%s hosts)", (hosts) => {
    const { status, stdout } = once(own("gizmo"), "-m", "qemu-q35", "-d", "edu", "--json", "--hosts", hosts);
    expect(nodeOf(stdout, "gizmo")).toMatchObject({ state: "running", inspect: { id: 0x010000ed } });
    expect(status).toBe(0);
  });
});
