/** What a process in another thread asks of the kernel: system calls, waits, its memory, its I/O ports, and events to tell. */
import type { EventStream } from "../../events/events.ts";
import type { ChannelDispatcher } from "../../kernel/object/channel_dispatcher.ts";
import { Signals, TIME_INFINITE } from "../../zx/constants.ts";
import { isStatus, ZxError } from "../../zx/error.ts";
import type { ChannelMessageEtc, ExceptionReport, IoPorts, Zx } from "../../zx/syscalls.ts";
import { CALLS, type CallName, Notice, Record, WAITING_CALLS } from "../calls.ts";
import { forwardEvent, wantedKinds } from "../forwarded_events.ts";
import { ValueReader } from "../value_reader.ts";
import { malformed, ValueWriter } from "../values.ts";
import type { LaneUser, PendingRead } from "./lane_traffic.ts";
import type { Lanes } from "./lanes.ts";
import { MemoryServer, type Shareable } from "./memory_server.ts";

/** The door into the kernel for one process. */
export interface ProcessGate {
  readonly zx: Zx;
  /** A system call by name. Calls that wait give a promise. */
  call(name: string, args: readonly unknown[]): unknown;
  /** The end of a channel that a handle refers to, if it has these rights. */
  channelOf(handle: unknown, rights: number): ChannelDispatcher | undefined;
}

export interface ProcessServerOptions {
  readonly gate: ProcessGate;
  /** Where the worker's events go, and what says which are wanted. */
  readonly events: EventStream;
  /** The program cannot go on: true if somebody has handled that, otherwise the process is dead. */
  readonly raise: (report: ExceptionReport) => Promise<boolean>;
  /** What is mapped at an address, for the story of the last access. */
  readonly mappingAt: (address: number) => MappedAt | undefined;
  /** Gives the worker memory that it may look at directly. In order; it finds them by their number, from 0. */
  readonly share: (memory: Shareable) => void;
  /** Sends a notice. */
  readonly send: (message: Uint8Array) => void;
  readonly lanes: Lanes;
  /** The worker, as the lanes know it. */
  readonly user: LaneUser;
}

export interface MappedAt {
  /** Of the mapping's VMO. */
  readonly name: string;
  readonly base: number;
  /** The same for the same mapping. */
  readonly mapping: object;
}

/** Waits that one process may have at a time. */
const MAX_WAITS = 0x1_0000;

/** What a wait ends with that the worker now ends itself. */
const HANDED_OVER = Symbol();

const isWaiting = new Set<string>([...WAITING_CALLS, "process.raise"]);

export class ProcessServer {
  readonly memory: MemoryServer;
  readonly #options: ProcessServerOptions;
  readonly #reply = new ValueWriter();
  readonly #notice = new ValueWriter();
  readonly #stopWants: () => void;
  #waits = 0;
  #shared = 0;
  #isClosed = false;

  constructor(options: ProcessServerOptions) {
    this.#options = options;
    const { gate, mappingAt } = options;
    const { zx } = gate;
    this.memory = new MemoryServer({
      memory: zx.memory,
      clock: { now: () => zx.clockGetMonotonic(), spin: (ns) => zx.spin(ns) },
      mappingAt,
      share: (memory) => this.share(memory),
      revoked: (window) => this.notify(Notice.REVOKED, window),
    });
    const { events } = options;
    let wanted = 0;
    const tellWants = () => {
      const kinds = wantedKinds(events);
      if (kinds !== wanted) this.notify(Notice.WANTS, kinds);
      wanted = kinds;
      if (this.isObserved) options.lanes.takeBack(options.user);
    };
    this.#stopWants = events.onWantsChanged(tellWants);
    tellWants();
  }

  /**
   * Whether somebody listens to what the kernel would have to see for itself, or to what would have to travel in front of each message:
   * system calls, messages, accesses.
   */
  get isObserved(): boolean {
    const { wants } = this.#options.events;
    return wants.syscall || wants.message || wants.access;
  }

  /** Gives the worker memory; the number under which it finds that. */
  share(memory: Shareable): number {
    this.#options.share(memory);
    return this.#shared++;
  }

  /** Does what the records say, in order; returns the reply where the last one is a call. */
  run(bytes: Uint8Array<ArrayBuffer>): Uint8Array | undefined {
    const reader = new ValueReader(bytes);
    while (!reader.isAtEnd) {
      const kind = reader.u8();
      if (kind === Record.CALL) {
        const reply = this.#call(reader);
        if (!reader.isAtEnd) throw malformed("something after a call");
        return reply;
      }
      if (kind === Record.WAIT) this.#wait(reader);
      else if (kind === Record.POST) this.#post(reader);
      else if (kind === Record.EVENT)
        forwardEvent(this.#options.events, reader.value(), this.#options.gate.zx);
      else throw malformed(`a record of kind ${kind}`);
    }
    return undefined;
  }

  /** Forgets the windows, and what the process waits for. */
  close(): void {
    this.#isClosed = true;
    this.#stopWants();
    this.memory.close();
  }

  #call(reader: ValueReader): Uint8Array {
    const name = callOf(reader);
    const args = reader.list();
    const reply = this.#reply;
    reply.clear();
    try {
      if (isWaiting.has(name)) throw new ZxError("BAD_SYSCALL", `${name} as a call that does not wait`);
      const result = this.#perform(name, args);
      reply.u8(0);
      reply.value(result);
      if (reader.out !== undefined) reply.value(reader.out);
    } catch (error) {
      reply.clear();
      reply.u8(1);
      reply.error(toZxError(error));
    }
    return reply.bytes;
  }

