import { describe, expect, test } from "vitest";
import type { SyscallName } from "../../../src/kernel/syscall/zx.ts";
import { ExceptionType, type Handle, ObjectType } from "../../../src/zx/constants.ts";
import { ZxError } from "../../../src/zx/error.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { Status } from "../../../src/zx/status.ts";
import type { Zx } from "../../../src/zx/syscalls.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { GARBAGE, type Path, placesIn, replaced } from "../../support/garbage.ts";
import { type Host, onBothKernels, type TestKernel, withKernel } from "../../support/kernel.ts";
import { type Bench, oneOfEveryType, syscallSamples } from "../../support/syscall_samples.ts";

const FAULT = { type: ExceptionType.FATAL_PAGE_FAULT, status: Status.NOT_FOUND, message: "a fault" };

type Call = (...args: unknown[]) => unknown;

/** What there is that a call could leave behind. */
interface Books {
  readonly handles: ReadonlySet<Handle>;
  readonly objects: ReadonlySet<number>;
  readonly frames: number;
  /** Lines of the process's maps. */
  readonly maps: number;
}

/** A process on which garbage is tried, and the accounts of the kernel around it. */
class Trial {
  readonly bench: Bench;
  readonly #test: TestKernel;
  readonly #host: Host;
  readonly #foreign: Handle;
  readonly #stray: string[] = [];
  #pending = 0;

  constructor(test: TestKernel) {
    this.#test = test;
    this.#host = test.host("garbage");
    this.#foreign = test.zx.eventCreate(0);
    const give = (handle: Handle): Handle => {
      const [given] = this.#host.give(test.zx.handleDuplicate(handle, Rights.SAME_RIGHTS));
      return given!;
    };
    const { mmio, irq, ioport, system, iommu, job } = test.root;
    this.bench = {
      zx: this.#host.zx,
      mmio: give(mmio),
      irq: give(irq),
      ioport: give(ioport),
      system: give(system),
      iommu: give(iommu),
      job: give(job),
      raise: (process) => {
        const { koid } = this.#host.zx.objectGetInfo(process, "HANDLE_BASIC");
        void test.kernel.raiseException(koid, FAULT);
      },
    };
  }

  /** Puts every kind of garbage into every place of the arguments of a call, and into all of them at once. */
  async run(name: SyscallName): Promise<string[]> {
    const sample = syscallSamples[name];
    const before = this.#books();
    const places = placesIn(sample(this.bench));
    this.#clean(before);
    for (const garbage of this.#garbage()) {
      for (const place of places) await this.#try(name, garbage.name, place, garbage.make);
      await this.#try(name, garbage.name, undefined, garbage.make);
    }
    return this.#stray;
  }

  /** Ends the process: what still waits is canceled. */
  async end(): Promise<void> {
    this.#test.zx.taskKill(this.#host.process);
    await turns();
    expect(this.#pending).toBe(0);
  }

  #garbage(): { name: string; make: () => unknown }[] {
    const { zx } = this.bench;
    const closed = (): Handle => {
      const event = zx.eventCreate(0);
      zx.handleClose(event);
      return event;
    };
    const handles = Object.entries(oneOfEveryType).map(([type, make]) => ({
      name: `a handle to a ${type}`,
      make: () => make(this.bench),
    }));
    const powerless = () => zx.handleReplace(zx.vmoCreate(PAGE_SIZE, 0), Rights.NONE);
    return [
      ...GARBAGE,
      ...handles,
      { name: "a handle without rights", make: powerless },
      { name: "a closed handle", make: closed },
      { name: "a foreign handle", make: () => this.#foreign },
    ];
  }

  async #try(name: SyscallName, what: string, place: Path | undefined, make: () => unknown): Promise<void> {
    const where = `${name} with ${what} ${place === undefined ? "for every argument" : `at ${place.join(".")}`}`;
    const before = this.#books();
    const sample = syscallSamples[name](this.bench);
    const garbage = make();
    const args =
      place === undefined ? sample.map(() => garbage) : (replaced(sample, place, garbage) as unknown[]);
    const prepared = this.#books();
    const failed = await this.#call(where, name, args);
    if (failed) this.#compare(where, prepared, this.#books());
    this.#clean(before);
    const after = this.#books();
    this.#compare(where, before, after);
    this.#compare(where, after, before);
  }

