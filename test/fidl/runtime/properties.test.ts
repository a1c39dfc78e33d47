import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as fuchsiaComponentDecl from "../../../src/fidl/fuchsia.component.decl.ts";
import * as fuchsiaDriverFramework from "../../../src/fidl/fuchsia.driver.framework.ts";
import * as fuchsiaHardwareAcpi from "../../../src/fidl/fuchsia.hardware.acpi.ts";
import * as fuchsiaHardwarePci from "../../../src/fidl/fuchsia.hardware.pci.ts";
import * as fuchsiaHardwarePlatformBus from "../../../src/fidl/fuchsia.hardware.platform.bus.ts";
import * as fuchsiaHardwareUsbRequest from "../../../src/fidl/fuchsia.hardware.usb.request.ts";
import {
  type AnyCodec,
  Codec,
  decodeBody,
  encodeBody,
  FidlError,
  flexibleUnion,
  strictUnion,
  struct,
  table,
} from "../../../src/fidl/runtime/index.ts";
import { arriving, countLeaves, Dice, damaged, likely, randomType, randomValue } from "./random_types.ts";
import { decodeOrRefuse } from "./support.ts";

/** Runs `check` with dice from many seeds; the seed that fails is in the report. */
function forSeeds(numRuns: number, check: (dice: Dice) => void): void {
  fc.assert(
    fc.property(fc.integer(), (seed) => check(new Dice(seed))),
    { numRuns },
  );
}

describe("for random types and values", () => {
  test("what is encoded is decoded as it was, and encoded again to the same bytes", () => {
    forSeeds(3000, (dice) => {
      const codec = randomType(dice, 4);
      const value = randomValue(dice, codec);
      const first = encodeBody(codec, value);
      if (first.error !== undefined) {
        // What is random can be larger than a message.
        expect(first.error.code).toBe("TOO_MANY_BYTES_IN_MESSAGE");
        return;
      }
      const { value: back, discarded } = decodeBody(codec, first.bytes, arriving(first));
      expect(back).toEqual(value);
      expect(discarded).toEqual([]);
      expect(encodeBody(codec, back)).toEqual(first);
    });
  });

  test("damaged bytes are refused, or are the one encoding of another value", () => {
    forSeeds(6000, (dice) => {
      const codec = randomType(dice, 3, true);
      const message = encodeBody(codec, randomValue(dice, codec));
      if (message.error !== undefined) return;
      const bytes = damaged(dice, message.bytes);
      const handles = arriving(message);
      const decoded = decodeOrRefuse(codec, bytes, handles);
      if (decoded === undefined) return;
      const again = encodeBody(codec, decoded.value);
      expect(again.error).toBeUndefined();
      // A signalling NaN becomes a quiet one: only there may a byte differ.
      if (!hasNan(decoded.value)) expect(again.bytes).toEqual(bytes);
      expect(again.handles).toEqual(handles.map(({ handle }) => handle));
    });
  });

  test("damaged bytes never cost a handle, nor more memory than the message has", () => {
    forSeeds(6000, (dice) => {
      const codec = randomType(dice, 3);
      const message = encodeBody(codec, randomValue(dice, codec));
      if (message.error !== undefined) return;
      const bytes = damaged(dice, message.bytes);
      const handles = arriving(message);
      const decoded = decodeOrRefuse(codec, bytes, handles);
      expect(handles.map(({ handle }) => handle)).toEqual(message.handles);
      if (decoded === undefined) return;
      expect(countLeaves(decoded.value)).toBeLessThanOrEqual(bytes.length);
      // Where there are unknown members this fails, but the handles are all there.
      const kept = encodeBody(codec, decoded.value).handles;
      expect([...kept, ...decoded.discarded].sort()).toEqual([...message.handles].sort());
    });
  });

  test("any bytes are refused or understood", () => {
    forSeeds(6000, (dice) => {
      const codec = randomType(dice, 3);
      const bytes = dice.bit() ? dice.bytes(8 * dice.below(12)) : likely(dice, dice.below(12));
      const handles = Array.from({ length: dice.below(4) }, (_, i) => ({
        handle: 4 * i + 3,
        type: dice.below(5),
        rights: 0,
      }));
      const decoded = decodeOrRefuse(codec, bytes, handles);
      if (decoded !== undefined) expect(countLeaves(decoded.value)).toBeLessThanOrEqual(bytes.length);
    });
  });

  test("any value is refused or encoded, whatever its type is", () => {
    forSeeds(3000, (dice) => {
      const value = randomValue(dice, randomType(dice, 3));
      const { error } = encodeBody(randomType(dice, 3), value);
      if (error !== undefined) expect(error).toBeInstanceOf(FidlError);
    });
  });
});

describe("generated functions do what the loop over the members does:", () => {
  const libraries: Record<string, object> = {
    "fuchsia.component.decl": fuchsiaComponentDecl,
    "fuchsia.driver.framework": fuchsiaDriverFramework,
    "fuchsia.hardware.acpi": fuchsiaHardwareAcpi,
    "fuchsia.hardware.pci": fuchsiaHardwarePci,
    "fuchsia.hardware.platform.bus": fuchsiaHardwarePlatformBus,
    "fuchsia.hardware.usb.request": fuchsiaHardwareUsbRequest,
  };
  const codecs = Object.values(libraries)
    .flatMap((library) => Object.values(library))
    .filter((each): each is AnyCodec => each instanceof Codec && loopOf(each) !== undefined);

  test.each(codecs.map((codec) => [codec.name, codec] as const))("%s", (_, codec) => {
    const loop = loopOf(codec)!;
    expect([loop.size, loop.alignment]).toEqual([codec.size, codec.alignment]);
    forSeeds(60, (dice) => {
      const value = randomValue(dice, codec);
      const message = encodeBody(codec, value);
      expect(encodeBody(loop, value)).toEqual(message);
      expect(message.error).toBeUndefined();
      expect(decodeBody(codec, message.bytes, arriving(message)).value).toEqual(value);

      const bytes = damaged(dice, message.bytes);
      const generated = decodeOrRefuse(codec, bytes, arriving(message));
      expect(decodeOrRefuse(loop, bytes, arriving(message))).toEqual(generated);
    });
  });
});

/** The same layout without functions of its own. */
function loopOf({ name, type }: AnyCodec): AnyCodec | undefined {
  switch (type.kind) {
    case "struct":
      return struct(name, Object.fromEntries(type.members.map(({ key, codec }) => [key, codec])));
    case "table":
      return table(name, withOrdinals(type.members));
    case "union":
      return type.strict
        ? strictUnion(name, withOrdinals(type.members))
        : flexibleUnion(name, withOrdinals(type.members));
    default:
      return undefined;
  }
}

function withOrdinals(
  members: readonly { key: string; codec: AnyCodec; position: number }[],
): Record<string, readonly [number, AnyCodec]> {
  return Object.fromEntries(members.map(({ key, codec, position }) => [key, [position, codec] as const]));
}

function hasNan(value: unknown): boolean {
  if (typeof value === "number") return Number.isNaN(value);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return false;
  return Object.values(value).some(hasNan);
}
