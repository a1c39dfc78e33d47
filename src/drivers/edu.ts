/**
 * Driver of QEMU's educational device (PCI 1234:11e8; QEMU's docs/specs/edu.txt).
 *
 * It brings the device up, proves on the way that every road to it works (registers, interrupt, DMA), and then
 * serves `zirconia.edu/Device`.
 */
import type { DriverContext } from "../driver/context.ts";
import { type Driver, defineDriver } from "../driver/define.ts";
import type { DmaBuffer } from "../driver/dma_buffer.ts";
import type { IrqWaiter } from "../driver/irq_waiter.ts";
import { offer } from "../driver/offer.ts";
import { Device as Pci } from "../fidl/fuchsia.hardware.pci.ts";
import { Device as EduDevice } from "../fidl/zirconia.edu.ts";
import { EDU_BUFFER_OFFSET, EDU_BUFFER_SIZE, Edu } from "../registers/edu.ts";
import { hex } from "../zx/pages.ts";

/** What the device drives unless its `dma_mask` says otherwise. */
const ADDRESS_LINES = 28;
const SECOND = 1e9;

export interface EduOptions {
  /** Address lines that the device drives, which it does not tell (default 28). DMA is not used where RAM is beyond them. */
  readonly addressLines?: number;
}

export default eduDriver();

export function eduDriver({ addressLines = ADDRESS_LINES }: EduOptions = {}): Driver {
  return defineDriver({
    name: "edu",
    bind: { "fuchsia.BIND_PCI_VID": 0x1234, "fuchsia.BIND_PCI_DID": 0x11e8 },

    async start(ctx) {
      const pci = await ctx.connect(Pci);

      // Registers: BAR 0, "identification" and "liveness check".
      const edu = Edu.on(await ctx.mapBar(pci, 0));
      const id = edu.Id.read();
      ctx.inspect.id = hex(id.raw, 8);
      if (id.magic !== 0xed)
        throw ctx.error("NOT_SUPPORTED", `identification ${hex(id.raw, 8)} is not that of an edu device`);
      ctx.log.info(`edu device version major=${id.major} minor=${id.minor}`);
      quiet(edu);
      const device = new EduController(ctx, edu, await ctx.mapInterrupt(pci));
      if (device.checkLiveness(0x12345678) !== ~0x12345678 >>> 0) {
        throw ctx.error("IO", "the liveness register does not invert what is written to it");
      }

      // Interrupt: "factorial computation".
      ctx.inspect["factorial(10)"] = await device.factorial(10);

      // DMA: the device becomes a bus master only after its registers were found sound.
      const bti = ctx.own(await pci.getBti(0));
      // The device has no transfer under way: pages that a driver which died has left pinned are nobody's any more.
      ctx.zx.btiReleaseQuarantine(bti);
      const dma = ctx.allocateDma(bti, 2 * EDU_BUFFER_SIZE);
      if (dma.deviceAddress + dma.size > 2 ** addressLines) {
        dma.release();
        ctx.inspect.dma = `not used: RAM is beyond ${addressLines} address lines`;
      } else {
        await pci.setBusMastering(true);
        ctx.defer(() => pci.setBusMastering(false));
        device.dma = dma;
        await proveDma(ctx, device);
      }

      ctx.serve(
        offer(EduDevice, () => ({
          getId: async () => edu.Id.read().raw,
          checkLiveness: async (value) => device.checkLiveness(value),
          computeFactorial: (input) => device.factorial(input),
          dmaRoundTrip: (data) => device.dmaRoundTrip(data),
        })),
      );
    },
  });
}

