/** Numbers of the fast road, in the form in which the engine compares and adds them fastest. */

/** `value` as what V8 calls a small integer, if it is one: arithmetic may have left it in floating point. */
export function smallInteger(value: number): number {
  const small = value | 0;
  return small === value ? small : value;
}

/** Where the fast road ends in a mapping of `size` bytes: at 2 GiB at the latest. */
export function fastEnd(size: number): number {
  return Math.min(size, 0x7fff_ffff) | 0;
}
