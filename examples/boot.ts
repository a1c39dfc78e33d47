import { busDrivers } from "zirconia/bus";
import { System } from "zirconia/framework";
import { formatTree, snapshot } from "zirconia/inspect";
import { createSimX64 } from "zirconia/machine/sim";
import edu from "./edu.ts";

const machine = createSimX64({ devices: ["edu"] }); // or: await createQemuQ35({ devices: ["edu"] }) of zirconia/machine/qemu
const system = await System.boot({ machine, drivers: [...busDrivers, edu] });
console.log(formatTree(snapshot(system)));
await system.stop();
