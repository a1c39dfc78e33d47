import { describe } from "vitest";
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

/** Tests that are skipped where there is no QEMU, with the reason in their name. */
export function describeWithQemu(subject: string, tests: () => void): void {
  const missing = qemuMissing();
  const reason = missing === undefined ? "" : ` (skipped: ${missing})`;
  describe.skipIf(missing !== undefined)(`${subject}${reason}`, tests);
}
