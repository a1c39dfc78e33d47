/**
 * A QEMU process: its pipes, its RAM as a file, what it prints, and its end.
 *
 * All of it lives in a folder that is removed as soon as QEMU has opened what is in it, long before anybody can interrupt us.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
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
import type { Readable, Writable } from "node:stream";
import { ZxError } from "../../zx/error.ts";
import type { QtestPipes } from "./qtest.ts";
import { haltRom } from "./rom.ts";
import { SUPERVISOR } from "./supervisor.ts";

/** Files that QEMU's command line refers to. */
export interface QemuFiles {
  readonly rom: string;
  readonly ram: string;
  /** For `-qtest pipe:`. */
  readonly qtest: string;
  /** For `-D`: the log goes into the same pipe as answers, so that all of it has one order. */
  readonly log: string;
}

export interface QemuProcessOptions {
  readonly binary: string;
  /** Bytes of the RAM file. */
  readonly memory: number;
  readonly args: (files: QemuFiles) => readonly string[];
}

const CHUNK = 0x1_0000;
/** Memory, where there is such a file system; FIFOs and the RAM file then never touch a disk. */
const SHARED_MEMORY = "/dev/shm";
const MOST_WORDS = 0x4000;
const MOST_LINES_OF_WORDS = 12;

type Shell = ChildProcessByStdio<Writable, Readable, null>;

export class QemuProcess implements QtestPipes {
  readonly pid: number;
  readonly ramFd: number;
  readonly #shell: Shell;
  readonly #exited: Promise<void>;
  readonly #folder: string;
  /** For writing; open for reading too, so that it never fails for want of a reader. */
  readonly #commands: number;
  /** For reading, blocking. QEMU alone holds the other end: end of file is the end of QEMU. */
  readonly #answers: number;
  /** The same pipe, for the event loop. */
  readonly #idleAnswers: Socket;
  readonly #words: number;
  readonly #buffer = Buffer.allocUnsafe(CHUNK);
  #onData: (text: string) => void = () => {};
  #holders = 0;
  #closing: Promise<void> | undefined;

  /** Starts QEMU. It may still find its arguments wrong: `onGone` then. UNAVAILABLE if there is no shell or no room. */
  static async start(options: QemuProcessOptions): Promise<QemuProcess> {
    const folder = join(
      folderFor(options.memory),
      `zirconia-${process.pid}-${randomBytes(6).toString("hex")}`,
    );
    const files: QemuFiles = {
      rom: join(folder, "rom"),
      ram: join(folder, "ram"),
      qtest: join(folder, "qtest"),
      log: join(folder, "qtest.out"),
    };
    const command = [options.binary, ...options.args(files)];
    const shell = spawn("/bin/sh", ["-c", SUPERVISOR, "sh", folder, ...command], {
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
    });
    const exited = new Promise<void>((resolve) => {
      shell.once("exit", () => resolve());
      shell.once("error", () => resolve());
    });
    // Writing to a shell that has ended is no error of ours: its end is noticed by its output.
    shell.stdin.on("error", () => {});
    const said = linesOf(shell.stdout);
    const fds: number[] = [];
    try {
      if ((await said()) !== "ready") {
        throw new ZxError(
          "UNAVAILABLE",
          `cannot run QEMU: no /bin/sh with mkfifo that can write to ${folder}`,
        );
      }
      const open = (path: string, flags: string | number): number => {
        const fd = openSync(path, flags, 0o600);
        fds.push(fd);
        return fd;
      };
      writeFileSync(files.rom, haltRom());
      const ram = open(files.ram, "w+");
      ftruncateSync(ram, options.memory);
      const words = open(join(folder, "words"), "w+");
      const commands = open(`${files.qtest}.in`, "r+");
      // A FIFO's reader that is to block opens only once there is a writer, so be one for a moment.
      const writer = openSync(`${files.qtest}.out`, "r+");
      const answers = open(`${files.qtest}.out`, "r");
      closeSync(writer);
      // After the writer has gone: an epoll of ours would see its end as the end of the pipe.
      const idleAnswers = open(`${files.qtest}.out`, constants.O_RDONLY | constants.O_NONBLOCK);
      shell.stdin.write("go\n");
      const pid = Number(/^pid (\d+)$/.exec((await said()) ?? "")?.[1]);
      if (!(pid > 0)) throw new ZxError("UNAVAILABLE", "cannot run QEMU: its shell ended");
      return new QemuProcess({ shell, exited, folder, pid, ram, words, commands, answers, idleAnswers });
    } catch (error) {
      for (const fd of fds) closeSync(fd);
      shell.stdin.end();
      await exited;
      throw error;
    }
  }

