import type { DirectoryClient } from "../fidl/fuchsia.io.ts";
import type { Binding } from "../fidl/runtime/protocol.ts";
import type {
  DriverClient,
  DriverWatchResponse,
  InspectValue,
  Mapping,
} from "../fidl/zirconia.driver.host.ts";
import { cachePolicyName } from "../zx/constants.ts";
import { isStatus, ZxError } from "../zx/error.ts";
import type { DriverHost } from "./driver_host.ts";

/** A range of device memory that a driver has mapped. */
export interface MappedMemory {
  readonly name: string;
  readonly vmoKoid: number;
  /** Bytes from the start of the VMO. */
  readonly vmoOffset: number;
  readonly size: number;
  /** In the host's address space. */
  readonly address: number;
  readonly policy: string;
}

export interface RunningDriverParts {
  readonly host: DriverHost;
  readonly client: DriverClient;
  readonly outgoing: DirectoryClient;
  /** The driver's Node, and the directory that is its "/svc". */
  readonly bindings: readonly Binding[];
  /** Called when the driver has gone without having been asked to, before or after it has started. */
  readonly gone: (error: ZxError) => void;
}

/** A driver in its host, as the driver manager sees it: what it was told of it, and the connections that the two have. */
export class RunningDriver {
  readonly host: DriverHost;
  /** Requests for what the driver serves. */
  readonly outgoing: DirectoryClient;
  /** Fulfilled when the driver has started; rejected with its error, or when it has gone. */
  readonly started: Promise<void>;
  readonly #parts: RunningDriverParts;
  #inspect: Readonly<Record<string, string | number | boolean | bigint>> = {};
  #memory: readonly MappedMemory[] = [];
  #isEnding = false;

  constructor(parts: RunningDriverParts) {
    this.#parts = parts;
    this.host = parts.host;
    this.outgoing = parts.outgoing;
    this.started = new Promise((resolve, reject) => {
      void this.#watch(resolve, reject);
    });
    // Whoever waits for it is told; that nobody does is no error.
    this.started.catch(() => {});
  }

  /** Named values that the driver shows. */
  get inspect(): Readonly<Record<string, string | number | boolean | bigint>> {
    return this.#inspect;
  }

  get memory(): readonly MappedMemory[] {
    return this.#memory;
  }

  /** Has the driver stop, and closes everything. What went wrong is the result; a driver that is gone has stopped. */
  async stop(): Promise<Error | undefined> {
    this.#isEnding = true;
    try {
      const failure = await this.#parts.client.stop();
      return failure === undefined ? undefined : new ZxError(failure.status, failure.message);
    } catch (error) {
      return isStatus(error, "PEER_CLOSED") ? undefined : (error as Error);
    } finally {
      this.close();
    }
  }

  /** Closes the connections: for a driver that has not started, or is gone. Idempotent. */
  close(): void {
    this.#isEnding = true;
    this.#parts.client.close();
    this.#parts.outgoing.close();
    for (const binding of this.#parts.bindings) binding.close();
  }

  async #watch(started: () => void, failed: (error: Error) => void): Promise<void> {
    try {
      for (;;) {
        const { result, inspect, mappings } = await this.#parts.client.watch();
        if (inspect !== undefined) this.#shown(inspect);
        if (mappings !== undefined) this.#memory = mappings.map(toMappedMemory);
        if (result?.kind === "started") started();
        else if (result?.kind === "failed") failed(new ZxError(result.failed.status, result.failed.message));
      }
    } catch (error) {
      const reason = error as ZxError;
      failed(reason);
      if (!this.#isEnding) this.#parts.gone(reason);
    }
  }

  #shown(entries: NonNullable<DriverWatchResponse["inspect"]>): void {
    const values = entries.map(({ key, value }) => [key, fromInspectValue(value)] as const);
    this.#inspect = { ...this.#inspect, ...Object.fromEntries(values) };
  }
}

function fromInspectValue(value: InspectValue): string | number | boolean | bigint {
  switch (value.kind) {
    case "text":
      return value.text;
    case "number":
      return value.number;
    case "integer":
      return value.integer;
    case "flag":
      return value.flag;
  }
}

function toMappedMemory({ name, vmoKoid, vmoOffset, size, address, cachePolicy }: Mapping): MappedMemory {
  return {
    name,
    vmoKoid: Number(vmoKoid),
    vmoOffset: Number(vmoOffset),
    size: Number(size),
    address: Number(address),
    policy: cachePolicyName(cachePolicy),
  };
}
