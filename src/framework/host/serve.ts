/** The program of a driver host, whatever thread it runs in. */
import type { Driver } from "../../driver/define.ts";
import type { EventStream } from "../../events/events.ts";
import type { DriverStartArgs } from "../../fidl/fuchsia.driver.framework.ts";
import type { Binding } from "../../fidl/runtime/protocol.ts";
import { DriverHost, Driver as DriverProtocol, type RootResources } from "../../fidl/zirconia.driver.host.ts";
import type { Handle } from "../../zx/constants.ts";
import { isStatus, ZxError } from "../../zx/error.ts";
import type { ExceptionReport, Zx } from "../../zx/syscalls.ts";
import { BanjoTable } from "./banjo_table.ts";
import { DriverNews } from "./news.ts";
import { DriverSession } from "./session.ts";

export interface DriverHostParts {
  /** The system calls of the host's process. */
  readonly zx: Zx;
  /** What the process was started with: the server's end of `zirconia.driver.host/DriverHost`. */
  readonly channel: Handle;
  readonly events: EventStream;
  /** The driver of a URL; `binary` is where its module is, if that is known. Whoever cannot load it rejects. */
  readonly load: (url: string, binary: string | undefined) => Driver | Promise<Driver>;
  /**
   * Tells the kernel that the program cannot go on (`Kernel.raiseException`): a page fault that no driver catches. True if somebody
   * has handled it; otherwise the process is dead by then, or about to be.
   */
  readonly raise: (report: ExceptionReport) => Promise<boolean>;
}

/** Serves `zirconia.driver.host/DriverHost`, starting drivers as it is told, until the channel is closed. */
export function serveDriverHost(parts: DriverHostParts): Binding {
  const { zx, channel } = parts;
  const banjo = new BanjoTable();
  return DriverHost.serve(zx, channel, {
    start: (args, moniker, resources, driver) => {
      void serveDriver(parts, banjo, args, moniker, resources, driver);
    },
  });
}

/** Starts one driver and answers for it over `channel` (`zirconia.driver.host/Driver`) until it has stopped. Never rejects. */
async function serveDriver(
  { zx, events, load, raise }: DriverHostParts,
  banjo: BanjoTable,
  args: DriverStartArgs,
  moniker: string,
  resources: RootResources,
  channel: Handle,
): Promise<void> {
  const news = new DriverNews();
  let session: DriverSession | undefined;
  const binding = DriverProtocol.serve(zx, channel, {
    watch: () => news.watch(),
    stop: () => session?.stop(),
  });
  let driver: Driver;
  try {
    driver = await load(args.url ?? "", binaryOf(args));
    if (args.node === undefined) throw new ZxError("INVALID_ARGS", `${moniker}: a driver without a node`);
  } catch (error) {
    closeAll(zx, handlesOf(args, resources));
    news.failed(error);
    return;
  }
  session = new DriverSession({ zx, events, driver, moniker, args, resources, banjo, news, raise });
  await session.start();
  // The driver manager closes its end when it has been told that the driver did not start, or has stopped.
  await binding.closed;
  await session.stop();
}

function binaryOf({ program }: DriverStartArgs): string | undefined {
  const value = program?.entries?.find(({ key }) => key === "binary")?.value;
  return value?.kind === "str" ? value.str : undefined;
}

function handlesOf(args: DriverStartArgs, resources: RootResources): Handle[] {
  const { node, outgoingDir, config, nodeToken, vmar, incoming = [] } = args;
  const directories = incoming.map(({ directory }) => directory);
  return [node, outgoingDir, config, nodeToken, vmar, ...directories, ...Object.values(resources)].filter(
    (handle) => handle !== undefined,
  );
}

/** They are gone already if the process has ended while the driver was loaded. */
function closeAll(zx: Zx, handles: readonly Handle[]): void {
  try {
    zx.handleCloseMany(handles);
  } catch (error) {
    if (!isStatus(error, "BAD_STATE")) throw error;
  }
}
