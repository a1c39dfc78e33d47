/**
 * Message-signalled interrupts for a QEMU whose log does not tell of messages: they go to words of RAM, which are looked at.
 *
 * Each block has one word, for all messages of a block go to one address. Messages between two looks are merged, as an edge that
 * is pending already is on a real machine. But of different messages of one block only the last is seen: so a look that finds any calls
 * every handler of that block. Nothing is lost; a driver with several vectors has some interrupts for nothing.
 */
import { ZxError } from "../../zx/error.ts";
import { PAGE_SIZE } from "../../zx/pages.ts";
import type { MsiBlock, Ram } from "../machine.ts";
import {
  attachedIn,
  checkMsiCount,
  FIRST_MSI_DATA,
  type MsiOptions,
  type MsiSource,
  QemuMsiBlock,
} from "./msi.ts";

/** In the first MiB, which is reserved. */
const PAGE = 0x1000;
const WORDS = PAGE_SIZE / 4;
/** Looks in a row that found nothing, after which a look is only taken every millisecond. */
const EAGER_LOOKS = 100;

export class MemoryMsi implements MsiSource {
  readonly #options: MsiOptions;
  readonly #ram: Ram;
  readonly #blocks = new Map<number, QemuMsiBlock>();
  #looks = 0;
  #next: NodeJS.Timeout | NodeJS.Immediate | undefined;

  constructor(options: MsiOptions, ram: Ram) {
    this.#options = {
      ...options,
      hold: () => {
        this.#watch();
        return options.hold();
      },
    };
    this.#ram = ram;
  }

  get attachedCount(): number {
    return attachedIn(this.#blocks.values());
  }

  allocate(count: number): MsiBlock {
    checkMsiCount(count);
    for (let word = 0; word < WORDS; word++) {
      if (this.#blocks.has(word)) continue;
      const block = new QemuMsiBlock(PAGE + 4 * word, count, this.#options, () => this.#blocks.delete(word));
      this.#ram.io.write32(block.address, 0);
      this.#blocks.set(word, block);
      return block;
    }
    throw new ZxError("NO_RESOURCES", `all ${WORDS} blocks of MSIs are in use`);
  }

  /** Messages to processors are nobody's here. */
  message(): void {}

  close(): void {
    for (const block of [...this.#blocks.values()]) block.free();
    clearImmediate(this.#next as NodeJS.Immediate);
    clearTimeout(this.#next as NodeJS.Timeout);
  }

  #watch(): void {
    this.#looks = 0;
    this.#next ??= setImmediate(() => this.#look());
  }

  #look(): void {
    this.#next = undefined;
    if (this.attachedCount === 0) return;
    for (const block of this.#blocks.values()) {
      const message = this.#ram.io.read32(block.address);
      if (message === 0) continue;
      // First cleared, then signalled: a message that comes in between is answered by the handlers that are called now.
      this.#ram.io.write32(block.address, 0);
      this.#looks = 0;
      if (block.count === 1) block.signal(message - FIRST_MSI_DATA);
      else block.signalAll();
    }
    this.#next =
      ++this.#looks < EAGER_LOOKS ? setImmediate(() => this.#look()) : setTimeout(() => this.#look(), 1);
  }
}
