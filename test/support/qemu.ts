import { describe } from "vitest";
import { findQemu } from "../../src/machine/qemu/find_qemu.ts";
import type { QemuProgram } from "../../src/machine/qemu/install_hint.ts";
import { ZxError } from "../../src/zx/error.ts";

/** Why tests that need a QEMU cannot run here, in one line that says how to install it; undefined if they can. */
export function qemuMissing(program: QemuProgram = "qemu-system-x86_64"): string | undefined {
  try {
    findQemu(program);
    return undefined;
  } catch (error) {
    if (error instanceof ZxError) return error.detail;
    throw error;
  }
}

/** Tests that are skipped where there is no such QEMU, with the reason in their name. */
export function describeWithQemu(subject: string, tests: () => void, program?: QemuProgram): void {
  const missing = qemuMissing(program);
  const reason = missing === undefined ? "" : ` (skipped: ${missing})`;
  describe.skipIf(missing !== undefined)(`${subject}${reason}`, tests);
}
