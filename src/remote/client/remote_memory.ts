/** The loads and stores of a process whose kernel is in another thread. */
import { ZxError } from "../../zx/error.ts";
import type { AccessKind, IoBorrower, IoTicket, Memory, RegisterPlace, Window } from "../../zx/memory.ts";
import { flattened } from "../register_places.ts";
import type { RemoteBytes, RemoteLoan, RemoteWindow } from "../server/memory_server.ts";
import { BorrowedIo } from "./borrowed_io.ts";
import type { MailboxClient } from "./mailbox_client.ts";
import { RemoteIo } from "./remote_io.ts";
import type { SharedMemories } from "./shared_memories.ts";

export interface RemoteMemoryOptions {
  readonly coherent: boolean;
  readonly shared: SharedMemories;
  /** How this thread makes accesses that are lent to it. */
  readonly borrow: (ticket: IoTicket) => IoBorrower;
}

interface Held {
  readonly number: number;
  readonly revoked: () => void;
}

export class RemoteMemory implements Memory {
  readonly coherent: boolean;
  readonly #client: MailboxClient;
  readonly #shared: SharedMemories;
  readonly #borrow: (ticket: IoTicket) => IoBorrower;
  #borrowed: BorrowedIo | undefined;
  readonly #held = new Map<Window, Held>();
  readonly #windows = new Map<number, Window>();
  /** Windows that were revoked before `window` had the time to note that they exist. */
  #revokedEarly: Set<number> | undefined;

  constructor(client: MailboxClient, { coherent, shared, borrow }: RemoteMemoryOptions) {
    this.coherent = coherent;
    this.#client = client;
    this.#shared = shared;
    this.#borrow = borrow;
  }

  window(address: number, size: number, revoked: () => void): Window {
    if (typeof revoked !== "function")
      throw new ZxError("INVALID_ARGS", "a window without a function to call when it is revoked");
    const told = this.#open(address, size);
    const { number, shared, address: start, size: length, readable, writable } = told;
    const rest = { size: length, readable, writable };
    const window: Window =
      shared < 0
        ? {
            kind: "dispatched",
            io: new RemoteIo(this.#client, told, this.#borrowedFor(told.loan)),
            offset: start,
            ...rest,
          }
        : { kind: "direct", memory: this.#memoryOf(shared), address: start, ...rest };
    this.#held.set(window, { number, revoked });
    this.#windows.set(number, window);
    return window;
  }

  /** A window that was revoked even before its number was here is none. */
  #open(address: number, size: number): RemoteWindow {
    const early = new Set<number>();
    this.#revokedEarly = early;
    try {
      for (;;) {
        const told = this.#client.call("memory.window", [address, size]) as RemoteWindow;
        if (!early.has(told.number)) return told;
      }
    } finally {
      this.#revokedEarly = undefined;
    }
  }

  release(window: Window): void {
    const held = this.#held.get(window);
    if (held === undefined) return;
    this.#forget(window, held);
    this.#client.post("memory.release", [held.number]);
  }

  /** The kernel has taken a window back. */
  revoked(number: number): void {
    this.#revokedEarly?.add(number);
    const window = this.#windows.get(number);
    const held = window === undefined ? undefined : this.#held.get(window);
    if (held === undefined) return;
    this.#forget(window!, held);
    try {
      held.revoked();
    } catch {
      // The program's own function: what goes wrong in it must not keep others from being told.
    }
  }

  fault(address: number, access: AccessKind, size: number): void {
    this.#client.call("memory.fault", [address, access, size]);
  }

  bytes(address: number, size: number): Uint8Array {
    const {
      shared,
      offset,
      size: length,
    } = this.#client.call("memory.bytes", [address, size]) as RemoteBytes;
    if (length === 0) return new Uint8Array(0);
    const buffer = this.#shared.get(shared);
    return new Uint8Array(buffer instanceof SharedArrayBuffer ? buffer : buffer.buffer, offset, length);
  }

  read(address: number, into: Uint8Array): void {
    this.#client.call("memory.read", [address, into]);
  }

  write(address: number, from: Uint8Array): void {
    this.#client.call("memory.write", [address, from]);
  }

  describe(address: number, registers: readonly RegisterPlace[]): void {
    this.#client.post("memory.describe", [address, ...flattened(registers)]);
  }

  #forget(window: Window, { number }: Held): void {
    this.#held.delete(window);
    this.#windows.delete(number);
  }

  #memoryOf(number: number): WebAssembly.Memory {
    const shared = this.#shared.get(number);
    if (shared instanceof WebAssembly.Memory) return shared;
    throw new ZxError("INTERNAL", `shared memory ${number} is no Wasm memory`);
  }

  /** There is one machine, so one borrower at most. */
  #borrowedFor(loan: RemoteLoan | undefined): BorrowedIo | undefined {
    if (loan === undefined || this.#borrowed !== undefined) return loan && this.#borrowed;
    const { shared, slot, commands, answers } = loan;
    const memory = this.#shared.get(shared);
    if (memory instanceof WebAssembly.Memory)
      throw new ZxError("INTERNAL", `shared memory ${shared} is no buffer`);
    this.#borrowed = new BorrowedIo(this.#client, this.#borrow({ shared: memory, slot, commands, answers }));
    return this.#borrowed;
  }
}
