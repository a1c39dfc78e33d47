/**
 * A board of QEMU and any devices of QEMU, without a guest.
 *
 * QEMU's processor halts at its first instructions; we make the accesses that it would make, over qtest. What devices do is QEMU's own
 * business, with two consequences that a driver's author should know. Where nothing answers, memory reads as zeros, not as
 * ones (QEMU's choice; ports and PCI configuration space read as ones). And some device models end QEMU altogether when a
 * driver errs: edu does so for a DMA outside of its buffer, and in 7.2 also for one that ends exactly with it. That is a
 * failure of the machine, reported with QEMU's own words.
 *
 * What boards have in common is here; `q35.ts` and `virt.ts` say in what they differ.
 */
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import type {
  Architecture,
  BoardInfo,
  Machine,
  MsiBlock,
  PhysicalRange,
  PhysicalTarget,
  PortSpace,
} from "../machine.ts";
import { LineSplitter, parseLine } from "./answers.ts";
import { QemuClock } from "./clock.ts";
import { interceptCommand } from "./commands.ts";
import { callSafely, Deliveries } from "./deliveries.ts";
import { DeviceIo } from "./device_io.ts";
import { findQemu } from "./find_qemu.ts";
import type { QemuProgram } from "./install_hint.ts";
import { type QemuInterruptController, QemuInterrupts } from "./interrupts.ts";
import type { MsiOptions, MsiSource } from "./msi.ts";
import { type QemuFiles, QemuProcess } from "./process.ts";
import { Qtest } from "./qtest.ts";
import { openFileRam, type QemuRam, type QemuRamLayout } from "./ram.ts";
import type { VirtualTime } from "./virtual_time.ts";

const MIB = 2 ** 20;
const DEFAULT_MEMORY = 128 * MIB;
/** Enough for what firmware keeps. */
const LEAST_MEMORY = 4 * MIB;
/** On a q35, RAM beyond is split around the PCI hole. */
const MOST_MEMORY = 2048 * MIB;
const DEFAULT_GRACE = 1e9;

export interface QemuOptions {
  /** Arguments of `-device`, as they are: `"edu"`, `"edu,addr=4,dma_mask=0xffffffff"`, `"nvme,serial=x,drive=d"`. */
  readonly devices: readonly string[];
  /** Bytes of RAM, whole MiB, 4 MiB to 2 GiB (default 128 MiB). */
  readonly memory?: number;
  /** The binary's name or path (default: the board's, on the PATH). */
  readonly qemu?: string;
  /** Further arguments, after ours: `["-drive", "if=none,id=d,file=disk.img"]`. */
  readonly extraArgs?: readonly string[];
  /**
   * Real nanoseconds that QEMU's threads have to finish something before virtual time jumps to a deadline, while an
   * interrupt is attached (default 1 s). See clock.ts.
   */
  readonly grace?: number;
  /** Lines of QEMU's log, for those who turn it on (`-d`, `-trace` in `extraArgs`). */
  readonly log?: (line: string) => void;
  /** Whether RAM is mapped into this process if koffi is there (default true). */
  readonly viewRam?: boolean;
}

export interface QemuMachine extends Machine {
  /** Process id of QEMU. */
  readonly pid: number;
  /** The end of what QEMU has printed. */
  words(): string;
}

/** What a board's own parts are made of. */
export interface QemuParts {
  readonly qtest: Qtest;
  readonly ram: QemuRam;
  readonly interrupts: QemuInterrupts;
  readonly msiOptions: MsiOptions;
}

/** In what boards differ. */
export interface QemuBoard {
  readonly name: string;
  readonly architecture: Architecture;
  readonly program: QemuProgram;
  /** What the processor runs. */
  readonly rom: Uint8Array;
  /** Ranges that only the kernel may touch. */
  readonly denied: readonly PhysicalRange[];
  readonly interrupts: QemuInterruptController;
  ram(memory: number): QemuRamLayout;
  /** Options of QEMU: the machine, with `memory-backend=ram`, its processor and its firmware. */
  args(files: QemuFiles): readonly string[];
  /** The first command; it changes nothing that anybody could miss. */
  readonly firstCommand: string;
  /** Once QEMU runs. */
  info(ram: QemuRam): BoardInfo;
  virtualTime(qtest: Qtest, ram: QemuRam): VirtualTime;
  ports?(qtest: Qtest): PortSpace;
  /** Ways to get interrupt messages: the first one counts that needs no test, or passes it. */
  messageSources(parts: QemuParts): readonly MsiSource[];
}

