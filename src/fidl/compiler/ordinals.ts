import { sha256 } from "./sha256.ts";

const MASK = 0x7fff_ffff_ffff_ffffn;

/**
 * The ordinal of a method: of SHA-256 over `library/Protocol.Method` the first eight bytes as a little-endian number,
 * without its top bit. Not the text in FIDL's language reference, which is out of date, but what fidlc does.
 *
 * `selector`, if given, takes the place of the method's name, or with a slash that of all of it.
 */
export function methodOrdinal(protocol: string, method: string, selector?: string): bigint {
  const text = selector?.includes("/") ? selector : `${protocol}.${selector ?? method}`;
  const digest = sha256(new TextEncoder().encode(text));
  return new DataView(digest.buffer).getBigUint64(0, true) & MASK;
}
