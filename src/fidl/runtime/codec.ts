import type { Decoder } from "./decoder.ts";
import type { Encoder } from "./encoder.ts";

/** Out-of-line objects may follow one another this deep (wire format, "recursion depth"). */
export const MAX_DEPTH = 32;

/**
 * How a type lies in a message. `encode` and `decode` deal with the inline part at `offset`, of `size` bytes, which has been
 * reserved (zeroed) or checked to be there; what is out of line they ask the encoder or decoder for.
 */
export interface Codec<T> {
  readonly name: string;
  /** Bytes of the inline part, trailing padding included. */
  readonly size: number;
  /** 1, 2, 4 or 8. */
  readonly alignment: number;
  encode(encoder: Encoder, offset: number, value: T): void;
  decode(decoder: Decoder, offset: number): T;
}
