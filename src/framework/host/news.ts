/** What the driver manager has not been told of a driver yet. */
import type {
  DriverWatchResponse,
  Failure,
  InspectEntry,
  InspectValue,
  Mapping,
} from "../../fidl/zirconia.driver.host.ts";
import { ZxError } from "../../zx/error.ts";
import { Status } from "../../zx/status.ts";

type Shown = string | number | boolean | bigint;

/** A message has room for 64 KiB: an answer is not made larger than this by inspect values. */
const MAX_INSPECT_BYTES = 32 * 1024;
const MAX_TEXT = 4096;
/** UTF-16 units; each is at most 3 bytes of UTF-8. */
const MAX_MESSAGE = Math.floor(8192 / 3);

export class DriverNews {
  #result: DriverWatchResponse["result"];
  readonly #inspect = new Map<string, Shown>();
  #mappings: readonly Mapping[] | undefined;
  #watcher: ((news: DriverWatchResponse) => void) | undefined;

  /** Values that a driver shows by setting them: each that is set is told. */
  readonly inspect: Record<string, Shown> = new Proxy<Record<string, Shown>>(
    {},
    {
      set: (shown, key, value: Shown) => {
        if (typeof key === "string") {
          this.#inspect.set(key, value);
          this.#tell();
        }
        return Reflect.set(shown, key, value);
      },
      deleteProperty: () => false,
    },
  );

  started(): void {
    this.#result = { kind: "started", started: {} };
    this.#tell();
  }

  failed(error: unknown): void {
    this.#result = { kind: "failed", failed: toFailure(error) };
    this.#tell();
  }

  mapped(mappings: readonly Mapping[]): void {
    this.#mappings = mappings;
    this.#tell();
  }

  /** Fulfilled when there is something new. BAD_STATE while somebody waits already. */
  async watch(): Promise<DriverWatchResponse> {
    if (this.#watcher !== undefined)
      throw new ZxError("BAD_STATE", "another Watch of this driver is waiting");
    return new Promise((resolve) => {
      this.#watcher = resolve;
      this.#tell();
    });
  }

  /** What is set in one go is told in one message. */
  #tell(): void {
    queueMicrotask(() => {
      const watcher = this.#watcher;
      if (watcher === undefined) return;
      const news = this.#take();
      if (news === undefined) return;
      this.#watcher = undefined;
      watcher(news);
    });
  }

  /** The result comes after all that was shown before it. */
  #take(): DriverWatchResponse | undefined {
    const inspect = this.#takeInspect();
    const mappings = this.#mappings;
    this.#mappings = undefined;
    const result = this.#inspect.size === 0 ? this.#result : undefined;
    if (result !== undefined) this.#result = undefined;
    if (inspect.length === 0 && mappings === undefined && result === undefined) return undefined;
    return { result, mappings, inspect: inspect.length === 0 ? undefined : inspect };
  }

  #takeInspect(): InspectEntry[] {
    const entries: InspectEntry[] = [];
    let bytes = 0;
    for (const [key, value] of this.#inspect) {
      if (bytes > MAX_INSPECT_BYTES) break;
      this.#inspect.delete(key);
      const entry = { key: clipped(key, MAX_TEXT), value: toInspectValue(value) };
      bytes += 64 + 3 * (entry.key.length + (entry.value.kind === "text" ? entry.value.text.length : 0));
      entries.push(entry);
    }
    return entries;
  }
}

function toInspectValue(value: Shown): InspectValue {
  if (typeof value === "boolean") return { kind: "flag", flag: value };
  if (typeof value === "number") return { kind: "number", number: value };
  if (typeof value === "bigint" && BigInt.asIntN(64, value) === value)
    return { kind: "integer", integer: value };
  const text = typeof value === "bigint" ? `0x${value.toString(16)}` : String(value);
  return { kind: "text", text: clipped(text, MAX_TEXT) };
}

/** An error as it crosses to the driver manager: its status (INTERNAL for one that has none) and its words. */
export function toFailure(error: unknown): Failure {
  const known = error instanceof ZxError && error.status !== Status.OK;
  const status = known ? error.status : Status.INTERNAL;
  const words = known ? error.detail : error instanceof Error ? error.message : String(error);
  return { status, message: clipped(words, MAX_MESSAGE) };
}

/** FIDL strings are UTF-8: half a surrogate pair has no place in one. */
function clipped(text: string, length: number): string {
  return text.slice(0, length).replaceAll(/\p{Surrogate}/gu, "\ufffd");
}
