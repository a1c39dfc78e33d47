/**
 * A child process that cannot outlive us. It runs under a shell that has a pipe from us as standard input: whether that is
 * closed on purpose, by a signal or by a crash, the shell ends the child and removes its folder.
 *
 * The shell is a session of its own, so that Ctrl-C in a terminal reaches neither it nor the child: we decide. Its order: make the
 * folder with two FIFOs in it, say `ready`, start the child when told `go`, say its process id, wait for the end of its input. The child
 * has the other end of the shell's output (as descriptor 3), which the shell itself closes: its end of file is the end of the child.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { ZxError } from "../../zx/error.ts";

const SCRIPT = `
folder=$1
shift
umask 077
trap "" PIPE
mkdir "$folder" || exit 1
if mkfifo "$folder/qtest.in" "$folder/qtest.out"; then echo ready; else echo failed; fi
if read -r go; then
  "$@" 3>&1 >>"$folder/words" 2>&1 </dev/null &
  child=$!
  echo "pid $child"
  exec >/dev/null 2>&1
  read -r end
  kill "$child"
  (
    tries=0
    while [ $tries -lt 100 ]; do sleep 0.02; tries=$((tries + 1)); done
    kill -9 "$child"
  ) &
  killer=$!
  wait "$child"
  kill "$killer"
fi
rm -rf "$folder"
`;

export class SupervisedProcess {
  readonly folder: string;
  readonly #shell: ChildProcessByStdio<Writable, Readable, null>;
  readonly #said: () => Promise<string | undefined>;
  readonly #exited: Promise<void>;
  #pid = 0;

  /** Makes `folder` with the FIFOs `qtest.in` and `qtest.out`. UNAVAILABLE where that cannot be. */
  static async prepare(folder: string, command: readonly string[]): Promise<SupervisedProcess> {
    const supervised = new SupervisedProcess(folder, command);
    if ((await supervised.#said()) === "ready") return supervised;
    await supervised.close();
    throw new ZxError("UNAVAILABLE", `no /bin/sh with mkfifo that can make ${folder}`);
  }

  private constructor(folder: string, command: readonly string[]) {
    this.folder = folder;
    this.#shell = spawn("/bin/sh", ["-c", SCRIPT, "sh", folder, ...command], {
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
    });
    this.#exited = new Promise<void>((resolve) => {
      this.#shell.once("exit", () => resolve());
      this.#shell.once("error", () => resolve());
    });
    // Writing to a shell that has ended is no error of ours: that it has is noticed otherwise.
    this.#shell.stdin.on("error", () => {});
    this.#said = linesOf(this.#shell.stdout);
  }

  get pid(): number {
    return this.#pid;
  }

  /** Starts the child. What it prints goes to the file `words` of the folder. */
  async go(): Promise<void> {
    this.#shell.stdin.write("go\n");
    this.#pid = Number(/^pid (\d+)$/.exec((await this.#said()) ?? "")?.[1] ?? 0);
    if (this.#pid === 0) throw new ZxError("UNAVAILABLE", "the shell ended before it could start a process");
    // The child has ended: the shell has nothing to wait for any more.
    this.onGone(() => this.#shell.stdin.end());
    // Only if somebody kills the shell is the child still there.
    this.#exited.then(() => {
      if (!this.#shell.stdout.closed) this.#kill();
    });
  }

  /** Called when the child has ended, also if it already has. */
  onGone(callback: () => void): void {
    const { stdout } = this.#shell;
    if (stdout.closed) queueMicrotask(callback);
    else stdout.once("close", callback);
  }

  /** Lets our process end although the child runs. */
  unref(): void {
    this.#shell.unref();
    (this.#shell.stdin as Socket).unref();
    (this.#shell.stdout as Socket).unref();
  }

  /** Ends the child: by SIGTERM, and by SIGKILL if it still runs two seconds later. */
  async close(): Promise<void> {
    this.#shell.ref();
    (this.#shell.stdout as Socket).ref();
    this.#shell.stdin.end();
    await Promise.all([this.#exited, new Promise<void>((resolve) => this.onGone(resolve))]);
  }

  #kill(): void {
    try {
      process.kill(this.#pid, "SIGKILL");
    } catch {
      // It has ended just now.
    }
  }
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
