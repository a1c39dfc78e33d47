/** A process in a thread whose program runs out of stack, wherever it is at that moment. */
import { expect, test } from "vitest";
import { FakeDevice } from "../support/fake_machine.ts";
import { onBothKernels } from "../support/kernel.ts";
import { RemoteProcess } from "../support/remote_process.ts";

const BAR = 0xfe00_0000;
const BAR_SIZE = 0x4000;

onBothKernels("a process in a thread that runs out of stack in the middle", (get) => {
  /** Dives to the end of the stack, in frames of different sizes, and does `act` on the way back up until it works. */
  async function overflow(what: string, seed: number): Promise<void> {
    const { machine, zx, root, kernel } = get();
    machine.addDevice(BAR, BAR_SIZE, "device", new FakeDevice(BAR_SIZE));
    const [mine, theirs] = zx.channelCreate();
    const remote = await RemoteProcess.start(kernel, { deadline: 20_000 });
    const [vmo, channel] = remote.give(zx.vmoCreatePhysical(root.mmio, BAR, BAR_SIZE), theirs);
    const overflows = await remote.run(
      async ({ zx, MmioBuffer, registers: { registers, r32 } }, what, seed, vmo, channel) => {
        const mmio = MmioBuffer.create(zx, { vmo });
        const event = zx.eventCreate(0);
        const bytes = new Uint8Array(200_000);
        const big = zx.vmoCreate(bytes.length, 0);
        const waits: Promise<unknown>[] = [];
        let number = 0;
        const acts: Record<string, () => void> = {
          call: () => zx.objectSignal(event, 0, 8),
          "call of many pieces": () => zx.vmoWrite(big, bytes, 0),
          "call with an answer of many pieces": () => zx.vmoRead(big, bytes, 0),
          read: () => mmio.read32(0x10),
          write: () => mmio.write32(0x10, ++number),
          wait: () => {
            const wait = zx.objectWaitOne(event, 8, 1e18);
            waits.push(wait);
            wait.catch(() => {});
          },
          post: () => zx.channelWritePosted!(channel, new Uint8Array(Uint32Array.of(++number).buffer)),
          declaration: () => registers("device", { Status: r32(0x10) }).on(mmio),
          window: () => {
            const at = zx.vmarMap(zx.vmarRootSelf, 3, 0, big, 0, 4096);
            const window = zx.memory.window(at, 4, () => {});
            zx.vmarUnmap(zx.vmarRootSelf, at, 4096);
            zx.memory.release(window);
          },
        };
        let state = seed;
        const random = () => {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
          return state / 2 ** 32;
        };
        const act = () => {
          const names = Object.keys(acts);
          acts[what === "anything" ? names[Math.floor(random() * names.length)]! : what]!();
        };
        let overflows = 0;
        let done = 0;
        const dive = (...words: number[]): void => {
          try {
            dive(...words);
          } catch {
            try {
              act();
              done++;
            } catch (error) {
              if (!(error instanceof RangeError) && !String(error).includes("RangeError")) throw error;
              overflows++;
            }
            if (done < 20) throw new RangeError();
          }
        };
        for (let round = 0; round < 30; round++) {
          done = 0;
          dive(...Array.from({ length: Math.floor(random() * 12) }, () => 0));
          if (random() < 0.3) await new Promise((resolve) => setImmediate(resolve));
        }
        zx.objectSignal(event, 0, 8);
        await Promise.allSettled(waits);
        return overflows;
      },
      what,
      seed,
      vmo!,
      channel!,
    );
    expect(overflows).toBeGreaterThan(0);
    // It has lost nothing, and does nothing twice.
    const works = await remote.run(async ({ zx }, channel) => {
      const event = zx.eventCreate(0);
      const wait = zx.objectWaitOne(event, 8, 1e18);
      zx.objectSignal(event, 0, 8);
      zx.channelWrite(channel, new Uint8Array(1), []);
      return await wait;
    }, channel!);
    expect(works).toBe(8);
    const numbers: number[] = [];
    for (;;) {
      const { bytes } = zx.channelRead(mine);
      if (bytes.length === 1) break;
      numbers.push(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true));
    }
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    await remote.stop();
    zx.handleClose(mine);
  }

  test.each([
    "call",
    "call of many pieces",
    "call with an answer of many pieces",
    "read",
    "write",
    "wait",
    "post",
    "declaration",
    "window",
  ])("of a %s goes on", async (what) => {
    await overflow(what, 1);
  });

  test.each(Array.from({ length: 10 }, (_, seed) => seed))("of anything goes on: seed %i", async (seed) => {
    await overflow("anything", seed);
  });
});
