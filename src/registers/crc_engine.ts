/**
 * The registers of a device of ours with two register regions: an engine that computes the CRC-32 of a buffer in it (ISO 3309, as
 * in Ethernet and zip). Software fills the buffer region and starts the engine in the control region.
 */
import { array, bit, bits, r32, registers } from "./index.ts";

/** Bytes of the buffer. */
export const CRC_BUFFER_SIZE = 0x400;
/** Bytes of the control region. */
export const CRC_CONTROL_SIZE = 0x100;

/** Region 0, `control`. 32-bit accesses only. */
export const CrcControl = registers("crc-control", {
  Id: r32(
    0x00,
    "ro",
    { revision: bits(7, 0), part: bits(31, 8) },
    { reset: 0x43524301, doc: '"CRC", revision 1' },
  ),
  Count: r32(0x04, { bytes: bits(10, 0) }, { doc: "bytes of the buffer, from its start, at most 1024" }),
  Command: r32(0x08, "wo", { start: bit(0, undefined, "starts the engine, unless it is at work") }),
  Status: r32(0x0c, "ro", {
    busy: bit(0),
    done: bit(1),
    error: bit(2, undefined, "Count was more than the buffer holds"),
  }),
  IrqEnable: r32(0x10, { done: bit(1), error: bit(2) }),
  IrqAck: r32(0x14, "wo", { done: bit(1), error: bit(2) }, { doc: "clears bits of Status" }),
  Result: r32(0x18, "ro", {}, { doc: "the CRC-32, once Status.done is 1" }),
});

/** Region 1, `buffer`: memory, by accesses of any width. */
export const CrcBuffer = registers("crc-buffer", { Word: array(CRC_BUFFER_SIZE / 4, 4, r32(0x00)) });
