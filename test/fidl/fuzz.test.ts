import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Device as Pci } from "../../src/fidl/fuchsia.hardware.pci.ts";
import { FidlError } from "../../src/fidl/runtime/errors.ts";
import {
  decodeHeader,
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
} from "../../src/fidl/runtime/message.ts";
import type { Method } from "../../src/fidl/runtime/protocol.ts";
import { Device as Edu } from "../../src/fidl/zirconia.edu.ts";
import { ObjectType } from "../../src/zx/constants.ts";
import { ZxError } from "../../src/zx/error.ts";
import type { HandleInfo } from "../../src/zx/syscalls.ts";
import { createProcess, Echo, isPeerClosed, methodOf, settle } from "./support.ts";

const u8 = fc.nat({ max: 0xff });
const u16 = fc.nat({ max: 0xffff });
const u32 = fc.nat({ max: 0xffff_ffff });
const size = fc.maxSafeNat();
const handle = fc.integer({ min: 1, max: 0x7fff_ffff });
const data = fc.uint8Array({ maxLength: 200 });

/** Every method with values for its request and its response. */
const messages: [string, Method<unknown, unknown>, fc.Arbitrary<unknown>, fc.Arbitrary<unknown>][] = [
  ["GetDeviceInfo", methodOf(Pci, "GetDeviceInfo"), none(), fc.record({ info: deviceInfo() })],
  ["GetBar", methodOf(Pci, "GetBar"), fc.record({ barId: u32 }), fc.record({ result: bar() })],
  ["SetBusMastering", methodOf(Pci, "SetBusMastering"), fc.record({ enabled: fc.boolean() }), none()],
  [
    "MapInterrupt",
    methodOf(Pci, "MapInterrupt"),
    fc.record({ whichIrq: u32 }),
    fc.record({ interrupt: handle }),
  ],
  [
    "GetInterruptModes",
    methodOf(Pci, "GetInterruptModes"),
    none(),
    fc.record({ modes: fc.record({ hasLegacy: fc.boolean(), msiCount: u8, msixCount: u16 }) }),
  ],
  [
    "SetInterruptMode",
    methodOf(Pci, "SetInterruptMode"),
    fc.record({ mode: u8, requestedIrqCount: u32 }),
    none(),
  ],
  ["WriteConfig16", methodOf(Pci, "WriteConfig16"), fc.record({ offset: u16, value: u16 }), none()],
  [
    "GetCapabilities",
    methodOf(Pci, "GetCapabilities"),
    fc.record({ id: u8 }),
    fc.record({ offsets: fc.uint8Array({ maxLength: 32 }) }),
  ],
  [
    "GetExtendedCapabilities",
    methodOf(Pci, "GetExtendedCapabilities"),
    fc.record({ id: u16 }),
    fc.record({ offsets: fc.array(u16, { maxLength: 32 }) }),
  ],
  ["DmaRoundTrip", methodOf(Edu, "DmaRoundTrip"), fc.record({ data }), fc.record({ data })],
];

function none(): fc.Arbitrary<undefined> {
  return fc.constant(undefined);
}

function deviceInfo() {
  const ids = { vendorId: u16, deviceId: u16, baseClass: u8, subClass: u8, programInterface: u8 };
  return fc.record({ ...ids, revisionId: u8, busId: u8, devId: u8, funcId: u8 });
}

function bar() {
  const io = fc.record({ kind: fc.constant("io"), io: fc.record({ address: size, resource: handle }) });
  const vmo = fc.record({ kind: fc.constant("vmo"), vmo: handle });
  return fc.record({ barId: u32, size, result: fc.oneof(io, vmo) });
}

/** What arrives for the handles of GetBar and MapInterrupt. */
function typed(method: Method<unknown, unknown>, value: unknown, handles: readonly number[]): HandleInfo[] {
  const isIo = JSON.stringify(value)?.includes('"io"') ?? false;
  const type = method.name.endsWith("MapInterrupt")
    ? ObjectType.INTERRUPT
    : isIo
      ? ObjectType.RESOURCE
      : ObjectType.VMO;
  return handles.map((each) => ({ handle: each, type, rights: 0 }));
}

