/** Structs, tables and unions: codecs made of the codecs of members. */
import { roundUp } from "../../zx/pages.ts";
import { type AnyCodec, Codec, type CodecFunctions, type Member } from "./codec.ts";
import type { UnknownVariant } from "./decoder.ts";

/** FIDL's names of members, by key, where that is not the key in snake case. */
export type FidlNames = Readonly<Record<string, string>>;

/** The codec of each member of a struct, in the order of declaration. */
export type StructMembers<T> = { readonly [K in keyof T]-?: Codec<T[K]> };

/** The ordinal and codec of each member of a table, by rising ordinal. */
export type TableMembers<T> = {
  readonly [K in keyof T]-?: readonly [number, Codec<Exclude<T[K], undefined>>];
};

/** The ordinal and codec of each member of a union, `{ io: IoBar }` for `{ kind: "io", io: IoBar }`. */
export type UnionMembers<T extends object> = {
  readonly [K in keyof T]-?: readonly [ordinal: number, codec: Codec<T[K]>];
};

/** `{ kind: "vmo", vmo: ... }` for each member of `T`. */
export type Variant<T extends object> = {
  [K in keyof T]-?: { readonly kind: K } & { readonly [P in K]: T[K] };
}[keyof T];

/**
 * A struct: members in the order in which they are written, each at its natural alignment. One without members is a zero byte,
 * and its value an empty object; `undefined` will do too.
 */
export function struct<T extends object>(
  name: string,
  members: StructMembers<T>,
  functions?: CodecFunctions<T>,
  names: FidlNames = {},
): Codec<T> {
  const list: Member[] = [];
  let end = 0;
  let alignment = 1;
  for (const [key, codec] of Object.entries<AnyCodec>(members)) {
    const position = roundUp(end, codec.alignment);
    list.push({ key, name: fidlName(names, key), codec, position });
    end = position + codec.size;
    alignment = Math.max(alignment, codec.alignment);
  }
  const size = Math.max(1, roundUp(end, alignment));
  return new Codec(
    name,
    size,
    alignment,
    { kind: "struct", members: list },
    functions ?? structLoop(name, size, list),
  );
}

/** A table: members by ordinal, each of which may be undefined. Those that the other side has and we have not are skipped. */
export function table<T extends object>(
  name: string,
  members: TableMembers<T>,
  functions?: CodecFunctions<T>,
  names: FidlNames = {},
): Codec<T> {
  const list = ordinalMembers(members, names);
  return new Codec(name, 16, 8, { kind: "table", members: list }, functions ?? tableLoop(name, list));
}

/** A union that may come with a member that we do not know: `{ kind: "unknown", ordinal }`, which cannot be sent on. */
export function flexibleUnion<T extends object>(
  name: string,
  members: UnionMembers<T>,
  functions?: CodecFunctions<Variant<T> | UnknownVariant>,
  names: FidlNames = {},
): Codec<Variant<T> | UnknownVariant> {
  const list = ordinalMembers(members, names);
  const type = { kind: "union", members: list, strict: false } as const;
  return new Codec(name, 16, 8, type, functions ?? unionLoop<Variant<T> | UnknownVariant>(name, list, false));
}

/** A union that has the declared members and no others. */
export function strictUnion<T extends object>(
  name: string,
  members: UnionMembers<T>,
  functions?: CodecFunctions<Variant<T>>,
  names: FidlNames = {},
): Codec<Variant<T>> {
  const list = ordinalMembers(members, names);
  const type = { kind: "union", members: list, strict: true } as const;
  return new Codec(name, 16, 8, type, functions ?? unionLoop<Variant<T>>(name, list, true));
}

type Values = Record<string, unknown>;

function structLoop<T>(name: string, size: number, members: readonly Member[]): CodecFunctions<T> {
  return {
    encode(e, start, value) {
      if (members.length === 0 && value === undefined) return;
      if (!e.object(start, value, name)) return;
      for (const { key, codec, position } of members)
        codec.encode(e, start + position, (value as Values)[key]);
    },
    decode(d, start) {
      const value: Values = {};
      let end = 0;
      for (const { key, codec, position } of members) {
        d.padding(start + end, position - end);
        value[key] = codec.decode(d, start + position);
        end = position + codec.size;
      }
      d.padding(start + end, size - end);
      return value as T;
    },
  };
}

function tableLoop<T>(name: string, members: readonly Member[]): CodecFunctions<T> {
  return {
    encode(e, offset, value) {
      if (!e.object(offset, value, name)) return;
      const values = value as Values;
      let max = 0;
      for (const { key, position } of members) if (values[key] !== undefined) max = position;
      const envelopes = e.enterTable(offset, max);
      for (const { key, codec, position } of members) {
        if (values[key] !== undefined) e.envelope(envelopes + 8 * (position - 1), codec, values[key]);
      }
      e.leave();
    },
    decode(d, offset) {
      const envelopes = d.enterTable(offset);
      const count = d.envelopes;
      const value: Values = {};
      let ordinal = 1;
      for (const { key, codec, position } of members) {
        for (; ordinal < position && ordinal <= count; ordinal++)
          d.unknownEnvelope(envelopes + 8 * (ordinal - 1));
        if (position > count) break;
        const member = d.optionalEnvelope(envelopes + 8 * (position - 1), codec);
        if (member !== undefined) value[key] = member;
        ordinal = position + 1;
      }
      d.leaveTable(envelopes, count, ordinal - 1);
      return value as T;
    },
  };
}

function unionLoop<T extends { readonly kind: unknown }>(
  name: string,
  members: readonly Member[],
  strict: boolean,
): CodecFunctions<T> {
  const byKey = new Map(members.map((member) => [member.key, member]));
  const byOrdinal = new Map(members.map((member) => [member.position, member]));
  return {
    encode(e, offset, value) {
      if (!e.object(offset, value, name)) return;
      const variant = value as unknown as { readonly kind: string; readonly ordinal?: bigint };
      const member = byKey.get(variant.kind);
      if (member === undefined) e.unknownVariant(offset, variant, name);
      else e.union(offset, member.position, member.codec, (value as Values)[member.key]);
    },
    decode(d, offset) {
      const member = byOrdinal.get(d.unionOrdinal(offset));
      if (member === undefined)
        return (strict ? d.strictVariant(offset, name) : d.unknownVariant(offset)) as never;
      return { kind: member.key, [member.key]: d.envelope(offset + 8, member.codec) } as unknown as T;
    },
  };
}

function ordinalMembers(members: object, names: FidlNames): Member[] {
  return Object.entries<readonly [number, AnyCodec]>(members as Record<string, readonly [number, AnyCodec]>)
    .map(([key, [position, codec]]) => ({ key, name: fidlName(names, key), codec, position }))
    .sort((a, b) => a.position - b.position);
}

/** `bar_id` for `barId`, unless `names` says another. */
function fidlName(names: FidlNames, key: string): string {
  if (Object.hasOwn(names, key)) return names[key]!;
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