  private constructor(parts: {
    shell: Shell;
    exited: Promise<void>;
    folder: string;
    pid: number;
    ram: number;
    words: number;
    commands: number;
    answers: number;
    idleAnswers: number;
  }) {
    this.#shell = parts.shell;
    this.#exited = parts.exited;
    this.#folder = parts.folder;
    this.pid = parts.pid;
    this.ramFd = parts.ram;
    this.#words = parts.words;
    this.#commands = parts.commands;
    this.#answers = parts.answers;
    // The types of Node 20 do not know yet that the constructor takes `onread` too.
    const socketOptions: SocketConstructorOpts & { onread: OnReadOpts } = {
      fd: parts.idleAnswers,
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
    // The end of QEMU is told by the shell's output; this pipe has nothing to add.
    this.#idleAnswers.on("error", () => {});
    this.#idleAnswers.resume();
    // If the shell is killed, QEMU would outlive us.
    this.#exited.then(() => {
      if (this.#closing === undefined) this.#kill();
    });
  }

  /** Called with all that QEMU says while nobody is in `read`. */
  onData(callback: (text: string) => void): void {
    this.#onData = callback;
  }

  /** Called when QEMU has ended, also if it already has. */
  onGone(callback: () => void): void {
    const { stdout } = this.#shell;
    if (stdout.closed) queueMicrotask(callback);
    else stdout.once("close", callback);
  }

  /** QEMU has opened its files: takes them off the disk, and lets our process end although QEMU runs. */
  settle(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    this.#shell.unref();
    (this.#shell.stdin as Socket).unref();
    (this.#shell.stdout as Socket).unref();
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
    for (let sent = 0; sent < bytes.length; ) sent += writeSync(this.#commands, bytes, sent);
  }

  read(): string | undefined {
    const count = readSync(this.#answers, this.#buffer);
    return count === 0 ? undefined : latin1(this.#buffer, count);
  }

  /** The end of what QEMU printed, without the processors' registers, which it adds to the reason for an abort. */
  words(): string {
    const { size } = fstatSync(this.#words);
    const buffer = Buffer.alloc(Math.min(size, MOST_WORDS));
    const count = readSync(this.#words, buffer, 0, buffer.length, size - buffer.length);
    const [said = ""] = buffer.toString("utf8", 0, count).split(/^CPU #\d+:$/m);
    const lines = said.split("\n").filter((line) => line.trim() !== "");
    if (lines.length === 0) return "it said nothing (a reset or a power-off by software ends it too)";
    return lines.slice(-MOST_LINES_OF_WORDS).join("\n");
  }

  /** Ends QEMU, if it has not ended, and gives everything back. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#shell.ref();
    this.#shell.stdin.end();
    const gone = new Promise<void>((resolve) => this.onGone(resolve));
    (this.#shell.stdout as Socket).ref();
    await Promise.all([this.#exited, gone]);
    this.#idleAnswers.destroy();
    for (const fd of [this.#answers, this.#commands, this.#words, this.ramFd]) closeSync(fd);
  }

  #kill(): void {
    try {
      process.kill(this.pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
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

/** A function that returns the stream's next line, or undefined at its end. Leaves the stream flowing. */
function linesOf(stream: Readable): () => Promise<string | undefined> {
  let text = "";
  let ended = false;
  let wake = () => {};
  stream.setEncoding("latin1");
  stream.on("data", (chunk: string) => {
    text += chunk;
    wake();
  });
  stream.on("close", () => {
    ended = true;
    wake();
  });
  return async () => {
    for (;;) {
      const end = text.indexOf("\n");
      if (end >= 0) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        return line;
      }
      if (ended) return undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

function latin1(buffer: Uint8Array, count: number): string {
  return Buffer.from(buffer.buffer, buffer.byteOffset, count).toString("latin1");
}
