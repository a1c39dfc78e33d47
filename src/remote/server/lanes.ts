/**
 * The lanes between the workers of one kernel's thread. A message that goes by a lane wakes nobody but its reader, so this thread learns
 * of it only where it asks. It asks before it lets time go on: workers that have lanes are held together, and let go together once there
 * is a moment at which none of them has anything to do, nor a message on its way to it.
 */
import type { ChannelDispatcher } from "../../kernel/object/channel_dispatcher.ts";
import { Rights } from "../../zx/rights.ts";
import { Notice } from "../calls.ts";
import { LaneTraffic, type LaneUser, type PendingRead, type TakenLane } from "./lane_traffic.ts";

/** Lanes that one worker writes to or reads from, at most. */
const MAX_LANES = 64;

export class Lanes {
  /** By the end that reads. */
  readonly #traffic = new WeakMap<ChannelDispatcher, LaneTraffic>();
  readonly #offers = new Map<number, LaneTraffic>();
  readonly #open = new Set<LaneTraffic>();
  /** Workers with lanes, and how many. */
  readonly #members = new Map<LaneUser, number>();
  readonly #gone = new WeakSet<LaneUser>();
  #lastNumber = 0;

  get size(): number {
    return this.#open.size;
  }

  /** A worker posts a message without handles. */
  posted(user: LaneUser, channel: unknown): void {
    const end = user.channelOf(channel, Rights.WRITE)?.peer;
    if (end !== undefined) this.#to(end).posted(user, channel as number);
  }

  /** A worker reads. Undefined for what is no channel that it can read from. */
  begin(user: LaneUser, channel: unknown, wait: number): PendingRead | undefined {
    const end = user.channelOf(channel, Rights.READ);
    return end && this.#to(end).begin(user, channel as number, wait);
  }

  /** A worker takes the lane that it was offered. */
  take(user: LaneUser, number: unknown): TakenLane | undefined {
    const traffic = this.#offers.get(number as number);
    if (traffic?.writer !== user) return undefined;
    this.#offers.delete(number as number);
    return traffic.lend();
  }

  /** Takes back the lanes of a worker: of one of that number, or all. */
  takeBack(user: LaneUser, number?: unknown): void {
    for (const traffic of [...this.#open]) {
      const isMeant = number === undefined || traffic.number === number;
      if (isMeant && (traffic.writer === user || traffic.reader === user)) traffic.end();
    }
  }

  /** A worker is served no more. */
  leave(user: LaneUser): void {
    this.#gone.add(user);
    this.takeBack(user);
    for (const [number, traffic] of [...this.#offers]) {
      if (traffic.writer !== user && traffic.reader !== user) continue;
      this.#offers.delete(number);
      traffic.withdraw();
    }
  }

  // For traffic

  mayLend(writer: LaneUser, reader: LaneUser): boolean {
    if (writer === reader) return false;
    return [writer, reader].every(
      (user) => user.isUnobserved && !this.#gone.has(user) && (this.#members.get(user) ?? 0) < MAX_LANES,
    );
  }

  /** The number of the offer; 0 where none is made. */
  offer(traffic: LaneTraffic): number {
    const { writer, reader } = traffic;
    if (writer === undefined || !this.mayLend(writer, reader!)) return 0;
    this.#lastNumber = (this.#lastNumber + 1) >>> 0 || 1;
    this.#offers.set(this.#lastNumber, traffic);
    writer.notify(Notice.OFFER, this.#lastNumber);
    return this.#lastNumber;
  }

  opened(traffic: LaneTraffic): void {
    this.#open.add(traffic);
    for (const user of [traffic.writer!, traffic.reader!])
      this.#members.set(user, (this.#members.get(user) ?? 0) + 1);
    this.held(traffic.writer!);
  }

  closed(traffic: LaneTraffic): void {
    this.#open.delete(traffic);
    for (const user of [traffic.writer!, traffic.reader!]) {
      const count = this.#members.get(user)! - 1;
      if (count === 0) this.#members.delete(user);
      else this.#members.set(user, count);
    }
  }

  // Time

  /** A worker is held: so are all whom it may give something to do. */
  held(user: LaneUser): void {
    if (!this.#members.has(user)) return;
    for (const member of this.#members.keys()) member.hold();
  }

  /** Whether a worker, which is held, could be let go. */
  canRest(user: LaneUser): boolean {
    return user.isQuiet && (!this.#members.has(user) || this.#areQuiet());
  }

  /** Lets a worker go that is quiet, if those with whom it has lanes are. */
  rest(user: LaneUser): void {
    if (!this.#members.has(user)) {
      user.letGo();
      return;
    }
    const members = [...this.#members.keys()];
    while (this.#areQuiet()) {
      // Who begins to work now, of its own accord, and gives another something to do, either sees that it has to tell, or is seen.
      for (const member of members) member.watch(false);
      if (this.#areQuiet()) {
        for (const member of members) member.letGo();
        return;
      }
      // Who went to rest meanwhile has not told.
      for (const member of members) member.watch(true);
    }
  }

  /**
   * Whether there was a moment at which all were quiet. A worker works, for all to see, before it takes a message out of a lane: so if
   * the lanes are empty first, and the workers quiet then, and nothing was written meanwhile, there was.
   */
  #areQuiet(): boolean {
    const rings = [...this.#open].map(({ ring }) => ring!);
    const heads = rings.map(({ head }) => head);
    return (
      rings.every((ring) => ring.isIdle) &&
      [...this.#members.keys()].every(({ isQuiet }) => isQuiet) &&
      rings.every(({ head }, i) => head === heads[i])
    );
  }

  #to(end: ChannelDispatcher): LaneTraffic {
    let traffic = this.#traffic.get(end);
    if (traffic === undefined) {
      traffic = new LaneTraffic(this, end);
      this.#traffic.set(end, traffic);
    }
    return traffic;
  }
}
