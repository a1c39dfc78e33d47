/**
 * Numbers in [0, 1) that one seed and one name determine, for choices that must look random and be repeatable: handle
 * values, places in an address space, a device's own whims. Each name has a stream of its own, so that adding one changes
 * nothing for the others. Not for secrets. (A 32-bit Weyl sequence through a finalising mixer.)
 */
export function randomStream(seed: number, name: string): () => number {
  let state = mix(seed ^ 0x9e3779b9);
  for (let i = 0; i < name.length; i++) state = mix(state ^ name.charCodeAt(i));
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return (mix(state) >>> 0) / 2 ** 32;
  };
}

/** A bijection of 32-bit numbers in which every input bit reaches every output bit. */
function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}
