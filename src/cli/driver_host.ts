/** What the thread of a driver host runs that has only Zirconia's own drivers to start: in few files, it starts fast. */
import { runDriverHost } from "../framework/worker_host/host_program.ts";
import { builtinDriverModules } from "./builtin_driver_modules.ts";

// Not awaited here: V8 ends the whole process when a thread is ended while it evaluates a module that awaits something.
void runDriverHost(builtinDriverModules);
