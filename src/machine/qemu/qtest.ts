/**
 * QEMU's test protocol, synchronous: a read is one round trip. Writes are posted, as on PCI: they are sent in batches
 * whose answers are collected later. A batch leaves
 *
 * - before anything that is answered with a value (it travels in front of it, in the same message),
 * - when the code that runs now is done (a microtask), so that the device has it while the driver waits,
 * - when it holds `MOST_IN_BATCH` commands,
 * - on demand (`flush`, which also waits for the answers).
 *
 * Both ends talk over pipes of limited size. No more than `MOST_UNANSWERED` commands are ever under way, which fit in the pipe
 * to QEMU: so sending never blocks, and whoever waits always drains what QEMU says. Neither can wait for the other.
 */
import { ZxError } from "../../zx/error.ts";
import type { IoLender, IoTicket } from "../../zx/memory.ts";
import { type Line, LineSplitter, parseLine, parseValue } from "./answers.ts";
import { type Lendable, Loans } from "./loan.ts";

const MOST_IN_BATCH = 128;
/** With at most 42 bytes a command, far below the 64 KiB of a pipe. */
export const MOST_UNANSWERED = 512;
/** Commands with an answer between two calls of `busy`. */
const BUSY_INTERVAL = 64;

/** The two pipes to QEMU. */
export interface QtestPipes {
  /** Takes all of the text. */
  write(text: string): void;
  /** Blocks until QEMU says something; undefined when it is gone and has said all. */
  read(): string | undefined;
  /** What QEMU printed, for the error of its end. */
  words(): string;
  /** Absent where other threads cannot have the pipes. */
  readonly lendable?: Lendable;
}

/** Told at once, also inside an access: must not use the Qtest. */
export interface QtestListener {
  /** An intercepted interrupt line changed. */
  irq(vector: number, asserted: boolean): void;
  /** A device sent an interrupt message. */
  message(destination: number, vector: number): void;
  /** A line of QEMU's log. */
  text(line: string): void;
  /** Every later command fails with a like error. Called once. */
  failed(error: ZxError): void;
  /** Called before one in 64 commands with an answer; may post. */
  busy(): void;
}

/** A command that has an answer of its own, and changes nothing. */
const MARK = "endianness";
const MARK_ANSWERS = new Set(["little", "big"]);
/** For those who ask for which command. */
const THEIRS = "a write of a process in another thread";

export class Qtest implements IoLender {
  /** Bits 63..32 of the last value. */
  high = 0;
  readonly #pipes: QtestPipes;
  readonly #listener: QtestListener;
  readonly #lines = new LineSplitter((line) => this.#take(parseLine(line)));
  /** Posted, not sent. */
  #batch: string[] = [];
  /** Sent, and the place of the first that is not answered. */
  #sent: string[] = [];
  #answered = 0;
  #sendScheduled = false;
  /** The command whose answer is waited for, and the answer. */
  #asked: string | undefined;
  #answer: Line | undefined;
  #untilBusy = BUSY_INTERVAL;
  #failure: ZxError | undefined;
  readonly #loans: Loans | undefined;
  #traffic = 0;
  /** Answers that come now are not to our commands. */
  #areTheirs = false;

  constructor(pipes: QtestPipes, listener: QtestListener) {
    if (pipes.lendable !== undefined) this.#loans = new Loans(pipes.lendable, () => this.takeBack());
    this.#pipes = pipes;
    this.#listener = listener;
  }

  /** Changes whenever something went to QEMU or came from it: time may have passed there. */
  get traffic(): number {
    return this.#traffic + (this.#loans?.traffic ?? 0);
  }

  enroll(): IoTicket | undefined {
    return this.#loans?.enroll();
  }

  dismiss(ticket: IoTicket): void {
    this.takeBack();
    this.#loans?.dismiss(ticket.slot);
  }

