import type { Dice } from "../runtime/random_types.ts";
import type { Message } from "./targets.ts";

/** Longer than this no mutant gets. */
const MAX_BYTES = 2048;
const MAX_HANDLES = 8;

/** Words that decoders look at: counts, sizes, ordinals, presence markers, envelopes. */
const WORDS = [
  0n,
  1n,
  2n,
  3n,
  8n,
  16n,
  24n,
  0xffff_ffffn,
  0x1_0000_0000n,
  0xffff_ffff_ffff_ffffn,
  0x7fff_ffff_ffff_ffffn,
  0x0001_0000_0000_0000n,
  0x0001_0001_ffff_ffffn,
  0x0000_0001_0000_0008n,
  0xff00_0000_0000_0000n,
];
const BYTES = [0, 1, 2, 7, 8, 0x7f, 0x80, 0xc0, 0xed, 0xff];

/** Makes messages out of messages. What it returns is good until it is called again. */
export class Mutator {
  readonly #dice: Dice;
  readonly #bytes = new Uint8Array(MAX_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #length = 0;
  #handles = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  /** A few changes to a message, parts of which may come from `other`. */
  mutate(message: Message, other: Message): Message {
    this.#length = Math.min(message.bytes.length, MAX_BYTES);
    this.#bytes.set(message.bytes.subarray(0, this.#length));
    this.#handles = message.handles;
    const changes = 1 << this.#dice.below(4);
    for (let i = 0; i < changes; i++) this.#change(other);
    return { bytes: this.#bytes.subarray(0, this.#length), handles: this.#handles };
  }

  /** Nothing but random words, or bytes. */
  random(): Message {
    const dice = this.#dice;
    this.#length = 8 * dice.below(24);
    const likely = dice.bit();
    for (let i = 0; i < this.#length; i += 8) {
      if (likely) this.#view.setBigUint64(i, dice.pick(WORDS), true);
      else for (let k = i; k < i + 8; k++) this.#bytes[k] = dice.below(256);
    }
    this.#handles = dice.below(4) === 0 ? dice.below(4) : 0;
    return { bytes: this.#bytes.subarray(0, this.#length), handles: this.#handles };
  }

  #change({ bytes: other }: Message): void {
    const dice = this.#dice;
    const length = this.#length;
    const words = length >> 3;
    switch (dice.below(12)) {
      case 0:
      case 1:
        if (length > 0) this.#bytes[dice.below(length)] = dice.pick(BYTES);
        break;
      case 2:
        if (length > 0) this.#bytes[dice.below(length)]! ^= 1 << dice.below(8);
        break;
      case 3:
        if (length > 0) this.#bytes[dice.below(length)] = dice.below(256);
        break;
      case 4:
      case 5:
        if (words > 0) this.#view.setBigUint64(8 * dice.below(words), dice.pick(WORDS), true);
        break;
      case 6:
        // A small number: a count, an ordinal, a size of what follows.
        if (words > 0) this.#view.setUint32(4 * dice.below(2 * words), dice.below(10), true);
        break;
      case 7:
        if (words > 0) this.#view.setUint32(4 * dice.below(2 * words), 8 * dice.below(words + 1), true);
        break;
      case 8:
        this.#splice(8 * dice.below(words + 1), 0, WORD_OF_ZEROS);
        break;
      case 9:
        this.#splice(8 * dice.below(words + 1), 8 * (1 + dice.below(3)), NO_BYTES);
        break;
      case 10: {
        const from = 8 * dice.below((other.length >> 3) + 1);
        const part = other.subarray(from, from + 8 * (1 + dice.below(8)));
        this.#splice(8 * dice.below(words + 1), dice.bit() ? part.length : 0, part);
        break;
      }
      default:
        if (dice.below(4) === 0) this.#length = dice.below(length + 1);
        else this.#handles = Math.max(0, Math.min(MAX_HANDLES, this.#handles + dice.below(3) - 1));
    }
  }

  /** Puts bytes in the place of `count` others. */
  #splice(at: number, count: number, part: Uint8Array): void {
    const start = Math.min(at, this.#length);
    const end = Math.min(start + count, this.#length);
    if (this.#length - (end - start) + part.length > MAX_BYTES) return;
    const tail = this.#bytes.slice(end, this.#length);
    this.#bytes.set(part, start);
    this.#bytes.set(tail, start + part.length);
    this.#length = start + part.length + tail.length;
  }
}

const WORD_OF_ZEROS = new Uint8Array(8);
const NO_BYTES = new Uint8Array();
