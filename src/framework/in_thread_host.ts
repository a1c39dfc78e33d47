import type { Driver } from "../driver/define.ts";
import { DriverHost as DriverHostProtocol } from "../fidl/zirconia.driver.host.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { TaskReturnCode } from "../kernel/object/job_dispatcher.ts";
import type { ProcessEnd } from "../kernel/object/process_dispatcher.ts";
import type { DriverHost, DriverHostFactory, HostEnd } from "./driver_host.ts";
import { serveDriverHost } from "./host/serve.ts";

/** Driver hosts whose drivers run in the kernel's own thread: for debugging, browsers, and speed against models. */
export class InThreadHosts implements DriverHostFactory {
  readonly #kernel: Kernel;
  readonly #load: (url: string) => Driver;

  /** `load`: the driver of a URL; NOT_FOUND. */
  constructor(kernel: Kernel, load: (url: string) => Driver) {
    this.#kernel = kernel;
    this.#load = load;
  }

  create(name: string): DriverHost {
    const kernel = this.#kernel;
    const { zx, job } = kernel.root;
    const { process, rootVmar } = zx.processCreate(job, name);
    const processKoid = zx.objectGetInfo(process, "HANDLE_BASIC").koid;
    const [managerEnd, hostEnd] = zx.channelCreate();
    zx.processStart(process, hostEnd);
    serveDriverHost({
      zx: kernel.zxOf(processKoid),
      channel: kernel.takeStartHandle(processKoid),
      events: kernel.events,
      load: this.#load,
      raise: (report) => kernel.raiseException(processKoid, report),
    });
    const client = DriverHostProtocol.client(zx, managerEnd);
    let destroyed = false;
    const ended = new Promise<HostEnd>((resolve) => {
      kernel.process(processKoid).onDeath((end) => resolve(endOf(end, destroyed)));
    });
    return {
      name,
      kind: "in-thread",
      processKoid,
      rootVmar,
      client,
      ended,
      destroy() {
        if (destroyed) return;
        destroyed = true;
        zx.taskKill(process);
        client.close();
        zx.handleCloseMany([process, rootVmar]);
      },
    };
  }
}

function endOf({ returnCode, reason }: ProcessEnd, destroyed: boolean): HostEnd {
  const isException =
    returnCode === TaskReturnCode.EXCEPTION_KILL || returnCode === TaskReturnCode.POLICY_KILL;
  const message = reason ?? `the process was killed (${returnCode})`;
  if (destroyed) return { reason: "destroyed", message: "the driver manager has destroyed it" };
  return { reason: isException ? "exception" : "killed", message };
}