  lend({ slot }: IoTicket): void {
    const isBusy = this.#asked !== undefined || this.#batch.length > 0 || this.#unanswered > 0;
    if (this.#failure === undefined && !isBusy && this.#lines.isAtStart) this.#loans!.lend(slot);
  }

  takeBack(): void {
    if (this.#loans?.areOut !== true) return;
    const { text, accesses, unanswered, isTorn } = this.#loans.end();
    this.#sent = Array<string>(isTorn ? 0 : unanswered).fill(THEIRS);
    this.#answered = 0;
    this.#areTheirs = true;
    this.#lines.push(text);
    if (isTorn) this.#findPlace();
    this.#areTheirs = false;
    this.#count(accesses);
  }

  /** Why nothing works any more, if so. */
  get failure(): ZxError | undefined {
    return this.#failure;
  }

  /** A command whose answer is a value: returns bits 31..0; bits 63..32 are then in `high`. IO_NOT_PRESENT when QEMU is gone. */
  ask(command: string): number {
    const { text } = this.#ask(command);
    const value = parseValue(text);
    if (value === undefined) throw this.#fail(`QEMU answered ${JSON.stringify(text)} to "${command}"`);
    this.high = value.high;
    return value.low;
  }

  /** A command without a value, waited for. IO_REFUSED with QEMU's own words if it refuses. */
  command(command: string): void {
    this.#ask(command);
  }

  /** A command without a value, not waited for. */
  post(command: string): void {
    this.#check(command);
    this.#batch.push(command);
    if (this.#batch.length >= MOST_IN_BATCH) this.send();
    else if (!this.#sendScheduled) {
      this.#sendScheduled = true;
      queueMicrotask(() => {
        this.#sendScheduled = false;
        if (this.#failure === undefined) this.send();
      });
    }
  }

  /** Sends what was posted, without waiting for the answers. */
  send(): void {
    if (this.#batch.length === 0) return;
    this.#makeRoom();
    const text = `${this.#batch.join("\n")}\n`;
    this.#moveBatch();
    this.#write(text);
  }

  /** Returns when everything that was posted has been done. */
  flush(): void {
    this.#check("flush");
    this.send();
    while (this.#unanswered > 0) this.#receive();
  }

  /** What QEMU said, when somebody else read it: chunks of text in the order of the pipe. */
  receive(text: string): void {
    if (this.#failure !== undefined) return;
    this.#traffic++;
    this.#lines.push(text);
  }

  /** QEMU is gone, or is not wanted any more: every later command fails with this. */
  end(error: ZxError): void {
    if (this.#failure !== undefined) return;
    this.takeBack();
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#batch = [];
    this.#sent = [];
    this.#answered = 0;
    this.#listener.failed(error);
  }

  get #unanswered(): number {
    return this.#sent.length - this.#answered;
  }

  #ask(command: string): { readonly text: string } {
    this.#check(command);
    this.#count(1);
    this.#makeRoom();
    const text = this.#batch.length === 0 ? `${command}\n` : `${this.#batch.join("\n")}\n${command}\n`;
    this.#moveBatch();
    this.#asked = command;
    this.#answer = undefined;
    this.#write(text);
    try {
      // `#receive` throws when QEMU is gone.
      while (this.#answer === undefined) this.#receive();
      // The loop's condition hides from the compiler what the listener has set.
      const answer = this.#answer as Line;
      if (answer.kind === "refused")
        throw new ZxError("IO_REFUSED", `QEMU answered "${answer.text}" to "${command}"`);
      return answer as { readonly text: string };
    } finally {
      this.#asked = undefined;
    }
  }

  #count(accesses: number): void {
    this.#untilBusy -= accesses;
    if (this.#untilBusy > 0 || this.#failure !== undefined) return;
    this.#untilBusy = BUSY_INTERVAL;
    this.#listener.busy();
  }

  #makeRoom(): void {
    while (this.#unanswered + this.#batch.length > MOST_UNANSWERED) this.#receive();
  }

  #moveBatch(): void {
    if (this.#batch.length === 0) return;
    if (this.#unanswered === 0) {
      this.#sent = this.#batch;
      this.#answered = 0;
    } else {
      this.#sent = [...this.#sent.slice(this.#answered), ...this.#batch];
      this.#answered = 0;
    }
    this.#batch = [];
  }

  #write(text: string): void {
    this.#traffic++;
    try {
      this.#pipes.write(text);
    } catch (cause) {
      throw this.#fail(`the pipe to QEMU: ${(cause as Error).message}`);
    }
  }

  /** Blocks until QEMU has said something, and takes it. */
  #receive(): void {
    const text = this.#pipes.read();
    if (text === undefined) {
      const during = this.#asked ?? this.#sent[this.#answered];
      throw this.#fail(
        `QEMU ended${during === undefined ? "" : ` during "${during}"`}: ${this.#pipes.words()}`,
      );
    }
    this.receive(text);
    if (this.#failure !== undefined) throw this.#again("waiting for QEMU");
  }

  #take(line: Line): void {
    if (this.#failure !== undefined) return;
    switch (line.kind) {
      case "text":
        this.#listener.text(line.text);
        return;
      case "irq":
        this.#listener.irq(line.vector, line.asserted);
        return;
      case "message":
        this.#listener.message(line.destination, line.vector);
        return;
      case "ok":
      case "refused":
        this.#takeAnswer(line);
    }
  }

  /** Answers come in the order of the commands: those that were posted before the one that is waited for. */
  #takeAnswer(line: Line & { readonly text: string }): void {
    if (this.#areTheirs) {
      if (line.kind === "refused") this.#fail(`QEMU answered "${line.text}" to ${THEIRS}`);
      else if (MARK_ANSWERS.has(line.text)) this.#areTheirs = false;
    } else if (this.#unanswered > 0) {
      const command = this.#sent[this.#answered++]!;
      if (line.kind === "refused") this.#fail(`QEMU answered "${line.text}" to "${command}"`);
    } else if (this.#asked !== undefined && this.#answer === undefined) {
      this.#answer = line;
    } else {
      this.#fail(`QEMU answered "${line.text}" where nothing was asked`);
    }
  }

  /** Somebody broke off in the middle of an access: reads what comes until it is clear where we are. */
  #findPlace(): void {
    try {
      this.#write(`${MARK}\n`);
      while (this.#areTheirs && this.#failure === undefined) this.#receive();
    } catch (error) {
      // Then the machine has failed, which others are told.
      if (this.#failure === undefined) throw error;
    }
  }

  #check(what: string): void {
    this.takeBack();
    if (this.#failure !== undefined) throw this.#again(what);
  }

  #again(what: string): ZxError {
    const { status, detail } = this.#failure!;
    return new ZxError(status, `"${what}" failed: ${detail}`, { cause: this.#failure });
  }

  #fail(story: string): ZxError {
    this.end(new ZxError("IO_NOT_PRESENT", story));
    return this.#failure!;
  }
}
