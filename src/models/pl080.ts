/**
 * A model of the Arm PrimeCell DMA Controller PL080 (DDI 0196G): eight channels that move data between memory and peripherals by
 * linked lists, under the controller's own flow control. It addresses 32 bits.
 *
 * Not there: flow control by a peripheral (a channel that asks for it ends in an error, with a line in the log), big-endian
 * masters, and priorities: channels that can work do so at the same time. A list item that is not in memory, or an address
 * at which nothing answers, is the AHB error that it is on hardware.
 */
import { Pl080 as Registers } from "../registers/pl080.ts";
import { ApbDevice } from "./apb_device.ts";
import type { DmaRequest } from "./dma_request.ts";
import { Pl080Channel } from "./pl080_channel.ts";
import type { PlatformPort } from "./platform_port.ts";

const registers = Registers.layout;
const INT_STATUS = registers.IntStatus.offset;
const INT_TC_STATUS = registers.IntTcStatus.offset;
const INT_TC_CLEAR = registers.IntTcClear.offset;
const INT_ERROR_STATUS = registers.IntErrorStatus.offset;
const INT_ERR_CLR = registers.IntErrClr.offset;
const RAW_INT_TC_STATUS = registers.RawIntTcStatus.offset;
const RAW_INT_ERROR_STATUS = registers.RawIntErrorStatus.offset;
const ENBLD_CHNS = registers.EnbldChns.offset;
const SOFT_B_REQ = registers.SoftBReq.offset;
const SOFT_S_REQ = registers.SoftSReq.offset;
const CONFIGURATION = registers.Configuration.offset;
const SYNC = registers.Sync.offset;
const CHANNELS = registers.Channel.element.SrcAddr.offset;
const { count: CHANNEL_COUNT, stride: CHANNEL_STRIDE } = registers.Channel;

const ENABLE = registers.Configuration.encode({ enable: 1 });
const CONFIGURATION_MASK = registers.Configuration.encode({ enable: 1, m1: 1, m2: 1 });

export class Pl080 extends ApbDevice {
  readonly #port: PlatformPort;
  readonly #channels: readonly Pl080Channel[];
  #configuration = 0;
  #sync = 0;
  /** By channel, before the masks. */
  #terminalCounts = 0;
  #errors = 0;
  /** Requests that software made, by peripheral. */
  #softBursts = 0;
  #softSingles = 0;

  /** `requests`: of the peripherals, by number (0 to 15), where there are any. */
  constructor(port: PlatformPort, requests: ReadonlyMap<number, DmaRequest>) {
    super([0x80, 0x10, 0x04, 0x0a, 0x0d, 0xf0, 0x05, 0xb1]);
    this.#port = port;
    this.#channels = Array.from(
      { length: CHANNEL_COUNT },
      (_, number) =>
        new Pl080Channel(port, {
          isEnabled: () => (this.#configuration & ENABLE) !== 0,
          ready: (peripheral, burst) => this.#ready(peripheral, burst, requests.get(peripheral)),
          terminalCount: () => {
            this.#terminalCounts |= 1 << number;
            this.#update();
          },
          failed: (why) => {
            port.log("error", `channel ${number}: ${why}`);
            this.#errors |= 1 << number;
            this.#update();
          },
        }),
    );
    for (const request of requests.values()) request.onReady(() => this.#wake());
  }

  protected readRegister(offset: number): number {
    switch (offset) {
      case INT_STATUS:
        return this.#maskedTerminalCounts() | this.#maskedErrors();
      case INT_TC_STATUS:
        return this.#maskedTerminalCounts();
      case INT_ERROR_STATUS:
        return this.#maskedErrors();
      case RAW_INT_TC_STATUS:
        return this.#terminalCounts;
      case RAW_INT_ERROR_STATUS:
        return this.#errors;
      case ENBLD_CHNS:
        return this.#where((channel) => channel.isEnabled);
      case SOFT_B_REQ:
        return this.#softBursts;
      case SOFT_S_REQ:
        return this.#softSingles;
      case CONFIGURATION:
        return this.#configuration;
      case SYNC:
        return this.#sync;
      default:
        return this.#channelAt(offset)?.read(offset % CHANNEL_STRIDE) ?? 0;
    }
  }

  protected writeRegister(offset: number, value: number): void {
    switch (offset) {
      case INT_TC_CLEAR:
        this.#terminalCounts &= ~value;
        break;
      case INT_ERR_CLR:
        this.#errors &= ~value;
        break;
      case SOFT_B_REQ:
        this.#softBursts |= value & 0xffff;
        break;
      case SOFT_S_REQ:
        this.#softSingles |= value & 0xffff;
        break;
      case CONFIGURATION:
        this.#configuration = value & CONFIGURATION_MASK;
        break;
      case SYNC:
        this.#sync = value & 0xffff;
        return;
      default:
        this.#channelAt(offset)?.write(offset % CHANNEL_STRIDE, value);
    }
    this.#update();
    this.#wake();
  }

  #channelAt(offset: number): Pl080Channel | undefined {
    return offset < CHANNELS ? undefined : this.#channels[Math.floor((offset - CHANNELS) / CHANNEL_STRIDE)];
  }

  #wake(): void {
    for (const channel of this.#channels) channel.wake();
  }

  /** Units that a peripheral takes or gives now; a request of software's is used up. */
  #ready(peripheral: number, burst: number, request: DmaRequest | undefined): number {
    const bit = 1 << peripheral;
    let asked = 0;
    if ((this.#softBursts & bit) !== 0) {
      this.#softBursts &= ~bit;
      asked = burst;
    } else if ((this.#softSingles & bit) !== 0) {
      this.#softSingles &= ~bit;
      asked = 1;
    }
    return Math.max(asked, request?.ready ?? 0);
  }

  #where(what: (channel: Pl080Channel) => boolean): number {
    return this.#channels.reduce((bits, channel, number) => bits | (what(channel) ? 1 << number : 0), 0);
  }

  #maskedTerminalCounts(): number {
    return this.#terminalCounts & this.#where((channel) => channel.tellsTerminalCount);
  }

  #maskedErrors(): number {
    return this.#errors & this.#where((channel) => channel.tellsErrors);
  }

  #update(): void {
    this.#port.irq((this.#maskedTerminalCounts() | this.#maskedErrors()) !== 0);
  }
}
