import * as nodeModule from "node:module";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import { load, reportTo, resolveSync } from "./module_hooks.ts";

/** Not in the types of Node 20. */
const { registerHooks } = nodeModule as { registerHooks?: (hooks: object) => void };

/**
 * Has this thread load drivers' files as `module_hooks.ts` says. The result gives the URLs of the modules with a tag that were loaded
 * since it was asked last.
 */
export function installHooks(): () => readonly string[] {
  const urls: string[] = [];
  if (registerHooks !== undefined) {
    reportTo((url) => urls.push(url));
    registerHooks({ resolve: resolveSync, load });
    return () => urls.splice(0);
  }
  const { port1, port2 } = new MessageChannel();
  nodeModule.register("./module_hooks.js", import.meta.url, { data: { port: port2 }, transferList: [port2] });
  port1.unref();
  return () => {
    for (let got = receiveMessageOnPort(port1); got !== undefined; got = receiveMessageOnPort(port1))
      urls.push(got.message as string);
    return urls.splice(0);
  };
}
