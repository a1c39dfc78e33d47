/** How often, and how soon, a driver whose host dies is started again (`hostRestartOnCrash`). Times are nanoseconds. */
export interface RestartPolicy {
  /** Before the first restart; each further one in a row waits twice as long. */
  readonly firstDelay: number;
  readonly maxDelay: number;
  /** Restarts in a row; then the node is quarantined. */
  readonly limit: number;
  /** A driver that has run for so long has recovered: the next death is the first of a new row. */
  readonly recovered: number;
}

const MS = 1e6;
const SECOND = 1e9;

export const DEFAULT_RESTART_POLICY: RestartPolicy = {
  firstDelay: 10 * MS,
  maxDelay: 10 * SECOND,
  limit: 8,
  recovered: 30 * SECOND,
};

/** The restarts of one driver on one node. */
export class RestartBackoff {
  readonly #policy: RestartPolicy;
  #inRow = 0;

  constructor(policy: RestartPolicy) {
    this.#policy = policy;
  }

  /** Restarts in the present row. */
  get inRow(): number {
    return this.#inRow;
  }

  /** How long to wait after a death; undefined when it is time to give up. `ranFor`: how long the driver had been running. */
  next(ranFor: number): number | undefined {
    const { firstDelay, maxDelay, limit, recovered } = this.#policy;
    if (ranFor >= recovered) this.#inRow = 0;
    if (this.#inRow >= limit) return undefined;
    return Math.min(firstDelay * 2 ** this.#inRow++, maxDelay);
  }
}
