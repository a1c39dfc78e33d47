import type { EventStream } from "../events/events.ts";
import type { Machine, Ram } from "../machine/machine.ts";
import type { RamLayout } from "../machine/ram.ts";
import type { MachineName } from "./machine_names.ts";

export interface MachineRequest {
  readonly name: MachineName;
  /** As for QEMU's `-device`; none means the machine's default. */
  readonly devices?: readonly string[] | undefined;
  /** Instead of the board that the name stands for: one of which there is only this device tree. */
  readonly deviceTree?: Uint8Array | undefined;
  /** Whether RAM should be one that native address spaces can map. */
  readonly nativeRam: boolean;
  /** Where the machine and its models report. */
  readonly events: EventStream;
}

/** Makes the machine that a name on the command line stands for. */
export async function createMachine(request: MachineRequest): Promise<Machine> {
  const { name, devices, deviceTree, nativeRam, events } = request;
  if (deviceTree !== undefined) {
    const { createForeignBoard } = await import("./foreign_board.ts");
    return createForeignBoard(deviceTree, events);
  }
  switch (name) {
    case "sim-x64": {
      const { createSimX64, SIM_X64_RAM } = await import("../boards/sim_x64.ts");
      const ram = nativeRam ? await nativeRamOrNone(SIM_X64_RAM) : undefined;
      return createSimX64({ devices: devices ?? ["edu"], events, ...(ram && { ram }) });
    }
    case "sim-arm64": {
      const { createSimArm64, SIM_ARM64_RAM } = await import("../boards/sim_arm64.ts");
      const ram = nativeRam ? await nativeRamOrNone(SIM_ARM64_RAM) : undefined;
      return createSimArm64({ devices: devices ?? ["edu"], events, ...(ram && { ram }) });
    }
    case "qemu-q35": {
      const { createQemuQ35 } = await import("../machine/qemu/q35.ts");
      return createQemuQ35({ devices: [...(devices ?? ["edu"])] });
    }
    case "qemu-virt-arm64": {
      const { createQemuVirt } = await import("../machine/qemu/virt.ts");
      return createQemuVirt({ devices: [...(devices ?? ["edu"])] });
    }
  }
}

/** RAM that native address spaces can map; undefined where there is no koffi (or no Linux). */
async function nativeRamOrNone(layout: RamLayout): Promise<Ram | undefined> {
  const { createNativeRam } = await import("../machine/native_ram.ts");
  try {
    return await createNativeRam(layout);
  } catch {
    return undefined;
  }
}
