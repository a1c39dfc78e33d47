/** Bind rules as objects to the common program. */
import { ZxError } from "../zx/error.ts";
import {
  type BindProgram,
  type Block,
  type CompositeNode,
  type Condition,
  MAX_NESTING,
  type NodeRole,
  type Operand,
  type Statement,
} from "./program.ts";
import { describe, type PropertyValue, stringProblem, valueProblem } from "./properties.ts";
import type { BindRules } from "./rules.ts";

const compiled = new WeakMap<object, BindProgram>();

/**
 * The program that rules mean; each object is compiled once, so it must not change afterwards.
 *
 * @throws ZxError INVALID_ARGS for what are no bind rules, with the path to what is wrong
 */
export function compileRules(rules: BindRules): BindProgram {
  if (isProgram(rules)) return rules;
  if (typeof rules !== "object" || rules === null)
    return { kind: "rules", block: compileBlock(rules, "bind") };
  let program = compiled.get(rules);
  if (program === undefined) {
    program = hasOwn(rules, "composite")
      ? compileComposite(rules)
      : { kind: "rules", block: compileBlock(rules, "bind") };
    compiled.set(rules, program);
  }
  return program;
}

/** Compiled rules are told from conditions by a `kind` that comes with what no condition can be. */
function isProgram(rules: BindRules): rules is BindProgram {
  if (typeof rules !== "object" || rules === null || Array.isArray(rules)) return false;
  const { kind, block, nodes } = rules as { kind?: unknown; block?: unknown; nodes?: unknown };
  const parts = kind === "rules" ? block : kind === "composite" ? nodes : undefined;
  return Array.isArray(parts) && typeof parts[0] === "object";
}

const ROLES: readonly NodeRole[] = ["primary", "additional", "optional"];

/** As the bind language has it, so that rules can be printed. */
const COMPOSITE_NAME = /^[A-Za-z]([A-Za-z0-9_]*[A-Za-z0-9])?(\.[A-Za-z]([A-Za-z0-9_]*[A-Za-z0-9])?)*$/;

function compileComposite(rules: object): BindProgram {
  checkMembers(rules, ["composite", ...ROLES], "bind");
  const { composite: name } = rules as { composite: unknown };
  if (typeof name !== "string" || !COMPOSITE_NAME.test(name))
    fail("bind.composite", "a composite has a name: identifiers, joined by dots");
  const nodes = ROLES.flatMap((role) => {
    const group = (rules as Readonly<Record<string, unknown>>)[role];
    return group === undefined ? [] : compileNodes(group, role);
  });
  const primaries = nodes.filter(({ role }) => role === "primary").length;
  if (primaries !== 1) fail("bind.primary", `exactly one node is primary, not ${primaries}`);
  for (const [index, { name, role }] of nodes.entries())
    if (nodes.findIndex((other) => other.name === name) !== index)
      fail(member(`bind.${role}`, name), "two nodes have this name");
  return { kind: "composite", name, nodes };
}

function compileNodes(group: unknown, role: NodeRole): CompositeNode[] {
  const path = `bind.${role}`;
  if (!isRecord(group)) fail(path, `nodes by name, not ${describe(group)}`);
  return Object.entries(group).map(([name, block]) => {
    const at = member(path, name);
    if (name === "") fail(at, "a node has a name");
    return { name, role, block: compileBlock(block, at), at: { path: at } };
  });
}

function compileBlock(source: unknown, path: string, depth = 0): Block {
  if (depth > MAX_NESTING) fail(path, `\`if\` is nested more than ${MAX_NESTING} deep`);
  if (typeof source === "boolean") return [{ kind: source ? "true" : "false", at: { path } }];
  const isList = Array.isArray(source);
  const parts: readonly unknown[] = isList ? source : [source];
  const block = parts.flatMap((part, index): readonly Statement[] => {
    const at = isList ? `${path}[${index}]` : path;
    if (!isRecord(part))
      fail(
        at,
        `conditions by key, or an \`if\`, not ${isList && typeof part === "boolean" ? `${part} among others` : describe(part)}`,
      );
    if (!hasOwn(part, "if")) return compileConditions(part, at);
    if (index !== parts.length - 1) fail(at, "`if` is the last statement of a block");
    return [compileIf(part, at, depth)];
  });
  if (block.length === 0) fail(path, "bind rules are empty; write true for rules that every node satisfies");
  return block;
}

