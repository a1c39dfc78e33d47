/** QEMU's q35 board and any devices of QEMU, without a guest: the machine `qemu-q35`. See qemu_machine.ts. */
import { MESSAGE_TRACE_EVENT } from "./answers.ts";
import { HPET_RANGE, Hpet } from "./hpet.ts";
import { MemoryMsi } from "./memory_msi.ts";
import { LOCAL_APIC_RANGE, MessageMsi } from "./msi.ts";
import { QemuPorts, STOP_PIT } from "./ports.ts";
import { createQemuMachine, type QemuBoard, type QemuMachine, type QemuOptions } from "./qemu_machine.ts";
import { haltRom } from "./rom.ts";

export type { QemuMachine } from "./qemu_machine.ts";

const MIB = 2 ** 20;
const IOAPIC_RANGE = { base: 0xfec0_0000, size: 0x1000 };

export interface QemuQ35Options extends QemuOptions {
  /**
   * How interrupt messages are noticed (default: `log`, and `memory` where QEMU was built without that). See msi.ts and
   * memory_msi.ts.
   */
  readonly msi?: "log" | "memory";
}

/**
 * Starts the machine. UNAVAILABLE without QEMU, with how to get it; INVALID_ARGS for options that cannot be; IO_NOT_PRESENT, with
 * QEMU's own words, when it does not like a device; NOT_SUPPORTED if interrupt messages are to come by the log and do not.
 */
export async function createQemuQ35(options: QemuQ35Options): Promise<QemuMachine> {
  return createQemuMachine(q35(options.msi), options);
}

function q35(msi: QemuQ35Options["msi"]): QemuBoard {
  return {
    name: "qemu-q35",
    architecture: "x64",
    program: "qemu-system-x86_64",
    rom: haltRom(),
    denied: [IOAPIC_RANGE, HPET_RANGE, LOCAL_APIC_RANGE],
    interrupts: {
      path: "ioapic",
      count: 24,
      firstVector: 0,
      keepsEdges: false,
      vectorOf: (input) => input,
    },
    // Real-mode memory, and the hole of a PC in which the processor does not see RAM, are in the first MiB.
    ram: (memory) => ({ base: 0, size: memory, reserved: [{ base: 0, size: MIB }] }),
    args: (files) => [
      ...["-M", "q35,memory-backend=ram", "-vga", "none", "-icount", "shift=0,sleep=off"],
      ...["-bios", files.rom, "-trace", MESSAGE_TRACE_EVENT],
    ],
    // Or its ticks would make virtual time run wild.
    firstCommand: STOP_PIT,
    info: () => ({ compatible: ["qemu,pc-q35", "intel,q35"] }),
    virtualTime: (qtest) => new Hpet(qtest),
    ports: (qtest) => new QemuPorts(qtest),
    messageSources: ({ qtest, ram, msiOptions }) => {
      const log = new MessageMsi(msiOptions, qtest);
      const memory = new MemoryMsi(msiOptions, ram);
      if (msi === undefined) return [log, memory];
      return [msi === "log" ? log : memory];
    },
  };
}
