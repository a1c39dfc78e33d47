/**
 * QEMU's q35 board and any devices of QEMU, without a guest: the machine `qemu-q35`.
 *
 * QEMU's processor halts at its first instruction; we make the accesses that it would make, over qtest. What devices do is QEMU's own
 * business, with two consequences that a driver's author should know. Where nothing answers, memory reads as zeros, not as
 * ones (QEMU's choice; ports and PCI configuration space read as ones). And some device models end QEMU altogether when a
 * driver errs: edu does so for a DMA outside of its buffer, and in 7.2 also for one that ends exactly with it. That is a
 * failure of the machine, reported with QEMU's own words.
 */
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import type { Machine, MsiBlock, PhysicalRange, PhysicalTarget } from "../machine.ts";
import { LineSplitter, MESSAGE_TRACE_EVENT, parseLine } from "./answers.ts";
import { QemuClock } from "./clock.ts";
import { interceptCommand } from "./commands.ts";
import { callSafely, Deliveries } from "./deliveries.ts";
import { DeviceIo } from "./device_io.ts";
import { findQemu } from "./find_qemu.ts";
import { HPET_RANGE, HPET_VECTOR, Hpet } from "./hpet.ts";
import { IOAPIC, IOAPIC_RANGE, QemuInterrupts } from "./interrupts.ts";
import { MemoryMsi } from "./memory_msi.ts";
import { LOCAL_APIC_RANGE, MessageMsi, type MsiOptions, type MsiSource } from "./msi.ts";
import { QemuPorts, STOP_PIT } from "./ports.ts";
import { type QemuFiles, QemuProcess } from "./process.ts";
import { Qtest } from "./qtest.ts";
import { openFileRam, type QemuRam } from "./ram.ts";

const MIB = 2 ** 20;
const DEFAULT_MEMORY = 128 * MIB;
/** RAM beyond is split around the PCI hole. */
const MOST_MEMORY = 2048 * MIB;
const LEAST_MEMORY = 2 * MIB;
const DEFAULT_GRACE = 1e9;

export interface QemuQ35Options {
  /** Arguments of `-device`, as they are: `"edu"`, `"edu,addr=4,dma_mask=0xffffffff"`, `"nvme,serial=x,drive=d"`. */
  readonly devices: readonly string[];
  /** Bytes of RAM, whole MiB, 2 MiB to 2 GiB (default 128 MiB). */
  readonly memory?: number;
  /** The binary's name or path (default `qemu-system-x86_64`, on the PATH). */
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
  /**
   * How interrupt messages are noticed (default: `log`, and `memory` where QEMU was built without that). See msi.ts and
   * memory_msi.ts.
   */
  readonly msi?: "log" | "memory";
  /** Whether RAM is mapped into this process if koffi is there (default true). */
  readonly viewRam?: boolean;
}

export interface QemuMachine extends Machine {
  /** Process id of QEMU. */
  readonly pid: number;
  /** The end of what QEMU has printed. */
  words(): string;
}

/**
 * Starts a machine. UNAVAILABLE without QEMU, with how to get it; INVALID_ARGS for options that cannot be; IO_NOT_PRESENT, with
 * QEMU's own words, when it does not like a device.
 */
export async function createQemuQ35(options: QemuQ35Options): Promise<QemuMachine> {
  const { memory = DEFAULT_MEMORY, grace = DEFAULT_GRACE, devices, extraArgs = [] } = options;
  checkMemory(memory);
  if (!(typeof grace === "number" && grace >= 0)) {
    throw new ZxError("INVALID_ARGS", "the grace is a number of nanoseconds, not less than 0");
  }
  checkArguments("devices", devices);
  checkArguments("extraArgs", extraArgs);
  const process = await QemuProcess.start({
    binary: findQemu(options.qemu),
    memory,
    args: (files) => [
      ...boardArgs(files, memory),
      ...devices.flatMap((device) => ["-device", device]),
      ...extraArgs,
    ],
  });
  try {
    await firstAnswer(process, STOP_PIT);
    process.settle();
    const ram = await openFileRam(process.ramFd, memory, options.viewRam ?? true);
    const machine = new Q35(process, ram, grace, options.log);
    machine.start(options.msi);
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
    `memory of ${isNumber ? memory : "no"} bytes: whole MiB are possible, from 2 to 2048`,
  );
}

function checkArguments(what: string, args: readonly string[]): void {
  const isGood = Array.isArray(args) && args.every((arg) => typeof arg === "string" && !arg.includes("\0"));
  if (!isGood)
    throw new ZxError("INVALID_ARGS", `${what}: a list of arguments of QEMU, not ${JSON.stringify(args)}`);
}