/**
 * Starts a machine. UNAVAILABLE without QEMU, with how to get it; INVALID_ARGS for options that cannot be; IO_NOT_PRESENT, with
 * QEMU's own words, when it does not like a device.
 */
export async function createQemuMachine(board: QemuBoard, options: QemuOptions): Promise<QemuMachine> {
  const { memory = DEFAULT_MEMORY, grace = DEFAULT_GRACE, devices, extraArgs = [] } = options;
  checkMemory(memory);
  if (!(typeof grace === "number" && grace >= 0)) {
    throw new ZxError("INVALID_ARGS", "the grace is a number of nanoseconds, not less than 0");
  }
  checkArguments("devices", devices);
  checkArguments("extraArgs", extraArgs);
  const process = await QemuProcess.start({
    binary: findQemu(board.program, options.qemu),
    memory,
    rom: board.rom,
    args: (files) => [
      ...board.args(files),
      ...commonArgs(files, memory),
      ...devices.flatMap((device) => ["-device", device]),
      ...extraArgs,
    ],
  });
  try {
    await firstAnswer(process, board.firstCommand);
    process.settle();
    const ram = await openFileRam(process.ramFd, board.ram(memory), options.viewRam ?? true);
    const machine = new BoardMachine(board, process, ram, grace, options.log ?? (() => {}));
    machine.start();
    return machine;
  } catch (error) {
    await process.close();
    throw error;
  }
}

function checkMemory(memory: number): void {
  const isNumber = typeof memory === "number";
  if (isNumber && memory % MIB === 0 && memory >= LEAST_MEMORY && memory <= MOST_MEMORY) return;
  throw new ZxError(
    "INVALID_ARGS",
    `memory of ${isNumber ? memory : "no"} bytes: whole MiB are possible, from ${LEAST_MEMORY / MIB} to ${MOST_MEMORY / MIB}`,
  );
}

function checkArguments(what: string, args: readonly string[]): void {
  const isGood = Array.isArray(args) && args.every((arg) => typeof arg === "string" && !arg.includes("\0"));
  if (!isGood)
    throw new ZxError("INVALID_ARGS", `${what}: a list of arguments of QEMU, not ${JSON.stringify(args)}`);
}

function commonArgs(files: QemuFiles, memory: number): string[] {
  const ram = `memory-backend-file,id=ram,share=on,size=${memory},mem-path=${files.ram.replaceAll(",", ",,")}`;
  return [
    ...["-m", `${memory / MIB}M`, "-object", ram, "-accel", "tcg"],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-net", "none"],
    // A reset would undo what we and the bus driver have set up: better it ends.
    ...["-no-reboot"],
    ...["-qtest", `pipe:${files.qtest}`, "-qtest-log", "none", "-D", files.log],
  ];
}

/** Sends QEMU its first command and waits until it has done it. IO_NOT_PRESENT with its words if it ends instead. */
function firstAnswer(process: QemuProcess, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.onGone(() => reject(new ZxError("IO_NOT_PRESENT", `QEMU did not start: ${process.words()}`)));
    const lines = new LineSplitter((line) => {
      if (parseLine(line).kind === "ok") resolve();
    });
    process.onData((text) => lines.push(text));
    process.write(`${command}\n`);
  });
}

class BoardMachine implements QemuMachine {
  readonly name: string;
  readonly architecture: Architecture;
  readonly board: BoardInfo;
  /** QEMU's devices see what a processor writes at once. */
  readonly coherent = true;
  readonly denied: readonly PhysicalRange[];
  readonly ram: QemuRam;
  readonly ports: PortSpace | undefined;
  readonly interrupts: QemuInterrupts;
  readonly clock: QemuClock;
  readonly pid: number;
  readonly #board: QemuBoard;
  readonly #process: QemuProcess;
  readonly #qtest: Qtest;
  readonly #virtualTime: VirtualTime;
  readonly #deliveries = new Deliveries();
  readonly #hold: () => () => void;
  #msi: MsiSource | undefined;
  readonly #failureCallbacks: ((error: Error) => void)[] = [];
  #isClosed = false;

