import type { BlockNode, CompositeFile, ConditionNode, RulesFile, StatementNode, ValueNode } from "./ast.ts";
import { Code } from "./codes.ts";
import type { Reporter } from "./diagnostic.ts";
import { Misread, Parser } from "./parser.ts";
import { MAX_NESTING, type NodeRole } from "./program.ts";
import type { SourceFile } from "./source.ts";

const KEYWORDS = ["accept", "as", "else", "false", "if", "true", "using"];
/** The second one is the newer word. */
const NODE_KEYWORDS = ["node", "parent"];

/** Reads bind rules, or composite bind rules, which begin with `composite`. */
export function parseRulesFile(file: SourceFile, reporter: Reporter): RulesFile | CompositeFile {
  return new RulesParser(file, reporter).parse();
}

class RulesParser extends Parser {
  parse(): RulesFile | CompositeFile {
    if (this.isAtKeyword("composite")) return this.#composite();
    const using = this.usingList(KEYWORDS);
    const block = this.#statements(0, "the file");
    return { kind: "rules", using, block };
  }

  #composite(): CompositeFile {
    let name = { text: "", span: this.span(this.token) };
    this.recovering(() => {
      this.advance();
      name = this.name("the composite's name");
      this.semicolon();
    });
    const using = this.usingList(KEYWORDS);
    const nodes: CompositeFile["nodes"][number][] = [];
    while (!this.isAt("end")) this.recovering(() => nodes.push(this.#node()));
    this.#checkNodes(name.span, nodes);
    return { kind: "composite", name, using, nodes };
  }

  #node(): CompositeFile["nodes"][number] {
    const first = this.token;
    const role: NodeRole = this.takeKeyword("primary")
      ? "primary"
      : this.takeKeyword("optional")
        ? "optional"
        : "additional";
    if (!this.isAtKeyword(...NODE_KEYWORDS)) {
      const start = role === "additional" ? "`primary node`, `node`, `optional node`" : "`node`";
      throw this.misread(Code.NODE_KEYWORD, `expected ${start} (or \`parent\`)`);
    }
    this.advance();
    if (!this.isAt("string") || this.token.text === "")
      throw this.misread(Code.NODE_NAME, 'expected the node\'s name, a string as in `node "pci"`');
    const token = this.advance();
    const name = { text: token.text, span: this.span(token) };
    const block = this.#block(0);
    return { role, name, block, span: this.span(first, token) };
  }

  #checkNodes(span: CompositeFile["name"]["span"], nodes: CompositeFile["nodes"]): void {
    const names = new Set<string>();
    let primary: CompositeFile["nodes"][number] | undefined;
    for (const node of nodes) {
      if (names.has(node.name.text))
        this.reporter.error(
          Code.DUPLICATE_NODE_NAME,
          node.name.span,
          `there is another node "${node.name.text}"`,
        );
      names.add(node.name.text);
      if (node.role !== "primary") continue;
      if (primary !== undefined)
        this.reporter.error(
          Code.ONE_PRIMARY_NODE,
          node.span,
          `"${primary.name.text}" is the primary node already; there is one`,
        );
      primary ??= node;
    }
    if (this.reporter.errors > 0) return;
    if (nodes.length === 0)
      this.reporter.error(Code.NO_NODES, span, "composite bind rules have at least one node");
    else if (primary === undefined)
      this.reporter.error(Code.ONE_PRIMARY_NODE, span, "one of the nodes must be `primary`");
  }

  #block(depth: number): BlockNode {
    const open = this.expect("{", Code.BLOCK_START, "to begin a block");
    const block = this.#statements(depth, "a block", open.start);
    this.expect("}", Code.BLOCK_END, "to end the block");
    return block;
  }

  /** Statements up to the end of the block or, on the outside, of the file. */
  #statements(depth: number, where: string, start?: number): BlockNode {
    const isOutside = start === undefined;
    const block: StatementNode[] = [];
    const before = this.reporter.errors;
    const first = this.token;
    while (!this.isAt("end") && (isOutside || !this.isAt("}")))
      this.recovering(() => block.push(this.#statement(depth)));
    if (block.length === 0 && this.reporter.errors === before)
      this.reporter.error(
        Code.NO_STATEMENTS,
        this.span(isOutside ? first : { file: this.file, start, end: this.token.end }),
        `${where} has at least one statement; write \`true;\` or \`false;\` if that is meant`,
      );
    return block;
  }

  #statement(depth: number): StatementNode {
    const first = this.token;
    if (this.takeKeyword("true")) return this.#constant("true", first);
    // `abort` is how older files spell it.
    if (this.takeKeyword("false") || this.takeKeyword("abort")) return this.#constant("false", first);
    if (this.takeKeyword("accept")) return this.#accept(first);
    if (this.isAtKeyword("if")) return this.#if(depth);
    if (this.isAtKeyword("else")) throw this.misread(Code.IDENTIFIER, "expected a statement");
    const condition = this.#condition();
    this.semicolon();
    return { kind: "condition", condition, span: condition.span };
  }

  #constant(kind: "true" | "false", first: { start: number; end: number }): StatementNode {
    const span = { file: this.file, start: first.start, end: first.end };
    this.semicolon();
    return { kind, span };
  }

  #condition(): ConditionNode {
    const key = this.name("a statement: `KEY == VALUE;`, `accept`, `if`, `true;` or `false;`");
    if (!this.isAt("==") && !this.isAt("!=")) {
      const isNode = ["primary", "optional", ...NODE_KEYWORDS].includes(key.text);
      const hint = isNode ? " (nodes belong to files that begin with `composite NAME;`)" : "";
      throw this.misread(
        isNode ? Code.COMPOSITE_KEYWORD : Code.CONDITION_OP,
        `expected \`==\` or \`!=\`${hint}`,
      );
    }
    const op = this.advance().kind as "==" | "!=";
    const value = this.value();
    return { key, op, value, span: this.span(key.span, value.span) };
  }

  #accept(first: { start: number; end: number }): StatementNode {
    const key = this.name("a property's key");
    this.expect("{", Code.LIST_START, "to begin the list of values");
    const values: ValueNode[] = [];
    do values.push(this.value());
    while (this.take(",") && !this.isAt("}"));
    this.expect("}", Code.LIST_END, "or `,` after a value");
    return { kind: "accept", key, values, span: { file: this.file, start: first.start, end: key.span.end } };
  }

  #if(depth: number): StatementNode {
    if (depth >= MAX_NESTING) {
      // Nothing below can be recovered without nesting as deep.
      this.reporter.error(
        Code.NESTING,
        this.span(this.token),
        `\`if\` is nested more than ${MAX_NESTING} deep`,
      );
      while (!this.isAt("end")) this.advance();
      throw new Misread();
    }
    const branches: Extract<StatementNode, { kind: "if" }>["branches"][number][] = [];
    for (;;) {
      const first = this.advance();
      const condition = this.#condition();
      const block = this.#block(depth + 1);
      branches.push({ condition, block, span: this.span(first, condition.span) });
      if (!this.takeKeyword("else"))
        throw this.misread(Code.ELSE_KEYWORD, "expected `else`, which every `if` has");
      if (this.isAtKeyword("if")) continue;
      return { kind: "if", branches, otherwise: this.#block(depth + 1), span: branches[0]!.span };
    }
  }
}
