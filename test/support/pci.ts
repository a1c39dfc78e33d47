import type { LogEvent } from "../../src/events/events.ts";
import type { Machine } from "../../src/machine/machine.ts";
import type { SimMachine } from "../../src/machine/sim/sim.ts";
import type { Io } from "../../src/zx/memory.ts";

/** Configuration accesses to one function on bus 0, through the ports, as software makes them. */
export class ConfigPorts {
  readonly #machine: Machine;
  readonly #address: number;

  constructor(machine: Machine, device: number, fn = 0) {
    this.#machine = machine;
    this.#address = 0x8000_0000 + device * 0x800 + fn * 0x100;
  }

  read8(offset: number): number {
    return this.#select(offset).in8(0xcfc + (offset % 4));
  }

  read16(offset: number): number {
    return this.#select(offset).in16(0xcfc + (offset % 4));
  }

  read32(offset: number): number {
    return this.#select(offset).in32(0xcfc);
  }

  write8(offset: number, value: number): void {
    this.#select(offset).out8(0xcfc + (offset % 4), value);
  }

  write16(offset: number, value: number): void {
    this.#select(offset).out16(0xcfc + (offset % 4), value);
  }

  write32(offset: number, value: number): void {
    this.#select(offset).out32(0xcfc, value);
  }

  #select(offset: number) {
    const { ports } = this.#machine;
    if (ports === undefined) throw new Error(`${this.#machine.name} has no ports`);
    ports.out32(0xcf8, this.#address + offset - (offset % 4));
    return ports;
  }
}

/** Accesses to a physical range. */
export function ioAt(machine: Machine, paddr: number, size: number): Io {
  const target = machine.resolve(paddr, size);
  if (target.kind !== "dispatched") throw new Error(`${target.name} is mapped directly`);
  return target.io;
}

/** The log lines of a machine, from now on: `00:01.0 edu error: ...`. */
export function logOf(machine: SimMachine): string[] {
  const lines: string[] = [];
  machine.events.listen(
    (event) => {
      const { source, severity, message } = event as LogEvent;
      lines.push(`${source} ${severity}: ${message}`);
    },
    ["log"],
  );
  return lines;
}

/** Resolves when the machine's clock has reached a time. */
export function reached(machine: Machine, time: number): Promise<void> {
  return new Promise((resolve) => {
    machine.clock.at(time, resolve);
  });
}
