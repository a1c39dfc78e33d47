import { findQemu } from "../../src/machine/qemu/find_qemu.ts";
import { ZxError } from "../../src/zx/error.ts";

/** Why tests that need QEMU cannot run here, in one line that says how to install it; undefined if they can. */
export function qemuMissing(): string | undefined {
  try {
    findQemu();
    return undefined;
  } catch (error) {
    if (error instanceof ZxError) return error.detail;
    throw error;
  }
}
