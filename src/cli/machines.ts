import { EXIT_OK } from "./exit.ts";
import { findings } from "./findings.ts";
import type { MachineName } from "./machine_names.ts";

interface MachineEntry {
  readonly name: MachineName;
  readonly devices: string;
  /** The finding that it depends on. */
  readonly needs: "nothing" | "QEMU" | "QEMU (Arm)";
}

const MACHINES: readonly MachineEntry[] = [
  { name: "sim-x64", devices: "models in this process, virtual time; PCI: edu", needs: "nothing" },
  { name: "sim-arm64", devices: "models from a device tree, GIC; PCI: edu", needs: "nothing" },
  { name: "qemu-q35", devices: "any -device of QEMU, driven without a guest", needs: "QEMU" },
  { name: "qemu-virt-arm64", devices: "QEMU's Arm board and any -device", needs: "QEMU (Arm)" },
];

/** `zirconia machines`. */
export async function machines({ json }: { readonly json?: boolean }): Promise<number> {
  const found = await findings();
  const list = MACHINES.map((machine) => ({
    ...machine,
    available:
      machine.needs === "nothing" ||
      found.some(({ name, state }) => name === machine.needs && state === "ok"),
  }));
  if (json) console.log(JSON.stringify(list, undefined, 2));
  else {
    for (const { name, devices, needs, available } of list) {
      const state = available ? "available" : `needs ${needs}: zirconia doctor`;
      console.log(`${name.padEnd(16)} ${devices.padEnd(48)} ${state}`);
    }
  }
  return EXIT_OK;
}
