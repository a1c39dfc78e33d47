/**
 * A QEMU process as we hold it: the pipes of its test protocol, its RAM as a file, what it prints, and its end.
 *
 * Its files are taken off the disk as soon as QEMU has opened them; until then its supervisor would remove them.
 */
import { randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  rmSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { type OnReadOpts, Socket, type SocketConstructorOpts } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ZxError } from "../../zx/error.ts";
import type { Lendable } from "./loan.ts";
import type { QtestPipes } from "./qtest.ts";
import { SupervisedProcess } from "./supervisor.ts";

/** Files that QEMU's command line refers to. */
export interface QemuFiles {
  readonly rom: string;
  readonly ram: string;
  /** For `-qtest pipe:`. */
  readonly qtest: string;
  /** For `-D`: the log goes into the same pipe as the answers, so that all of it has one order. */
  readonly log: string;
}

export interface QemuProcessOptions {
  readonly binary: string;
  /** Bytes of the RAM file. */
  readonly memory: number;
  /** Bytes of the file `rom`. */
  readonly rom: Uint8Array;
  readonly args: (files: QemuFiles) => readonly string[];
}

interface Descriptors {
  readonly ram: number;
  readonly words: number;
  /** For writing; open for reading too, so that it never fails for want of a reader. */
  readonly commands: number;
  /** For reading, blocking. QEMU alone holds the other end: end of file is the end of QEMU. */
  readonly answers: number;
  /** The same pipe, for the event loop. */
  readonly idleAnswers: number;
}

const CHUNK = 0x1_0000;
/** Memory, where there is such a file system: FIFOs and RAM then never touch a disk. */
const SHARED_MEMORY = "/dev/shm";
/** Said when virtual time stands still because no timer is armed: as it should. */
const IDLE_WARNING = "icount sleep disabled and no active timers";
const MOST_WORDS = 0x4000;
const MOST_LINES_OF_WORDS = 12;

export class QemuProcess implements QtestPipes {
  readonly #process: SupervisedProcess;
  readonly #fds: Descriptors;
  readonly #idleAnswers: Socket;
  readonly lendable: Lendable;
  readonly #buffer = Buffer.allocUnsafe(CHUNK);
  #onData: (text: string) => void = () => {};
  #holders = 0;
  #closing: Promise<void> | undefined;
  #lastWords: string | undefined;

  /** Starts QEMU. It may still find its arguments wrong: `onGone` then. UNAVAILABLE if the host has no room or no shell for it. */
  static async start({ binary, memory, rom, args }: QemuProcessOptions): Promise<QemuProcess> {
    const unique = `zirconia-${process.pid}-${randomBytes(6).toString("hex")}`;
    const folder = join(folderFor(memory), unique);
    const files: QemuFiles = {
      rom: join(folder, "rom"),
      ram: join(folder, "ram"),
      qtest: join(folder, "qtest"),
      log: join(folder, "qtest.out"),
    };
    let supervised: SupervisedProcess | undefined;
    let fds: Descriptors | undefined;
    try {
      supervised = await SupervisedProcess.prepare(folder, [binary, ...args(files)]);
      writeFileSync(files.rom, rom);
      fds = openAll(files, join(folder, "words"));
      ftruncateSync(fds.ram, memory);
      await supervised.go();
      return new QemuProcess(supervised, fds);
    } catch (cause) {
      await supervised?.close();
      for (const fd of Object.values(fds ?? {})) closeSync(fd);
      throw new ZxError("UNAVAILABLE", `cannot run QEMU: ${(cause as Error).message}`, { cause });
    }
  }

