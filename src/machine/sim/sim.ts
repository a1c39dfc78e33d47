/**
 * A machine that is made of device models, in this process, with virtual time. What is in it (which models, at which
 * addresses) is a board's business: see `boards/`.
 */
import { EventStream } from "../../events/events.ts";
import { ZxError } from "../../zx/error.ts";
import { hex, MAX_ADDRESS } from "../../zx/pages.ts";
import type {
  Architecture,
  BoardInfo,
  Machine,
  MsiBlock,
  PhysicalRange,
  PhysicalTarget,
  Ram,
} from "../machine.ts";
import { AddressMap } from "./address_map.ts";
import { BusWindow } from "./bus_window.ts";
import type { Report } from "./cache/report.ts";
import { SimCache, type SimCacheOptions } from "./cache/sim_cache.ts";
import { VirtualClock } from "./clock.ts";
import { SystemDma } from "./dma.ts";
import { type InterruptLineOptions, InterruptLines } from "./interrupts.ts";
import { type Log, logTo } from "./log.ts";
import { type MsiController, MsiVectors } from "./msi.ts";
import { SimPorts } from "./ports.ts";

export interface SimConfig {
  readonly name: string;
  readonly architecture: Architecture;
  readonly board: BoardInfo;
  readonly ram: Ram;
  /** Whether devices' DMA and the processor's caches agree. */
  readonly coherent: boolean;
  /** The processor's cache, where they do not; by default a small one without a sanitizer. */
  readonly cache?: SimCacheOptions | undefined;
  /** Number of interrupt vectors, and what controls them. */
  readonly interrupts: number;
  readonly interruptLines?: InterruptLineOptions;
  /** What gets interrupt messages; local APICs by default. */
  readonly msi?: (machine: SimMachine) => MsiController;
  /** Ranges that no driver may have: taken on the bus under the name, and told to the kernel. */
  readonly denied: readonly (PhysicalRange & { readonly name: string })[];
  /** What all that is random in the machine comes from. */
  readonly seed: number;
  /** Where the machine and its models report; a stream of its own by default. */
  readonly events?: EventStream;
}

export class SimMachine implements Machine {
  readonly name: string;
  readonly architecture: Architecture;
  readonly board: BoardInfo;
  readonly ram: Ram;
  readonly coherent: boolean;
  /** Where the machine is not coherent. */
  readonly cache: SimCache | undefined;
  readonly ports: SimPorts | undefined;
  readonly interrupts: InterruptLines;
  readonly clock = new VirtualClock();
  readonly denied: readonly PhysicalRange[];

  /** Log lines of the machine and of its models. */
  readonly events: EventStream;
  readonly log: Log;
  readonly seed: number;
  /** Who answers at which physical addresses. */
  readonly bus = new AddressMap(MAX_ADDRESS);
  readonly msi: MsiController;
  /** Memory as devices reach it. */
  readonly dma: SystemDma;
  #failure: Error | undefined;
  #closed = false;
  readonly #onFailure: ((error: Error) => void)[] = [];

  constructor(config: SimConfig) {
    this.name = config.name;
    this.architecture = config.architecture;
    this.board = config.board;
    this.ram = config.ram;
    this.coherent = config.coherent;
    this.denied = config.denied;
    this.seed = config.seed;
    this.events = config.events ?? new EventStream();
    this.log = logTo(this.events, this.clock);
    this.ports = config.architecture === "x64" ? new SimPorts(this.clock, this.log) : undefined;
    this.interrupts = new InterruptLines(config.interrupts, this.clock, config.interruptLines);
    this.msi = config.msi?.(this) ?? new MsiVectors(this.log);
    this.cache = config.coherent
      ? undefined
      : new SimCache(this.ram, this.seed, config.cache, (report) => this.#reported(report));
    this.dma = new SystemDma(this.ram, this.msi, this.cache);
    // The kernel reaches RAM by itself, so nothing answers for it here; but no device may lie over it.
    for (const { base, size } of this.ram.ranges) this.bus.add(base, size, "RAM", undefined);
    for (const { base, size, name } of config.denied) this.bus.add(base, size, name, undefined);
  }

  resolve(paddr: number, size: number): PhysicalTarget {
    if (this.#closed) throw new ZxError("BAD_STATE", `${this.name} is closed`);
    if (this.#failure !== undefined) throw this.#failure;
    const isGood = Number.isSafeInteger(paddr) && Number.isSafeInteger(size) && paddr >= 0 && size > 0;
    if (!isGood || paddr + size > MAX_ADDRESS) {
      throw new ZxError(
        "OUT_OF_RANGE",
        `physical range [${hex(paddr)}, ${hex(paddr + size)}) is none of ${this.name}`,
      );
    }
    const io = new BusWindow(this.bus, this.clock, this.log, paddr, size);
    return { kind: "dispatched", name: io.name, io };
  }

  allocateMsi(count: number): MsiBlock {
    return this.msi.allocate(count);
  }

  onFailure(callback: (error: Error) => void): void {
    this.#onFailure.push(callback);
    if (this.#failure !== undefined) callback(this.#failure);
  }

  /** Called when a model throws where no caller could catch it: the machine is of no use from then on. */
  fail(source: string, cause: unknown): void {
    if (this.#failure !== undefined || this.#closed) return;
    this.#failure = new ZxError(
      "INTERNAL",
      `${source} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
    this.log(source, "error", this.#failure.message);
    this.#stop();
    for (const callback of [...this.#onFailure]) callback(this.#failure);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop();
  }

  #reported(report: Report): void {
    if (!this.events.wants.sanitizer) return;
    this.events.emit({ kind: "sanitizer", sanitizer: "coherency", time: this.clock.now(), ...report });
  }

  /** Time stands still, and nothing answers any more. */
  #stop(): void {
    this.clock.close();
    this.bus.clear();
    this.ports?.map.clear();
  }
}
