/**
 * Message-signalled interrupts as they are on a PC: a device writes to the local APICs' range (Intel SDM volume 3, "Message
 * Signalled Interrupts"). QEMU's log tells of every message with its destination and vector, so each block has a destination
 * of its own, a processor that does not exist: no message is lost, and none is taken for another.
 */
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import type { MsiBlock } from "../machine.ts";
import { readCommand, writeCommand } from "./commands.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Qtest } from "./qtest.ts";

export const LOCAL_APIC_RANGE = { base: 0xfee0_0000, size: 0x10_0000 };
/** Most messages of one block. */
const MOST_MESSAGES = 32;
/** Vectors below are exceptions. A multiple of `MOST_MESSAGES`: a device ORs a message's number into the data. */
export const FIRST_MSI_DATA = 0x20;
/** Destinations 0 (the processor), 254 (for the test at the start) and 255 (all) are not for blocks. */
const DESTINATIONS = { first: 1, last: 253 } as const;
const TEST = { destination: 254, vector: 0xff } as const;

/** Hands out blocks of interrupt messages. */
export interface MsiSource {
  /** Handlers that are attached, without those that hold an interrupt vector. */
  readonly attachedCount: number;
  /** Whether messages come, if that is not certain. Interrupt lines and the log are told already. */
  test?(): boolean;
  /** INVALID_ARGS unless `count` is a power of two up to 32; NO_RESOURCES. */
  allocate(count: number): MsiBlock;
  /** QEMU's log tells of a message. */
  message(destination: number, vector: number): void;
  close(): void;
}

export interface MsiOptions {
  readonly deliveries: Deliveries;
  /** Keeps the process alive while a handler is attached, until the returned function is called. */
  readonly hold: () => () => void;
}

interface Attachment {
  readonly handler: () => void;
  readonly release: () => void;
}

/** The handlers of one block, wherever its messages come from. */
export class QemuMsiBlock implements MsiBlock {
  readonly address: number;
  readonly data = FIRST_MSI_DATA;
  readonly count: number;
  readonly #options: MsiOptions;
  readonly #onFree: () => void;
  readonly #attached = new Map<number, Attachment>();
  #freed = false;

  constructor(address: number, count: number, options: MsiOptions, onFree: () => void) {
    this.address = address;
    this.count = count;
    this.#options = options;
    this.#onFree = onFree;
  }

  get attachedCount(): number {
    return this.#attached.size;
  }

  /** OUT_OF_RANGE, BAD_STATE after `free`, ALREADY_BOUND if the message has a handler. */
  attach(index: number, handler: () => void): void {
    this.#check(index);
    if (this.#freed) throw new ZxError("BAD_STATE", "the MSI block was freed");
    if (this.#attached.has(index)) throw new ZxError("ALREADY_BOUND", `MSI ${index} has a handler already`);
    this.#attached.set(index, { handler, release: this.#options.hold() });
  }

  detach(index: number): void {
    this.#check(index);
    this.#attached.get(index)?.release();
    this.#attached.delete(index);
  }

  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    for (const index of [...this.#attached.keys()]) this.detach(index);
    this.#onFree();
  }

  /** A message came. Safe inside an access. */
  signal(index: number): void {
    const attachment = this.#attached.get(index);
    if (attachment === undefined) return;
    this.#options.deliveries.post(() => {
      if (this.#attached.get(index) === attachment) attachment.handler();
    });
  }

  signalAll(): void {
    for (const index of this.#attached.keys()) this.signal(index);
  }

  #check(index: number): void {
    if (!(Number.isInteger(index) && index >= 0 && index < this.count)) {
      throw new ZxError("OUT_OF_RANGE", `MSI ${String(index)}: the block has ${this.count}`);
    }
  }
}

export class MessageMsi implements MsiSource {
  readonly #options: MsiOptions;
  readonly #qtest: Qtest;
  readonly #blocks = new Map<number, QemuMsiBlock>();
  #isTested = false;

  constructor(options: MsiOptions, qtest: Qtest) {
    this.#options = options;
    this.#qtest = qtest;
  }

  get attachedCount(): number {
    return attachedIn(this.#blocks.values());
  }

  /** Whether QEMU tells of messages: not if it was built without the log as trace back end (Fedora's is), or logs elsewhere. */
  test(): boolean {
    const { destination, vector } = TEST;
    this.#qtest.post(writeCommand(32, LOCAL_APIC_RANGE.base + destination * 0x1000, vector, 0));
    // A message to a processor is on its way until QEMU answers the next command.
    this.#qtest.ask(readCommand(32, 0));
    return this.#isTested;
  }

  allocate(count: number): MsiBlock {
    checkMsiCount(count);
    for (let destination = DESTINATIONS.first; destination <= DESTINATIONS.last; destination++) {
      if (this.#blocks.has(destination)) continue;
      const address = LOCAL_APIC_RANGE.base + destination * 0x1000;
      const block = new QemuMsiBlock(address, count, this.#options, () => this.#blocks.delete(destination));
      this.#blocks.set(destination, block);
      return block;
    }
    throw new ZxError("NO_RESOURCES", `all ${DESTINATIONS.last} blocks of MSIs are in use`);
  }

  message(destination: number, vector: number): void {
    if (destination === TEST.destination && vector === TEST.vector) this.#isTested = true;
    this.#blocks.get(destination)?.signal(vector - FIRST_MSI_DATA);
  }

  close(): void {
    for (const block of [...this.#blocks.values()]) block.free();
  }
}

/** INVALID_ARGS unless `count` is a power of two up to 32. */
export function checkMsiCount(count: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= MOST_MESSAGES && (count & (count - 1)) === 0) return;
  const asked =
    typeof count === "number" && Number.isInteger(count) && count >= 0 ? hex(count) : String(count);
  throw new ZxError("INVALID_ARGS", `${asked} MSIs: a power of two up to ${MOST_MESSAGES} is possible`);
}

export function attachedIn(blocks: Iterable<QemuMsiBlock>): number {
  let count = 0;
  for (const block of blocks) count += block.attachedCount;
  return count;
}
