/** What the thread of a driver host runs that has only Zirconia's own drivers to start: with them in few files, it starts fast. */
import { runDriverHost } from "../framework/worker_host/host_program.ts";
import { builtinDrivers } from "./builtin_drivers.ts";

// Not awaited here: V8 ends the whole process when a thread is ended while it evaluates a module that awaits something.
void runDriverHost(
  Object.fromEntries(builtinDrivers.map((driver) => [driver.url, async () => ({ default: driver })])),
);
