/** What the thread of a driver host runs that may be told to run drivers' own files. */

import { runDriverHost } from "../framework/worker_host/host_program.ts";
import { builtinDriverModules } from "./builtin_driver_modules.ts";
import { installHooks } from "./install_hooks.ts";

installHooks();
// Not awaited here: V8 ends the whole process when a thread is ended while it evaluates a module that awaits something.
void runDriverHost(builtinDriverModules);
