import { busDrivers } from "../bus/index.ts";
import type { Driver } from "../driver/define.ts";
import crcEngine from "../drivers/crc_engine.ts";
import edu from "../drivers/edu.ts";
import pl011 from "../drivers/pl011.ts";
import pl031 from "../drivers/pl031.ts";
import pl061 from "../drivers/pl061.ts";
import pl080 from "../drivers/pl080.ts";

/** Drivers of devices. */
export const deviceDrivers: readonly Driver[] = [crcEngine, edu, pl011, pl031, pl061, pl080];

/** The drivers that come with Zirconia: board drivers, bus drivers, device drivers. */
export const builtinDrivers: readonly Driver[] = [...busDrivers, ...deviceDrivers];
