import { type DecodedBody, decodeBody, encodeBody } from "../../../src/fidl/runtime/body.ts";
import { type AnyCodec, FidlError } from "../../../src/fidl/runtime/index.ts";
import { ObjectType } from "../../../src/zx/constants.ts";
import type { HandleInfo } from "../../../src/zx/syscalls.ts";
import { countLeaves } from "../runtime/random_types.ts";
import type { Message } from "./targets.ts";

/** Types of handles, one after the other: mostly those that a decoder takes for any. */
const { NONE: ANY, VMO, CHANNEL, EVENT } = ObjectType;
const TYPES = [ANY, VMO, CHANNEL, ANY, CHANNEL, EVENT, ANY];
const ALL_RIGHTS = 0x7fff_ffff;

/** Handles of a process, as far as a decoder can touch them: each is open until somebody closes it, once. */
export class Handles {
  readonly #open = new Set<number>();
  // Handles that tests make up are odd, and are never among these.

  #last = 0;

  get open(): number {
    return this.#open.size;
  }

  /** What arrives with a message of `count` handles: of some types, with more rights than anybody asks for. */
  arriving(count: number): HandleInfo[] {
    return Array.from({ length: count }, () => {
      const handle = this.#make();
      return { handle, type: TYPES[(handle >> 2) % TYPES.length]!, rights: ALL_RIGHTS };
    });
  }

  /** Takes a handle that somebody else has numbered for an open one. */
  adopt(handle: number): void {
    this.#open.add(handle);
  }

  close(handle: number): void {
    if (!this.#open.delete(handle)) throw new Error(`handle ${handle} is closed twice`);
  }

  /** As `Zx.handleReplace`: the decoder's way to take rights away. */
  handleReplace(handle: number): number {
    this.close(handle);
    return this.#make();
  }

  #make(): number {
    this.#last += 4;
    this.#open.add(this.#last);
    return this.#last;
  }
}

/**
 * Decodes a message that may be anything, and checks what must hold of any: it is refused with a FidlError, or its value has no more in it
 * than the message had, and can be encoded so that it stays the same; and whatever becomes of it, no handle is lost. Returns
 * whether there is a value. Throws what does not hold.
 */
export function attempt(codec: AnyCodec, message: Message, handles: Handles): boolean {
  const infos = message.handles === 0 ? NONE : handles.arriving(message.handles);
  const decoded = decodeOrRefuse(codec, message.bytes, infos, handles);
  if (decoded === undefined) {
    for (const { handle } of infos) handles.close(handle);
    checkNoneOpen(handles);
    return false;
  }
  const { value, discarded } = decoded;
  if (countLeaves(value) > message.bytes.length)
    throw new Error(`${countLeaves(value)} values out of ${message.bytes.length} bytes`);
  // Unknown members of unions cannot be sent on, and that is the one reason.
  const again = encodeBody(codec, value);
  if (again.error !== undefined && again.error.code !== "FLEXIBLE_UNION_UNKNOWN_FIELD") throw again.error;
  if (again.error === undefined) checkStays(codec, again);
  for (const handle of again.handles) handles.close(handle);
  for (const handle of discarded) handles.close(handle);
  checkNoneOpen(handles);
  return true;
}

function decodeOrRefuse(
  codec: AnyCodec,
  bytes: Uint8Array,
  infos: HandleInfo[],
  handles: Handles,
): DecodedBody<unknown> | undefined {
  try {
    return decodeBody(codec, bytes, infos, handles);
  } catch (error) {
    if (error instanceof FidlError) return undefined;
    throw error;
  }
}

/** What has been encoded is decoded to what is encoded to the same. */
function checkStays(codec: AnyCodec, { bytes, handles }: ReturnType<typeof encodeBody>): void {
  const infos = handles.map((handle) => ({ handle, type: ObjectType.NONE, rights: 0 }));
  const again = encodeBody(codec, decodeBody(codec, bytes, infos).value);
  if (again.error !== undefined) throw again.error;
  if (Buffer.compare(again.bytes, bytes) !== 0) throw new Error("encoded again, it is something else");
}

function checkNoneOpen(handles: Handles): void {
  if (handles.open > 0) throw new Error(`${handles.open} handles are left open`);
}

const NONE: HandleInfo[] = [];

/** Runs `act`, and says of what it throws which message it was. */
export function blame<T>(name: string, message: Message, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const hex = Buffer.from(message.bytes).toString("hex");
    throw new Error(`${name}, ${message.handles} handles, bytes ${hex}: ${String(error)}`, { cause: error });
  }
}
