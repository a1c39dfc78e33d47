/** Ends of channels whose other end is a test, over a kernel that is new for each test. */
import { beforeEach } from "vitest";
import { type ConnectionOptions, createEndpoints, type Openness } from "../../../src/fidl/runtime/index.ts";
import type { Handle } from "../../../src/zx/constants.ts";
import type { Zx } from "../../../src/zx/syscalls.ts";
import { createProcess, encodeRequest, fromHex, isPeerClosed, settle, withOrdinal } from "./support.ts";
import {
  FLEXIBLE_EMPTY,
  RecordingServer,
  STRICT_EMPTY,
  Target,
  type TargetServer,
  targetOf,
} from "./target.ts";

export let zx: Zx;
beforeEach(async () => {
  zx = await createProcess();
});

export const UNKNOWN = 0x7777n;
export const opennesses: Openness[] = ["closed", "ajar", "open"];

/** A message with a header of these parts and this body. */
export function message(txid: number, ordinal: bigint, flexible: boolean, body = ""): Uint8Array {
  const bytes = encodeRequest(flexible ? FLEXIBLE_EMPTY : STRICT_EMPTY, txid, undefined).bytes;
  return withOrdinal(new Uint8Array([...bytes, ...fromHex(body)]), ordinal);
}

export function bareServer(openness: Openness = "open", options?: ConnectionOptions) {
  const ends = createEndpoints(zx, Target);
  return { client: targetOf(openness).client(zx, ends.client, options), channel: ends.server };
}

export function bareClient(openness: Openness = "open", options?: ConnectionOptions) {
  const ends = createEndpoints(zx, Target);
  const server = new RecordingServer();
  const binding = targetOf(openness).serve(zx, ends.server, server, options);
  return { server, binding, channel: ends.client };
}

export function connected(server: TargetServer = new RecordingServer()) {
  const ends = createEndpoints(zx, Target);
  return { client: Target.client(zx, ends.client), binding: Target.serve(zx, ends.server, server) };
}

/** A handle to send, and how to see that whoever had it has closed it. */
export function probe() {
  const [mine, sent] = zx.channelCreate();
  return { sent, isClosed: () => isPeerClosed(zx, mine) };
}

export async function readBytes(channel: Handle): Promise<Uint8Array> {
  await settle();
  return zx.channelRead(channel).bytes;
}
