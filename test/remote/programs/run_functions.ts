/** A process in a thread that runs whatever functions a test sends it. */
import { BroadcastChannel } from "node:worker_threads";
import { DmaBuffer } from "../../../src/driver/dma_buffer.ts";
import { MmioBuffer } from "../../../src/mmio/mmio_buffer.ts";
import * as registers from "../../../src/registers/index.ts";
import { becomeProcess, type ProcessInThread } from "../../../src/remote/node/become_process.ts";
import * as constants from "../../../src/zx/constants.ts";
import { ZxError } from "../../../src/zx/error.ts";
import { surveyStatuses } from "../../support/status_survey.ts";

const kept: Record<string, unknown> = {};
const library = { constants, registers, ZxError, MmioBuffer, DmaBuffer, surveyStatuses, kept };

/** What a function of a test is given; `kept` is for the next one. */
export type Context = ProcessInThread & typeof library;

export interface Order {
  readonly id: number;
  readonly text: string;
  readonly args: readonly unknown[];
}

export interface Outcome {
  readonly id: number;
  readonly result?: unknown;
  readonly failure?: { readonly status?: number; readonly detail: string; readonly outputs?: object };
}

void becomeProcess().then((remote) => {
  const context = { ...remote, ...library };
  const test = new BroadcastChannel(remote.payload as string);
  test.onmessage = async (message) => {
    test.postMessage(await outcome((message as { data: Order }).data, context));
  };
  test.postMessage({ id: 0 } satisfies Outcome);
});

async function outcome({ id, text, args }: Order, context: Context): Promise<Outcome> {
  try {
    const run = new Function(`return (${text})`)() as (context: Context, ...args: unknown[]) => unknown;
    return { id, result: await run(context, ...args) };
  } catch (error) {
    if (!(error instanceof ZxError)) return { id, failure: { detail: String(error) } };
    const { status, detail, outputs } = error;
    return { id, failure: { status, detail, outputs } };
  }
}