/** Sends data into the device and back. */
async function proveDma(ctx: DriverContext, device: EduController): Promise<void> {
  const sent = Uint8Array.from({ length: EDU_BUFFER_SIZE - 4 }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
  const received = await device.dmaRoundTrip(sent);
  const intact = received.every((byte, i) => byte === sent[i]);
  ctx.inspect.dma = intact ? "intact" : "corrupted";
  ctx.inspect["dma bytes"] = received.length;
  if (!intact) throw ctx.error("IO_DATA_INTEGRITY", "DMA to the device and back changed the data");
}

/**
 * Ends what a driver before this one may have left under way: the device has no reset. A transfer ends by itself; it reaches no memory,
 * since the device is no bus master yet.
 */
function quiet(edu: ReturnType<typeof Edu.on>): void {
  edu.Status.modify({ raiseIrq: 0 });
  edu.Status.poll({ computing: 0 }, { timeout: SECOND });
  edu.DmaCommand.poll({ start: 0 }, { timeout: SECOND });
  edu.IrqAck.write(edu.IrqStatus.read().raw);
}

class EduController {
  dma: DmaBuffer | undefined;
  readonly #ctx: DriverContext;
  readonly #edu: ReturnType<typeof Edu.on>;
  readonly #irq: IrqWaiter;
  /** The device does one thing at a time: each operation waits for the one before. */
  #busy: Promise<unknown> = Promise.resolve();

  constructor(ctx: DriverContext, edu: ReturnType<typeof Edu.on>, irq: IrqWaiter) {
    this.#ctx = ctx;
    this.#edu = edu;
    this.#irq = irq;
  }

  checkLiveness(value: number): number {
    this.#edu.Liveness.write(value);
    return this.#edu.Liveness.read().raw;
  }

  /** input! modulo 2^32, as the device computes it. */
  factorial(input: number): Promise<number> {
    return this.#inTurn(async () => {
      this.#edu.Status.modify({ raiseIrq: 1 });
      this.#edu.Factorial.write(input);
      await this.#completion("the factorial");
      return this.#edu.Factorial.read().raw;
    });
  }

  /** Sends `data` (at most 4095 bytes) into the device's buffer and fetches it back into other RAM. */
  dmaRoundTrip(data: Uint8Array): Promise<Uint8Array> {
    return this.#inTurn(async () => {
      const dma = this.dma;
      if (dma === undefined) throw this.#ctx.error("NOT_SUPPORTED", "the device cannot reach RAM");
      // QEMU 7.2 takes a transfer that reaches the last byte of the buffer for one beyond it, and aborts.
      if (data.length === 0 || data.length >= EDU_BUFFER_SIZE) {
        throw this.#ctx.error(
          "INVALID_ARGS",
          `${data.length} bytes: a DMA transfer has 1 to ${EDU_BUFFER_SIZE - 1}`,
        );
      }
      dma.write(0, data);
      dma.write(EDU_BUFFER_SIZE, new Uint8Array(data.length));
      await this.#transfer(dma.deviceAddress, EDU_BUFFER_OFFSET, data.length, "ramToEdu");
      await this.#transfer(EDU_BUFFER_OFFSET, dma.deviceAddress + EDU_BUFFER_SIZE, data.length, "eduToRam");
      return dma.read(EDU_BUFFER_SIZE, data.length);
    });
  }

  async #transfer(
    source: number,
    destination: number,
    count: number,
    direction: "ramToEdu" | "eduToRam",
  ): Promise<void> {
    this.#edu.DmaSource.write(BigInt(source));
    this.#edu.DmaDestination.write(BigInt(destination));
    this.#edu.DmaCount.write(BigInt(count));
    this.#edu.DmaCommand.write({ start: 1, direction, raiseIrq: 1 });
    await this.#completion(`DMA of ${count} bytes`);
  }

  /** Waits for the interrupt, takes it back from the device, then from the bus. */
  async #completion(what: string): Promise<void> {
    await this.#irq.wait(SECOND, what);
    this.#edu.IrqAck.write(this.#edu.IrqStatus.read().raw);
    await this.#irq.ack();
  }

  #inTurn<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#busy.then(operation);
    this.#busy = result.catch(() => undefined);
    return result;
  }
}
