/** What arrives from the other side of a channel is not to be trusted: any bytes at all are refused, or mean something. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Device as Acpi } from "../../../src/fidl/fuchsia.hardware.acpi.ts";
import { Device as Pci } from "../../../src/fidl/fuchsia.hardware.pci.ts";
import { Device as PlatformDevice } from "../../../src/fidl/fuchsia.hardware.platform.device.ts";
import { decodeBody, encodeBody } from "../../../src/fidl/runtime/body.ts";
import { type AnyCodec, FidlError } from "../../../src/fidl/runtime/index.ts";
import { Device as Edu } from "../../../src/fidl/zirconia.edu.ts";

const bodies: [name: string, codec: AnyCodec][] = [Acpi, Pci, PlatformDevice, Edu].flatMap(({ methods }) =>
  methods.flatMap(({ name, request, response, result }) =>
    (
      [
        [`${name} request`, request],
        [`${name} response`, result ?? response],
      ] as const
    ).flatMap(([label, codec]) => (codec === undefined ? [] : [[label, codec] as [string, AnyCodec]])),
  ),
);

/** Bytes that look like messages: small words, markers of presence, counts that lie. */
const words = fc.oneof(
  fc.constantFrom(
    0n,
    1n,
    2n,
    3n,
    8n,
    16n,
    0xffff_ffff_ffff_ffffn,
    0x0001_0000_0000_0010n,
    0x0001_0001_ffff_ffffn,
  ),
  fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
);
const messages = fc.array(words, { maxLength: 16 }).map((list) => {
  const bytes = new Uint8Array(list.length * 8);
  const view = new DataView(bytes.buffer);
  list.forEach((word, i) => {
    view.setBigUint64(i * 8, word, true);
  });
  return bytes;
});

test.each(bodies)("%s: random bytes are refused, or are a value that survives encoding", (_, codec) => {
  fc.assert(
    fc.property(messages, (bytes) => {
      let value: unknown;
      try {
        value = decodeBody(codec, bytes).value;
      } catch (error) {
        expect(error).toBeInstanceOf(FidlError);
        return;
      }
      const again = encodeBody(codec, value);
      // A value with unknown members may be one that this side cannot say.
      if (again.error === undefined) expect(decodeBody(codec, again.bytes).value).toEqual(value);
    }),
    { numRuns: 500 },
  );
});
