import fc from "fast-check";
import { expect, test } from "vitest";
import {
  createProcess,
  Echo,
  encodeRequest,
  expectZxError,
  isPeerClosed,
  methodOf,
  settle,
} from "./support.ts";

test("whatever comes over a channel, with handles, leaves no handle open and no client waiting", async () => {
  const zx = await createProcess();
  const body = fc.uint8Array({ maxLength: 64 });
  const header = fc.constantFrom("Echo", "Take", "Give", "EchoStrictly", undefined);
  await fc.assert(
    fc.asyncProperty(body, header, fc.boolean(), fc.nat({ max: 3 }), async (bytes, name, toServer, count) => {
      const prefix =
        name === undefined ? [] : encodeRequest(methodOf(Echo, name), 1, undefined).bytes.subarray(0, 16);
      const [channel, other] = zx.channelCreate();
      const pairs = Array.from({ length: count }, () => zx.channelCreate());
      const held: number[] = [];
      let call: Promise<unknown> = Promise.resolve();
      let end: () => void;
      if (toServer) {
        const binding = Echo.serve(zx, other, {
          echo: (value) => value,
          echoStrictly: (value) => value,
          take: (taken) => void held.push(taken),
          give: () => new Promise<never>(() => {}),
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
      for (const each of held) zx.handleClose(each);
      for (const [mine] of pairs) {
        expect(await isPeerClosed(zx, mine)).toBe(true);
        zx.handleClose(mine);
      }
      expect(await isPeerClosed(zx, channel)).toBe(true);
      zx.handleClose(channel);
    }),
    { numRuns: 300 },
  );
});
