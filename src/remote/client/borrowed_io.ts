/**
 * Accesses that this thread makes by itself, for as long as they are lent to it. They keep their order with what it says to the kernel:
 * none is made while something is still to be said, and nothing is said while a write that was posted here is still to be made.
 */
import type { IoBorrower } from "../../zx/memory.ts";
import { Access } from "../calls.ts";
import type { RemoteWindow } from "../server/memory_server.ts";
import { needStack } from "../stack.ts";
import type { MailboxClient } from "./mailbox_client.ts";

type Width = 8 | 16 | 32 | 64;
type Store = readonly [window: number, width: Width, address: number, low: number, high: number];

const done = Promise.resolve();

export class BorrowedIo {
  readonly #client: MailboxClient;
  readonly #borrower: IoBorrower;
  /** What was posted here, in case that QEMU is taken back before it has left. */
  #posted: Store[] = [];
  #isScheduled = false;

  constructor(client: MailboxClient, borrower: IoBorrower) {
    this.#client = client;
    this.#borrower = borrower;
    client.precede(() => this.#send());
  }

  get low(): number {
    return this.#borrower.low;
  }

  get high(): number {
    return this.#borrower.high;
  }

  /** False when the kernel's thread has to make it. */
  read(window: RemoteWindow, width: Width, address: number): boolean {
    const at = this.#place(window, window.readable, width, address);
    if (at === undefined) return false;
    this.#client.noteAlone(Access.READ | width, window.number, address);
    needStack();
    const isDone = this.#borrower.read(width, at);
    if (isDone) this.#posted.length = 0;
    this.#tell();
    return isDone;
  }

  /** False when the kernel's thread has to make it. */
  write(window: RemoteWindow, width: Width, address: number, low: number, high: number): boolean {
    const at = this.#place(window, window.writable, width, address);
    if (at === undefined) return false;
    this.#client.noteAlone(Access.WRITE | width, window.number, address);
    needStack();
    if (!this.#borrower.post(width, at, low, high)) {
      this.#send();
      if (!this.#borrower.post(width, at, low, high)) return false;
    }
    this.#posted.push([window.number, width, address, low, high]);
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      void done.then(() => {
        this.#isScheduled = false;
        this.#send();
      });
    }
    return true;
  }

  /** What the lender knows the access's first byte as; undefined when it is not ours to make. */
  #place(
    { loan, address: start, size }: RemoteWindow,
    isAllowed: boolean,
    width: Width,
    address: number,
  ): number | undefined {
    if (!this.#borrower.isLent || !this.#client.hasSentAll || !isAllowed) return undefined;
    const offset = address - start;
    return offset >= 0 && offset + width / 8 <= size ? loan!.start + offset : undefined;
  }

  /** What was posted leaves; by way of the kernel's thread where QEMU was taken back. */
  #send(): void {
    if (this.#posted.length === 0) return;
    // All of it or nothing: so what is posted below finds this done.
    this.#client.touch();
    needStack();
    const posted = this.#posted;
    this.#posted = [];
    if (!this.#borrower.send()) {
      this.#borrower.forget();
      for (const store of posted) this.#client.post("memory.store", store, "soon");
    }
    this.#tell();
  }

  #tell(): void {
    if (!this.#borrower.hasNews) return;
    this.#borrower.hasNews = false;
    this.#client.tell("memory.news");
  }
}
