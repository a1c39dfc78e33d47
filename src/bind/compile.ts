/** The bind language to the common program. */
import { ZxError } from "../zx/error.ts";
import type { BlockNode, CompositeFile, LibraryFile, RulesFile, StatementNode } from "./ast.ts";
import { Code } from "./codes.ts";
import { type BindDiagnostic, formatBindDiagnostic, Reporter } from "./diagnostic.ts";
import { LIBRARIES } from "./libraries.ts";
import { parseLibraryFile } from "./parse_library.ts";
import { parseRulesFile } from "./parse_rules.ts";
import type { BindProgram, Block, Place, Statement } from "./program.ts";
import { AUTOBIND } from "./properties.ts";
import { Resolver } from "./resolver.ts";
import { SourceFile, type SourceText, type Span } from "./source.ts";
import { collectSymbols, type FindLibrary } from "./symbols.ts";

export interface BindOptions {
  /** Bind libraries beside those of the package (`bind/*.bind`); one of the same name takes the place of the package's. */
  readonly libraries?: readonly SourceText[];
  /** The driver binds by request only: `fuchsia.BIND_AUTOBIND == 0` is put in front. Means nothing to composite rules. */
  readonly disableAutobind?: boolean;
}

export interface CompiledBind {
  /** There if there is no error. */
  readonly program?: BindProgram;
  /** Errors and warnings, file by file, in the order of their places. */
  readonly diagnostics: readonly BindDiagnostic[];
}

/**
 * Compiles bind rules or composite bind rules. A program that is wrong gives diagnostics, never an exception; those of
 * syntax first, and once there are none, those of names and types.
 */
export function compileBind(source: SourceText, options: BindOptions = {}): CompiledBind {
  const reporter = new Reporter();
  const file = parseRulesFile(new SourceFile(source), reporter);
  const find = libraryFinder(options.libraries ?? [], reporter);
  if (reporter.errors > 0) return { diagnostics: sorted(reporter) };
  const resolver = new Resolver(file.using, collectSymbols(file.using, find, reporter), find, reporter);
  const program = translate(file, resolver, options.disableAutobind === true);
  return { ...(reporter.errors === 0 && { program }), diagnostics: sorted(reporter) };
}

/**
 * Bind rules as text, compiled, for a driver's `bind`.
 *
 * @throws ZxError INVALID_ARGS with all that is wrong, and where
 */
export function parseBind(text: string, options: BindOptions & { readonly name?: string } = {}): BindProgram {
  const { program, diagnostics } = compileBind({ name: options.name ?? "bind", text }, options);
  if (program !== undefined) return program;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  throw new ZxError(
    "INVALID_ARGS",
    `bind rules do not compile\n${errors.map(formatBindDiagnostic).join("\n")}`,
  );
}

const ownLibraries = new Map<string, LibraryFile>();

function libraryFinder(given: readonly SourceText[], reporter: Reporter): FindLibrary {
  const libraries = new Map<string, LibraryFile>();
  for (const source of given) {
    const library = parseLibraryFile(new SourceFile(source), reporter);
    if (library === undefined) continue;
    const { text, span } = library.name;
    if (libraries.has(text))
      reporter.error(Code.DUPLICATE_IDENTIFIER, span, `library \`${text}\` is given twice`);
    libraries.set(text, library);
  }
  return (name) => libraries.get(name) ?? ownLibrary(name);
}

/** Libraries of the package are read when they are first asked for. */
function ownLibrary(name: string): LibraryFile | undefined {
  const text = LIBRARIES.get(name);
  if (text === undefined || ownLibraries.has(name)) return ownLibraries.get(name);
  const library = parseLibraryFile(new SourceFile({ name: `${name}.bind`, text }), new Reporter());
  if (library !== undefined) ownLibraries.set(name, library);
  return library;
}

function translate(
  file: RulesFile | CompositeFile,
  resolver: Resolver,
  disableAutobind: boolean,
): BindProgram {
  if (file.kind === "rules") {
    const block = translateBlock(file.block, resolver);
    return { kind: "rules", block: disableAutobind ? [ON_REQUEST_ONLY, ...block] : block };
  }
  const nodes = file.nodes.map(({ role, name, block, span }) => ({
    name: name.text,
    role,
    block: translateBlock(block, resolver),
    at: placeOf(span),
  }));
  return { kind: "composite", name: file.name.text, nodes };
}

const ON_REQUEST_ONLY: Statement = {
  kind: "condition",
  key: AUTOBIND,
  op: "==",
  operand: { value: 0 },
  at: { path: "disableAutobind" },
};

function translateBlock(block: BlockNode, resolver: Resolver): Block {
  for (const [index, { kind, span }] of block.entries()) {
    if (kind === "if" && index !== block.length - 1)
      resolver.reporter.error(Code.IF_MUST_BE_TERMINAL, span, "`if` must be the last statement of a block");
    if ((kind === "true" || kind === "false") && block.length > 1) {
      const code = kind === "true" ? Code.TRUE_MUST_BE_ISOLATED : Code.FALSE_MUST_BE_ISOLATED;
      resolver.reporter.error(code, span, `\`${kind}\` must be the only statement of a block`);
    }
  }
  return block.map((node) => translateStatement(node, resolver));
}

function translateStatement(node: StatementNode, resolver: Resolver): Statement {
  const at = placeOf(node.span);
  switch (node.kind) {
    case "true":
    case "false":
      return { kind: node.kind, at };
    case "condition":
      return { kind: "condition", ...resolver.condition(node.condition, at) };
    case "accept": {
      const key = resolver.key(node.key);
      const operands = node.values.map((value) => resolver.value(value, key));
      return { kind: "accept", key: key.name, operands, at };
    }
    case "if": {
      const branches = node.branches.map(({ condition, block, span }) => ({
        condition: resolver.condition(condition, placeOf(condition.span)),
        block: translateBlock(block, resolver),
        at: placeOf(span),
      }));
      const end = translateBlock(node.otherwise, resolver);
      return branches.reduceRight<Block>(
        (otherwise, branch) => [{ kind: "if", ...branch, otherwise }],
        end,
      )[0]!;
    }
  }
}

function placeOf({ file, start }: Span): Place {
  return { file: file.name, ...file.position(start) };
}

function sorted({ diagnostics }: Reporter): BindDiagnostic[] {
  const files = [...new Set(diagnostics.map(({ file }) => file))];
  return files.flatMap((name) =>
    diagnostics.filter(({ file }) => file === name).sort((one, other) => one.offset - other.offset),
  );
}
