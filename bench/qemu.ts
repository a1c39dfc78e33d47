/** 256 register writes to a device of QEMU, posted, beside the same with a round trip each. The aim: at least 10 times faster. */
import type { Machine } from "../src/machine/machine.ts";
import { createQemuQ35 } from "../src/machine/qemu/q35.ts";
import type { Io } from "../src/zx/memory.ts";
import { median } from "./support.ts";

const WRITES = 256;
const ROUNDS = 60;
/** Where edu's registers go, and its liveness register, which takes any value. */
const BAR = 0xfe00_0000;
const LIVENESS = 0x04;

export async function run(): Promise<void> {
  const machine = await createQemuQ35({ devices: ["edu,addr=4"] });
  try {
    const io = edu(machine);
    const cases = {
      "a round trip each": () => writeAll(io, true),
      posted: () => writeAll(io, false),
    };
    const times = new Map<string, number[]>(Object.keys(cases).map((name) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, run] of Object.entries(cases)) times.get(name)!.push(timed(run));
    }
    const baseline = median(times.get("a round trip each")!);
    const ratio = baseline / median(times.get("posted")!);
    console.log(
      `${WRITES} writes of 32 bits, posted${" ".repeat(15)} ${ratio.toFixed(1)} x as fast as with a round trip each`,
    );
  } finally {
    await machine.close();
  }
}

function edu(machine: Machine): Io {
  const { ports } = machine;
  const target = machine.resolve(BAR, 0x10_0000);
  if (ports === undefined || target.kind !== "dispatched") throw new Error("not a q35");
  const setConfig = (offset: number, value: number) => {
    ports.out32(0xcf8, 0x8000_0000 + 4 * 0x800 + offset);
    ports.out32(0xcfc, value);
  };
  setConfig(0x10, BAR);
  setConfig(0x04, 2);
  return target.io;
}

function writeAll(io: Io, waits: boolean): void {
  for (let i = 0; i < WRITES; i++) {
    io.write32(LIVENESS, i);
    if (waits) io.flush?.();
  }
  io.flush?.();
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
