/**
 * The kernel's thread at the service of all workers. It sleeps in its event loop until one of them rings; then it serves, and waits
 * a moment for the next request before it goes back to its event loop: who has just asked for something often asks again at once, or
 * somebody answers him, and the event loop takes longer to wake than most answers do. That moment comes after everything else that
 * this thread had to do, and is not spun away: the worker that is to answer may need this very processor.
 */
import { turnRequester } from "../../machine/sim/turn.ts";
import { Gong } from "../gong.ts";
import { Patience } from "../patience.ts";
import type { Connection } from "./connection.ts";

/** Milliseconds after which the event loop has its turn, whatever is asked for. */
const MOST_WITHOUT_A_TURN = 1;

const done = Promise.resolve();

export class Exchange {
  /** What workers strike while this thread waits for a request. */
  readonly gong = new SharedArrayBuffer(Gong.SIZE);
  readonly #gong = new Int32Array(this.gong);
  readonly #patience = new Patience();
  #connections: readonly Connection[] = [];
  #isAwake = false;
  #turnAt = 0;
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
    if (this.#serve() || this.#wait()) this.#stay();
    else this.#sleep();
  }

  /** Waits for a request; whether there was one. */
  #wait(): boolean {
    const { time } = this.#patience;
    if (time > 0) {
      const strokes = Atomics.load(this.#gong, Gong.STROKES);
      Atomics.store(this.#gong, Gong.HEARD, 1);
      const isEarly = this.#serve();
      if (!isEarly) blockFor(this.#gong, strokes, time);
      Atomics.store(this.#gong, Gong.HEARD, 0);
      if (isEarly || this.#serve()) {
        this.#patience.rewarded();
        return true;
      }
    }
    this.#patience.disappointed();
    return false;
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

/** Milliseconds at most. A browser's main thread may not do this: there it is no time at all. */
function blockFor(words: Int32Array, strokes: number, time: number): void {
  try {
    Atomics.wait(words, Gong.STROKES, strokes, time);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
