/** What the attributes that the language knows may stand on, and which arguments they have. Others are users' own. */

export type Placement =
  | "library"
  | "const"
  | "alias"
  | "bits"
  | "enum"
  | "struct"
  | "table"
  | "union"
  | "bits member"
  | "enum member"
  | "struct member"
  | "table member"
  | "union member"
  | "protocol"
  | "method"
  | "compose"
  | "service"
  | "service member"
  | "resource"
  | "resource property";

export interface AttributeSchema {
  /** Where it may stand; everywhere if it does not say. */
  readonly placements?: readonly Placement[];
  /** Whether it may stand on layouts without a name ("only": on no others). */
  readonly anonymous?: "only" | "never";
  /** Names of its arguments, all strings. */
  readonly args: readonly string[];
  /** Whether it has one argument, which is not named, and must be there; others may be left out. */
  readonly isUnnamed?: boolean;
  /** Whether its argument must be written out, for it is needed before constants are known. */
  readonly needsLiteral?: boolean;
  /** What to do instead. */
  readonly retired?: string;
}

const UNNAMED = { args: ["value"], isUnnamed: true } as const;

const SCHEMAS: { readonly [name: string]: AttributeSchema } = {
  // versions.ts checks its arguments.
  available: { anonymous: "never", args: [] },
  discoverable: {
    placements: ["protocol"],
    args: ["name", "client", "server"],
  },
  doc: UNNAMED,
  generated_name: {
    placements: ["bits", "enum", "struct", "table", "union"],
    anonymous: "only",
    needsLiteral: true,
    ...UNNAMED,
  },
  selector: { placements: ["method"], ...UNNAMED },
  serializable: { placements: ["struct", "table", "union"], args: ["read", "write"] },
  transport: { placements: ["protocol"], needsLiteral: true, ...UNNAMED },
  unknown: { placements: ["enum member"], args: [] },
  for_deprecated_c_bindings: { args: [], retired: "there are no C bindings any more" },
  layout: { ...UNNAMED, retired: "simple layouts are no more" },
  transitional: { args: [], retired: "use @available" },
};

export function schemaOf(name: string): AttributeSchema | undefined {
  return Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
}

/** The known attribute that a name is one letter away from; `unkown` is `unknown`. */
export function nearMiss(name: string): string | undefined {
  return Object.keys(SCHEMAS).find(
    (known) => SCHEMAS[known]!.retired === undefined && isOneEditAway(name, known),
  );
}

function isOneEditAway(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start++;
  const ends = [
    [one.slice(start + 1), other.slice(start + 1)],
    [one.slice(start + 1), other.slice(start)],
    [one.slice(start), other.slice(start + 1)],
  ];
  return one !== other && ends.some(([left, right]) => left === right);
}