/** A chain of `else: { if }` is followed in a loop: it may be long without being deep. */
function compileIf(first: Readonly<Record<string, unknown>>, firstPath: string, depth: number): Statement {
  const branches: { condition: Condition; block: Block; path: string }[] = [];
  const seen = new Set<unknown>();
  let source = first;
  let path = firstPath;
  for (;;) {
    if (seen.has(source)) fail(path, "an `if` stands in its own `else`");
    seen.add(source);
    checkMembers(source, ["if", "do", "else"], path);
    for (const part of ["do", "else"]) if (!hasOwn(source, part)) fail(path, `\`if\` without \`${part}\``);
    branches.push({
      condition: compileIfCondition(source.if, `${path}.if`),
      block: compileBlock(source.do, `${path}.do`, depth + 1),
      path,
    });
    const next = source.else;
    path = `${path}.else`;
    if (!isRecord(next) || !hasOwn(next, "if")) {
      const end = compileBlock(next, path, depth + 1);
      return branches.reduceRight<Block>(
        (otherwise, { condition, block, path: at }) => [
          { kind: "if", condition, block, otherwise, at: { path: at } },
        ],
        end,
      )[0]!;
    }
    source = next;
  }
}

function compileIfCondition(source: unknown, path: string): Condition {
  const statements = isRecord(source) ? compileConditions(source, path) : [];
  const [statement] = statements;
  if (statements.length !== 1 || statement?.kind !== "condition")
    fail(path, "a condition is one key with one value, or with { not: value }");
  const { key, op, operand, at } = statement;
  return { key, op, operand, at };
}

function compileConditions(source: Readonly<Record<string, unknown>>, path: string): Statement[] {
  return Object.entries(source).flatMap(([key, wanted]): Statement[] => {
    const at = { path: member(path, key) };
    const problem = key === "" ? "a property's key is not empty" : stringProblem(key);
    if (problem !== undefined) fail(at.path, problem);
    const condition = (op: "==" | "!=", operand: Operand): Statement => ({
      kind: "condition",
      key,
      op,
      operand,
      at,
    });
    if (isRecord(wanted)) {
      checkMembers(wanted, ["not"], at.path);
      return operands(wanted.not, `${at.path}.not`).map((operand) => condition("!=", operand));
    }
    const all = operands(wanted, at.path);
    return Array.isArray(wanted) ? [{ kind: "accept", key, operands: all, at }] : [condition("==", all[0]!)];
  });
}

function operands(source: unknown, path: string): Operand[] {
  const values: readonly unknown[] = Array.isArray(source) ? source : [source];
  if (values.length === 0) fail(path, "a list of values has at least one");
  for (const [index, value] of values.entries()) {
    const at = Array.isArray(source) ? `${path}[${index}]` : path;
    const problem = valueProblem(value);
    if (problem !== undefined) fail(at, problem);
    if (typeof value !== typeof values[0])
      fail(at, `a ${typeof value} among values of type ${typeof values[0]}`);
  }
  return values.map((value) => ({ value: value as PropertyValue }));
}

function checkMembers(source: object, known: readonly string[], path: string): void {
  for (const name of Object.keys(source))
    if (!known.includes(name)) fail(member(path, name), `no such part; there are ${known.join(", ")}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasOwn(value: object, name: string): boolean {
  return Object.hasOwn(value, name);
}

/** `bind["fuchsia.BIND_PCI_VID"]`, `bind.primary.pci`. */
function member(path: string, name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}

function fail(path: string, problem: string): never {
  throw new ZxError("INVALID_ARGS", `${path}: ${problem}`);
}
