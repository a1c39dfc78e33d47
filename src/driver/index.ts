/** What a driver author imports. */
export type * from "./context.ts";
export * from "./define.ts";
export { DmaBuffer } from "./dma_buffer.ts";
export { IrqWaiter } from "./irq_waiter.ts";
export * from "./offer.ts";
