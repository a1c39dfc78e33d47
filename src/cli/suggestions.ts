import type { SystemOptions } from "./with_system.ts";

/** A command line to suggest for a driver's file, on the machine that was asked for, beside other drivers' files. */
export function debugBindCommand(
  node: string,
  file: string,
  options: SystemOptions,
  others: readonly string[],
): string {
  const drivers = others.map((path) => ` --driver ${quoted(path)}`);
  return `zirconia driver debug-bind ${node} ${quoted(file)}${machineWords(options)}${drivers.join("")}`;
}

/** The options that boot the same machine again, for a command line to suggest: ` -m qemu-q35 -d edu`. */
export function machineWords({ machine, device = [] }: SystemOptions): string {
  const words = device.map((name) => ` -d ${quoted(name)}`);
  return (machine === "sim-x64" ? "" : ` -m ${machine}`) + words.join("");
}

export function quoted(word: string): string {
  return /^[\w.,=:/+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
