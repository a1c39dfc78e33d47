import { BytesIo } from "../zx/bytes_io.ts";
import { MmioBuffer, type MmioOverOptions } from "./mmio_buffer.ts";

/** An MmioBuffer over plain bytes, for tests of code that only needs something to read and write. Little endian. */
export function memoryDouble(bytes: Uint8Array | number, options: MmioOverOptions = {}): MmioBuffer {
  const array = typeof bytes === "number" ? new Uint8Array(bytes) : bytes;
  return MmioBuffer.over(new BytesIo(array), array.length, { name: "memory double", ...options });
}
