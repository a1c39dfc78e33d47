/** What every system call says to every kind of garbage in every place: the same wherever the process's program runs. */
import { ZxError } from "../../src/zx/error.ts";
import type { Zx } from "../../src/zx/syscalls.ts";
import { GARBAGE, type Path, placesIn, replaced } from "./garbage.ts";
import { type Bench, syscallSamples } from "./syscall_samples.ts";

type Call = (...args: unknown[]) => unknown;
type Name = keyof typeof syscallSamples;

/** An exception takes a kernel to raise it, which a process has not; and the machine has too few MSIs for all of this. */
const LEFT_OUT: readonly Name[] = ["exceptionGetProcess", "msiAllocate", "msiCreate"];

/** One line for each call, garbage and place: `vmoCreate(0: NaN) INVALID_ARGS`. */
export async function surveyStatuses(bench: Omit<Bench, "raise">): Promise<string[]> {
  const lines: string[] = [];
  const whole: Bench = {
    ...bench,
    raise() {
      throw new Error("there is nobody to raise an exception");
    },
  };
  for (const name of (Object.keys(syscallSamples) as Name[]).filter((each) => !LEFT_OUT.includes(each))) {
    const sample = () => syscallSamples[name](whole);
    lines.push(`${name}() ${await statusOfCall(bench.zx, name, sample())}`);
    for (const place of placesIn(sample())) {
      for (const { name: what, make } of GARBAGE) {
        const args = replaced(sample(), place, make()) as unknown[];
        lines.push(`${name}(${shown(place)}: ${what}) ${await statusOfCall(bench.zx, name, args)}`);
      }
    }
  }
  return lines;
}

async function statusOfCall(zx: Zx, name: Name, args: readonly unknown[]): Promise<string> {
  try {
    const result = (zx[name] as Call)(...args);
    if (!(result instanceof Promise)) return "OK";
    const ended = result.then(() => "OK", statusOf);
    // What does not wait has ended by then: waits end in their order.
    return await Promise.race([ended, zx.nanosleep(0).then(() => "waits")]);
  } catch (error) {
    return statusOf(error);
  }
}

function statusOf(error: unknown): string {
  return error instanceof ZxError ? error.statusName : String(error);
}

function shown(place: Path): string {
  return place.join(".");
}
