/** Driver of Arm's UART PL011 (DDI 0183F). It serves `fuchsia.hardware.serial/Device`. */
import { defineDriver } from "../driver/define.ts";
import { offer } from "../driver/offer.ts";
import { PDev } from "../driver/pdev.ts";
import {
  CharacterWidth,
  Class,
  type Config,
  Device,
  FlowControl,
  Parity,
  StopWidth,
} from "../fidl/fuchsia.hardware.serial.ts";
import { unpersist } from "../fidl/runtime/body.ts";
import { CLOCKS, METADATA_ID } from "../fidl/zirconia.clock.ts";
import { Pl011 } from "../registers/pl011.ts";
import { isStatus, ZxError } from "../zx/error.ts";
import { Status } from "../zx/status.ts";
import { Pl011Line } from "./pl011_line.ts";
import { expectPrimeCell } from "./primecell.ts";

const PART = 0x011;
const DEFAULT: Config = {
  characterWidth: CharacterWidth.BITS_8,
  stopWidth: StopWidth.BITS_1,
  parity: Parity.NONE,
  controlFlow: FlowControl.NONE,
  baudRate: 115_200,
};
/** For what is still in the FIFO at the slowest speed in use. */
const DRAIN = 2e9;
const MAX_DIVISOR = 0xffff;

type Uart = ReturnType<typeof Pl011.on>;

export default defineDriver({
  name: "pl011",
  bind: { "fuchsia.devicetree.FIRST_COMPATIBLE": "arm,pl011" },

  async start(ctx) {
    const pdev = await PDev.connect(ctx);
    const uart = Pl011.on(await pdev.mapMmio());
    expectPrimeCell(ctx, uart, PART);
    uart.Imsc.write({});
    const clock = await clockOf(pdev);
    configure(uart, DEFAULT, clock);
    if (clock !== undefined) ctx.inspect["baud rate"] = DEFAULT.baudRate;

    const line = new Pl011Line(ctx, uart, await pdev.mapInterrupt());
    ctx.defer(() => line.stop());
    line.start();
    ctx.serve(
      offer(Device, () => ({
        getClass: () => Class.GENERIC,
        setConfig: (config) => {
          try {
            configure(uart, config, clock);
          } catch (error) {
            if (error instanceof ZxError) return error.status;
            throw error;
          }
          ctx.inspect["baud rate"] = config.baudRate;
          return Status.OK;
        },
        read: () => line.read(),
        write: (data) => line.write(data),
      })),
    );
  },
});

/** UARTCLK, in Hz, where the board driver knows it. */
async function clockOf(pdev: PDev): Promise<number | undefined> {
  let metadata: Uint8Array;
  try {
    metadata = await pdev.device.getMetadata(METADATA_ID);
  } catch (error) {
    if (isStatus(error, "NOT_FOUND")) return undefined;
    throw error;
  }
  const { clocks = [] } = unpersist(CLOCKS, metadata);
  return (clocks.find(({ name }) => name === "uartclk") ?? clocks[0])?.frequency || undefined;
}

/**
 * 3.3.8: control registers are changed while the UART is disabled and the last character is out. Without a clock the speed stays what firmware
 * has set. INVALID_ARGS for a speed that cannot be made of the clock.
 */
function configure(uart: Uart, config: Config, clock: number | undefined): void {
  const divisor = clock === undefined ? undefined : divisorOf(config.baudRate, clock);
  uart.Fr.poll({ busy: 0 }, { timeout: DRAIN });
  uart.Cr.write({});
  uart.LcrH.modify({ fen: 0 });
  if (divisor !== undefined) {
    uart.Ibrd.write({ divisor: divisor >> 6 });
    uart.Fbrd.write({ fraction: divisor & 0x3f });
  }
  // 3.3.6: this write makes the divisors take effect.
  uart.LcrH.write({
    wlen: WIDTHS[config.characterWidth],
    stp2: config.stopWidth === StopWidth.BITS_2 ? 1 : 0,
    pen: config.parity === Parity.NONE ? 0 : 1,
    eps: config.parity === Parity.EVEN ? 1 : 0,
    fen: 1,
  });
  const flow = config.controlFlow === FlowControl.CTS_RTS ? 1 : 0;
  uart.Cr.write({ uarten: 1, txe: 1, rxe: 1, dtr: 1, rts: 1, ctsen: flow, rtsen: flow });
}

const WIDTHS = {
  [CharacterWidth.BITS_5]: "five",
  [CharacterWidth.BITS_6]: "six",
  [CharacterWidth.BITS_7]: "seven",
  [CharacterWidth.BITS_8]: "eight",
} as const;

/** In 64ths. */
function divisorOf(baudRate: number, clock: number): number {
  const divisor = Math.round((64 * clock) / (16 * baudRate));
  if (divisor >= 64 && divisor >> 6 <= MAX_DIVISOR) return divisor;
  throw new ZxError("INVALID_ARGS", `${baudRate} bits per second cannot be made of a clock of ${clock} Hz`);
}
