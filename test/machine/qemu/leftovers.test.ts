import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CompiledSources } from "../../support/compiled.ts";
import { describeWithQemu } from "../../support/qemu.ts";
import { EDU_VECTOR, QemuEdu } from "../../support/qemu_edu.ts";

const START = `
import { createQemuQ35 } from "./machine/qemu/q35.js";
console.log("starting");
const machine = await createQemuQ35({ devices: ["edu,addr=4"] });
console.log("started");
`;

/** Files and processes (QEMU and its supervisor) of the machines that a process has made. */
function leftOf(pid: number): string[] {
  const mark = `zirconia-${pid}-`;
  const files = ["/dev/shm", tmpdir()]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).filter((name) => name.startsWith(mark)));
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => commandLine(name).includes(mark));
  return [...files, ...processes.map((name) => `process ${name}: ${commandLine(name).slice(0, 60)}`)];
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

/** Waits until nothing is left. */
async function cleared(pid: number): Promise<void> {
  while (leftOf(pid).length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

describeWithQemu("nothing is left of a QEMU machine", () => {
  let compiled: CompiledSources;

  beforeAll(() => {
    compiled = new CompiledSources();
  });
  afterAll(() => compiled.remove());

  /** A process of its own session, as a program started from a terminal is. */
  function run(text: string): {
    child: ChildProcess;
    said: (text: string) => Promise<void>;
    exited: Promise<unknown>;
  } {
    const child = spawn(process.execPath, [compiled.script(START + text)], {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    let wake = () => {};
    for (const stream of [child.stdout, child.stderr]) {
      stream!.setEncoding("utf8").on("data", (chunk) => {
        output += chunk;
        wake();
      });
    }
    const exited = new Promise((resolve) => {
      child.once("close", (code, signal) => resolve(signal ?? code));
    });
    let ended = false;
    exited.then(() => {
      ended = true;
      wake();
    });
    const said = async (wanted: string) => {
      while (!output.includes(wanted)) {
        if (ended) throw new Error(`ended after: ${output}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    return { child, said, exited };
  }

  const WAIT = "setInterval(() => {}, 1000);";

  test("on the disk while it runs, and its processes are there", async () => {
    const { child, said, exited } = run(WAIT);
    await said("started");
    const left = leftOf(child.pid!);
    expect(left).toHaveLength(2);
    for (const entry of left) expect(entry).toMatch(/^process \d+: .*(qemu-system-x86_64|\/bin\/sh)/);
    child.kill("SIGKILL");
    await exited;
    await cleared(child.pid!);
  });

  test("after close", async () => {
    const { child, exited } = run("await machine.close();");
    expect(await exited).toBe(0);
    expect(leftOf(child.pid!)).toEqual([]);
  });

  test("after a program that ends without close, and nothing keeps that from ending", async () => {
    const { child, exited } = run("machine.resolve(0, 4096).io.write32(0, 1);");
    expect(await exited).toBe(0);
    await cleared(child.pid!);
  });

  test("after process.exit", async () => {
    const { child, exited } = run("machine.interrupts.attach(20, 'level', () => {}); process.exit(3);");
    expect(await exited).toBe(3);
    await cleared(child.pid!);
  });

  test("after an exception that nobody catches", async () => {
    const { child, exited } = run(`setTimeout(() => { throw new Error('oh'); }); ${WAIT}`);
    expect(await exited).toBe(1);
    await cleared(child.pid!);
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const)(
    "after %s to all processes of its terminal",
    async (signal) => {
      const { child, said, exited } = run(WAIT);
      await said("started");
      process.kill(-child.pid!, signal);
      expect(await exited).toBe(signal);
      await cleared(child.pid!);
    },
  );

  test("after SIGKILL in the middle of accesses", async () => {
    const { child, said, exited } = run("for (;;) machine.resolve(0x200000, 4096).io.read32(0);");
    await said("started");
    child.kill("SIGKILL");
    expect(await exited).toBe("SIGKILL");
    await cleared(child.pid!);
  });

  test.each([0, 5, 10, 20, 30, 40, 60])("after SIGKILL %i ms after the start of its start", async (ms) => {
    const { child, said, exited } = run(WAIT);
    await said("starting");
    await new Promise((resolve) => setTimeout(resolve, ms));
    child.kill("SIGKILL");
    await exited;
    await cleared(child.pid!);
  });

  test("after a start that failed", async () => {
    const { child, exited } = run(
      "await createQemuQ35({ devices: ['nosuch'] }).catch(() => {}); await machine.close();",
    );
    expect(await exited).toBe(0);
    expect(leftOf(child.pid!)).toEqual([]);
  });

  test("after QEMU's own crash, even before close", async () => {
    const edu = await QemuEdu.create();
    const failure = new Promise((resolve) => edu.machine.onFailure(resolve));
    edu.machine.interrupts.attach(EDU_VECTOR, "level", () => {});
    edu.startDma(0x20_0000, 0x4_0000, 0x2000, 0);
    await failure;
    await cleared(process.pid);
    await edu.close();
  });

  test("after its supervisor was killed, and that is a failure", async () => {
    const edu = await QemuEdu.create();
    const failure = new Promise<Error>((resolve) => edu.machine.onFailure(resolve));
    edu.machine.interrupts.attach(EDU_VECTOR, "level", () => {});
    const [shell] = leftOf(process.pid).filter((entry) => entry.includes("/bin/sh"));
    process.kill(Number(/^process (\d+)/.exec(shell!)![1]), "SIGKILL");
    expect((await failure).message).toMatch(/QEMU ended/);
    await edu.close();
    await cleared(process.pid);
  });
});
