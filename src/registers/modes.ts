/**
 * What a read and a write do to the bits of a register or of a field: the vocabulary of datasheets, DML and Renode.
 */

/** How a mode's bits answer an access. */
export interface ModeMeaning {
  /** `none`: reads tell nothing. `clears`, `sets`: reading changes the bits. */
  readonly read: "value" | "none" | "clears" | "sets";
  readonly write: "value" | "none" | "effect";
  /** The bit to write where nothing shall happen, if `write` is `effect`; undefined where every write has the effect. */
  readonly neutral: 0 | 1 | undefined;
  readonly title: string;
}

export const Modes = {
  rw: { read: "value", write: "value", neutral: undefined, title: "read and write" },
  ro: { read: "value", write: "none", neutral: undefined, title: "read only" },
  wo: { read: "none", write: "value", neutral: undefined, title: "write only" },
  w1c: { read: "value", write: "effect", neutral: 0, title: "write one to clear" },
  w1s: { read: "value", write: "effect", neutral: 0, title: "write one to set" },
  w1t: { read: "value", write: "effect", neutral: 0, title: "write one to toggle" },
  w0c: { read: "value", write: "effect", neutral: 1, title: "write zero to clear" },
  w0s: { read: "value", write: "effect", neutral: 1, title: "write zero to set" },
  w0t: { read: "value", write: "effect", neutral: 1, title: "write zero to toggle" },
  wc: { read: "value", write: "effect", neutral: undefined, title: "any write clears" },
  ws: { read: "value", write: "effect", neutral: undefined, title: "any write sets" },
  rc: { read: "clears", write: "none", neutral: undefined, title: "reading clears" },
  rs: { read: "sets", write: "none", neutral: undefined, title: "reading sets" },
} as const satisfies Record<string, ModeMeaning>;

export type Mode = keyof typeof Modes;

/** A field cannot be `wc` or `ws`: a write goes to the whole register, so no write could spare it. */
export type FieldMode = Exclude<Mode, "wc" | "ws">;

export type ReadableMode = Exclude<Mode, "wo">;
export type WritableMode = Exclude<Mode, "ro" | "rc" | "rs">;
/** Modes of registers that `modify` makes sense for: what is read can be written back without harm. */
export type ModifiableMode = Exclude<ReadableMode & WritableMode, "wc" | "ws">;

export function isReadable(mode: Mode): boolean {
  return Modes[mode].read !== "none";
}

export function isWritable(mode: Mode): boolean {
  return Modes[mode].write !== "none";
}

/** Whether reading changes the device. */
export function readHasEffect(mode: Mode): boolean {
  const { read } = Modes[mode];
  return read === "clears" || read === "sets";
}
