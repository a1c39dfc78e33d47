/** The vocabulary: statuses, rights, constants, the system calls of a process. */
export * from "./constants.ts";
export * from "./error.ts";
export * from "./memory.ts";
export * from "./pages.ts";
export * from "./rights.ts";
export * from "./status.ts";
export type * from "./syscalls.ts";