describe.each(messages)("%s", (_, method, request, response) => {
  test("what is encoded is decoded as it was", () => {
    fc.assert(
      fc.property(request, response, fc.integer({ min: -80, max: -1 }), (asked, answered, status) => {
        const sent = encodeRequest(method, 1, asked);
        expect(sent.error).toBeUndefined();
        expect(decodeRequest(method, sent.bytes, []).value).toEqual(asked);
        const back = encodeResponse(method, 1, { response: answered });
        expect(back.error).toBeUndefined();
        const handles = typed(method, answered, back.handles);
        expect(decodeResponse(method, back.bytes, handles).value).toEqual({ response: answered });
        if (!method.error) return;
        const failure = encodeResponse(method, 1, { error: status });
        expect(decodeResponse(method, failure.bytes, []).value).toEqual({ error: status });
      }),
    );
  });

  test("damaged bytes are refused, or are the one encoding of another value", () => {
    const damage = fc.array(fc.tuple(fc.nat({ max: 300 }), u8), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(
        request,
        response,
        damage,
        fc.integer({ min: -16, max: 16 }),
        (asked, answered, changes, growth) => {
          const sent = encodeRequest(method, 1, asked);
          const bytes = damaged(sent.bytes, changes, growth);
          refusedOr(() => {
            const { value } = decodeRequest(method, bytes, []);
            expect(encodeRequest(method, 1, value).bytes.subarray(16)).toEqual(bytes.subarray(16));
          });
          const back = encodeResponse(method, 1, { response: answered });
          const answer = damaged(back.bytes, changes, growth);
          refusedOr(() => {
            const { value } = decodeResponse(method, answer, typed(method, answered, back.handles));
            if (JSON.stringify(value, (_, v) => (typeof v === "bigint" ? "" : v)).includes('"unknown"'))
              return;
            expect(encodeResponse(method, 1, value).bytes.subarray(16)).toEqual(answer.subarray(16));
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("any bytes", () => {
  test("are refused or understood by every decoder", () => {
    const anything = fc.uint8Array({ maxLength: 120 });
    fc.assert(
      fc.property(anything, fc.array(u8, { maxLength: 4 }), (bytes, types) => {
        const handles = types.map((type, i) => ({ handle: i * 4 + 3, type, rights: 0 }));
        refusedOr(() => decodeHeader(bytes));
        const message = new Uint8Array([...new Uint8Array(16), ...bytes]);
        for (const [, method] of messages) {
          refusedOr(() => decodeRequest(method, message, handles));
          refusedOr(() => decodeResponse(method, message, handles));
        }
      }),
    );
  });

  test("that come over a channel, with handles, leave no handle open and no client waiting", async () => {
    const zx = await createProcess();
    const body = fc.uint8Array({ maxLength: 64 });
    const header = fc.constantFrom("Echo", "Take", "Give", "EchoStrictly", undefined);
    await fc.assert(
      fc.asyncProperty(
        body,
        header,
        fc.boolean(),
        fc.nat({ max: 3 }),
        async (bytes, name, toServer, count) => {
          const prefix =
            name === undefined
              ? []
              : encodeRequest({ ...methodOf(Echo, name), request: undefined }, 1, undefined).bytes;
          const [channel, other] = zx.channelCreate();
          const pairs = Array.from({ length: count }, () => zx.channelCreate());
          const held: number[] = [];
          const closeAll = () => {
            for (const each of held.splice(0)) zx.handleClose(each);
          };
          let call: Promise<unknown> = Promise.resolve();
          let end: () => void;
          if (toServer) {
            const never = () => new Promise<never>(() => {});
            const binding = Echo.serve(zx, other, {
              echo: (value) => value,
              echoStrictly: (value) => value,
              take: (taken) => void held.push(taken),
              give: never,
            });
            end = () => binding.close();
          } else {
            const client = Echo.client(zx, other);
            call = client.give().then((given) => held.push(given), expectZxError);
            end = () => client.close();
          }
          zx.channelWrite(
            channel,
            new Uint8Array([...prefix, ...bytes]),
            pairs.map(([, theirs]) => theirs),
          );
          await settle();
          end();
          await call;
          closeAll();
          for (const [mine] of pairs) {
            expect(await isPeerClosed(zx, mine)).toBe(true);
            zx.handleClose(mine);
          }
          expect(await isPeerClosed(zx, channel)).toBe(true);
          zx.handleClose(channel);
        },
      ),
      { numRuns: 300 },
    );
  });
});

function damaged(bytes: Uint8Array, changes: [number, number][], growth: number): Uint8Array {
  const result = new Uint8Array(Math.max(16, bytes.length + (growth % 3 === 0 ? growth : 0)));
  result.set(bytes.subarray(0, result.length));
  for (const [at, value] of changes) if (result.length > 16) result[16 + (at % (result.length - 16))] = value;
  return result;
}

function refusedOr(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof FidlError)) throw error;
  }
}

function expectZxError(error: unknown): void {
  expect(error).toBeInstanceOf(ZxError);
}
