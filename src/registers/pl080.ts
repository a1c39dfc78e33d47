/** The registers of the Arm PrimeCell DMA Controller PL080 (DDI 0196G, section 3.3): eight channels. */
import { array, bit, bits, block, choice, r32, registers, reserved } from "./index.ts";
import { primecellId } from "./primecell.ts";

/** One bit for each channel. */
const channels = { channels: bits(7, 0) };
/** One bit for each peripheral's request. */
const requests = { requests: bits(15, 0) };
const burst = {
  one: 0,
  four: 1,
  eight: 2,
  sixteen: 3,
  thirtyTwo: 4,
  sixtyFour: 5,
  oneTwentyEight: 6,
  twoFiftySix: 7,
};
const width = { byte: 0, halfword: 1, word: 2 };

export const Pl080 = registers("pl080", {
  IntStatus: r32(0x000, "ro", channels, { doc: "interrupts after masking" }),
  IntTcStatus: r32(0x004, "ro", channels, { doc: "terminal count interrupts after masking" }),
  IntTcClear: r32(0x008, "wo", channels),
  IntErrorStatus: r32(0x00c, "ro", channels, { doc: "error interrupts after masking" }),
  IntErrClr: r32(0x010, "wo", channels),
  RawIntTcStatus: r32(0x014, "ro", channels, { doc: "terminal count interrupts before masking" }),
  RawIntErrorStatus: r32(0x018, "ro", channels, { doc: "error interrupts before masking" }),
  EnbldChns: r32(0x01c, "ro", channels, { doc: "channels that are enabled" }),
  SoftBReq: r32(0x020, requests, { doc: "software burst requests" }),
  SoftSReq: r32(0x024, requests, { doc: "software single requests" }),
  SoftLbReq: r32(0x028, requests, { doc: "software last burst requests" }),
  SoftLsReq: r32(0x02c, requests, { doc: "software last single requests" }),
  Configuration: r32(0x030, {
    enable: bit(0),
    m1: bit(1, undefined, "AHB master 1 is big-endian"),
    m2: bit(2, undefined, "AHB master 2 is big-endian"),
  }),
  Sync: r32(0x034, requests, { doc: "1: a request needs no synchronisation" }),
  Channel: array(
    8,
    0x20,
    block(0x100, {
      SrcAddr: r32(0x00),
      DestAddr: r32(0x04),
      Lli: r32(
        0x08,
        {
          master: bit(0, undefined, "AHB master that loads the next item"),
          reserved: reserved(1),
          address: bits(31, 2),
        },
        { doc: "the next linked list item: its address is a multiple of 4; 0 for none" },
      ),
      Control: r32(0x0c, {
        transferSize: bits(11, 0, undefined, "source transfers that are left"),
        sourceBurst: choice(14, 12, burst),
        destinationBurst: choice(17, 15, burst),
        sourceWidth: choice(20, 18, width),
        destinationWidth: choice(23, 21, width),
        sourceMaster: bit(24),
        destinationMaster: bit(25),
        sourceIncrement: bit(26),
        destinationIncrement: bit(27),
        protection: bits(30, 28),
        interrupt: bit(31, undefined, "terminal count interrupt when this item is done"),
      }),
      Configuration: r32(0x10, {
        enable: bit(0, undefined, "1 starts the channel; 0 again when it is done"),
        sourcePeripheral: bits(4, 1),
        destinationPeripheral: bits(9, 6),
        flowControl: choice(13, 11, {
          memoryToMemory: 0,
          memoryToPeripheral: 1,
          peripheralToMemory: 2,
          peripheralToPeripheral: 3,
        }),
        errorInterrupt: bit(14, undefined, "1 lets the error interrupt through"),
        terminalCountInterrupt: bit(15, undefined, "1 lets the terminal count interrupt through"),
        lock: bit(16),
        active: bit(17, "ro", "the channel's FIFO has data"),
        halt: bit(18, undefined, "further requests of the source are ignored"),
      }),
    }),
  ),
  ...primecellId,
});
