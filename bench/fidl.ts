/**
 * FIDL. Encoding and decoding of three real messages beside protobufjs and @bufbuild/protobuf with the same value, and a call of
 * GetBar with its reply through a kernel's channel, in one thread, beside a bare round trip over a MessageChannel.
 *
 * Encoding ends with the bytes as a transport takes them: a view of the encoder's memory here, of Node's pool in protobufjs. It
 * includes the checks that the wire format asks for; protobufjs makes those of them that it has in `verify`, which its manual
 * leaves to the caller, so that it is measured without and with it. Decoded bytes are copies here, and views of the message in the
 * other libraries.
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
import { protobufCases } from "./fidl_protobuf.ts";
import { median } from "./support.ts";

/** Rounds are short and every row runs once in each, so that what else the computer does falls on all rows alike. */
const ROUNDS = 61;
const ROUND_MS = 4;
const WARM_UP_MS = 50;
const CALLS = 200;
const WIDTH = 52;

/** How many times as fast as the others. */
const AIMS = { encode: 3, decode: 1 } as const;
/** Of a MessageChannel's round trip. */
const CALL_AIM = 1;

/** What another library does. */
interface Act {
  readonly label: string;
  readonly run: () => void;
}

/** One direction of a message: ours, and what it is measured against. */
interface Group {
  readonly title: string;
  readonly what: "encode" | "decode";
  readonly ours: () => void;
  readonly others: readonly Act[];
}

// What everything comes to, so that the engine cannot leave the work out.
let sum = 0;

export async function run(): Promise<void> {
  const groups = [getDevices, getBar, nodeAddArgs].flatMap((message) => codecGroups(message));
  for (const { ours, others } of groups) {
    for (const act of [ours, ...others.map(({ run }) => run)]) timeOf(act, WARM_UP_MS);
  }
  for (const group of groups) printGroup(group);
  if (sum === 0) throw new Error("nothing was encoded");
  await callRow();
}

function codecGroups<T>({ name, codec, value }: BenchMessage<T>): Group[] {
  const { bytes, handles, types } = encodeBody(codec, value);
  const infos = handles.map((handle, i) => ({ handle, type: types[i]!, rights: Rights.NONE }));
  const encode = () => {
    const encoder = acquireEncoder();
    encoder.body(codec, value);
    sum += encoder.bytes.length;
    releaseEncoder(encoder);
  };
  const decode = () => {
    const decoder = acquireDecoder();
    decoder.load(bytes, infos, undefined);
    if (decoder.body(codec, 0) !== undefined) sum++;
    releaseDecoder(decoder);
  };
  const cases = protobufCases(codec, value);
  const title = `${name} (${bytes.length} bytes)`;
  return [
    {
      title,
      what: "encode",
      ours: encode,
      others: cases.map(({ label, encode }) => {
        const run = () => {
          sum += encode().length;
        };
        return { label, run };
      }),
    },
    {
      title,
      what: "decode",
      ours: decode,
      others: cases.flatMap(({ label, decode }) => {
        if (decode === undefined) return [];
        const run = () => {
          if (decode() !== undefined) sum++;
        };
        return [{ label, run }];
      }),
    },
  ];
}

function printGroup({ title, what, ours, others }: Group): void {
  const speedups = others.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    const time = timeOf(ours, ROUND_MS);
    for (const [i, { run }] of others.entries()) speedups[i]!.push(timeOf(run, ROUND_MS) / time);
  }
  console.log(`${title}: ${what}`);
  for (const [i, { label }] of others.entries()) {
    const speedup = median(speedups[i]!).toFixed(2).padStart(6);
    console.log(`  ${speedup} times as fast as ${label.padEnd(28)}(aim: at least ${AIMS[what]})`);
  }
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
  const ratio = median(ratios).toFixed(2);
  console.log(`${title} ${ratio} x a MessageChannel round trip   (aim: at most ${CALL_AIM})`);
}

async function timeOfCalls(act: () => Promise<void>): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < CALLS; i++) await act();
  return performance.now() - start;
}
