import { Device, type DeviceClient } from "../fidl/fuchsia.hardware.platform.device.ts";
import type { MmioBuffer } from "../mmio/mmio_buffer.ts";
import type { CachePolicyName, Handle } from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import type { DriverContext } from "./context.ts";
import { IrqWaiter } from "./irq_waiter.ts";

export interface PDevMmioOptions {
  /** What errors and traces call it; default: the node and the registers' name or index. */
  readonly name?: string;
  /** Default UNCACHED_DEVICE. */
  readonly policy?: CachePolicyName;
}

/**
 * A platform device, as its driver sees it: `fuchsia.hardware.platform.device/Device` with what is always done with the answers. Resources
 * go by index or by name, as the board driver has them; everything is given back when the driver stops.
 *
 * Where there is none: OUT_OF_RANGE; where the board driver could not find it: NOT_FOUND.
 */
export class PDev {
  /** For what is not here. */
  readonly device: DeviceClient;
  readonly #ctx: DriverContext;

  /** The node's own device, or that of a composite node's parent. */
  static async connect(ctx: DriverContext, parent?: string): Promise<PDev> {
    return new PDev(ctx, await ctx.connect(Device, parent));
  }

  private constructor(ctx: DriverContext, device: DeviceClient) {
    this.#ctx = ctx;
    this.device = device;
  }

  /** GetMmio, then MmioBuffer.create in this host's VMAR. */
  async mapMmio(which: number | string = 0, options: PDevMmioOptions = {}): Promise<MmioBuffer> {
    const { device } = this;
    const isName = typeof which === "string";
    const mmio = await (isName ? device.getMmioByName(which) : device.getMmioById(which));
    const { node, zx } = this.#ctx;
    if (mmio.vmo === undefined) throw this.#incomplete("registers");
    if (mmio.offset === undefined || mmio.size === undefined) {
      zx.handleClose(mmio.vmo);
      throw this.#incomplete("registers");
    }
    return this.#ctx.mapMmio(mmio.vmo, {
      name: `${node.name} ${isName ? which : `mmio ${which}`}`,
      ...options,
      offset: Number(mmio.offset),
      size: Number(mmio.size),
    });
  }

  /** GetInterrupt; the result waits for interrupts with a time-out. `flags`: options of interrupt_create; a mode overrides the board's. */
  async mapInterrupt(which: number | string = 0, flags = 0): Promise<IrqWaiter> {
    const { device } = this;
    const irq = await (typeof which === "string"
      ? device.getInterruptByName(which, flags)
      : device.getInterruptById(which, flags));
    const waiter = new IrqWaiter(this.#ctx.zx, irq);
    this.#ctx.defer(waiter);
    return waiter;
  }

  /** For `ctx.allocateDma`. */
  async getBti(which: number | string = 0): Promise<Handle> {
    const { device } = this;
    return this.#ctx.own(
      await (typeof which === "string" ? device.getBtiByName(which) : device.getBtiById(which)),
    );
  }

  #incomplete(what: string): ZxError {
    return new ZxError(
      "INTERNAL",
      `the platform bus's answer for the ${what} of ${this.#ctx.node.name} has gaps`,
    );
  }
}
