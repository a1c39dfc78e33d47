/** Accesses to a device of a machine in another thread. */
import type { Io, IoPoll, IoPolled } from "../../zx/memory.ts";
import { Access } from "../calls.ts";
import type { RemoteWindow } from "../server/memory_server.ts";
import type { RemotePoll, RemotePolled } from "../server/remote_poll.ts";
import type { BorrowedIo } from "./borrowed_io.ts";
import type { MailboxClient } from "./mailbox_client.ts";

/**
 * A window that is reached by calls: each access is one. Offsets are addresses. Where the machine posts writes they are posted here
 * already, and travel in front of the next read. What is lent to this thread it does by itself.
 */
export class RemoteIo implements Io {
  readonly #client: MailboxClient;
  readonly #told: RemoteWindow;
  readonly #window: number;
  readonly #posted: boolean;
  readonly #borrowed: BorrowedIo | undefined;
  high = 0;

  constructor(client: MailboxClient, told: RemoteWindow, borrowed: BorrowedIo | undefined) {
    this.#client = client;
    this.#told = told;
    this.#window = told.number;
    this.#posted = told.posted;
    this.#borrowed = borrowed;
  }

  read8(address: number): number {
    return this.#read(8, address);
  }

  read16(address: number): number {
    return this.#read(16, address);
  }

  read32(address: number): number {
    return this.#read(32, address);
  }

  read64(address: number): number {
    return this.#read(64, address);
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

  #read(width: 8 | 16 | 32 | 64, address: number): number {
    const borrowed = this.#borrowed;
    if (borrowed?.read(this.#told, width, address) === true) {
      this.high = borrowed.high;
      return borrowed.low;
    }
    const low = this.#client.access(Access.READ | width, this.#window, address, 0, 0);
    this.high = this.#client.high;
    return low;
  }

  #write(width: 8 | 16 | 32 | 64, address: number, low: number, high: number): void {
    if (this.#borrowed?.write(this.#told, width, address, low, high) === true) return;
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
