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
const CALLS = 200;

export async function run(): Promise<void> {
  codecRow(getDevices);
  codecRow(getBar);
  codecRow(nodeAddArgs);
  await callRow();
}

/** What messages come to: so that the engine cannot leave the work out. */
let _sink = 0;

function codecRow<T>({ name, codec, value }: BenchMessage<T>): void {
  const { bytes, handles, types } = encodeBody(codec, value);
  const infos = handles.map((handle, i) => ({ handle, type: types[i]!, rights: Rights.NONE }));
  const text = JSON.stringify(value, forJson);
  const plain = JSON.parse(text);
  const rows = {
    encode() {
      const encoder = acquireEncoder();
      encoder.body(codec, value);
      _sink += encoder.length;
      releaseEncoder(encoder);
    },
    decode() {
      const decoder = acquireDecoder();
      decoder.load(bytes, infos, undefined);
      if (decoder.body(codec, 0) !== undefined) _sink++;
      releaseDecoder(decoder);
    },
    stringify() {
      _sink += JSON.stringify(plain).length;
    },
    parse() {
      if (JSON.parse(text) !== undefined) _sink++;
    },
  };
  const times = Object.fromEntries(Object.keys(rows).map((key) => [key, [] as number[]]));
  for (const act of Object.values(rows)) timeOf(act, 10 * ROUND_MS);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [key, act] of Object.entries(rows)) times[key]!.push(timeOf(act, ROUND_MS));
  }
  const title = `${name} (${bytes.length} bytes; ${text.length} as JSON)`;
  console.log(`${title.padEnd(52)} encode ${ratio(times.encode!, times.stringify!)} x JSON.stringify`);
  console.log(`${"".padEnd(52)} decode ${ratio(times.decode!, times.parse!)} x JSON.parse`);
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
  const rows = {
    async "GetBar, a VMO in the reply"() {
      const { result } = await client.getBar(0);
      if (result.kind === "vmo") zx.handleClose(result.vmo);
    },
    "MessageChannel round trip"() {
      return new Promise<void>((resolve) => {
        answered = resolve;
        port1.postMessage(0);
      });
    },
  };
  const times = new Map(Object.keys(rows).map((name) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, act] of Object.entries(rows)) {
      const start = performance.now();
      for (let i = 0; i < CALLS; i++) await act();
      times.get(name)!.push(performance.now() - start);
    }
  }
  port1.close();
  client.close();
  await binding.closed;
  const [call, bare] = [...times.values()];
  console.log(
    `${"GetBar call and reply, a VMO in it, one thread".padEnd(52)} ${ratio(call!, bare!)} x a MessageChannel round trip`,
  );
}

function ratio(times: readonly number[], baseline: readonly number[]): string {
  return median(times.map((time, i) => time / baseline[i]!)).toFixed(2);
}
