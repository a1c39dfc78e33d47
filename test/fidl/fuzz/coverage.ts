import { Session } from "node:inspector";

/** A place in the sources where a stretch of code begins that had never run before. */
export interface Place {
  readonly url: string;
  readonly offset: number;
}

/**
 * Which code has run, from V8 itself (precise block coverage), in files whose URL contains `part`. V8 counts from question to question,
 * and a question costs milliseconds: one asks after many runs.
 */
export class BlockCoverage implements Disposable {
  readonly #session = new Session();
  readonly #part: string;
  /** By URL, a byte for each character: whether it has run since the last question, and whether it ever has. */
  readonly #now = new Map<string, Uint8Array>();
  readonly #ever = new Map<string, Uint8Array>();
  #reached = 0;

  constructor(part: string) {
    this.#part = part;
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** How many characters of code have run, as far as `takeNew` has seen. */
  get reached(): number {
    return this.#reached;
  }

  /** Asks what has run since it was asked last, for `hasRun`. */
  take(): void {
    for (const map of this.#now.values()) map.fill(0);
    // A session with its own thread answers before `post` returns.
    this.#session.post("Profiler.takePreciseCoverage", (error, coverage) => {
      if (error) throw error;
      for (const { url, functions } of coverage.result) {
        if (!url.includes(this.#part)) continue;
        const size = Math.max(...functions.map(({ ranges }) => ranges[0]?.endOffset ?? 0));
        const map = sized(this.#now, url, size);
        // Outer ones come first, and inner ones say it more exactly.
        for (const { ranges } of functions) {
          for (const { startOffset, endOffset, count } of ranges) {
            map.fill(count > 0 ? 1 : 0, startOffset, endOffset);
          }
        }
      }
    });
  }

  hasRun({ url, offset }: Place): boolean {
    return this.#now.get(url)?.[offset] === 1;
  }

  /** The same as `take`; returns what has run for the first time. */
  takeNew(): Place[] {
    this.take();
    const fresh: Place[] = [];
    for (const [url, now] of this.#now) {
      const ever = sized(this.#ever, url, now.length);
      for (let offset = 0; offset < now.length; offset++) {
        if (now[offset] === 0 || ever[offset] === 1) continue;
        fresh.push({ url, offset });
        for (; offset < now.length && now[offset] === 1 && ever[offset] === 0; offset++) {
          ever[offset] = 1;
          this.#reached++;
        }
      }
    }
    return fresh;
  }

  [Symbol.dispose](): void {
    this.#session.post("Profiler.stopPreciseCoverage");
    this.#session.disconnect();
  }
}

/** The map of a file, made as large as it must be. */
function sized(maps: Map<string, Uint8Array>, url: string, size: number): Uint8Array {
  const known = maps.get(url);
  if (known !== undefined && known.length >= size) return known;
  const map = new Uint8Array(size);
  if (known !== undefined) map.set(known);
  maps.set(url, map);
  return map;
}
