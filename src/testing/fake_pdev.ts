import type {
  BoardInfo,
  DeviceServer,
  Mmio,
  NodeDeviceInfo,
} from "../fidl/fuchsia.hardware.platform.device.ts";
import type { MmioView } from "../mmio/mmio_view.ts";
import type { Handle } from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import type { TestEnvironment, TestInterrupt } from "./environment.ts";

export interface FakePDevOptions {
  /** Doubles of its registers, by name, in the order of their indices. */
  readonly mmios?: Readonly<Record<string, MmioView>>;
  /** Names of its interrupts, in the order of their indices. */
  readonly irqs?: readonly string[];
  /** Names of its bus transaction initiators, likewise. */
  readonly btis?: readonly string[];
  readonly metadata?: Readonly<Record<string, Uint8Array>>;
  readonly deviceInfo?: NodeDeviceInfo;
  readonly boardInfo?: BoardInfo;
}

/**
 * `fuchsia.hardware.platform.device/Device` without a device: doubles for its registers, interrupts that the test triggers.
 * `offer(Device, () => fake)`.
 */
export class FakePDev implements DeviceServer {
  readonly #env: TestEnvironment;
  readonly #options: FakePDevOptions;
  readonly #interrupts: readonly TestInterrupt[];

  constructor(env: TestEnvironment, options: FakePDevOptions = {}) {
    this.#env = env;
    this.#options = options;
    this.#interrupts = (options.irqs ?? []).map(() => env.interrupt());
  }

  /** Has the device interrupt. OUT_OF_RANGE for an interrupt that it does not have. */
  trigger(which: number | string = 0): void {
    const names = this.#options.irqs ?? [];
    const index = typeof which === "string" ? named(names, which, "interrupt") : which;
    this.#interruptAt(index).trigger();
  }

  getMmioById(index: number): Mmio {
    const mmios = Object.entries(this.#options.mmios ?? {});
    const [name, double] = mmios[indexOf(mmios, index, "range of registers")]!;
    return { offset: 0n, size: BigInt(double.size), vmo: this.#env.registers(double, name) };
  }

  getMmioByName(name: string): Mmio {
    return this.getMmioById(named(Object.keys(this.#options.mmios ?? {}), name, "range of registers"));
  }

  getInterruptById(index: number): Handle {
    return this.#interruptAt(index).handle();
  }

  getInterruptByName(name: string): Handle {
    return this.getInterruptById(named(this.#options.irqs ?? [], name, "interrupt"));
  }

  getBtiById(index: number): Handle {
    return this.#env.bti(indexOf(this.#options.btis ?? [], index, "bus transaction initiator"));
  }

  getBtiByName(name: string): Handle {
    return this.getBtiById(named(this.#options.btis ?? [], name, "bus transaction initiator"));
  }

  getSmcById(index: number): Handle {
    throw new ZxError("OUT_OF_RANGE", `secure monitor call ${index}: the fake has none`);
  }

  getSmcByName(name: string): Handle {
    throw new ZxError("OUT_OF_RANGE", `secure monitor call ${name}: the fake has none`);
  }

  getNodeDeviceInfo(): NodeDeviceInfo {
    const { mmios = {}, irqs = [], btis = [], metadata = {}, deviceInfo } = this.#options;
    return {
      mmioCount: Object.keys(mmios).length,
      irqCount: irqs.length,
      btiCount: btis.length,
      smcCount: 0,
      metadataCount: Object.keys(metadata).length,
      ...deviceInfo,
    };
  }

  getBoardInfo(): BoardInfo {
    return this.#options.boardInfo ?? {};
  }

  getMetadata(id: string): Uint8Array {
    const { metadata = {} } = this.#options;
    if (!Object.hasOwn(metadata, id)) throw new ZxError("NOT_FOUND", `the fake has no metadata ${id}`);
    return metadata[id]!;
  }

  #interruptAt(index: number): TestInterrupt {
    return this.#interrupts[indexOf(this.#interrupts, index, "interrupt")]!;
  }
}

function indexOf(list: readonly unknown[], index: number, what: string): number {
  if (index < list.length) return index;
  throw new ZxError("OUT_OF_RANGE", `${what} ${index}: the fake has ${list.length}`);
}

function named(names: readonly string[], name: string, what: string): number {
  const index = names.indexOf(name);
  if (index >= 0) return index;
  throw new ZxError("OUT_OF_RANGE", `no ${what} ${name}; the fake has: ${names.join(", ") || "none"}`);
}
