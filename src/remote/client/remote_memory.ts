/** The loads and stores of a process whose kernel is in another thread. */
import { ZxError } from "../../zx/error.ts";
import type { AccessKind, Io, IoPoll, IoPolled, Memory, Window } from "../../zx/memory.ts";
import { Access } from "../calls.ts";
import type { RemoteBytes, RemoteWindow } from "../server/memory_server.ts";
import type { RemotePoll, RemotePolled } from "../server/remote_poll.ts";
import type { MailboxClient } from "./mailbox_client.ts";

interface Held {
  readonly number: number;
  readonly revoked: () => void;
}

export class RemoteMemory implements Memory {
  readonly coherent: boolean;
  readonly #client: MailboxClient;
  readonly #takeShared: () => SharedArrayBuffer | WebAssembly.Memory;
  /** What the kernel's thread has shared, by number. */
  readonly #shared: (SharedArrayBuffer | WebAssembly.Memory)[] = [];
  readonly #held = new Map<Window, Held>();
  readonly #windows = new Map<number, Window>();
  /** Windows that were revoked before `window` had the time to note that they exist. */
  #revokedEarly: Set<number> | undefined;

  constructor(
    client: MailboxClient,
    coherent: boolean,
    takeShared: () => SharedArrayBuffer | WebAssembly.Memory,
  ) {
    this.coherent = coherent;
    this.#client = client;
    this.#takeShared = takeShared;
  }

  window(address: number, size: number, revoked: () => void): Window {
    if (typeof revoked !== "function")
      throw new ZxError("INVALID_ARGS", "a window without a function to call when it is revoked");
    const told = this.#open(address, size);
    const { number, shared, address: start, size: length, readable, writable } = told;
    const rest = { size: length, readable, writable };
    const window: Window =
      shared < 0
        ? { kind: "dispatched", io: new RemoteIo(this.#client, told), offset: start, ...rest }
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
    const buffer = this.#sharedOf(shared);
    return new Uint8Array(buffer instanceof SharedArrayBuffer ? buffer : buffer.buffer, offset, length);
  }

  read(address: number, into: Uint8Array): void {
    this.#client.call("memory.read", [address, into]);
  }

  write(address: number, from: Uint8Array): void {
    this.#client.call("memory.write", [address, from]);
  }

  #forget(window: Window, { number }: Held): void {
    this.#held.delete(window);
    this.#windows.delete(number);
  }

  #memoryOf(number: number): WebAssembly.Memory {
    const shared = this.#sharedOf(number);
    if (shared instanceof WebAssembly.Memory) return shared;
    throw new ZxError("INTERNAL", `shared memory ${number} is no Wasm memory`);
  }

  #sharedOf(number: number): SharedArrayBuffer | WebAssembly.Memory {
    while (this.#shared.length <= number) this.#shared.push(this.#takeShared());
    return this.#shared[number]!;
  }
}

/**
 * A window that is reached by calls: each access is one. Offsets are addresses. Where the machine posts writes they are posted here
 * already, and travel in front of the next read.
 */
class RemoteIo implements Io {
  readonly #client: MailboxClient;
  readonly #window: number;
  readonly #posted: boolean;
  high = 0;

  constructor(client: MailboxClient, { number, posted }: RemoteWindow) {
    this.#client = client;
    this.#window = number;
    this.#posted = posted;
  }

  read8(address: number): number {
    return this.#client.access(Access.READ | 8, this.#window, address, 0, 0);
  }

  read16(address: number): number {
    return this.#client.access(Access.READ | 16, this.#window, address, 0, 0);
  }

  read32(address: number): number {
    return this.#client.access(Access.READ | 32, this.#window, address, 0, 0);
  }

  read64(address: number): number {
    const low = this.#client.access(Access.READ | 64, this.#window, address, 0, 0);
    this.high = this.#client.high;
    return low;
  }

  write8(address: number, value: number): void {
    this.#write(8, address, value, 0);
  }

  write16(address: number, value: number): void {
    this.#write(16, address, value, 0);
  }

  write32(address: number, value: number): void {
    this.#write(32, address, value, 0);
  }

  write64(address: number, low: number, high: number): void {
    this.#write(64, address, low, high);
  }

  #write(width: number, address: number, low: number, high: number): void {
    if (this.#posted) this.#client.post("memory.store", [this.#window, width, address, low, high], "soon");
    else this.#client.access(Access.WRITE | width, this.#window, address, low, high);
  }

  /** In the kernel's thread, which comes back now and then so that nobody else has to wait for long. */
  poll(poll: IoPoll): IoPolled {
    let state: RemotePoll = { ...poll, deadline: undefined };
    for (;;) {
      const polled = this.#client.call("memory.poll", [this.#window, state]) as RemotePolled;
      if (polled.done !== undefined) return polled as IoPolled;
      state = { ...state, deadline: polled.deadline };
    }
  }

  /** Waits until the machine's posted writes have reached the device. */
  flush(): void {
    this.#client.call("memory.flush", [this.#window]);
  }
}