  #post(reader: ValueReader): void {
    const name = callOf(reader);
    const args = reader.list();
    try {
      if (!isWaiting.has(name)) this.#perform(name, args);
    } catch (error) {
      // Nobody wants to know.
      toZxError(error);
    }
  }

  #wait(reader: ValueReader): void {
    const number = reader.u32();
    const name = callOf(reader);
    const args = reader.list();
    if (this.#waits >= MAX_WAITS) {
      this.#ended(number, new ZxError("NO_RESOURCES", `${name}: ${MAX_WAITS} waits at once`));
      return;
    }
    this.#waits++;
    this.#begin(number, name, args)
      .finally(() => this.#waits--)
      .then(
        (value) => this.#ended(number, undefined, value),
        (error: unknown) => this.#ended(number, toZxError(error)),
      );
  }

  #ended(number: number, error: ZxError | undefined, value?: unknown): void {
    if (this.#isClosed || value === HANDED_OVER) return;
    const notice = this.#notice;
    notice.clear();
    notice.u8(error === undefined ? Notice.DONE : Notice.FAILED);
    notice.u32(number);
    if (error === undefined) notice.value(value);
    else notice.error(error);
    this.#options.send(notice.bytes);
  }

  async #begin(number: number, name: CallName, args: readonly unknown[]): Promise<unknown> {
    if (name === "process.raise") return await this.#options.raise(reportOf(args[0]));
    if (name === "channelReadWhenReadable") return await this.#readWhenReadable(number, args[0]);
    if (isWaiting.has(name)) return await this.#options.gate.call(name, args);
    throw new ZxError("BAD_SYSCALL", `${name} as a call that waits`);
  }

  async #readWhenReadable(number: number, channel: unknown): Promise<ChannelMessageEtc | typeof HANDED_OVER> {
    const { lanes, user } = this.#options;
    const read = lanes.begin(user, channel, number);
    let message: ChannelMessageEtc | undefined;
    try {
      message = await this.#nextMessage(channel, read);
    } catch (error) {
      if (read?.isHandedOver() !== true) throw error;
    } finally {
      read?.ended(message?.handles.length === 0);
    }
    return message ?? HANDED_OVER;
  }

  /** Undefined once the worker does it by itself. */
  async #nextMessage(
    channel: unknown,
    read: PendingRead | undefined,
  ): Promise<ChannelMessageEtc | undefined> {
    const { gate } = this.#options;
    while (read?.isHandedOver() !== true) {
      await gate.call("objectWaitOne", [channel, Signals.READABLE | Signals.PEER_CLOSED, TIME_INFINITE]);
      if (this.#isClosed) throw new ZxError("CANCELED", "the process has ended");
      if (read?.isHandedOver() === true) break;
      try {
        return gate.call("channelReadEtc", [channel]) as ChannelMessageEtc;
      } catch (error) {
        // Somebody else in the process was faster.
        if (!isStatus(error, "SHOULD_WAIT")) throw error;
      }
    }
    return undefined;
  }

  #perform(name: CallName, args: readonly unknown[]): unknown {
    if (name === "channelWritePosted") return this.#writePosted(args);
    if (name.startsWith("memory.")) return this.memory.call(name, args);
    if (name.startsWith("lane.")) return this.#lane(name, args[0]);
    if (!name.startsWith("ports.")) return this.#options.gate.call(name, args);
    const ports = this.#options.gate.zx.ports as unknown as {
      [name: string]: (...args: unknown[]) => unknown;
    };
    return ports[name.slice("ports.".length) as keyof IoPorts]!(...args);
  }

  #writePosted([channel, bytes]: readonly unknown[]): unknown {
    const { gate, lanes, user } = this.#options;
    lanes.posted(user, channel);
    return gate.call("channelWrite", [channel, bytes, []]);
  }

  #lane(name: CallName, number: unknown): unknown {
    const { lanes, user } = this.#options;
    return name === "lane.take" ? lanes.take(user, number) : lanes.takeBack(user, number);
  }

  /** Sends a notice that has numbers to tell. */
  notify(kind: number, ...values: readonly number[]): void {
    if (this.#isClosed) return;
    const notice = new ValueWriter(1 + 4 * values.length);
    notice.u8(kind);
    for (const value of values) notice.u32(value);
    this.#options.send(notice.bytes);
  }
}

function reportOf(sent: unknown): ExceptionReport {
  const { type, status, address, message } = (
    typeof sent === "object" && sent !== null ? sent : {}
  ) as ExceptionReport;
  const isGood =
    typeof type === "number" &&
    typeof status === "number" &&
    typeof message === "string" &&
    (address === undefined || typeof address === "number");
  if (!isGood) throw new ZxError("INVALID_ARGS", "an exception report without type, status and message");
  return address === undefined ? { type, status, message } : { type, status, address, message };
}

function callOf(reader: ValueReader): CallName {
  const number = reader.u8();
  const name = CALLS[number];
  if (name === undefined) throw malformed(`call ${number}`);
  return name;
}

/** What a process is told of an error that is no status: a fault of ours, which is not its to suffer from. */
function toZxError(error: unknown): ZxError {
  if (error instanceof ZxError) return error;
  return new ZxError("INTERNAL", error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}
