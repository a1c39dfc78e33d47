import { EventStream } from "../events/events.ts";
import { DUMP_TOPICS, type DumpTopic, dump as dumpKernel } from "../inspect/dump.ts";
import { formatDump } from "../inspect/dump_tables.ts";
import { snapshot } from "../inspect/snapshot.ts";
import { isStatus } from "../zx/error.ts";
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from "./exit.ts";
import { parseSystemOptions, type SystemOptions, styleOf, withSystem } from "./with_system.ts";

export interface DumpOptions extends SystemOptions {
  readonly process?: string;
  readonly json?: boolean;
}

/** `zirconia dump`. Returns the exit status. */
export async function dump(topic: string, options: DumpOptions): Promise<number> {
  if (!isTopic(topic)) return fail(`no table ${topic}; there are: ${DUMP_TOPICS.join(", ")}`, EXIT_USAGE);
  const request = parseSystemOptions(options);
  if (typeof request === "string") return fail(request, EXIT_USAGE);
  return withSystem(request, new EventStream(), (system) => {
    try {
      const data = dumpKernel(system.kernel, topic, options.process);
      if (options.json) console.log(JSON.stringify(data, undefined, 2));
      else console.log(formatDump(topic, data, styleOf(process.stdout)));
    } catch (error) {
      if (isStatus(error, "NOT_FOUND")) return fail(error.detail, EXIT_FAILURE);
      throw error;
    }
    // What does not run has no memory to show: that is said, for the table does not.
    const failed = snapshot(system).nodes.filter(
      ({ driver, state }) => driver !== null && state !== "running",
    );
    for (const { moniker, driver, state, error } of failed)
      fail(`${moniker}: ${driver} is ${state}${error === null ? "" : `: ${error}`}`, EXIT_FAILURE);
    return failed.length === 0 ? EXIT_OK : EXIT_FAILURE;
  });
}

function isTopic(name: string): name is DumpTopic {
  return (DUMP_TOPICS as readonly string[]).includes(name);
}

function fail(message: string, status: number): number {
  console.error(`zirconia dump: ${message}`);
  return status;
}
