/**
 * FIDL. Encoding and decoding of three real messages beside JSON's of the same values, and a call of GetBar with its reply
 * through a kernel's channel, in one thread, beside a bare round trip over a MessageChannel.
 */
import { createSimX64 } from "../src/boards/sim_x64.ts";
import { Device, type DeviceServer } from "../src/fidl/fuchsia.hardware.pci.ts";
import {
  acquireDecoder,
  acquireEncoder,
  encodeBody,
  releaseDecoder,
  releaseEncoder,
} from "../src/fidl/runtime/index.ts";
import { Kernel } from "../src/kernel/kernel.ts";
import { PAGE_SIZE } from "../src/zx/pages.ts";
import { Rights } from "../src/zx/rights.ts";
import { type BenchMessage, getBar, getDevices, nodeAddArgs } from "./fidl_messages.ts";
import { median } from "./support.ts";

/** Rounds are short and every row runs once in each, so that what else the computer does falls on all rows alike. */
const ROUNDS = 101;
const ROUND_MS = 5;
const WARM_UP_MS = 50;
const CALLS = 200;
const WIDTH = 52;

export async function run(): Promise<void> {
  codecRow(getDevices);
  codecRow(getBar);
  codecRow(nodeAddArgs);
  await callRow();
}

function codecRow<T>({ name, codec, value }: BenchMessage<T>): void {
  const { bytes, handles, types } = encodeBody(codec, value);
  const infos = handles.map((handle, i) => ({ handle, type: types[i]!, rights: Rights.NONE }));
  const text = JSON.stringify(value, forJson);
  const plain: unknown = JSON.parse(text);
  // What everything comes to is looked at in the end, so that the engine cannot leave the work out.
  let sum = 0;
  const encode = () => {
    const encoder = acquireEncoder();
    encoder.body(codec, value);
    sum += encoder.length;
    releaseEncoder(encoder);
  };
  const decode = () => {
    const decoder = acquireDecoder();
    decoder.load(bytes, infos, undefined);
    if (decoder.body(codec, 0) !== undefined) sum++;
    releaseDecoder(decoder);
  };
  const stringify = () => {
    sum += JSON.stringify(plain).length;
  };
  const parse = () => {
    if (JSON.parse(text) !== undefined) sum++;
  };
  const title = `${name} (${bytes.length} bytes; ${text.length} as JSON)`.padEnd(WIDTH);
  console.log(`${title} encode ${ratio(encode, stringify)} x JSON.stringify`);
  console.log(`${"".padEnd(WIDTH)} decode ${ratio(decode, parse)} x JSON.parse`);
  if (sum === 0) throw new Error(`${name}: nothing was encoded`);
}

/** What `act` takes, beside `baseline`. */
function ratio(act: () => void, baseline: () => void): string {
  for (const each of [act, baseline]) timeOf(each, WARM_UP_MS);
  const ratios = Array.from({ length: ROUNDS }, () => timeOf(act, ROUND_MS) / timeOf(baseline, ROUND_MS));
  return median(ratios).toFixed(2);
}

/** JSON has no 64-bit integers, and bytes only as a list. */
function forJson(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  return value instanceof Uint8Array ? [...value] : value;
}

/** Milliseconds that one takes. */
function timeOf(act: () => void, forMs: number): number {
  let count = 0;
  const start = performance.now();
  let end: number;
  do {
    for (let i = 0; i < 20; i++) act();
    count += 20;
    end = performance.now();
  } while (end - start < forMs);
  return (end - start) / count;
}

async function callRow(): Promise<void> {
  const kernel = await Kernel.create({ machine: createSimX64(), addressSpace: "portable" });
  const { zx } = kernel.root;
  const vmo = zx.vmoCreate(PAGE_SIZE, 0);
  const [near, far] = zx.channelCreate();
  const server: Pick<DeviceServer, "getBar"> = {
    getBar: (barId) => ({
      barId,
      size: 0x2_0000n,
      result: { kind: "vmo", vmo: zx.handleDuplicate(vmo, Rights.SAME_RIGHTS) },
    }),
  };
  const binding = Device.serve(zx, far, server as DeviceServer);
  const client = Device.client(zx, near);
  const { port1, port2 } = new MessageChannel();
  let answered = () => {};
  port2.onmessage = ({ data }) => port2.postMessage(data);
  port1.onmessage = () => answered();
  const call = async () => {
    const { result } = await client.getBar(0);
    if (result.kind === "vmo") zx.handleClose(result.vmo);
  };
  const roundTrip = () =>
    new Promise<void>((resolve) => {
      answered = resolve;
      port1.postMessage(0);
    });
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++)
    ratios.push((await timeOfCalls(call)) / (await timeOfCalls(roundTrip)));
  port1.close();
  client.close();
  await binding.closed;
  const title = "GetBar call and reply, a VMO in it, one thread".padEnd(WIDTH);
  console.log(`${title} ${median(ratios).toFixed(2)} x a MessageChannel round trip`);
}

async function timeOfCalls(act: () => Promise<void>): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < CALLS; i++) await act();
  return performance.now() - start;
}
