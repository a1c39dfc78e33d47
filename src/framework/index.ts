/** The driver framework: boot a machine with drivers, look at its nodes, connect to what drivers serve. */
export { DriverIndex } from "./driver_index.ts";
export { DriverManager } from "./driver_manager.ts";
export type { Node, NodeState } from "./node.ts";
export { System, type SystemOptions } from "./system.ts";
