import { FIRST_HOSTS, HostThreads } from "../framework/worker_host/host_threads.ts";

/** What the threads of driver hosts run, by the drivers that they may be told to start: those that come with Zirconia, or files, too. */
const ENTRIES = { builtin: "./driver_host.js", files: "../cli/run_host.js" } as const;

/** The threads of a command's driver hosts, which start while the command itself is still to be loaded. */
export function startHostThreads(drivers: keyof typeof ENTRIES): HostThreads {
  const threads = new HostThreads({ entry: new URL(ENTRIES[drivers], import.meta.url) });
  threads.prepare(FIRST_HOSTS);
  return threads;
}
