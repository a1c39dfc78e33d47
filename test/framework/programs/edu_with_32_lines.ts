/** The edu driver for a device that was made with `dma_mask=0xffffffff`. */
import { eduDriver } from "../../../src/drivers/edu.ts";

export default eduDriver({ addressLines: 32 });
