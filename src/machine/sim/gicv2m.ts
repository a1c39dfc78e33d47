/** The other side of a GICv2m frame on sim: what devices write to it becomes edges on interrupt lines. */
import { GicV2m, type GicV2mFrame } from "../gicv2m.ts";
import type { MsiBlock, PhysicalRange } from "../machine.ts";
import type { InterruptLines } from "./interrupts.ts";
import type { Log } from "./log.ts";
import type { MsiController } from "./msi.ts";

/** Of the data of a message: its INTID. */
const INTID_MASK = 0x3ff;

export class SimGicV2m implements MsiController {
  readonly messages: PhysicalRange;
  readonly #blocks: GicV2m;
  readonly #lines: ReadonlyMap<number, (level: boolean) => void>;
  readonly #log: Log;

  constructor(frame: GicV2mFrame, interrupts: InterruptLines, log: Log) {
    this.#blocks = new GicV2m(frame, interrupts);
    this.messages = { base: this.#blocks.address, size: 4 };
    const intids = Array.from({ length: frame.count }, (_, i) => frame.firstIntid + i);
    this.#lines = new Map(intids.map((intid) => [intid, interrupts.source(intid)]));
    this.#log = log;
  }

  allocate(count: number): MsiBlock {
    return this.#blocks.allocate(count);
  }

  signal(address: number, data: number): void {
    const line = this.#lines.get(data & INTID_MASK);
    if (line === undefined) {
      this.#log(
        "msi",
        "warning",
        `message 0x${data.toString(16)} to 0x${address.toString(16)}: the frame has no such INTID`,
      );
      return;
    }
    line(true);
    line(false);
  }
}
