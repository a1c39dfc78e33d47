import * as nodeModule from "node:module";
import type { MessagePort } from "node:worker_threads";
import { load, reportTo, resolveSync } from "./module_hooks.ts";

/** Not in the types of Node 20. */
const { registerHooks } = nodeModule as { registerHooks?: (hooks: object) => void };

/**
 * Has this thread load drivers' files as `module_hooks.ts` says; once in a thread. `report` is sent the URLs of the modules with a tag,
 * each before it is loaded.
 */
export function installHooks(report?: MessagePort): void {
  if (registerHooks !== undefined) {
    if (report !== undefined) reportTo((url) => report.postMessage(url));
    registerHooks({ resolve: resolveSync, load });
    return;
  }
  const transferList = report === undefined ? [] : [report];
  nodeModule.register("./module_hooks.js", import.meta.url, { data: { report }, transferList });
}
