/** Random rules in both forms mean one thing; and what the debugger says is what the matcher does. */
import { describe, expect, it } from "vitest";
import {
  type BindBlock,
  type BindConditions,
  type BindIf,
  type BindProgram,
  compileRules,
  explain,
  explainComposite,
  match,
  matchCompositeDriver,
  type NodeProperties,
  type PropertyValue,
  parseBind,
  printProgram,
} from "../../src/bind/index.ts";
import { randomStream } from "../../src/zx/random.ts";
import { meaning } from "./support.ts";

const LIBRARY = {
  name: "random.bind",
  text: "library r; uint N0; uint N1; string S0; string S1; bool B0; bool B1;",
};
const KEYS = ["r.N0", "r.N1", "r.S0", "r.S1", "r.B0", "r.B1"] as const;
const VALUES: Readonly<Record<string, readonly PropertyValue[]>> = {
  N: [0, 1, 2, 0xffff_ffff],
  S: ["", "a", 'quo"te', "back\\slash", "é\u{1f600}"],
  B: [true, false],
};

class Maker {
  readonly #random: () => number;
  constructor(name: string) {
    this.#random = randomStream(1, name);
  }
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
  value(key: string): PropertyValue {
    return this.pick(VALUES[key[2]!]!);
  }
  list(key: string): PropertyValue[] {
    return Array.from({ length: 1 + this.below(3) }, () => this.value(key));
  }
  conditions(): BindConditions {
    const keys = KEYS.filter(() => this.below(3) === 0);
    return Object.fromEntries(
      (keys.length === 0 ? [this.pick(KEYS)] : keys).map((key) => [key, this.condition(key)]),
    );
  }
  condition(key: string): BindConditions[string] {
    const kind = this.below(4);
    if (kind === 0) return this.value(key);
    if (kind === 1) return this.list(key);
    return { not: kind === 2 ? this.value(key) : this.list(key) };
  }
  choice(depth: number): BindIf {
    const key = this.pick(KEYS);
    const value = this.value(key);
    return {
      if: { [key]: this.below(2) === 0 ? value : { not: value } },
      do: this.block(depth + 1),
      else: this.block(depth + 1),
    };
  }
  block(depth = 0): BindBlock {
    const kind = this.below(depth > 3 ? 3 : 6);
    if (kind === 0) return this.below(2) === 0;
    if (kind < 3) return this.conditions();
    if (kind === 3) return this.choice(depth);
    const block: (BindConditions | BindIf)[] = Array.from({ length: 1 + this.below(3) }, () =>
      this.conditions(),
    );
    if (this.below(2) === 0) block.push(this.choice(depth));
    return block;
  }
  /** Mostly of the right types, and not of too many different values. */
  properties(): NodeProperties {
    const keys = KEYS.filter(() => this.below(4) > 0);
    return Object.fromEntries(
      keys.map((key) => [key, this.value(this.below(20) === 0 ? this.pick(KEYS) : key)]),
    );
  }
}

function throughText(program: BindProgram): BindProgram {
  const text = printProgram(program);
  const withUsing = program.kind === "rules" ? `using r;\n${text}` : text.replace(";", ";\nusing r;");
  return parseBind(withUsing, { libraries: [LIBRARY] });
}

describe("Random rules", () => {
  it("decide alike as an object and as text, on random nodes, 3,000 of them on 20 nodes each", () => {
    const make = new Maker("rules");
    let matches = 0;
    for (let round = 0; round < 3000; round++) {
      const rules = make.block();
      const program = throughText(compileRules(rules));
      expect(meaning(program)).toEqual(meaning(compileRules(rules)));
      for (let node = 0; node < 20; node++) {
        const properties = make.properties();
        const decision = match(rules, properties);
        if (decision !== match(program, properties) || decision !== oracle(rules, properties))
          throw new Error(`${JSON.stringify(rules)} on ${JSON.stringify(properties)}`);
        matches += decision ? 1 : 0;
      }
    }
    // Neither answer is rare, or the above would show little.
    expect(matches).toBeGreaterThan(10_000);
    expect(matches).toBeLessThan(50_000);
  });

  it("are explained as they are matched", () => {
    const make = new Maker("explain");
    for (let round = 0; round < 5000; round++) {
      const rules = make.block();
      const properties = make.properties();
      const explanation = explain(rules, properties);
      if (explanation.kind !== "rules") throw new Error("no rules");
      expect(explanation.matches).toBe(match(rules, properties));
      const failed = explanation.statements.some(
        ({ kind, held, mismatch }) => mismatch || (kind !== "if" && !held),
      );
      expect(failed).toBe(!explanation.matches);
    }
  });

  it("of composites decide alike in both forms", () => {
    const make = new Maker("composites");
    let matches = 0;
    for (let round = 0; round < 3000; round++) {
      const rules = {
        composite: "c",
        primary: { p: make.block(2) },
        additional: { a: make.block(2) },
        optional: { o: make.block(2) },
      };
      const program = throughText(compileRules(rules));
      expect(meaning(program)).toEqual(meaning(compileRules(rules)));
      const parents = Array.from({ length: 1 + make.below(3) }, () => ({ properties: make.properties() }));
      const found = matchCompositeDriver(rules, parents);
      expect(found).toEqual(matchCompositeDriver(program, parents));
      expect(explainComposite(rules, parents)?.matches).toBe(found !== undefined);
      matches += found === undefined ? 0 : 1;
    }
    expect(matches).toBeGreaterThan(100);
  });
});

/** What an object of rules says, straight from the words of the language; a comparison of two types makes it false. */
function oracle(block: BindBlock, properties: NodeProperties): boolean {
  try {
    return holds(block, properties);
  } catch (error) {
    if (error === MISMATCH) return false;
    throw error;
  }
}

const MISMATCH = Symbol("mismatch");

function holds(block: BindBlock, properties: NodeProperties): boolean {
  if (typeof block === "boolean") return block;
  const parts = (Array.isArray(block) ? block : [block]) as readonly (BindConditions | BindIf)[];
  return parts.every((part) => {
    if (isIf(part)) {
      const [[key, wanted]] = Object.entries(part.if) as [[string, BindConditions[string]]];
      return holds(condition(properties[key], wanted) ? part.do : part.else, properties);
    }
    return Object.entries(part).every(([key, wanted]) => condition(properties[key], wanted));
  });
}

function isIf(part: BindConditions | BindIf): part is BindIf {
  return "if" in part;
}

function condition(actual: PropertyValue | undefined, wanted: BindConditions[string]): boolean {
  if (typeof wanted === "object" && "not" in wanted)
    return [wanted.not].flat().every((value) => !equal(actual, value));
  return ([wanted].flat() as PropertyValue[]).some((value) => equal(actual, value));
}

function equal(actual: PropertyValue | undefined, value: PropertyValue): boolean {
  if (actual !== undefined && typeof actual !== typeof value) throw MISMATCH;
  return actual === value;
}