function boardArgs(files: QemuFiles, memory: number): string[] {
  const ram = `memory-backend-file,id=ram,share=on,size=${memory},mem-path=${files.ram.replaceAll(",", ",,")}`;
  return [
    ...["-M", "q35,memory-backend=ram", "-m", `${memory / MIB}M`, "-object", ram],
    ...["-accel", "tcg", "-icount", "shift=0,sleep=off"],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-vga", "none", "-net", "none"],
    // A reset would start the PIT again and undo what the bus driver has set up: better it ends.
    ...["-no-reboot", "-bios", files.rom],
    ...["-qtest", `pipe:${files.qtest}`, "-qtest-log", "none"],
    ...["-trace", MESSAGE_TRACE_EVENT, "-D", files.log],
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

class Q35 implements QemuMachine {
  readonly name = "qemu-q35";
  readonly architecture = "x64";
  readonly board = { compatible: ["qemu,pc-q35", "intel,q35"] };
  readonly coherent = true;
  readonly denied: readonly PhysicalRange[] = [IOAPIC_RANGE, HPET_RANGE, LOCAL_APIC_RANGE];
  readonly ram: QemuRam;
  readonly ports: QemuPorts;
  readonly interrupts: QemuInterrupts;
  readonly clock: QemuClock;
  readonly pid: number;
  readonly #process: QemuProcess;
  readonly #qtest: Qtest;
  readonly #hpet: Hpet;
  readonly #deliveries = new Deliveries();
  readonly #msiOptions: MsiOptions;
  #msi: MsiSource;
  readonly #failureCallbacks: ((error: Error) => void)[] = [];
  #isClosed = false;

  /** Nothing is said to QEMU yet. */
  constructor(process: QemuProcess, ram: QemuRam, grace: number, log: (line: string) => void = () => {}) {
    this.pid = process.pid;
    this.ram = ram;
    this.#process = process;
    this.#qtest = new Qtest(process, {
      irq: (vector, asserted) => {
        if (vector !== HPET_VECTOR) this.interrupts.change(vector, asserted);
        else if (asserted) this.#deliveries.post(() => this.clock.alarm());
      },
      message: (destination, vector) => this.#msi.message(destination, vector),
      text: (line) => this.#deliveries.post(() => log(line)),
      failed: (error) => this.#deliveries.post(() => this.#failed(error)),
      busy: () => this.clock.followRealTime(),
    });
    const hold = () => process.hold();
    this.#msiOptions = { deliveries: this.#deliveries, hold };
    this.#hpet = new Hpet(this.#qtest);
    this.ports = new QemuPorts(this.#qtest);
    this.interrupts = new QemuInterrupts({
      deliveries: this.#deliveries,
      hold,
      flush: () => this.#qtest.flush(),
    });
    this.clock = new QemuClock({
      qtest: this.#qtest,
      hpet: this.#hpet,
      grace,
      isAwaited: () => this.interrupts.attachedCount + this.#msi.attachedCount > 0,
      hold,
    });
    this.#msi = new MessageMsi(this.#msiOptions);
    process.onData((text) => this.#qtest.receive(text));
    process.onGone(() => this.#qtest.end(new ZxError("IO_NOT_PRESENT", `QEMU ended: ${process.words()}`)));
  }

  /** Takes hold of interrupts and time. NOT_SUPPORTED if interrupt messages are to come by the log and do not. */
  start(msi: QemuQ35Options["msi"]): void {
    this.#qtest.command(interceptCommand(IOAPIC));
    this.#hpet.start();
    this.clock.start();
    if (msi !== "memory") {
      const messages = new MessageMsi(this.#msiOptions);
      this.#msi = messages;
      if (messages.test(this.#qtest)) return;
      if (msi === "log") throw new ZxError("NOT_SUPPORTED", "the log of this QEMU does not tell of messages");
    }
    this.#msi = new MemoryMsi(this.#msiOptions, this.ram);
  }

  resolve(paddr: number, size: number): PhysicalTarget {
    const name = `qemu-q35 at ${hex(paddr)}`;
    return { kind: "dispatched", name, io: new DeviceIo(this.#qtest, paddr, size) };
  }

  allocateMsi(count: number): MsiBlock {
    return this.#msi.allocate(count);
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
      this.#msi.close();
      this.ram.close();
      this.#qtest.end(new ZxError("BAD_STATE", "the machine was closed"));
    }
    await this.#process.close();
  }

  #failed(error: ZxError): void {
    if (this.#isClosed) return;
    this.clock.fail();
    for (const callback of this.#failureCallbacks) callSafely(() => callback(error));
  }
}
