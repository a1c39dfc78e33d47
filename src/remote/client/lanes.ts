/**
 * The lanes of this process: channels of which it writes or reads the messages by itself. The kernel's thread makes them and takes them
 * back, by notices; what it has taken back is its own again, reads that wait included.
 */
import { type Handle, INVALID_HANDLE } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { ChannelMessageEtc } from "../../zx/syscalls.ts";
import { LaneRing } from "../lane_ring.ts";
import { ring as strike } from "../mailbox.ts";
import type { TakenLane } from "../server/lane_traffic.ts";
import type { SharedMemories } from "./shared_memories.ts";

/** A promise to be kept. */
export interface Waiting {
  resolve(value: unknown): void;
  reject(error: ZxError): void;
}

/** A read of a channel that has not ended. */
export interface Read {
  /** Under which the kernel's thread knows it, if it does. */
  readonly number: number;
  readonly waiting: Waiting;
  /** This thread ends it; otherwise the kernel's thread has it, or is about to hand it over. */
  isOurs: boolean;
}

interface Outgoing {
  readonly number: number;
  readonly ring: LaneRing;
  /** The reader's. */
  readonly bell: Int32Array;
}

interface Incoming {
  readonly number: number;
  readonly ring: LaneRing;
  /** In their order. */
  readonly reads: Read[];
  /** There is nonsense in it: the kernel's thread will take it back. */
  isBroken: boolean;
}

/** What became of the reads that waited when a lane was recalled. */
export interface Recalled {
  readonly channel: Handle;
  /** They are the kernel's to end now. */
  readonly reads: readonly Waiting[];
}

/** Messages taken in one turn of the event loop, after which everything else has its turn. */
const MOST_IN_A_TURN = 64;

export class Lanes {
  readonly #shared: SharedMemories;
  readonly #broken: (number: number) => void;
  readonly #outgoing = new Map<Handle, Outgoing>();
  readonly #incoming = new Map<Handle, Incoming>();
  #takenInTurn = 0;

  /** `broken` is told of a lane, by number, with nonsense in it. */
  constructor(shared: SharedMemories, broken: (number: number) => void) {
    this.#shared = shared;
    this.#broken = broken;
  }

  // Writing

  /** Whether this process may write to a channel by itself. */
  leadsTo(channel: Handle): boolean {
    return this.#outgoing.has(channel);
  }

  /** False where the kernel's thread has to write the message, and all that follow. */
  write(channel: Handle, message: Uint8Array): boolean {
    const lane = this.#outgoing.get(channel);
    if (lane === undefined) return false;
    if (message instanceof Uint8Array && lane.ring.write(message)) {
      if (lane.ring.isAsleep) strike(lane.bell);
      return true;
    }
    // Were the next one short enough, it would arrive first.
    this.#outgoing.delete(channel);
    return false;
  }

  /** A lane that was offered is there. */
  took(number: number, { channel, ring, bell }: TakenLane): void {
    const memory = this.#shared.take(ring);
    this.#outgoing.set(channel, {
      number,
      ring: new LaneRing(memory),
      bell: new Int32Array(this.#shared.take(bell)),
    });
  }

  /** Whether somebody who reads what was written here has still to do with it: then he rests later than this thread. */
  get othersWork(): boolean {
    for (const { ring } of this.#outgoing.values()) if (!ring.isClosed && !ring.isIdle) return true;
    return false;
  }

  // Reading

  /** Whether this process reads a channel by itself. */
  leadsFrom(channel: Handle): boolean {
    return this.#incoming.has(channel);
  }

  read(channel: Handle, waiting: Waiting): void {
    const lane = this.#incoming.get(channel)!;
    lane.reads.push({ number: 0, waiting, isOurs: true });
    this.#takeFrom(lane);
  }

  /** A channel is this process's to read from now on; `reads` are those of it that have begun. */
  opened(number: number, channel: Handle, ring: number, reads: readonly Read[]): void {
    const lane = { number, ring: new LaneRing(this.#shared.take(ring)), reads: [...reads], isBroken: false };
    this.#incoming.set(channel, lane);
    this.#takeFrom(lane);
  }

  /** The kernel's thread hands over a read that was on its way to it. */
  handedOver(number: number): void {
    for (const lane of this.#incoming.values()) {
      const read = lane.reads.find((read) => read.number === number);
      if (read !== undefined) read.isOurs = true;
      this.#takeFrom(lane);
    }
  }

  /** The kernel's thread has ended a read after all. */
  ended(number: number): void {
    for (const { reads } of this.#incoming.values()) {
      const at = reads.findIndex((read) => read.number === number);
      if (at >= 0) reads.splice(at, 1);
    }
  }

  /** Whether no message waits that somebody waits for. */
  get isEmpty(): boolean {
    for (const { ring, reads, isBroken } of this.#incoming.values())
      if (reads[0]?.isOurs === true && !isBroken && !ring.isEmpty && !ring.isClosed) return false;
    return true;
  }

  get isAwaited(): boolean {
    for (const { reads } of this.#incoming.values()) if (reads.length > 0) return true;
    return false;
  }

  /** A turn of the event loop: takes what has come; whether there was anything. */
  turn(): boolean {
    this.#takenInTurn = 0;
    for (const lane of this.#incoming.values()) this.#takeFrom(lane);
    return this.#takenInTurn > 0;
  }

  #takeFrom(lane: Incoming): void {
    const { ring, reads, number } = lane;
    while (reads[0]?.isOurs === true && !lane.isBroken && this.#takenInTurn < MOST_IN_A_TURN) {
      let bytes: Uint8Array<ArrayBuffer> | undefined;
      try {
        bytes = ring.read();
      } catch {
        lane.isBroken = true;
        this.#broken(number);
      }
      if (bytes === undefined) return;
      this.#takenInTurn++;
      reads.shift()!.waiting.resolve({ bytes, handles: [] } satisfies ChannelMessageEtc);
    }
  }

  // Their end

  /** A lane is no more. Returns what the kernel's thread has to be asked again for; `isGone`: the channel is not this process's any more. */
  recalled(number: number, isGone: boolean): Recalled {
    for (const [channel, lane] of this.#outgoing) if (lane.number === number) this.#outgoing.delete(channel);
    for (const [channel, lane] of this.#incoming) {
      if (lane.number !== number) continue;
      this.#incoming.delete(channel);
      const reads = lane.reads.filter(({ isOurs }) => isOurs).map(({ waiting }) => waiting);
      if (!isGone) return { channel, reads };
      for (const { reject } of reads) reject(canceled());
    }
    return { channel: INVALID_HANDLE, reads: [] };
  }

  /** Nobody serves this process any more. */
  failed(error: ZxError): void {
    for (const { reads } of this.#incoming.values()) for (const { waiting } of reads) waiting.reject(error);
    this.#incoming.clear();
    this.#outgoing.clear();
  }

  /** Where this thread's event loop is. */
  announce(busy: number): void {
    for (const { ring, reads } of this.#incoming.values()) ring.setReader(busy, reads.length > 0);
  }
}

function canceled(): ZxError {
  return new ZxError("CANCELED", "the handle to the channel was closed or sent away during a read");
}
