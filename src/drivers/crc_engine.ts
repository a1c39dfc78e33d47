/**
 * Driver of the CRC engine, a device of ours with two register regions (registers/crc_engine.ts): control, and a buffer. It serves
 * `zirconia.crc/Engine`.
 */
import { defineDriver } from "../driver/define.ts";
import { offer } from "../driver/offer.ts";
import { PDev } from "../driver/pdev.ts";
import { Engine } from "../fidl/zirconia.crc.ts";
import { CRC_BUFFER_SIZE, CrcBuffer, CrcControl } from "../registers/crc_engine.ts";
import { hex } from "../zx/pages.ts";

const PART = 0x435243;
/** The CRC-32 of these bytes is known to everybody who has ever computed one. */
const CHECK = { input: new TextEncoder().encode("123456789"), crc: 0xcbf4_3926 };
const SECOND = 1e9;

export default defineDriver({
  name: "crc-engine",
  bind: { "fuchsia.devicetree.FIRST_COMPATIBLE": "zirconia,crc-engine" },

  async start(ctx) {
    const pdev = await PDev.connect(ctx);
    const control = CrcControl.on(await pdev.mapMmio("control"));
    const id = control.Id.read();
    if (id.part !== PART)
      throw ctx.error("NOT_SUPPORTED", `identification ${hex(id.raw, 8)} is not a CRC engine's`);
    const buffer = CrcBuffer.on(await pdev.mapMmio("buffer"));
    const irq = await pdev.mapInterrupt("done");
    control.IrqAck.write({ done: 1, error: 1 });
    control.IrqEnable.write({ done: 1, error: 1 });
    ctx.defer(() => control.IrqEnable.write({}));

    const compute = async (data: Uint8Array): Promise<number> => {
      for (let i = 0; i < data.length; i += 4) buffer.Word.at(i / 4).write(wordAt(data, i));
      control.Count.write({ bytes: data.length });
      control.Command.write({ start: 1 });
      await irq.wait(SECOND, `the CRC of ${data.length} bytes`);
      const { error } = control.Status.read();
      control.IrqAck.write({ done: 1, error: 1 });
      await irq.ack();
      if (error) throw ctx.error("IO", `the engine does not take ${data.length} bytes`);
      return control.Result.read().raw;
    };

    const crc = await compute(CHECK.input);
    if (crc !== CHECK.crc) throw ctx.error("IO", `the CRC-32 of "123456789" is not ${hex(crc, 8)}`);
    ctx.inspect.buffer = CRC_BUFFER_SIZE;
    ctx.inspect["crc of 123456789"] = hex(crc, 8);

    // The engine has one buffer: each computation waits for the one before.
    let busy: Promise<unknown> = Promise.resolve();
    const inTurn = (data: Uint8Array): Promise<number> => {
      const result = busy.then(() => compute(data));
      busy = result.catch(() => undefined);
      return result;
    };
    ctx.serve(offer(Engine, () => ({ compute: inTurn })));
  },
});

/** Little-endian; bytes that are not there count as 0. */
function wordAt(data: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = data.subarray(at, at + 4);
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}
