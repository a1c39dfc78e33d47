/**
 * Driver of Arm's DMA controller PL080 (DDI 0196G), as far as copying memory goes. It serves `zirconia.dma/Copier`.
 *
 * Its buffer is cached, so where the controller does not see the processor's cache every transfer has four operations on the
 * cache. Each of them is needed (test/drivers/pl080.test.ts leaves them out one by one).
 */
import type { DriverContext } from "../driver/context.ts";
import { defineDriver } from "../driver/define.ts";
import { DmaBuffer } from "../driver/dma_buffer.ts";
import type { IrqWaiter } from "../driver/irq_waiter.ts";
import { offer } from "../driver/offer.ts";
import { PDev } from "../driver/pdev.ts";
import { Copier, MAX_DATA } from "../fidl/zirconia.dma.ts";
import { Pl080 } from "../registers/pl080.ts";
import { expectPrimeCell } from "./primecell.ts";

const PART = 0x080;
const SECOND = 1e9;
/** The first channel, which has the highest priority. */
const CHANNEL = 0;
const CHANNEL_BIT = 1 << CHANNEL;

/** Offsets in the buffer: no two of them share a line of the cache. */
const ITEM = 0;
const SOURCE = 0x1000;
const DESTINATION = SOURCE + MAX_DATA;
const BUFFER_SIZE = DESTINATION + MAX_DATA;
const ITEM_SIZE = 16;

export default defineDriver({
  name: "pl080",
  bind: { "fuchsia.devicetree.FIRST_COMPATIBLE": "arm,pl080" },

  async start(ctx) {
    const pdev = await PDev.connect(ctx);
    const dma = Pl080.on(await pdev.mapMmio());
    expectPrimeCell(ctx, dma, PART);
    const irq = await pdev.mapInterrupt();
    const bti = await pdev.getBti();
    // Nothing is under way that a driver before this one may have begun: what it left pinned is nobody's any more.
    disable(dma);
    ctx.zx.btiReleaseQuarantine(bti);
    const buffer = new DmaBuffer(ctx.zx, bti, BUFFER_SIZE, "pl080 dma", "CACHED");
    ctx.defer(buffer);
    ctx.defer(() => disable(dma));
    dma.Configuration.write({ enable: 1 });

    const copier = new MemoryCopier(ctx, dma, irq, buffer);
    ctx.inspect.policy = buffer.policy;
    ctx.serve(offer(Copier, () => ({ copy: (data) => copier.copy(data) })));
  },
});

/** Channels that are switched off at once lose what is in their FIFOs, which nobody wants. */
function disable(dma: ReturnType<typeof Pl080.on>): void {
  for (let i = 0; i < dma.Channel.length; i++) dma.Channel.at(i).Configuration.write({});
  dma.Configuration.write({});
  dma.IntTcClear.write({ channels: 0xff });
  dma.IntErrClr.write({ channels: 0xff });
}

class MemoryCopier {
  readonly #ctx: DriverContext;
  readonly #dma: ReturnType<typeof Pl080.on>;
  readonly #irq: IrqWaiter;
  readonly #buffer: DmaBuffer;
  /** There is one buffer: each copy waits for the one before. */
  #busy: Promise<unknown> = Promise.resolve();

  constructor(ctx: DriverContext, dma: ReturnType<typeof Pl080.on>, irq: IrqWaiter, buffer: DmaBuffer) {
    this.#ctx = ctx;
    this.#dma = dma;
    this.#irq = irq;
    this.#buffer = buffer;
  }

  copy(data: Uint8Array): Promise<Uint8Array> {
    const result = this.#busy.then(() => this.#copy(data));
    this.#busy = result.catch(() => undefined);
    return result;
  }

  /** The first half is in the channel's registers, the second in an item in memory, which the controller fetches by itself. */
  async #copy(data: Uint8Array): Promise<Uint8Array> {
    const { length } = data;
    if (length === 0) throw this.#ctx.error("INVALID_ARGS", "nothing to copy");
    const buffer = this.#buffer;
    const half = Math.ceil(length / 2);
    buffer.write(SOURCE, data);
    buffer.write(DESTINATION, new Uint8Array(length));
    buffer.write(ITEM, this.#item(half, length - half));

    buffer.cacheFlush(SOURCE, length);
    buffer.cacheFlush(ITEM, ITEM_SIZE);
    buffer.cacheFlushInvalidate(DESTINATION, length);
    await this.#transfer(half, length > half);
    buffer.cacheFlushInvalidate(DESTINATION, length);
    return buffer.read(DESTINATION, length);
  }

  /** A linked list item: source, destination, next item, control. */
  #item(from: number, count: number): Uint8Array {
    const { deviceAddress } = this.#buffer;
    const words = [
      deviceAddress + SOURCE + from,
      deviceAddress + DESTINATION + from,
      0,
      controlOf(count, true),
    ];
    const bytes = new Uint8Array(ITEM_SIZE);
    const view = new DataView(bytes.buffer);
    for (const [i, word] of words.entries()) view.setUint32(4 * i, word, true);
    return bytes;
  }

  async #transfer(count: number, hasItem: boolean): Promise<void> {
    const { deviceAddress } = this.#buffer;
    const dma = this.#dma;
    const channel = dma.Channel.at(CHANNEL);
    channel.SrcAddr.write(deviceAddress + SOURCE);
    channel.DestAddr.write(deviceAddress + DESTINATION);
    channel.Lli.write(hasItem ? deviceAddress + ITEM : 0);
    channel.Control.write(controlOf(count, !hasItem));
    channel.Configuration.write({
      enable: 1,
      flowControl: "memoryToMemory",
      errorInterrupt: 1,
      terminalCountInterrupt: 1,
    });
    await this.#irq.wait(SECOND, "the copy");
    const { channels: errors } = dma.IntErrorStatus.read();
    dma.IntErrClr.write({ channels: CHANNEL_BIT });
    dma.IntTcClear.write({ channels: CHANNEL_BIT });
    await this.#irq.ack();
    if ((errors & CHANNEL_BIT) !== 0) throw this.#ctx.error("IO", "the controller reports a bus error");
  }
}

/** Bytes, one after the other on both sides. */
function controlOf(count: number, isLast: boolean): number {
  return Control.encode({
    transferSize: count,
    sourceBurst: "sixteen",
    destinationBurst: "sixteen",
    sourceWidth: "byte",
    destinationWidth: "byte",
    sourceIncrement: 1,
    destinationIncrement: 1,
    interrupt: isLast ? 1 : 0,
  });
}

const { Control } = Pl080.layout.Channel.element;
