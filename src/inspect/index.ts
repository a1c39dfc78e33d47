/** Looking at a system: snapshots as data, trees and traces as text. */
export * from "./snapshot.ts";
export * from "./style.ts";
export * from "./trace.ts";
export * from "./tree.ts";
