/** The bytes of frames: through the one array of RAM where the machine has it, else through its copies. */
import type { Ram } from "../../machine/machine.ts";
import { PAGE_SIZE } from "../../zx/pages.ts";

export class FrameBytes {
  readonly #ram: Ram;
  readonly #bytes: Uint8Array | undefined;
  readonly #paddrOf: (frame: number) => number;

  constructor(ram: Ram, paddrOf: (frame: number) => number) {
    this.#ram = ram;
    this.#bytes = ram.bytes;
    this.#paddrOf = paddrOf;
  }

  /** Copies `size` bytes from `offset` of a run of frames with consecutive numbers to `into[at..]`. */
  read(frame: number, offset: number, into: Uint8Array, at: number, size: number): void {
    if (this.#bytes !== undefined) {
      const start = frame * PAGE_SIZE + offset;
      const from = this.#bytes.subarray(start, start + size);
      if (at === 0 && size === into.length) into.set(from);
      else into.set(from, at);
      return;
    }
    this.#eachPage(frame, offset, size, (paddr, done, bytes) => {
      this.#ram.read(paddr, into.subarray(at + done, at + done + bytes));
    });
  }

  /** Copies `from[at..at+size)` to `offset` of a run of frames. */
  write(frame: number, offset: number, from: Uint8Array, at: number, size: number): void {
    if (this.#bytes !== undefined) {
      const source = at === 0 && size === from.length ? from : from.subarray(at, at + size);
      this.#bytes.set(source, frame * PAGE_SIZE + offset);
      return;
    }
    this.#eachPage(frame, offset, size, (paddr, done, bytes) => {
      this.#ram.write(paddr, from.subarray(at + done, at + done + bytes));
    });
  }

  /** Makes bytes of a run of frames zero. */
  zero(frame: number, offset: number, size: number): void {
    if (this.#bytes !== undefined) {
      const start = frame * PAGE_SIZE + offset;
      this.#bytes.fill(0, start, start + size);
      return;
    }
    this.#eachPage(frame, offset, size, (paddr, _done, bytes) => this.#ram.fill(paddr, bytes, 0));
  }

  /** Copies one whole frame. */
  copy(from: number, to: number): void {
    if (this.#bytes !== undefined) {
      this.#bytes.copyWithin(to * PAGE_SIZE, from * PAGE_SIZE, (from + 1) * PAGE_SIZE);
      return;
    }
    const page = new Uint8Array(PAGE_SIZE);
    this.#ram.read(this.#paddrOf(from), page);
    this.#ram.write(this.#paddrOf(to), page);
  }

  /** Frames with consecutive numbers need not have consecutive addresses where RAM has several ranges. */
  #eachPage(
    frame: number,
    offset: number,
    size: number,
    visit: (paddr: number, done: number, bytes: number) => void,
  ): void {
    let done = 0;
    while (done < size) {
      const at = offset + done;
      const inPage = at % PAGE_SIZE;
      const bytes = Math.min(PAGE_SIZE - inPage, size - done);
      visit(this.#paddrOf(frame + (at - inPage) / PAGE_SIZE) + inPage, done, bytes);
      done += bytes;
    }
  }
}