  /** Whether the call failed. Whatever it fails with that is no ZxError is noted. */
  async #call(where: string, name: SyscallName, args: unknown[]): Promise<boolean> {
    let failed = false;
    const fail = (error: unknown): void => {
      failed = true;
      const isStatus = error instanceof ZxError && error.status < 0 && Number.isInteger(error.status);
      if (!isStatus) this.#stray.push(`${where}: ${String(error)}`);
    };
    try {
      const result = (this.bench.zx[name] as Call)(...args);
      if (!(result instanceof Promise)) return failed;
      this.#pending++;
      const settled = result.catch(fail).finally(() => this.#pending--);
      await Promise.race([settled, turns()]);
    } catch (error) {
      fail(error);
    }
    return failed;
  }

  #books(): Books {
    const { kernel } = this.#test;
    const process = kernel.process(this.#host.koid);
    return {
      handles: new Set([...process.handles.entries()].map(([value]) => value)),
      objects: new Set([...kernel.objects()].map(({ koid }) => koid)),
      frames: kernel.frames.used,
      maps: process.aspace.maps().length,
    };
  }

  /** Notes what is in `now` and was not in `then`. */
  #compare(where: string, then: Books, now: Books): void {
    const extra = (a: ReadonlySet<number>, b: ReadonlySet<number>) =>
      [...b].filter((item) => !a.has(item)).length;
    const leaked = {
      handles: extra(then.handles, now.handles),
      objects: extra(then.objects, now.objects),
      frames: Math.max(0, now.frames - then.frames),
      maps: Math.max(0, now.maps - then.maps),
    };
    if (Object.values(leaked).some((count) => count > 0))
      this.#stray.push(`${where}: ${JSON.stringify(leaked)}`);
  }

  /** Gives back everything that the process has got since. */
  #clean(then: Books): void {
    const { zx } = this.bench;
    const { handles } = this.#test.kernel.process(this.#host.koid);
    const fresh = [...handles.entries()].filter(([value]) => !then.handles.has(value));
    const each = (type: number, what: (handle: Handle) => void): void => {
      for (const [value, { object }] of fresh) if (object.type === type) what(value);
    };
    each(ObjectType.PMT, zx.pmtUnpin);
    each(ObjectType.BTI, (bti) => statusOf(() => zx.btiReleaseQuarantine(bti)));
    each(ObjectType.PROCESS, (process) => statusOf(() => zx.taskKill(process)));
    const { base, length } = zx.objectGetInfo(zx.vmarRootSelf, "VMAR");
    zx.vmarUnmap(zx.vmarRootSelf, base, length);
    statusOf(() => zx.handleCloseMany(fresh.map(([value]) => value)));
  }
}

/** Long enough for everything that does not wait to end. */
async function turns(): Promise<void> {
  for (let i = 0; i < 8; i++) await Promise.resolve();
}

onBothKernels("a system call that is given garbage", (get) => {
  test.each(Object.keys(syscallSamples) as SyscallName[])(
    "%s: answers with a status and leaves nothing behind",
    async (name) => {
      const { kernel, machine, zx, userboot } = get();
      const values = () => [...userboot.handles.entries()].map(([value]) => value);
      const objects = () => [...kernel.objects()].map((object) => object.describe());
      const before = { values: new Set(values()), objects: objects() };
      const trial = new Trial(get());
      expect(await trial.run(name)).toEqual([]);
      expectUsable(trial.bench.zx);
      await trial.end();
      zx.handleCloseMany(values().filter((value) => !before.values.has(value)));
      expect(objects()).toEqual(before.objects);
      expect(kernel.frames.used).toBe(0);
      expect(machine.clock.pendingTimers).toBe(0);
      expectUsable(zx);
    },
  );
});

