/** As arguments of a call: so many words must be left for them. */
const WORDS: readonly number[] = new Array(1024).fill(0);
const nothing = () => {};

/** RangeError here, where little stack is left, rather than in the middle of what comes next and is not ours to put right. */
export function needStack(): void {
  Reflect.apply(nothing, undefined, WORDS);
}
