/** Programs as text of the bind language, with full names. */
import type { BindProgram, Block, Condition, Operand, Statement } from "./program.ts";
import { formatValue, quote } from "./properties.ts";

/** A program as a `.bind` file without its `using` lines. */
export function printProgram(program: BindProgram): string {
  if (program.kind === "rules") return `${printBlock(program.block, "")}\n`;
  const nodes = program.nodes.map(
    ({ role, name, block }) =>
      `${role === "additional" ? "" : `${role} `}node ${quote(name)} {\n${printBlock(block, "  ")}\n}\n`,
  );
  return `composite ${program.name};\n\n${nodes.join("\n")}`;
}

function printBlock(block: Block, indent: string): string {
  return block.map((statement) => printWhole(statement, indent)).join("\n");
}

function printWhole(first: Statement, indent: string): string {
  if (first.kind !== "if") return `${indent}${printStatement(first)}`;
  let text = indent;
  for (let statement = first; ; ) {
    text += `${printStatement(statement)} {\n${printBlock(statement.block, `${indent}  `)}\n${indent}} else `;
    const [only, ...others] = statement.otherwise;
    if (only?.kind !== "if" || others.length > 0)
      return `${text}{\n${printBlock(statement.otherwise, `${indent}  `)}\n${indent}}`;
    statement = only;
  }
}

/** A statement on one line; of an `if`, what stands before its first block. */
export function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case "condition":
      return `${printCondition(statement)};`;
    case "accept":
      return `accept ${statement.key} { ${statement.operands.map(printOperand).join(", ")} }`;
    case "if":
      return `if ${printCondition(statement.condition)}`;
    case "true":
    case "false":
      return `${statement.kind};`;
  }
}

export function printCondition({ key, op, operand }: Condition): string {
  return `${key} ${op} ${printOperand(operand)}`;
}

function printOperand({ value, name }: Operand): string {
  return name ?? formatValue(value);
}
