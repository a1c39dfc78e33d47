/** What the thread of a driver host runs. */
import { runDriverHost } from "./host_program.ts";

// Not awaited here: V8 ends the whole process when a thread is ended while it evaluates a module that awaits something.
void runDriverHost();
