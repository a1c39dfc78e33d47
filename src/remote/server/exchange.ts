/**
 * The kernel's thread at the service of all workers. It sleeps in its event loop until one of them rings; then it serves, and as long
 * as a worker works it looks for the next request a moment longer, once in each turn of its event loop, before it sleeps again: who
 * has just asked for something often asks again at once, or somebody answers him, and a thread that has gone to sleep takes longer to
 * wake than most answers do. What a worker writes into its mailbox makes that moment longer or shorter than it need be, and nothing else.
 */
import { turnRequester } from "../../machine/sim/turn.ts";
import { Patience } from "../patience.ts";
import type { Connection } from "./connection.ts";
import { Lanes } from "./lanes.ts";

/** Milliseconds after which the event loop has its turn, whatever is asked for. */
const MOST_WITHOUT_A_TURN = 1;
/** Milliseconds for which to look for the next request. */
const LONGEST = 0.5;

const done = Promise.resolve();

export class Exchange {
  /** Between its workers. */
  readonly lanes = new Lanes();
  readonly #patience = new Patience();
  #connections: readonly Connection[] = [];
  #isAwake = false;
  #turnAt = 0;
  /** Until when to look for a request that may come soon; 0 while that is not done. */
  #lingersUntil = 0;
  readonly #hop = () => this.#look();
  readonly #woken = () => this.#wake();
  readonly #requestTurn = turnRequester(() => this.#linger());

  /** Serves a connection from now on. */
  add(connection: Connection): void {
    this.#connections = [...this.#connections, connection];
    this.#wake();
  }

  /** Closes a connection, and forgets it. */
  remove(connection: Connection): void {
    connection.close();
    this.#connections = this.#connections.filter((other) => other !== connection);
  }

  get size(): number {
    return this.#connections.length;
  }

  #wake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    for (const connection of this.#connections) connection.awake();
    this.#stay();
  }

  /** Serves what there is, one request of each worker at a time, with what follows from it in between. */
  #look(): void {
    if (this.#serve() && performance.now() < this.#turnAt) void done.then(this.#hop);
    else this.#requestTurn();
  }

  #serve(): boolean {
    let did = false;
    for (const connection of this.#connections) if (connection.look()) did = true;
    return did;
  }

  #stay(): void {
    this.#turnAt = performance.now() + MOST_WITHOUT_A_TURN;
    this.#look();
  }

  /** The event loop has come round. */
  #linger(): void {
    if (this.#serve()) {
      if (this.#lingersUntil !== 0) this.#patience.rewarded();
      this.#lingersUntil = 0;
      this.#stay();
    } else if (this.#mayComeSoon()) this.#requestTurn();
    else this.#sleep();
  }

  /** Whether to look once more. A worker that does not work asks for nothing. */
  #mayComeSoon(): boolean {
    const until = this.#lingersUntil;
    this.#lingersUntil = 0;
    if (!this.#connections.some((connection) => connection.isAtWork)) return false;
    const now = performance.now();
    if (until !== 0 && now >= until) this.#patience.disappointed();
    else if (until !== 0) this.#lingersUntil = until;
    else if (this.#patience.stays()) this.#lingersUntil = now + LONGEST;
    return this.#lingersUntil !== 0;
  }

  #sleep(): void {
    this.#isAwake = false;
    for (const connection of this.#connections) {
      if (!connection.sleep(this.#woken)) {
        this.#wake();
        return;
      }
    }
  }
}
