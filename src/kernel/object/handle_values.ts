/**
 * The values that handles have in user programs: positive 31-bit integers whose two low bits are set, which look
 * unordered, and of which none comes again before 2^29 others have been given out.
 *
 * One source serves all processes of a kernel, so that a value of one process is never valid in another one.
 */
export class HandleValues {
  readonly #multiplier: number;
  readonly #mask: number;
  #count = 0;

  constructor(random: () => number) {
    // An odd multiplier and an exclusive-or are one-to-one on 29 bits.
    this.#multiplier = Math.floor(random() * 0x2000_0000) | 1;
    this.#mask = Math.floor(random() * 0x2000_0000);
  }

  next(isTaken: (value: number) => boolean): number {
    for (;;) {
      this.#count = (this.#count + 1) & 0x1fff_ffff;
      const mixed = this.#count ^ (this.#count >>> 7);
      const scattered = ((Math.imul(mixed, this.#multiplier) & 0x1fff_ffff) ^ this.#mask) & 0x1fff_ffff;
      const value = scattered * 4 + 3;
      if (!isTaken(value)) return value;
    }
  }
}
