/** What fake parents are made with: memory, interrupts and DMA of a machine that has nothing else. */
import type { SimX64 } from "../boards/sim_x64.ts";
import type { DriverContext } from "../driver/context.ts";
import type { MmioView } from "../mmio/mmio_view.ts";
import { type Handle, INVALID_HANDLE, InterruptOption } from "../zx/constants.ts";
import { roundUp } from "../zx/pages.ts";
import { Rights } from "../zx/rights.ts";
import type { Zx } from "../zx/syscalls.ts";
import { RegistersIo } from "./registers_io.ts";

/** Physical addresses from here on are nobody's on sim-x64. */
const FIRST_REGION = 2 ** 40;

/** An interrupt that a test triggers. */
export interface TestInterrupt {
  /** A new handle to it. */
  handle(): Handle;
  trigger(): void;
}

/** The fakes' process: handles that a fake gives away are of this one. */
export class TestEnvironment {
  readonly zx: Zx;
  readonly machine: SimX64;
  readonly #ctx: DriverContext;
  readonly #regions = new Map<MmioView, { readonly base: number; readonly size: number }>();
  #next = FIRST_REGION;

  /** `ctx`: of a driver that has the root resources. */
  constructor(ctx: DriverContext, machine: SimX64) {
    this.zx = ctx.zx;
    this.machine = machine;
    this.#ctx = ctx;
  }

  /**
   * A VMO of device memory, a new one at each call, whose registers are those of a double of lib/mmio: `new RegisterDouble(Edu).mmio`,
   * an `MmioScript`'s, a `memoryDouble`. Its size is the double's, in whole pages.
   */
  registers(double: MmioView, name = "registers"): Handle {
    let region = this.#regions.get(double);
    if (region === undefined) {
      region = { base: this.#next, size: roundUp(double.size) };
      this.#next += region.size;
      this.machine.bus.add(region.base, region.size, name, new RegistersIo(double));
      this.#regions.set(double, region);
    }
    const vmo = this.zx.vmoCreatePhysical(this.#ctx.resource("mmio"), region.base, region.size);
    this.zx.objectSetName(vmo, name);
    return vmo;
  }

  interrupt(): TestInterrupt {
    const { zx } = this;
    const interrupt = this.#ctx.own(zx.interruptCreate(INVALID_HANDLE, 0, InterruptOption.VIRTUAL));
    return {
      handle: () => zx.handleDuplicate(interrupt, Rights.SAME_RIGHTS),
      trigger: () => zx.interruptTrigger(interrupt, 0, zx.clockGetMonotonic()),
    };
  }

  /** A bus transaction initiator: what buffers for DMA are pinned with. */
  bti(id = 0): Handle {
    return this.zx.btiCreate(this.#ctx.resource("iommu"), 0, id);
  }
}