  private constructor(supervised: SupervisedProcess, fds: Descriptors) {
    this.#process = supervised;
    this.#fds = fds;
    // The types of Node 20 do not know yet that the constructor takes `onread` too.
    const socketOptions: SocketConstructorOpts & { onread: OnReadOpts } = {
      fd: fds.idleAnswers,
      readable: true,
      writable: false,
      onread: {
        buffer: Buffer.allocUnsafe(CHUNK),
        callback: (count, buffer) => {
          this.#onData(latin1(buffer, count));
          return true;
        },
      },
    };
    this.#idleAnswers = new Socket(socketOptions);
    // The end of QEMU is told by its supervisor; this pipe has nothing to add.
    this.#idleAnswers.on("error", () => {});
    this.#idleAnswers.resume();
    const { commands, answers } = fds;
    const listen = (isOn: boolean) => void (isOn ? this.#idleAnswers.resume() : this.#idleAnswers.pause());
    this.lendable = { commands, answers, listen };
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** The file of the machine's RAM. */
  get ramFd(): number {
    return this.#fds.ram;
  }

  /** Called with all that QEMU says while nobody is in `read`. */
  onData(callback: (text: string) => void): void {
    this.#onData = callback;
  }

  /** Called when QEMU has ended, also if it already has. */
  onGone(callback: () => void): void {
    this.#process.onGone(callback);
  }

  /** QEMU has opened its files: takes them off the disk, and lets our process end although QEMU runs. */
  settle(): void {
    rmSync(this.#process.folder, { recursive: true, force: true });
    this.#process.unref();
    if (this.#holders === 0) this.#idleAnswers.unref();
  }

  /** Keeps our process alive, for somebody waits for QEMU; the returned function gives that up. */
  hold(): () => void {
    if (this.#holders++ === 0) this.#idleAnswers.ref();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (--this.#holders === 0) this.#idleAnswers.unref();
    };
  }

  write(text: string): void {
    const bytes = Buffer.from(text, "latin1");
    for (let sent = 0; sent < bytes.length; ) sent += writeSync(this.#fds.commands, bytes, sent);
  }

  read(): string | undefined {
    const count = readSync(this.#fds.answers, this.#buffer);
    return count === 0 ? undefined : latin1(this.#buffer, count);
  }

  /** The end of what QEMU printed, without the processors' registers, which it adds to the reason for an abort. */
  words(): string {
    if (this.#lastWords !== undefined) return this.#lastWords;
    const { words } = this.#fds;
    const { size } = fstatSync(words);
    const buffer = Buffer.alloc(Math.min(size, MOST_WORDS));
    const count = readSync(words, buffer, 0, buffer.length, size - buffer.length);
    const [said = ""] = buffer.toString("utf8", 0, count).split(/^CPU #\d+:$/m);
    const lines = said.split("\n").filter((line) => line.trim() !== "" && !line.includes(IDLE_WARNING));
    if (lines.length === 0) return "it said nothing (a reset or a power-off by software ends it too)";
    return lines.slice(-MOST_LINES_OF_WORDS).join("\n");
  }

  /** Ends QEMU, if it has not ended, and gives everything back. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#process.close();
    this.#lastWords = this.words();
    const { ram, words, commands, answers } = this.#fds;
    for (const fd of [ram, words, commands, answers]) closeSync(fd);
    this.#idleAnswers.destroy();
  }
}

/** Opens our ends of QEMU's files. All or none. */
function openAll(files: QemuFiles, wordsPath: string): Descriptors {
  const opened: number[] = [];
  const open = (path: string, flags: string | number): number => {
    const fd = openSync(path, flags, 0o600);
    opened.push(fd);
    return fd;
  };
  try {
    const ram = open(files.ram, "w+");
    const words = open(wordsPath, "w+");
    const commands = open(`${files.qtest}.in`, "r+");
    // A FIFO's reader that is to block opens only once there is a writer, so be one for a moment.
    const writer = openSync(`${files.qtest}.out`, "r+");
    let answers: number;
    try {
      answers = open(`${files.qtest}.out`, "r");
    } finally {
      closeSync(writer);
    }
    // After that writer has gone: the event loop would see its end as the end of the pipe.
    const idleAnswers = open(`${files.qtest}.out`, constants.O_RDONLY | constants.O_NONBLOCK);
    return { ram, words, commands, answers, idleAnswers };
  } catch (error) {
    for (const fd of opened) closeSync(fd);
    throw error;
  }
}

/** Where FIFOs and RAM go. */
function folderFor(memory: number): string {
  try {
    accessSync(SHARED_MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(SHARED_MEMORY);
    // RAM that outgrows its file system ends QEMU and us by SIGBUS: a container's 64 MiB are not enough for everybody.
    if (bavail * bsize > memory) return SHARED_MEMORY;
  } catch {
    // No such file system (macOS).
  }
  return tmpdir();
}

function latin1(buffer: Uint8Array, count: number): string {
  return Buffer.from(buffer.buffer, buffer.byteOffset, count).toString("latin1");
}
