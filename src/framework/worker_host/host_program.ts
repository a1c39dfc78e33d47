/** The program of a driver host in a thread of its own. */
import type { Driver } from "../../driver/define.ts";
import { becomeProcess } from "../../remote/node/become_process.ts";
import type { Handle } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { serveDriverHost } from "../host/serve.ts";

/** What a thread is told when it becomes a driver host. */
export interface HostPayload {
  /** The server's end of `zirconia.driver.host/DriverHost`. */
  readonly channel: Handle;
}

/** Drivers that come with the host, by URL. */
export type BuiltInDrivers = Readonly<Record<string, () => Promise<{ readonly default: Driver }>>>;

/** Waits until this thread becomes a process, and serves as its driver host. */
export async function runDriverHost(builtIn: BuiltInDrivers = {}): Promise<void> {
  const { zx, events, payload, keepBusy, raise } = await becomeProcess();
  const { channel } = payload as HostPayload;
  const load = async (url: string, binary: string | undefined): Promise<Driver> => {
    // A module takes the time that it takes to be read, none of it the machine's.
    const done = keepBusy();
    try {
      return await loadDriver(url, binary, builtIn);
    } finally {
      done();
    }
  };
  serveDriverHost({ zx, channel, events, load, raise });
}

async function loadDriver(url: string, binary: string | undefined, builtIn: BuiltInDrivers): Promise<Driver> {
  if (binary !== undefined) return driverIn(binary, await import(binary));
  if (Object.hasOwn(builtIn, url)) return (await builtIn[url]!()).default;
  throw new ZxError(
    "NOT_FOUND",
    `${url} cannot be loaded in a driver host of its own: it does not say in which module it is (\`binary\`)`,
  );
}

function driverIn(binary: string, module: { readonly default?: unknown }): Driver {
  const driver = module.default as Partial<Driver> | undefined;
  if (typeof driver?.start === "function" && typeof driver.url === "string") return driver as Driver;
  throw new ZxError("INVALID_ARGS", `${binary} does not export a driver by default (see defineDriver)`);
}
