/** Where QEMU's `virt` board has what is the kernel's, and ours (QEMU's docs/system/arm/virt.rst; the device tree says so too). */

export const RAM_BASE = 0x4000_0000;
/** The device tree lies at the start of RAM; this much is kept for it and for the firmware's mailbox. */
export const FIRMWARE_RAM = 0x20_0000;
/** GICv2: distributor and CPU interface, 64 KiB each. */
export const GICD = 0x0800_0000;
export const GICC = 0x0801_0000;
/** The GICv2m frame. */
export const V2M = 0x0802_0000;
/** Software-generated interrupt 0 of processor 0, as written to GICD_SGIR. */
export const GICD_SGIR = GICD + 0xf00;
export const SGI_0_TO_CPU_0 = 1 << 16;
