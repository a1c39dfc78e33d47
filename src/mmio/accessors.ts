/** The accessor module (accessors.wat) at work on a WebAssembly memory: one instance for each memory. */
import { ACCESSORS_WASM } from "./accessors.generated.ts";

type Load = (address: number) => number;
type Store = (address: number, value: number) => void;
type Move = (to: number, toStep: number, from: number, fromStep: number, count: number) => void;
type Poll = (address: number, mask: number, expected: number, bound: number) => number;

/** Addresses are byte offsets in the memory; results are the bits as a signed 32-bit number. */
export interface Accessors {
  readonly read8: Load;
  readonly read16: Load;
  readonly read32: Load;
  /** Returns the low half; the high one is then in `high()`. */
  readonly read64: Load;
  readonly high: () => number;
  readonly write8: Store;
  readonly write16: Store;
  readonly write32: Store;
  readonly write64: (address: number, low: number, high: number) => void;
  readonly move8: Move;
  readonly move16: Move;
  readonly move32: Move;
  readonly move64: Move;
  /** Elements that the last move has moved, also when it trapped. */
  readonly moved: () => number;
  readonly poll8: Poll;
  readonly poll16: Poll;
  readonly poll32: Poll;
  readonly poll64: (
    address: number,
    maskLow: number,
    maskHigh: number,
    expectedLow: number,
    expectedHigh: number,
    bound: number,
  ) => number;
}

let module: WebAssembly.Module | undefined;
const instances = new WeakMap<WebAssembly.Memory, Accessors>();

/** The accessors of a shared memory of at most 4 GiB. */
export function accessorsOf(memory: WebAssembly.Memory): Accessors {
  let accessors = instances.get(memory);
  if (accessors === undefined) {
    module ??= new WebAssembly.Module(Uint8Array.from(atob(ACCESSORS_WASM), (char) => char.charCodeAt(0)));
    const instance = new WebAssembly.Instance(module, { zirconia: { memory } });
    accessors = instance.exports as unknown as Accessors;
    instances.set(memory, accessors);
  }
  return accessors;
}
