/** The device tree of sim-arm64 as its firmware would leave it: with the memory that there is. */
import type { PhysicalRange } from "../machine/machine.ts";
import { SIM_ARM64_DTB } from "./sim_arm64_dtb.ts";

/** The `reg` of the memory node as it is in the source, big-endian: 128 MiB at 0x40000000. It occurs once. */
const MEMORY_REG = Uint8Array.of(0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x08, 0, 0, 0);

/** The DTB for a machine with this one range of RAM. */
export function simArm64DeviceTree([ram]: readonly PhysicalRange[]): Uint8Array {
  const dtb = Uint8Array.from(atob(SIM_ARM64_DTB), (character) => character.charCodeAt(0));
  const place = dtb.findIndex((_, at) => MEMORY_REG.every((byte, i) => dtb[at + i] === byte));
  const reg = new DataView(dtb.buffer, place, MEMORY_REG.length);
  reg.setBigUint64(0, BigInt(ram!.base));
  reg.setBigUint64(8, BigInt(ram!.size));
  return dtb;
}