/** The process still does what processes do. */
function expectUsable(zx: Zx): void {
  const vmo = zx.vmoCreate(PAGE_SIZE, 0);
  const address = zx.vmarMap(zx.vmarRootSelf, 3, 0, vmo, 0, PAGE_SIZE);
  zx.memory.write(address, Uint8Array.of(1, 2, 3));
  const bytes = new Uint8Array(3);
  zx.vmoRead(vmo, bytes, 0);
  const [a, b] = zx.channelCreate();
  zx.channelWrite(a, bytes, [vmo]);
  const message = zx.channelRead(b);
  expect([...message.bytes]).toEqual([1, 2, 3]);
  zx.vmarUnmap(zx.vmarRootSelf, address, PAGE_SIZE);
  zx.handleCloseMany([a, b, ...message.handles]);
}

describe("the list of system calls", () => {
  const get = withKernel();

  test("to which garbage is given is that of the kernel", () => {
    const calls = Object.entries(get().zx).filter(([, value]) => typeof value === "function");
    expect(Object.keys(syscallSamples).sort()).toEqual(calls.map(([name]) => name).sort());
  });

  test("by name: a call that does not exist, or arguments that are no list, is a status", async () => {
    const { kernel } = get();
    const gate = kernel.gateOf(get().host().koid);
    for (const { make } of GARBAGE) {
      expect(statusOf(() => gate.call(make() as string, []))).toBe("BAD_SYSCALL");
      for (const name of ["eventCreate", "objectWaitOne"]) {
        expect(await outcome(() => gate.call(name, make() as unknown[]))).toBe("a status");
      }
    }
  });
});

onBothKernels("an access to memory or to a port that is given garbage", (get) => {
  const samples = (
    zx: Zx,
  ): { [Name in `${"memory" | "ports"}.${string}`]: [object: object, args: unknown[]] } => {
    const address = zx.vmarMap(zx.vmarRootSelf, 3, 0, zx.vmoCreate(PAGE_SIZE, 0), 0, PAGE_SIZE);
    const { memory, ports } = zx;
    return {
      "memory.window": [memory, [address, 4, () => {}]],
      "memory.release": [memory, [memory.window(address, 4, () => {})]],
      "memory.fault": [memory, [address, "read", 4]],
      "memory.bytes": [memory, [address, 4]],
      "memory.read": [memory, [address, new Uint8Array(4)]],
      "memory.write": [memory, [address, new Uint8Array(4)]],
      "ports.in8": [ports, [0x60]],
      "ports.in16": [ports, [0x60]],
      "ports.in32": [ports, [0x60]],
      "ports.out8": [ports, [0x60, 1]],
      "ports.out16": [ports, [0x60, 1]],
      "ports.out32": [ports, [0x60, 1]],
    };
  };

  test("is a status, never another error", async () => {
    const { zx, root } = get();
    zx.ioportsRequest(root.ioport, 0x60, 4);
    for (const [name, [object, args]] of Object.entries(samples(zx))) {
      const method = name.split(".")[1]!;
      const call = (object as Record<string, Call>)[method]!.bind(object);
      for (const garbage of GARBAGE) {
        for (const place of placesIn(args).filter((path) => path.length === 1)) {
          const bad = replaced(args, place, garbage.make()) as unknown[];
          expect(await outcome(() => call(...bad)), `${name} with ${garbage.name} at ${place}`).toBe(
            "a status",
          );
        }
      }
    }
    expectUsable(zx);
  });
});

/** What a call ends with: success and a ZxError are "a status", anything else is named. */
async function outcome(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof ZxError)) return String(error);
  }
  return "a status";
}