  /** Nothing is said to QEMU yet. */
  constructor(
    board: QemuBoard,
    process: QemuProcess,
    ram: QemuRam,
    grace: number,
    log: (line: string) => void,
  ) {
    this.name = board.name;
    this.architecture = board.architecture;
    this.board = board.info(ram);
    this.denied = board.denied;
    this.pid = process.pid;
    this.ram = ram;
    this.#board = board;
    this.#process = process;
    this.#hold = () => process.hold();
    this.#qtest = new Qtest(process, {
      irq: (input, asserted) => this.#lineChanged(board.interrupts.vectorOf(input), asserted),
      message: (destination, vector) => this.#msi?.message(destination, vector),
      text: (line) => this.#deliveries.post(() => log(line)),
      failed: (error) => this.#deliveries.post(() => this.#failed(error)),
      busy: () => this.clock.followRealTime(),
    });
    this.#virtualTime = board.virtualTime(this.#qtest, ram);
    this.ports = board.ports?.(this.#qtest);
    this.interrupts = new QemuInterrupts({
      controller: board.interrupts,
      clockVectors: this.#virtualTime.vectors,
      deliveries: this.#deliveries,
      hold: this.#hold,
      flush: () => this.#qtest.flush(),
    });
    this.clock = new QemuClock({
      qtest: this.#qtest,
      virtualTime: this.#virtualTime,
      grace,
      isAwaited: () => this.interrupts.attachedCount + (this.#msi?.attachedCount ?? 0) > 0,
      hold: this.#hold,
    });
    process.onData((text) => this.#qtest.receive(text));
    process.onGone(() => this.#qtest.end(new ZxError("IO_NOT_PRESENT", `QEMU ended: ${process.words()}`)));
  }

  /** Takes hold of interrupts and time. NOT_SUPPORTED if interrupt messages do not come. */
  start(): void {
    this.#qtest.command(interceptCommand(this.#board.interrupts.path));
    this.#virtualTime.start();
    this.clock.start();
    const sources = this.#board.messageSources({
      qtest: this.#qtest,
      ram: this.ram,
      interrupts: this.interrupts,
      msiOptions: { deliveries: this.#deliveries, hold: this.#hold },
    });
    for (const source of sources) {
      this.#msi = source;
      if (source.test?.() ?? true) return;
    }
    throw new ZxError("NOT_SUPPORTED", "this QEMU does not tell of interrupt messages");
  }

  resolve(paddr: number, size: number): PhysicalTarget {
    const name = `${this.name} at ${hex(paddr)}`;
    return { kind: "dispatched", name, io: new DeviceIo(this.#qtest, paddr, size) };
  }

  allocateMsi(count: number): MsiBlock {
    // `start` has found a source.
    return this.#msi!.allocate(count);
  }

  words(): string {
    return this.#process.words();
  }

  onFailure(callback: (error: Error) => void): void {
    this.#failureCallbacks.push(callback);
    const { failure } = this.#qtest;
    if (failure !== undefined && !this.#isClosed) this.#deliveries.post(() => callback(failure));
  }

  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.clock.close();
      this.interrupts.close();
      this.#msi?.close();
      this.ram.close();
      this.#qtest.end(new ZxError("BAD_STATE", "the machine was closed"));
    }
    await this.#process.close();
  }

  #lineChanged(vector: number, asserted: boolean): void {
    if (!this.#virtualTime.vectors.includes(vector)) this.interrupts.change(vector, asserted);
    else if (asserted && this.#virtualTime.isAlarm(vector)) this.#deliveries.post(() => this.clock.alarm());
  }

  #failed(error: ZxError): void {
    if (this.#isClosed) return;
    this.clock.fail();
    for (const callback of this.#failureCallbacks) callSafely(() => callback(error));
  }
}
