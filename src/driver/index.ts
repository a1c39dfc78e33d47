/** What a driver author imports. */
export type * from "./context.ts";
export * from "./define.ts";
export { DmaBuffer } from "./dma_buffer.ts";
export { IrqWaiter } from "./irq_waiter.ts";
export type * from "./node.ts";
export * from "./offer.ts";
export { PDev, type PDevMmioOptions } from "./pdev.ts";
