/** Where a mapping gets its windows: the memory of a process, or one object that takes all accesses. */
import type { RegisterNames } from "../registers/names.ts";
import { ZxError } from "../zx/error.ts";
import type { AccessKind, Io, Memory, Window } from "../zx/memory.ts";
import { hex } from "../zx/pages.ts";

export interface WindowSource {
  /** The window [at, at+size) of the mapping. Throws what a page fault there would. */
  window(at: number, size: number, revoked: () => void): Window;
  release(window: Window): void;
  /** The page fault of an access; returns where it may be tried again. */
  fault(at: number, access: AccessKind, size: number): void;
  /** Registers begin at `at`. Absent where nobody has to be told. */
  describe?(at: number, names: RegisterNames): void;
}

/** A range of a process's memory, from `address` on. */
export function memorySource(memory: Memory, address: number): WindowSource {
  return {
    window: (at, size, revoked) => memory.window(address + at, size, revoked),
    release: (window) => memory.release(window),
    fault: (at, access, size) => memory.fault(address + at, access, size),
    ...(memory.describe && { describe: (at, { places }) => memory.describe!(address + at, places) }),
  };
}

/** All accesses go to `io`, whatever happens. */
export function ioSource(io: Io, name: string): WindowSource {
  return {
    window: (at, size) => ({ kind: "dispatched", io, offset: at, size, readable: true, writable: true }),
    release() {},
    fault(at) {
      throw new ZxError("INTERNAL", `a page fault at ${hex(at)} of ${name}, which is not mapped memory`);
    },
  };
}
