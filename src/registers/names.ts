import type { RegisterPlace } from "../zx/memory.ts";

/** What messages and traces ask a declaration. */
export interface RegisterNames {
  /** The declaration's name: `edu`. */
  readonly name: string;
  /** Bytes up to the end of the last register. */
  readonly size: number;
  /** All of them, for those who cannot ask. */
  readonly places: readonly RegisterPlace[];
  /** `Status`, `Channel[3].Control`; `Status+0x2` for an access inside a register; undefined where none is declared. */
  nameAt(offset: number, op: "read" | "write"): string | undefined;
  /** `computing=1 raiseIrq=1` for an access of a whole register that has fields. */
  fieldsAt(offset: number, width: number, op: "read" | "write", value: number | bigint): string | undefined;
}
