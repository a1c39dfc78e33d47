/** Looking at a system: snapshots and dumps as data, trees, tables and traces as text. */
export * from "./dump.ts";
export * from "./dump_tables.ts";
export * from "./snapshot.ts";
export * from "./style.ts";
export * from "./trace.ts";
export * from "./tree.ts";
