/**
 * What goes to one end of a channel, from one worker to another: seen by the kernel's thread message by message, or kept in a lane for
 * as long as only the two have to do with it.
 */
import type { ChannelDispatcher } from "../../kernel/object/channel_dispatcher.ts";
import type { Lane } from "../../kernel/object/lane.ts";
import { Rights } from "../../zx/rights.ts";
import { Notice } from "../calls.ts";
import { LaneRing } from "../lane_ring.ts";
import type { Lanes } from "./lanes.ts";

/** A worker, as one that reads or writes by lanes. */
export interface LaneUser {
  /** What wakes its event loop. */
  readonly bell: SharedArrayBuffer;
  /** Nobody listens to what the kernel would have to see for itself, or to what would have to travel in front of each message. */
  readonly isUnobserved: boolean;
  /** The worker has read all that it was told, asks for nothing, and waits. */
  readonly isQuiet: boolean;
  /** The machine's time waits for it. Idempotent. */
  hold(): void;
  letGo(): void;
  /** Whether it has to tell when it has nothing left to do. */
  watch(watched: boolean): void;
  channelOf(handle: unknown, rights: number): ChannelDispatcher | undefined;
  /** Gives it memory, and the number under which it finds that. */
  share(memory: SharedArrayBuffer): number;
  notify(kind: number, ...values: readonly number[]): void;
}

/** One who reads or writes, and by which handle. */
interface Party {
  readonly user: LaneUser;
  readonly handle: number;
}

/** A read that has come to the kernel's thread. */
export interface PendingRead {
  /** The worker was told to do it by itself. */
  isHandedOver(): boolean;
  /** It has ended, one way or another; `isPlain`: with a message that had no handles. To be called once. */
  ended(isPlain: boolean): void;
}

/** A read for which the kernel waits; or did, before it was handed over. */
interface Read {
  readonly wait: number;
  isHandedOver: boolean;
}

/** What a writer is told of a lane that it takes. */
export interface TakenLane {
  readonly channel: number;
  /** Numbers of shared memories: the lane's, and what wakes the reader. */
  readonly ring: number;
  readonly bell: number;
}

/** Messages in succession that went from one worker to another before they get a lane. */
const FIRST_STREAK = 4;
/** As each lane that was taken back costs more than a message does, the next one is longer in coming: up to here. */
const LONGEST_STREAK = 1024;

export class LaneTraffic implements Lane {
  readonly #lanes: Lanes;
  readonly #end: ChannelDispatcher;
  readonly #reads = new Set<Read>();
  #writer: Party | undefined;
  #reader: Party | undefined;
  #streak = 0;
  #needed = FIRST_STREAK;
  #number = 0;
  #ring: LaneRing | undefined;

  /** `end`: who reads. */
  constructor(lanes: Lanes, end: ChannelDispatcher) {
    this.#lanes = lanes;
    this.#end = end;
  }

  get writer(): LaneUser | undefined {
    return this.#writer?.user;
  }

  get reader(): LaneUser | undefined {
    return this.#reader?.user;
  }

  /** Of the lane, or of the offer of one; 0 where there is neither. */
  get number(): number {
    return this.#number;
  }

  /** The memory of the lane, while there is one. */
  get ring(): LaneRing | undefined {
    return this.#ring;
  }

  /** A message without handles was posted to this end. */
  posted(user: LaneUser, handle: number): void {
    if (this.#writer?.user === user && this.#writer.handle === handle) return;
    this.#writer = { user, handle };
    this.#streak = 0;
  }

  /** A read has come to the kernel. */
  begin(user: LaneUser, handle: number, wait: number): PendingRead {
    const read = { wait, isHandedOver: this.#ring !== undefined && this.#reader!.user === user };
    if (read.isHandedOver) user.notify(Notice.YOURS, wait);
    else this.#reads.add(read);
    return {
      isHandedOver: () => read.isHandedOver,
      ended: (isPlain) => {
        this.#reads.delete(read);
        if (!read.isHandedOver) this.#passed({ user, handle }, isPlain);
      },
    };
  }

  #passed(reader: Party, isPlain: boolean): void {
    this.#streak = isPlain ? this.#streak + 1 : 0;
    if (this.#streak < this.#needed || this.#number !== 0) return;
    this.#reader = reader;
    this.#number = this.#lanes.offer(this);
  }

  /** The writer, which has nothing on its way, takes the lane it was offered. Undefined where that cannot be just now. */
  lend(): TakenLane | undefined {
    const [writer, reader] = [this.#writer!, this.#reader!];
    const ring = new LaneRing();
    this.#ring = ring;
    if (!this.#isBetween(writer, reader) || !this.#end.lend(this, this.#reads.size)) {
      this.#forget();
      return undefined;
    }
    this.#lanes.opened(this);
    const handed = [...this.#reads].filter(({ isHandedOver }) => !isHandedOver);
    for (const read of handed) read.isHandedOver = true;
    const waits = handed.map(({ wait }) => wait);
    reader.user.notify(Notice.LANE, this.#number, reader.handle, reader.user.share(ring.buffer), ...waits);
    return {
      channel: writer.handle,
      ring: writer.user.share(ring.buffer),
      bell: writer.user.share(reader.user.bell),
    };
  }

  keep(messages: readonly Uint8Array[]): boolean {
    return messages.every((message) => this.#ring!.write(message));
  }

  takeBack(): readonly Uint8Array<ArrayBuffer>[] | undefined {
    const { user, handle } = this.#reader!;
    const messages = this.#ring!.close();
    const number = this.#number;
    const isGone = user.channelOf(handle, Rights.READ) !== this.#end;
    this.#forget();
    user.notify(Notice.RECALLED, number, Number(isGone));
    this.writer!.notify(Notice.RECALLED, number, 0);
    this.#lanes.closed(this);
    return messages;
  }

  /** The writer will not take it. */
  withdraw(): void {
    if (this.#ring === undefined) this.#forget();
  }

  /** The kernel has the messages, if there is a lane. */
  end(): void {
    this.#end.takeBack();
  }

  #isBetween(writer: Party, reader: Party): boolean {
    return (
      this.#lanes.mayLend(writer.user, reader.user) &&
      writer.user.channelOf(writer.handle, Rights.WRITE)?.peer === this.#end &&
      reader.user.channelOf(reader.handle, Rights.READ) === this.#end
    );
  }

  #forget(): void {
    this.#ring = undefined;
    this.#number = 0;
    this.#streak = 0;
    this.#needed = Math.min(2 * this.#needed, LONGEST_STREAK);
  }
}
