/** A machine for kernel tests: RAM, devices that a test registers, lines that a test raises, time that a test advances. */
import type {
  Architecture,
  Clock,
  InterruptController,
  Machine,
  MsiBlock,
  PhysicalRange,
  PhysicalTarget,
  PortSpace,
  Ram,
  TriggerMode,
} from "../../src/machine/machine.ts";
import { createBufferRam } from "../../src/machine/ram.ts";
import { ZxError } from "../../src/zx/error.ts";
import type { Io } from "../../src/zx/memory.ts";

export const MiB = 1024 * 1024;

/** A device made of plain bytes, which remembers every access as `"read32 0x10"` or `"write8 0x0 = 0x5"`. */
export class FakeDevice implements Io {
  readonly log: string[] = [];
  high = 0;
  readonly #view: DataView;

  constructor(size: number) {
    this.#view = new DataView(new ArrayBuffer(size));
  }

  #read(width: number, offset: number, value: number): number {
    this.log.push(`read${width} 0x${offset.toString(16)}`);
    return value;
  }

  #write(width: number, offset: number, value: number | bigint): void {
    this.log.push(`write${width} 0x${offset.toString(16)} = 0x${value.toString(16)}`);
  }

  read8(offset: number): number {
    return this.#read(8, offset, this.#view.getUint8(offset));
  }
  read16(offset: number): number {
    return this.#read(16, offset, this.#view.getUint16(offset, true));
  }
  read32(offset: number): number {
    return this.#read(32, offset, this.#view.getUint32(offset, true));
  }
  read64(offset: number): number {
    this.high = this.#view.getUint32(offset + 4, true);
    return this.#read(64, offset, this.#view.getUint32(offset, true));
  }
  write8(offset: number, value: number): void {
    this.#write(8, offset, value);
    this.#view.setUint8(offset, value);
  }
  write16(offset: number, value: number): void {
    this.#write(16, offset, value);
    this.#view.setUint16(offset, value, true);
  }
  write32(offset: number, value: number): void {
    this.#write(32, offset, value);
    this.#view.setUint32(offset, value, true);
  }
  write64(offset: number, low: number, high: number): void {
    this.#write(64, offset, (BigInt(high) << 32n) | BigInt(low));
    this.#view.setUint32(offset, low, true);
    this.#view.setUint32(offset + 4, high, true);
  }
}

const nothing: Io = {
  high: 0xffff_ffff,
  read8: () => 0xff,
  read16: () => 0xffff,
  read32: () => 0xffff_ffff,
  read64: () => 0xffff_ffff,
  write8: () => {},
  write16: () => {},
  write32: () => {},
  write64: () => {},
};

export class FakeClock implements Clock {
  #now = 0;
  #order = 0;
  #timers: { deadline: number; order: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  at(deadline: number, callback: () => void): () => void {
    const timer = { deadline, order: this.#order++, callback };
    this.#timers.push(timer);
    this.#timers.sort((a, b) => a.deadline - b.deadline || a.order - b.order);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  spin(ns: number): void {
    this.advance(ns);
  }

  /** Lets `ns` pass; what falls due is called on the way, in order. */
  advance(ns: number): void {
    const end = this.#now + ns;
    for (let timer = this.#timers[0]; timer !== undefined && timer.deadline <= end; timer = this.#timers[0]) {
      this.#timers.shift();
      this.#now = Math.max(this.#now, timer.deadline);
      timer.callback();
    }
    this.#now = end;
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }
}

interface Line {
  mode: TriggerMode;
  handler: () => void;
  masked: boolean;
}

export class FakeInterrupts implements InterruptController {
  readonly count = 32;
  readonly #lines = new Map<number, Line>();
  readonly #asserted = new Set<number>();

