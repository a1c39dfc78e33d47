/** A kernel on a fake machine, with a second process, for tests of system calls. */
import { afterEach, beforeEach } from "vitest";
import { Kernel } from "../../src/kernel/kernel.ts";
import type { ProcessDispatcher } from "../../src/kernel/object/process_dispatcher.ts";
import type { AspaceKind } from "../../src/kernel/vm/aspace_factory.ts";
import { createNativeRam } from "../../src/machine/native_ram.ts";
import { type Handle, INVALID_HANDLE } from "../../src/zx/constants.ts";
import { ZxError } from "../../src/zx/error.ts";
import type { Zx } from "../../src/zx/syscalls.ts";
import { onBothSpaces, type SpaceUnderTest } from "./address_spaces.ts";
import { Cpu } from "./cpu.ts";
import { FakeMachine, type FakeMachineOptions, MiB } from "./fake_machine.ts";
import { findProblems } from "./kernel_invariants.ts";

export interface Host {
  readonly zx: Zx;
  readonly cpu: Cpu;
  /** In the first process. */
  readonly process: Handle;
  readonly koid: number;
  /** Moves handles of the first process here. */
  give(...handles: Handle[]): Handle[];
}

/** A kernel, its first process (`zx`, `cpu`), and whatever of it a test has to hand at once. */
export class TestKernel {
  readonly kernel: Kernel;
  readonly machine: FakeMachine;
  readonly zx: Zx;
  readonly cpu: Cpu;

  constructor(kernel: Kernel, machine: FakeMachine) {
    this.kernel = kernel;
    this.machine = machine;
    this.zx = kernel.root.zx;
    this.cpu = new Cpu(this.zx.memory);
  }

  get root() {
    return this.kernel.root;
  }

  /** The first process, from the inside. */
  get userboot(): ProcessDispatcher {
    return [...this.kernel.processes()].find(({ label }) => label === "userboot")!;
  }

  /** A process that runs, to which handles can be given. */
  host(name = "host"): Host {
    const { process, rootVmar } = this.zx.processCreate(this.root.job, name);
    this.zx.handleClose(rootVmar);
    this.zx.processStart(process, INVALID_HANDLE);
    const { koid } = this.zx.objectGetInfo(process, "HANDLE_BASIC");
    const zx = this.kernel.zxOf(koid);
    const there = this.kernel.process(koid).handles;
    const give = (...handles: Handle[]): Handle[] =>
      handles.map((handle) => there.add(this.userboot.handles.remove(handle)));
    return { zx, cpu: new Cpu(zx.memory), process, koid, give };
  }

  bti(id = 7): Handle {
    return this.zx.btiCreate(this.root.iommu, 0, id);
  }

  /** What is wrong with the kernel's books; empty when nothing is. */
  problems(): string[] {
    return findProblems(this.kernel);
  }
}

export async function createTestKernel(
  kind: AspaceKind,
  options: FakeMachineOptions & { readonly debuggingSyscalls?: boolean } = {},
): Promise<TestKernel> {
  const layout = { ranges: [{ base: 0, size: 16 * MiB }], reserved: [{ base: 0, size: MiB }] };
  const ram = options.ram ?? (kind === "native" ? await createNativeRam(layout) : undefined);
  const machine = new FakeMachine({ ...options, ...(ram === undefined ? {} : { ram }) });
  const kernel = await Kernel.create({
    machine,
    addressSpace: kind,
    seed: 1,
    debuggingSyscalls: options.debuggingSyscalls ?? false,
  });
  return new TestKernel(kernel, machine);
}

/** A kernel for each test, on both kinds of address space; after each test its books must balance. */
export function onBothKernels(
  subject: string,
  tests: (get: () => TestKernel, space: SpaceUnderTest) => void,
  options: FakeMachineOptions & { readonly debuggingSyscalls?: boolean } = {},
): void {
  onBothSpaces(subject, (space) => {
    tests(withKernel(space.kind, options), space);
  });
}

/** A kernel for each test of a suite that memory does not matter to. */
export function withKernel(
  kind: AspaceKind = "portable",
  options: FakeMachineOptions & { readonly debuggingSyscalls?: boolean } = {},
): () => TestKernel {
  let current: TestKernel;
  beforeEach(async () => {
    current = await createTestKernel(kind, options);
  });
  afterEach(async () => {
    const problems = current.problems();
    await current.kernel.close();
    const left = [...current.kernel.objects()].map((object) => object.describe());
    const { used } = current.kernel.frames;
    if (left.length > 0) problems.push(`after close there are still: ${left.join(", ")}`);
    if (used > 0) problems.push(`after close ${used} frames are still taken`);
    if (problems.length > 0) throw new Error(problems.join("\n"));
  });
  return () => current;
}

/** The status name that a promise is rejected with, or "OK". */
export async function rejection(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "OK";
  } catch (error) {
    if (error instanceof ZxError) return error.statusName;
    throw error;
  }
}
