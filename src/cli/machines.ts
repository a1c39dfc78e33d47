import { EXIT_OK } from "./exit.ts";
import { findings } from "./findings.ts";
import type { MachineName } from "./machine_names.ts";

interface MachineEntry {
  readonly name: MachineName;
  readonly devices: string;
  readonly needs: "nothing" | "QEMU";
  readonly available: boolean;
}

/** `zirconia machines`. */
export async function machines({ json }: { readonly json?: boolean }): Promise<number> {
  const hasQemu = (await findings()).some(({ name, state }) => name === "QEMU" && state === "ok");
  const list: MachineEntry[] = [
    {
      name: "sim-x64",
      devices: "models in this process, with virtual time: edu",
      needs: "nothing",
      available: true,
    },
    {
      name: "qemu-q35",
      devices: "any -device of QEMU, driven without a guest",
      needs: "QEMU",
      available: hasQemu,
    },
  ];
  if (json) console.log(JSON.stringify(list, undefined, 2));
  else {
    for (const { name, devices, needs, available } of list) {
      const state = available ? "available" : `needs ${needs}: see zirconia doctor`;
      console.log(`${name.padEnd(10)} ${devices.padEnd(50)} ${state}`);
    }
  }
  return EXIT_OK;
}