  attach(vector: number, mode: TriggerMode, handler: () => void): void {
    this.#lines.set(vector, { mode, handler, masked: false });
    if (mode === "level" && this.#asserted.has(vector)) handler();
  }
  detach(vector: number): void {
    this.#lines.delete(vector);
  }
  mask(vector: number): void {
    const line = this.#lines.get(vector);
    if (line !== undefined) line.masked = true;
  }
  unmask(vector: number): void {
    const line = this.#lines.get(vector);
    if (line === undefined) return;
    line.masked = false;
    if (line.mode === "level" && this.#asserted.has(vector)) line.handler();
  }

  /** Asserts the line (a level line stays asserted until `lower`). */
  raise(vector: number): void {
    this.#asserted.add(vector);
    const line = this.#lines.get(vector);
    if (line !== undefined && !line.masked) line.handler();
  }
  lower(vector: number): void {
    this.#asserted.delete(vector);
  }
  isMasked(vector: number): boolean {
    return this.#lines.get(vector)?.masked ?? true;
  }
  isAttached(vector: number): boolean {
    return this.#lines.has(vector);
  }
}

class FakePorts implements PortSpace {
  readonly bytes = new DataView(new ArrayBuffer(0x1_0000));
  in8(port: number): number {
    return this.bytes.getUint8(port);
  }
  in16(port: number): number {
    return this.bytes.getUint16(port, true);
  }
  in32(port: number): number {
    return this.bytes.getUint32(port, true);
  }
  out8(port: number, value: number): void {
    this.bytes.setUint8(port, value);
  }
  out16(port: number, value: number): void {
    this.bytes.setUint16(port, value, true);
  }
  out32(port: number, value: number): void {
    this.bytes.setUint32(port, value, true);
  }
}

export interface FakeMachineOptions {
  /** 16 MiB at 0 by default, of which the first MiB is reserved. */
  readonly ram?: Ram;
  readonly denied?: readonly PhysicalRange[];
  readonly architecture?: Architecture;
}

export class FakeMachine implements Machine {
  readonly name = "fake";
  readonly architecture: Architecture;
  readonly board = { compatible: ["zirconia,fake"] };
  readonly ram: Ram;
  readonly coherent = true;
  readonly ports: PortSpace | undefined;
  readonly interrupts = new FakeInterrupts();
  readonly clock = new FakeClock();
  readonly denied: readonly PhysicalRange[];
  closed = false;
  readonly #devices: { range: PhysicalRange; target: PhysicalTarget }[] = [];
  readonly #failures = new Set<(error: Error) => void>();
  #freeMsis = 64;

  constructor(options: FakeMachineOptions = {}) {
    this.architecture = options.architecture ?? "x64";
    this.ports = this.architecture === "x64" ? new FakePorts() : undefined;
    this.ram =
      options.ram ??
      createBufferRam({ ranges: [{ base: 0, size: 16 * MiB }], reserved: [{ base: 0, size: MiB }] });
    this.denied = options.denied ?? [];
  }

  /** Puts a device on the bus: offsets of its accesses count from `base`, whatever part of it is asked for. */
  addDevice(base: number, size: number, name: string, io: Io): void {
    this.#devices.push({ range: { base, size }, target: { kind: "dispatched", name, io } });
  }

  /** Puts memory of a file on the bus, as a `direct` target. */
  addFile(base: number, size: number, name: string, fd: number, fdOffset = 0): void {
    this.#devices.push({ range: { base, size }, target: { kind: "direct", name, fd, fdOffset } });
  }

  resolve(paddr: number, size: number): PhysicalTarget {
    const device = this.#devices.find(
      ({ range }) => paddr >= range.base && paddr + size <= range.base + range.size,
    );
    if (device === undefined) return { kind: "dispatched", name: "nothing", io: nothing };
    const { range, target } = device;
    const delta = paddr - range.base;
    if (target.kind === "direct") return { ...target, fdOffset: target.fdOffset + delta };
    return delta === 0 ? target : { ...target, io: new ShiftedIo(target.io, delta) };
  }

  allocateMsi(count: number): MsiBlock {
    if (count > this.#freeMsis) throw new ZxError("NO_RESOURCES", `no ${count} MSIs left`);
    this.#freeMsis -= count;
    return new FakeMsiBlock(count, () => {
      this.#freeMsis += count;
    });
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  onFailure(callback: (error: Error) => void): void {
    this.#failures.add(callback);
  }

  /** The machine dies. */
  fail(error: Error): void {
    for (const callback of this.#failures) callback(error);
  }
}

export class FakeMsiBlock implements MsiBlock {
  readonly address = 0xfee0_0000;
  readonly data = 0x40;
  readonly count: number;
  readonly #handlers = new Map<number, () => void>();
  readonly #onFree: () => void;

  constructor(count: number, onFree: () => void) {
    this.count = count;
    this.#onFree = onFree;
  }

  attach(index: number, handler: () => void): void {
    this.#handlers.set(index, handler);
  }
  detach(index: number): void {
    this.#handlers.delete(index);
  }
  free(): void {
    this.#onFree();
  }
  /** What a device's write of `data + index` does. */
  signal(index: number): void {
    this.#handlers.get(index)?.();
  }
}

class ShiftedIo implements Io {
  readonly #io: Io;
  readonly #delta: number;

  constructor(io: Io, delta: number) {
    this.#io = io;
    this.#delta = delta;
  }
  get high(): number {
    return this.#io.high;
  }
  read8(offset: number): number {
    return this.#io.read8(offset + this.#delta);
  }
  read16(offset: number): number {
    return this.#io.read16(offset + this.#delta);
  }
  read32(offset: number): number {
    return this.#io.read32(offset + this.#delta);
  }
  read64(offset: number): number {
    return this.#io.read64(offset + this.#delta);
  }
  write8(offset: number, value: number): void {
    this.#io.write8(offset + this.#delta, value);
  }
  write16(offset: number, value: number): void {
    this.#io.write16(offset + this.#delta, value);
  }
  write32(offset: number, value: number): void {
    this.#io.write32(offset + this.#delta, value);
  }
  write64(offset: number, low: number, high: number): void {
    this.#io.write64(offset + this.#delta, low, high);
  }
}
