import { describe } from "vitest";
import { createSimX64, SIM_X64_RAM } from "../../src/boards/sim_x64.ts";
import type { Machine } from "../../src/machine/machine.ts";
import { createNativeRam } from "../../src/machine/native_ram.ts";
import { spacesUnderTest } from "./address_spaces.ts";
import { qemuMissing } from "./qemu.ts";

export type AddressSpace = "native" | "portable";

/** A kind of machine with a kind of address space, on which a driver's test can run. */
export interface MachineUnderTest {
  readonly name: string;
  readonly machine: "sim-x64" | "qemu-q35";
  readonly addressSpace: AddressSpace;
  /** Why it cannot be used here, if it cannot. */
  readonly missing: string | undefined;
  /** A machine with these devices; the test closes it (or a System on it does). */
  create(devices: readonly ("edu" | "edu,dma_mask=0xffffffff")[]): Promise<Machine>;
}

const noKoffi = spacesUnderTest.find(({ kind }) => kind === "native")?.missing;
const noQemu = qemuMissing();

export const machinesUnderTest: readonly MachineUnderTest[] = (["native", "portable"] as const).flatMap(
  (addressSpace) => [
    {
      name: `sim-x64, ${addressSpace} address space`,
      machine: "sim-x64" as const,
      addressSpace,
      missing: addressSpace === "native" ? noKoffi : undefined,
      create: async (devices) => {
        if (addressSpace === "portable") return createSimX64({ devices });
        return createSimX64({ devices, ram: await createNativeRam(SIM_X64_RAM) });
      },
    } satisfies MachineUnderTest,
    {
      name: `qemu-q35, ${addressSpace} address space`,
      machine: "qemu-q35" as const,
      addressSpace,
      missing: noQemu ?? (addressSpace === "native" ? noKoffi : undefined),
      create: async (devices) => {
        const { createQemuQ35 } = await import("../../src/machine/qemu/q35.ts");
        return createQemuQ35({ devices: [...devices] });
      },
    } satisfies MachineUnderTest,
  ],
);

/** Runs the same tests on every machine that is there; the others are skipped, with the reason in their name. */
export function onEveryMachine(subject: string, tests: (machine: MachineUnderTest) => void): void {
  for (const machine of machinesUnderTest) {
    const reason = machine.missing === undefined ? "" : ` (skipped: ${machine.missing})`;
    describe.skipIf(machine.missing !== undefined)(`${subject} on ${machine.name}${reason}`, () =>
      tests(machine),
    );
  }
}
