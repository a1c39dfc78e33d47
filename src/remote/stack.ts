/**
 * What a program that runs out of stack must not be thrown out of. A call with many arguments finds out whether there is room for as
 * many words: there is no other way to ask, and it costs about a nanosecond a word.
 */

const LITTLE: readonly number[] = new Array(1024).fill(0);
const MUCH: readonly number[] = new Array(8192).fill(0);
const nothing = () => {};

/** RangeError here, where little stack is left, rather than in the middle of what comes next and cannot be taken back. */
export function needStack(): void {
  Reflect.apply(nothing, undefined, LITTLE);
}

/** The same, for what goes deep and is rare. */
export function needMuchStack(): void {
  Reflect.apply(nothing, undefined, MUCH);
}
