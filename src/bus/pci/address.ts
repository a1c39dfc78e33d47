/** Where a function is: bus 0..255, device 0..31, function 0..7. */
export interface PciAddress {
  readonly bus: number;
  readonly device: number;
  readonly function: number;
}

export const DEVICES_PER_BUS = 32;
export const FUNCTIONS_PER_DEVICE = 8;

/** `00:1f.0`, as lspci prints it. */
export function formatAddress({ bus, device, function: fn }: PciAddress): string {
  return `${hex2(bus)}:${hex2(device)}.${fn}`;
}

/** bus << 8 | device << 3 | function: a requester ID, and the value of `fuchsia.BIND_PCI_TOPO`. */
export function packAddress({ bus, device, function: fn }: PciAddress): number {
  return (bus << 8) | (device << 3) | fn;
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, "0");
}
