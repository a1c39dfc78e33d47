import { busDrivers } from "../bus/index.ts";
import type { Driver } from "../driver/define.ts";
import edu from "../drivers/edu.ts";

/** The drivers that come with Zirconia: board drivers, bus drivers, device drivers. */
export const builtinDrivers: readonly Driver[] = [...busDrivers, edu];
