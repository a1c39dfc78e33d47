import { describe } from "vitest";
import { createSimArm64, SIM_ARM64_RAM } from "../../src/boards/sim_arm64.ts";
import { createSimX64, SIM_X64_RAM } from "../../src/boards/sim_x64.ts";
import type { Architecture, Machine } from "../../src/machine/machine.ts";
import { createNativeRam } from "../../src/machine/native_ram.ts";
import { spacesUnderTest } from "./address_spaces.ts";
import { qemuMissing } from "./qemu.ts";

export type AddressSpace = "native" | "portable";
/** What can be plugged into PCI on every machine. */
export type DeviceUnderTest = "edu" | "edu,dma_mask=0xffffffff";

interface MachineKind {
  readonly machine: "sim-x64" | "sim-arm64" | "qemu-q35" | "qemu-virt-arm64";
  readonly architecture: Architecture;
  /** Why it cannot be used here, if it cannot. */
  readonly missing: string | undefined;
  /** A machine with these devices; the test closes it (or a System on it does). */
  create(devices: readonly DeviceUnderTest[], addressSpace: AddressSpace): Promise<Machine>;
}

/** A kind of machine with a kind of address space, on which a driver's test can run. */
export interface MachineUnderTest extends Omit<MachineKind, "create"> {
  readonly name: string;
  readonly addressSpace: AddressSpace;
  create(devices: readonly DeviceUnderTest[]): Promise<Machine>;
}

const KINDS: readonly MachineKind[] = [
  {
    machine: "sim-x64",
    architecture: "x64",
    missing: undefined,
    create: async (devices, addressSpace) =>
      createSimX64({
        devices,
        ...(addressSpace === "native" && { ram: await createNativeRam(SIM_X64_RAM) }),
      }),
  },
  {
    machine: "qemu-q35",
    architecture: "x64",
    missing: qemuMissing(),
    create: async (devices) => {
      const { createQemuQ35 } = await import("../../src/machine/qemu/q35.ts");
      return createQemuQ35({ devices });
    },
  },
  {
    machine: "sim-arm64",
    architecture: "arm64",
    missing: undefined,
    create: async (devices, addressSpace) =>
      createSimArm64({
        devices,
        cache: { sanitizer: "strict" },
        ...(addressSpace === "native" && { ram: await createNativeRam(SIM_ARM64_RAM) }),
      }),
  },
  {
    machine: "qemu-virt-arm64",
    architecture: "arm64",
    missing: qemuMissing("qemu-system-aarch64"),
    create: async (devices) => {
      const { createQemuVirt } = await import("../../src/machine/qemu/virt.ts");
      return createQemuVirt({ devices });
    },
  },
];

const noKoffi = spacesUnderTest.find(({ kind }) => kind === "native")?.missing;

export const machinesUnderTest: readonly MachineUnderTest[] = (["native", "portable"] as const).flatMap(
  (addressSpace) =>
    KINDS.map((kind) => ({
      ...kind,
      name: `${kind.machine}, ${addressSpace} address space`,
      addressSpace,
      missing: kind.missing ?? (addressSpace === "native" ? noKoffi : undefined),
      create: (devices) => kind.create(devices, addressSpace),
    })),
);

/**
 * Runs the same tests on every machine of some architectures that is there; the others are skipped, with the reason in their
 * name.
 */
export function onEveryMachine(
  subject: string,
  tests: (machine: MachineUnderTest) => void,
  architectures: readonly Architecture[] = ["x64", "arm64"],
): void {
  for (const machine of machinesUnderTest) {
    if (!architectures.includes(machine.architecture)) continue;
    const reason = machine.missing === undefined ? "" : ` (skipped: ${machine.missing})`;
    describe.skipIf(machine.missing !== undefined)(`${subject} on ${machine.name}${reason}`, () =>
      tests(machine),
    );
  }
}
