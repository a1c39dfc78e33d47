import { afterAll, describe, expect, test } from "vitest";
import { decodeBody, encodeBody } from "../../../src/fidl/runtime/body.ts";
import {
  type AnyCodec,
  array,
  box,
  Codec,
  FidlError,
  flexibleUnion,
  type Member,
  optional,
  recursive,
  strictUnion,
  struct,
  table,
  vector,
} from "../../../src/fidl/runtime/index.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { Random, randomLibrary, randomValue } from "./random_schema.ts";
import { irOf, Project } from "./support.ts";

/** The same type without the functions that were generated for it: the runtime then walks the type itself. */
function plain(codec: AnyCodec, made = new Map<AnyCodec, AnyCodec>()): AnyCodec {
  const known = made.get(codec);
  if (known !== undefined) return known;
  const result = plainOf(codec, (of) => plain(of, made));
  made.set(codec, result);
  return result;
}

function plainOf(codec: AnyCodec, inner: (of: AnyCodec) => AnyCodec): AnyCodec {
  const { type, name, size, alignment } = codec;
  switch (type.kind) {
    case "vector":
      return vector(inner(type.element), type.bound);
    case "array":
      return array(inner(type.element), type.count);
    case "optional":
      return optional(inner(type.of));
    case "box":
      return box(inner(type.of));
    case "recursive":
      return recursive(name, size, alignment, () => inner(type.of()));
    case "struct":
      return struct(
        name,
        byKey(type.members, (member) => inner(member.codec)),
      );
    case "table":
      return table(
        name,
        byKey(type.members, ({ position, codec }) => [position, inner(codec)] as const),
      );
    case "union": {
      const members = byKey(type.members, ({ position, codec }) => [position, inner(codec)] as const);
      return type.strict ? strictUnion(name, members) : flexibleUnion(name, members);
    }
    default:
      return codec;
  }
}

function byKey<T>(members: readonly Member[], value: (member: Member) => T): Record<string, T> {
  return Object.fromEntries(members.map((member) => [member.key, value(member)]));
}

/** What comes of decoding: a value, or that there is none. */
function outcome(codec: AnyCodec, bytes: Uint8Array, handles: readonly number[], types: readonly number[]) {
  try {
    const infos = handles.map((handle, i) => ({
      handle,
      type: types[i]!,
      rights: Rights.SAME_RIGHTS,
      koid: 0,
    }));
    const { value, discarded } = decodeBody(codec, bytes, infos as never);
    return { value, discarded: [...discarded] };
  } catch (error) {
    if (error instanceof FidlError) return "refused";
    throw error;
  }
}

const project = new Project();
afterAll(() => project.remove());

const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1);
const VALUES = 25;
const MUTATIONS = 10;

describe.each(SEEDS)("Generated code of random schema %i", (seed) => {
  const library = `random${seed}`;
  const text = randomLibrary(new Random(seed, "schema"), library);

  test("does what the runtime does without it: the same bytes, the same values, the same refusals", async () => {
    project.generate(irOf(text));
    const module = await project.import(`${library}.ts`);
    const random = new Random(seed, "values");
    const codecs = Object.values(module).filter((value): value is AnyCodec => value instanceof Codec);
    expect(codecs.length).toBeGreaterThan(5);
    let accepted = 0;
    let refused = 0;
    for (const codec of codecs) {
      const slow = plain(codec);
      for (let i = 0; i < VALUES; i++) {
        const value = randomValue(random, codec);
        const { bytes, handles, types, error } = encodeBody(codec, value);
        const expected = encodeBody(slow, value);
        expect([bytes, handles, types, error?.code]).toEqual([
          expected.bytes,
          expected.handles,
          expected.types,
          expected.error?.code,
        ]);
        if (error !== undefined) continue;
        expect(outcome(codec, bytes, handles, types)).toEqual({ value, discarded: [] });
        for (let m = 0; m < MUTATIONS && bytes.length > 0; m++) {
          const mutant = bytes.slice();
          mutant[random.below(mutant.length)] = random.of([0, 1, 0xff, random.below(256)]);
          const found = outcome(codec, mutant, handles, types);
          expect(found).toEqual(outcome(slow, mutant, handles, types));
          if (found === "refused") refused++;
          else accepted++;
        }
      }
    }
    expect(accepted).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });
});

test("Generated code of random schemas is correct TypeScript", () => {
  expect(project.typeErrors()).toBe("");
});
