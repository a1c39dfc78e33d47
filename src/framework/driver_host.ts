import type { DriverHostClient } from "../fidl/zirconia.driver.host.ts";
import type { Handle } from "../zx/constants.ts";

/**
 * How a host ended:
 *
 * - `destroyed`: the driver manager has destroyed it, no driver being left in it.
 * - `exception`: a page fault or a policy's exception that nobody handled.
 * - `error`, `rejection`: an error that the program did not catch.
 * - `unresponsive`: it did not answer by its deadline, and was killed.
 * - `out of memory`: its heap has reached its limit.
 * - `exit`: the program ended itself.
 * - `killed`: somebody else has killed its process.
 */
export type HostEndReason =
  | "destroyed"
  | "exception"
  | "error"
  | "rejection"
  | "unresponsive"
  | "out of memory"
  | "exit"
  | "killed";

export interface HostEnd {
  readonly reason: HostEndReason;
  readonly message: string;
  /**
   * The last access that is known of, in words: `read32 of "00:01.0 bar 0" +0x20 (Status)`; see `LastAccess`. Nobody notes those of a
   * host in the kernel's own thread: the one that it died of, if it died of one, is in `message`.
   */
  readonly lastAccess?: string | undefined;
}

/**
 * A process in Fuchsia's sense, with a handle table and a root VMAR, in which drivers run. This interface is all that the driver
 * manager knows of it: what it wants of a host it says in messages, so a host can be in another thread.
 */
export interface DriverHost {
  readonly name: string;
  readonly kind: "in-thread" | "worker";
  readonly processKoid: number;
  /** The driver manager's handle to the root VMAR; the host's until the host is destroyed. */
  readonly rootVmar: Handle;
  /** `zirconia.driver.host/DriverHost`, over the channel that the process was started with. */
  readonly client: DriverHostClient;
  /** Fulfilled once the process is dead, by whatever cause: its handles are closed then and its mappings gone. Never rejects. */
  readonly ended: Promise<HostEnd>;
  /** Ends the process, closes `client` and the manager's handles. Idempotent; also after the host has died. */
  destroy(): void;
}

export interface DriverHostFactory {
  /** `name` is the process's: `driver-host:edu`. */
  create(name: string): DriverHost | Promise<DriverHost>;
  /** Nothing is being started or stopped: the time for what the next host will need. */
  prepare?(): void;
}
