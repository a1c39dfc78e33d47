/** Bytes of the firmware image: q35 maps it so that it ends at 4 GiB, where the reset vector is. */
const ROM_SIZE = 0x1_0000;
const RESET_VECTOR = ROM_SIZE - 16;

/**
 * The firmware of a machine without a guest: its processor masks interrupts and halts, for good. It must not be
 * stopped altogether (`-S`), for virtual time stands still then, and with it every timer of the devices.
 */
export function haltRom(): Uint8Array {
  const rom = new Uint8Array(ROM_SIZE);
  // cli; again: hlt; jmp again (only an NMI gets past the hlt)
  rom.set([0xfa, 0xf4, 0xeb, 0xfd], RESET_VECTOR);
  return rom;
}
