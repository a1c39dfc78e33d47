/** The driver framework: boot a machine with drivers, look at its nodes, connect to what drivers serve. */
export type { CompositeState } from "./composite/specs.ts";
export type { DriverHost, DriverHostFactory, HostEnd, HostEndReason } from "./driver_host.ts";
export { DriverIndex } from "./driver_index.ts";
export { DriverManager } from "./driver_manager.ts";
export { type DriverHostParts, serveDriverHost } from "./host/serve.ts";
export { InThreadHosts } from "./in_thread_host.ts";
export type { Node, NodeOwner, NodeState } from "./node.ts";
export type { RestartPolicy } from "./restart_policy.ts";
export type { MappedMemory, RunningDriver } from "./running_driver.ts";
export { System, type SystemOptions } from "./system.ts";
