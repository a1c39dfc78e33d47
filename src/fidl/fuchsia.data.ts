// Generated from fuchsia.data.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.data`.
 *
 * Data whose shape the receiver decides.
 */
import {
  type Codec,
  flexibleUnion,
  optional,
  recursive,
  string,
  struct,
  table,
  type UnknownVariant,
  vector,
} from "./runtime/index.ts";

export const MAX_NUM_VALUE_ITEMS = 1024;
export const MAX_NUM_ENTRIES = 1024;
export const MAX_KEY_LENGTH = 1024;
export const MAX_VALUE_LENGTH = 32768;

export interface DictionaryEntry {
  readonly key: string;
  readonly value: DictionaryValue | undefined;
}
const STRING_1024 = string(1024);
const RECURSIVE_DICTIONARY_VALUE = recursive("fuchsia.data/DictionaryValue", 16, 8, () => DICTIONARY_VALUE);
const OPTIONAL_RECURSIVE_DICTIONARY_VALUE = optional(RECURSIVE_DICTIONARY_VALUE);
export const DICTIONARY_ENTRY: Codec<DictionaryEntry> = struct<DictionaryEntry>(
  "fuchsia.data/DictionaryEntry",
  { key: STRING_1024, value: OPTIONAL_RECURSIVE_DICTIONARY_VALUE },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.data/DictionaryEntry")) return;
      STRING_1024.encode(e, o, v.key);
      OPTIONAL_RECURSIVE_DICTIONARY_VALUE.encode(e, o + 16, v.value);
    },
    decode(d, o) {
      return { key: STRING_1024.decode(d, o), value: OPTIONAL_RECURSIVE_DICTIONARY_VALUE.decode(d, o + 16) };
    },
  },
);

/** Keys and values, by rising key, each key once. */
export interface Dictionary {
  readonly entries?: readonly DictionaryEntry[] | undefined;
}
const VECTOR_OF_DICTIONARY_ENTRY_1024 = vector(DICTIONARY_ENTRY, 1024);
export const DICTIONARY: Codec<Dictionary> = table<Dictionary>(
  "fuchsia.data/Dictionary",
  { entries: [1, VECTOR_OF_DICTIONARY_ENTRY_1024] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.data/Dictionary")) return;
      let max = 0;
      if (v.entries !== undefined) max = 1;
      const t = e.enterTable(o, max);
      if (v.entries !== undefined) e.envelope(t, VECTOR_OF_DICTIONARY_ENTRY_1024, v.entries);
      e.leave();
    },
    decode(d, o) {
      const t = d.enterTable(o);
      const n = d.envelopes;
      const m1 = n >= 1 ? d.optionalEnvelope(t, VECTOR_OF_DICTIONARY_ENTRY_1024) : undefined;
      d.leaveTable(t, n, 1);
      return { entries: m1 };
    },
  },
);

export type DictionaryValue =
  | { readonly kind: "str"; readonly str: string }
  | { readonly kind: "strVec"; readonly strVec: readonly string[] }
  | { readonly kind: "objVec"; readonly objVec: readonly Dictionary[] }
  | UnknownVariant;
const STRING_32768 = string(32768);
const VECTOR_OF_STRING_32768_1024 = vector(STRING_32768, 1024);
const VECTOR_OF_DICTIONARY_1024 = vector(DICTIONARY, 1024);
export const DICTIONARY_VALUE: Codec<DictionaryValue> = flexibleUnion(
  "fuchsia.data/DictionaryValue",
  {
    str: [1, STRING_32768],
    strVec: [2, VECTOR_OF_STRING_32768_1024],
    objVec: [3, VECTOR_OF_DICTIONARY_1024],
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.data/DictionaryValue")) return;
      switch (v.kind) {
        case "str":
          return e.union(o, 1, STRING_32768, v.str);
        case "strVec":
          return e.union(o, 2, VECTOR_OF_STRING_32768_1024, v.strVec);
        case "objVec":
          return e.union(o, 3, VECTOR_OF_DICTIONARY_1024, v.objVec);
        default:
          return e.unknownVariant(o, v, "fuchsia.data/DictionaryValue");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "str", str: d.envelope(o + 8, STRING_32768) };
        case 2:
          return { kind: "strVec", strVec: d.envelope(o + 8, VECTOR_OF_STRING_32768_1024) };
        case 3:
          return { kind: "objVec", objVec: d.envelope(o + 8, VECTOR_OF_DICTIONARY_1024) };
        default:
          return d.unknownVariant(o);
      }
    },
  },
);
