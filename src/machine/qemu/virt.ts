/**
 * QEMU's Arm board `virt` and any devices of QEMU, without a guest: the machine `qemu-virt-arm64`. See qemu_machine.ts.
 *
 * It has a GICv2, whose INTIDs are the interrupt vectors, and a GICv2m frame for interrupt messages. Its device tree is at the start of
 * RAM. The real-time clock lives in virtual time, as the devices do, from 2025 on. Setting it sets an alarm, too, which may be a
 * century away: so virtual time must not jump to the next timer by itself (`sleep=on`).
 */
import { ZxError } from "../../zx/error.ts";
import { GicV2m } from "../gicv2m.ts";
import type { MsiBlock } from "../machine.ts";
import { Intid, timekeeperRom } from "./arm64_rom.ts";
import { readCommand } from "./commands.ts";
import type { MsiSource } from "./msi.ts";
import { createQemuMachine, type QemuBoard, type QemuMachine, type QemuOptions } from "./qemu_machine.ts";
import type { QemuRam } from "./ram.ts";
import { Timekeeper } from "./timekeeper.ts";
import { FIRMWARE_RAM, GICD, RAM_BASE, V2M } from "./virt_map.ts";

export type QemuVirtOptions = QemuOptions;

/** Interrupts of the GIC: 32 of each processor and 256 shared ones. */
const INTIDS = 288;
const FIRST_SPI = 32;
const SPIS = INTIDS - FIRST_SPI;
/** INTIDs below are software-generated. */
const FIRST_PPI = 16;
/** The GIC is the second device that the board makes, after its one processor. */
const GIC_PATH = "/machine/unattached/device[1]";
/** INTIDs that messages can have (MSI_TYPER), without the firmware's, which are the last ones. */
const MESSAGES = { firstIntid: 80, count: Intid.ANSWER - 80 };

const DTB_MAGIC = 0xd00d_feed;

/**
 * Starts the machine. UNAVAILABLE without QEMU, with how to get it; INVALID_ARGS for options that cannot be; IO_NOT_PRESENT, with
 * QEMU's own words, when it does not like a device; NOT_SUPPORTED for a QEMU whose board is not as we know it.
 */
export async function createQemuVirt(options: QemuVirtOptions): Promise<QemuMachine> {
  return createQemuMachine(VIRT, options);
}

/** The board. */
export const VIRT: QemuBoard = {
  name: "qemu-virt-arm64",
  architecture: "arm64",
  program: "qemu-system-aarch64",
  rom: timekeeperRom(),
  denied: [
    { base: GICD, size: 0x2_0000 },
    { base: V2M, size: 0x1000 },
  ],
  interrupts: {
    path: GIC_PATH,
    count: INTIDS,
    firstVector: FIRST_PPI,
    keepsEdges: true,
    // QEMU numbers the shared ones first, then those of the processor.
    vectorOf: (input) => (input < SPIS ? input + FIRST_SPI : input - SPIS),
  },
  ram: (memory) => ({ base: RAM_BASE, size: memory, reserved: [{ base: RAM_BASE, size: FIRMWARE_RAM }] }),
  args: (files) => [
    ...[
      "-M",
      "virt,gic-version=2,acpi=off,memory-backend=ram",
      "-cpu",
      "cortex-a57",
      "-icount",
      "shift=10,sleep=on",
    ],
    ...["-rtc", "base=2025-01-01T00:00:00,clock=vm", "-bios", files.rom],
  ],
  firstCommand: readCommand(32, RAM_BASE),
  info: (ram) => ({ compatible: ["linux,dummy-virt"], deviceTree: deviceTreeIn(ram) }),
  virtualTime: (qtest, ram) => new Timekeeper(qtest, ram),
  messageSources: ({ interrupts }) => {
    const frame = new GicV2m({ frame: { base: V2M, size: 0x1000 }, ...MESSAGES }, interrupts);
    // A handler of a message holds an interrupt vector, and is counted there.
    const source: MsiSource = {
      attachedCount: 0,
      allocate: (count): MsiBlock => frame.allocate(count),
      message: () => {},
      close: () => {},
    };
    return [source];
  },
};

/** A copy of the device tree. IO_NOT_PRESENT where there is none. */
function deviceTreeIn(ram: QemuRam): Uint8Array {
  const header = new Uint8Array(8);
  ram.read(RAM_BASE, header);
  const words = new DataView(header.buffer);
  const size = words.getUint32(4);
  if (words.getUint32(0) !== DTB_MAGIC || size > FIRMWARE_RAM) {
    throw new ZxError("IO_NOT_PRESENT", "QEMU left no device tree at the start of RAM");
  }
  const tree = new Uint8Array(size);
  ram.read(RAM_BASE, tree);
  return tree;
}
