export const MACHINE_NAMES = ["sim-x64", "sim-arm64", "qemu-q35", "qemu-virt-arm64"] as const;
export type MachineName = (typeof MACHINE_NAMES)[number];

export function isMachineName(name: string): name is MachineName {
  return (MACHINE_NAMES as readonly string[]).includes(name);
}
