import type { Machine } from "../../src/machine/machine.ts";
import { createQemuQ35, type QemuMachine, type QemuQ35Options } from "../../src/machine/qemu/q35.ts";
import type { Io } from "../../src/zx/memory.ts";
import { ConfigPorts } from "./pci.ts";

const DEVICE = 4;
const BAR = 0xfe00_0000;
const BAR_SIZE = 0x10_0000;
const MSI_CAPABILITY = 0x40;
/** The INTx line of device 4 on a q35. */
export const EDU_VECTOR = 20;

/** QEMU's edu device, brought up by hand: registers, bus mastering, interrupts. */
export class QemuEdu {
  readonly machine: QemuMachine;
  readonly config: ConfigPorts;
  readonly io: Io;

  static async create(options: Partial<QemuQ35Options> = {}): Promise<QemuEdu> {
    return new QemuEdu(
      await createQemuQ35({ devices: [`edu,addr=${DEVICE},dma_mask=0xffffffff`], ...options }),
    );
  }

  private constructor(machine: QemuMachine) {
    this.machine = machine;
    this.config = new ConfigPorts(machine, DEVICE);
    this.config.write32(0x10, BAR);
    // Memory space and bus master.
    this.config.write16(0x04, 6);
    this.io = ioAt(machine, BAR, BAR_SIZE);
  }

  /** Aims edu's interrupt messages, which then come instead of INTx. */
  enableMsi(address: number, data: number): void {
    this.config.write32(MSI_CAPABILITY + 4, address);
    this.config.write32(MSI_CAPABILITY + 8, 0);
    this.config.write16(MSI_CAPABILITY + 12, data);
    this.config.write16(MSI_CAPABILITY + 2, this.config.read16(MSI_CAPABILITY + 2) | 1);
  }

  /** A factorial, which a thread of the host computes; an interrupt says that it is done. */
  startFactorial(input: number): void {
    this.io.write32(0x20, 0x80);
    this.io.write32(0x08, input);
  }

  /** Raises an interrupt with this status. */
  raise(status: number): void {
    this.io.write32(0x60, status);
  }

  /** Takes back what interrupts were raised; returns their status. */
  acknowledge(): number {
    const status = this.io.read32(0x24);
    this.io.write32(0x64, status);
    return status;
  }

  /** A DMA transfer, which takes the device 100 ms of virtual time; command bits 1: to RAM, 2: interrupt when done. */
  startDma(source: number, destination: number, count: number, command: number): void {
    this.io.write64(0x80, source, 0);
    this.io.write64(0x88, destination, 0);
    this.io.write64(0x90, count, 0);
    this.io.write32(0x98, 1 | command);
  }

  close(): Promise<void> {
    return this.machine.close();
  }
}

export function ioAt(machine: Machine, base: number, size: number): Io {
  const target = machine.resolve(base, size);
  if (target.kind !== "dispatched") throw new Error(`${target.name} is not dispatched`);
  return target.io;
}
