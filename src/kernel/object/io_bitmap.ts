import type { PortSpace } from "../../machine/machine.ts";
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import type { IoPorts } from "../../zx/syscalls.ts";

const PORTS = 0x1_0000;

/** The I/O ports that are open to one process, as the I/O bitmap of an x86 task; `in` and `out` fault on others. */
export class IoBitmap implements IoPorts {
  readonly #ports: PortSpace | undefined;
  readonly #process: string;
  #open: Uint8Array | undefined;

  constructor(ports: PortSpace | undefined, process: string) {
    this.#ports = ports;
    this.#process = process;
  }

  /** Whether the machine has I/O ports. */
  get exist(): boolean {
    return this.#ports !== undefined;
  }

  /** INVALID_ARGS beyond port 0xffff. */
  set(address: number, length: number, open: boolean): void {
    if (address + length > PORTS) {
      throw new ZxError(
        "INVALID_ARGS",
        `I/O ports [${hex(address)}, ${hex(address + length)}): they end at 0xffff`,
      );
    }
    this.#open ??= new Uint8Array(PORTS);
    this.#open.fill(open ? 1 : 0, address, address + length);
  }

  clear(): void {
    this.#open = undefined;
  }

  in8(port: number): number {
    return this.#check(port, 1).in8(port);
  }

  in16(port: number): number {
    return this.#check(port, 2).in16(port);
  }

  in32(port: number): number {
    return this.#check(port, 4).in32(port);
  }

  out8(port: number, value: number): void {
    this.#check(port, 1).out8(port, bits(value) & 0xff);
  }

  out16(port: number, value: number): void {
    this.#check(port, 2).out16(port, bits(value) & 0xffff);
  }

  out32(port: number, value: number): void {
    this.#check(port, 4).out32(port, bits(value) >>> 0);
  }

  /** ACCESS_DENIED unless every byte of the access is open. */
  #check(port: number, width: number): PortSpace {
    const open = this.#open;
    if (open !== undefined && typeof port === "number") {
      let bytes = 0;
      for (let i = 0; i < width; i++) bytes += open[port + i] ?? 0;
      if (bytes === width) return this.#ports!;
    }
    const shown = typeof port === "number" ? hex(port) : `a ${typeof port}`;
    throw new ZxError(
      "ACCESS_DENIED",
      `${this.#process} has not requested I/O port ${shown} (${width} bytes wide)`,
    );
  }
}

function bits(value: number): number {
  if (typeof value !== "number")
    throw new ZxError("INVALID_ARGS", `an I/O port takes a number, not a ${typeof value}`);
  return value;
}
