import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import type { PortSpace } from "../machine.ts";
import { inCommand, outCommand, type PortWidth } from "./commands.ts";
import type { Qtest } from "./qtest.ts";

/** Selects what the configuration data port shows; nothing but that port can tell when. */
const PCI_CONFIG_ADDRESS = 0xcf8;
/** The 8254, whose ticks would make virtual time run wild. */
const PIT = { first: 0x40, last: 0x43 } as const;
const PIT_CONTROL = PIT.last;
/** Counter 0, both bytes, mode 0 (one shot), without a count to follow: no further tick. */
export const STOP_PIT = outCommand(8, PIT_CONTROL, 0x30);

/**
 * The I/O space. `out` waits for the device, as it does on a PC, except at the PCI configuration address port, where
 * no one could see a difference: configuration accesses take one round trip.
 */
export class QemuPorts implements PortSpace {
  readonly #qtest: Qtest;

  constructor(qtest: Qtest) {
    this.#qtest = qtest;
  }

  in8(port: number): number {
    return this.#qtest.ask(inCommand(8, port));
  }

  in16(port: number): number {
    return this.#qtest.ask(inCommand(16, port));
  }

  in32(port: number): number {
    return this.#qtest.ask(inCommand(32, port));
  }

  /** ACCESS_DENIED at the PIT. */
  out8(port: number, value: number): void {
    this.#out(8, port, value);
  }

  out16(port: number, value: number): void {
    this.#out(16, port, value);
  }

  out32(port: number, value: number): void {
    this.#out(32, port, value);
  }

  #out(width: PortWidth, port: number, value: number): void {
    const command = outCommand(width, port, value);
    if (port <= PIT.last && port + width / 8 > PIT.first) {
      throw new ZxError(
        "ACCESS_DENIED",
        `out${width} at port ${hex(port)}: the PIT belongs to the machine's clock`,
      );
    }
    if (port === PCI_CONFIG_ADDRESS) this.#qtest.post(command);
    else this.#qtest.command(command);
  }
}
