import { describe, expect, it } from "vitest";
import {
  type AnyCodec,
  box,
  type Codec,
  encodeBody,
  flexibleUnion,
  recursive,
  strictUnion,
  string,
  struct,
  table,
  vector,
} from "../../../src/fidl/runtime/index.ts";
import { codeOf, decode, encodeError, fromHex, head, hexBytes } from "./support.ts";

describe("32 out-of-line objects may follow one another, 33 may not:", () => {
  const le32 = (value: number) => hexBytes(new Uint8Array(new Uint32Array([value]).buffer));
  interface Level {
    readonly step: number;
    /** What makes a type, a value of it, and its bytes one step deeper. */
    deepen(codec: AnyCodec): AnyCodec;
    enclose(value: unknown): unknown;
    wrap(size: number): string;
  }
  const levels: Record<string, Level> = {
    vectors: {
      step: 1,
      deepen: (codec) => vector(codec),
      enclose: (value) => [value],
      wrap: () => head(1),
    },
    boxes: {
      step: 1,
      deepen: (codec) => box(struct<object>("B", { of: codec })),
      enclose: (of) => ({ of }),
      wrap: () => "ffffffff ffffffff",
    },
    unions: {
      step: 1,
      deepen: (codec) => strictUnion<{ of: unknown }>("U", { of: [1, codec] }),
      enclose: (of) => ({ kind: "of", of }),
      wrap: (size) => `01000000 00000000 ${le32(size)} 00000000`,
    },
    "tables, which count twice": {
      step: 2,
      deepen: (codec) => table<object>("T", { of: [1, codec] }),
      enclose: (of) => ({ of }),
      wrap: (size) => `${head(1)} ${le32(size)} 00000000`,
    },
  };
  it.each(Object.entries(levels))("%s", (_, { step, deepen, enclose, wrap }) => {
    // The innermost, a string, is a level of its own; all others are made around it.
    let [codec, value]: [AnyCodec, unknown] = [string(), "x"];
    let depth = 1;
    for (; depth + step <= 32; depth += step) [codec, value] = [deepen(codec), enclose(value)];
    const { bytes: good, error } = encodeBody(codec, value);
    expect(error).toBeUndefined();
    expect(decode(codec, good)).toEqual(value);

    const deeper = deepen(codec);
    expect(encodeError(deeper, enclose(value))).toBe("EXCEEDED_MAX_OUT_OF_LINE_DEPTH");
    const wire = `${wrap(good.length)} ${hexBytes(good)}`;
    expect(codeOf(() => decode(deeper, wire))).toBe("EXCEEDED_MAX_OUT_OF_LINE_DEPTH");
  });

  it("boxes on the wire, of which nobody has encoded so many", () => {
    interface Chain {
      next: Chain | undefined;
    }
    const CHAIN: Codec<Chain> = struct<Chain>("Chain", {
      next: box(recursive<Chain>("Chain", 8, 8, () => CHAIN)),
    });
    const wire = (boxes: number) => fromHex(`${"ff".repeat(8 * boxes)}${"00".repeat(8)}`);
    expect(() => decode(CHAIN, wire(32))).not.toThrow();
    expect(codeOf(() => decode(CHAIN, wire(33)))).toBe("EXCEEDED_MAX_OUT_OF_LINE_DEPTH");
    expect(codeOf(() => decode(CHAIN, wire(8000)))).toBe("EXCEEDED_MAX_OUT_OF_LINE_DEPTH");
  });

  it("an unknown envelope counts too", () => {
    const wrap = (codec: AnyCodec) => vector(codec);
    let codec: AnyCodec = flexibleUnion<object>("U", {});
    for (let i = 0; i < 32; i++) codec = wrap(codec);
    const unknown = "09000000 00000000 08000000 00000000 aaaaaaaa bbbbbbbb";
    const hex = `${head(1).repeat(32)} ${unknown}`;
    expect(codeOf(() => decode(codec, hex))).toBe("EXCEEDED_MAX_OUT_OF_LINE_DEPTH");
  });
});
