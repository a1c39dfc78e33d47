/** Schemas and values at random, from a seed. */
import type { AnyCodec, Member } from "../../../src/fidl/runtime/index.ts";
import { MAX_BOUND } from "../../../src/fidl/runtime/index.ts";
import { randomStream } from "../../../src/zx/random.ts";

export class Random {
  readonly #next: () => number;

  constructor(seed: number, name: string) {
    this.#next = randomStream(seed, name);
  }

  /** 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** 32 bits, often at an edge. */
  bits(): number {
    return this.chance(0.4)
      ? this.of([0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xff, 0x80])
      : this.below(2 ** 32);
  }
}

const PRIMITIVES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64".split(" ");

/** The text of a library `name` with declarations of every kind, each made of earlier ones; some contain themselves. */
export function randomLibrary(random: Random, name: string): string {
  const declarations: string[] = [];
  const structs: string[] = [];
  const unions: string[] = [];
  const others: string[] = [];
  // Not too deep, so that most values can be sent.
  const inner = (depth: number): string => {
    const kind = random.below(depth > 2 ? 4 : 14);
    if (kind < 4) return random.of(PRIMITIVES);
    if (kind === 4) return random.of(["string", "string:5", "string:<5, optional>", "string:optional"]);
    if (kind === 5) return random.of(["vector<uint8>:9", "vector<uint8>", "vector<uint8>:<9, optional>"]);
    if (kind === 6) return `vector<${inner(depth + 1)}>${random.of(["", ":3", ":<3, optional>"])}`;
    if (kind === 7) return `array<${inner(depth + 1)}, ${1 + random.below(4)}>`;
    if (kind === 8) return random.of(["zx.Handle", "zx.Handle:VMO", "zx.Handle:<EVENT, optional>"]);
    if (kind === 9 && structs.length > 0) return `box<${random.of(structs)}>`;
    if (kind === 10 && unions.length > 0) return `${random.of(unions)}:optional`;
    const known = [...structs, ...unions, ...others];
    return known.length === 0 ? "uint32" : random.of(known.slice(-6));
  };
  // Members of tables and unions cannot be optional.
  const required = (): string => {
    const type = inner(1);
    return type.includes("optional") || type.startsWith("box<") ? random.of(PRIMITIVES) : type;
  };
  for (let i = 0; i < 14; i++) {
    const own = `T${i}`;
    const count = 1 + random.below(5);
    const members = Array.from({ length: count }, (_, m) => m);
    const ordinals = members.map((m) => 1 + m * (1 + random.below(2)) + random.below(2));
    const unique = [...new Set(ordinals)];
    const strictness = random.of(["strict", "flexible"]);
    switch (random.below(6)) {
      case 0: {
        const values = members.map((m) => `  M${m} = ${m * 3};`).join("\n");
        declarations.push(
          `type ${own} = ${strictness} enum : ${random.of(["uint8", "int32", "uint64"])} {\n${values}\n};`,
        );
        others.push(own);
        break;
      }
      case 1: {
        const values = members.map((m) => `  M${m} = ${2 ** m};`).join("\n");
        declarations.push(
          `type ${own} = ${strictness} bits : ${random.of(["uint8", "uint64"])} {\n${values}\n};`,
        );
        others.push(own);
        break;
      }
      case 2: {
        const text = unique.map((ordinal) => `  ${ordinal}: m_${ordinal} ${required()};`).join("\n");
        declarations.push(`type ${own} = resource table {\n${text}\n};`);
        others.push(own);
        break;
      }
      case 3: {
        const text = unique.map((ordinal) => `  ${ordinal}: m${ordinal}_x ${required()};`).join("\n");
        declarations.push(`type ${own} = ${strictness} resource union {\n${text}\n};`);
        unions.push(own);
        break;
      }
      default: {
        const recursive = random.chance(0.3) ? [`  again box<${own}>;`] : [];
        const text = [...members.map((m) => `  m_${m}a ${inner(0)};`), ...recursive].join("\n");
        declarations.push(`type ${own} = resource struct {\n${text}\n};`);
        structs.push(own);
      }
    }
  }
  const text = declarations.join("\n");
  return `library ${name};\n${text.includes("zx.") ? "using zx;\n" : ""}${text}\n`;
}

/** A value that a codec can encode, unless it is too deep. */
export function randomValue(random: Random, codec: AnyCodec, depth = 0): unknown {
  const { type } = codec;
  const inner = (of: AnyCodec) => randomValue(random, of, depth + 1);
  const length = (bound: number) => random.below(Math.min(bound, depth > 3 ? 1 : 3) + 1);
  switch (type.kind) {
    case "bool":
      return random.chance(0.5);
    case "float":
      return Math.fround(random.of([0, -0, 1.5, -1e10, Infinity, Math.PI]));
    case "integer": {
      const bits = (BigInt(random.bits()) << 32n) | BigInt(random.bits());
      const value = type.signed ? BigInt.asIntN(type.bits, bits) : BigInt.asUintN(type.bits, bits);
      return type.bigint ? value : Number(value);
    }
    case "string":
      return random.of(["", "a", "caf\u00e9", "\u{1f600}"]);
    case "bytes":
      return Uint8Array.from({ length: length(type.bound === MAX_BOUND ? 20 : type.bound) }, () =>
        random.below(256),
      );
    case "byteArray":
      return Uint8Array.from({ length: type.count }, () => random.below(256));
    case "vector":
      return Array.from({ length: length(type.bound) }, () => inner(type.element));
    case "array":
      return Array.from({ length: type.count }, () => inner(type.element));
    case "optional":
    case "box":
      return depth > 4 || random.chance(0.4) ? undefined : inner(type.of);
    case "struct":
      return fromMembers(type.members, inner);
    case "table":
      return fromMembers(
        type.members.filter(() => depth < 6 && random.chance(0.6)),
        inner,
      );
    case "union": {
      const { key, codec: member } = random.of(type.members);
      return { kind: key, [key]: inner(member) };
    }
    case "enum":
      return random.of(type.values).value;
    case "bits": {
      const value = type.values.reduce(
        (all, one) => (random.chance(0.5) ? all | BigInt(one.value) : all),
        0n,
      );
      return typeof type.values[0]!.value === "bigint" ? value : Number(value);
    }
    case "handle":
      return 3 + 4 * random.below(1000);
    case "recursive":
      return inner(type.of());
  }
}

function fromMembers(members: readonly Member[], value: (codec: AnyCodec) => unknown): object {
  return Object.fromEntries(members.map(({ key, codec }) => [key, value(codec)]));
}
