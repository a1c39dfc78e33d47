import { wrap } from "../inspect/style.ts";

/**
 * Help that was laid out for a hundred columns, laid out for fewer: paragraphs, and columns of what things are called and what they
 * are, whose second column goes on under itself.
 */
export function fitTo(text: string, columns: number): string {
  const lines = text.split("\n");
  const fitted: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    let line = lines[i]!;
    const indent = indentOf(line);
    const column = columnOf(line);
    const goesOn = (next = "") =>
      line !== "" && next !== "" && indentOf(next) === column && (column > indent || indent === 0);
    while (goesOn(lines[i + 1])) line += ` ${lines[++i]!.trimStart()}`;
    const [first = "", ...rest] = wrap(line.slice(column), columns - column);
    fitted.push(line.slice(0, column) + first, ...rest.map((more) => " ".repeat(column) + more));
  }
  return fitted.join("\n");
}

function indentOf(line: string): number {
  return line.search(/\S|$/);
}

/** Where a line's last column starts: behind two spaces or more, if it has any. */
function columnOf(line: string): number {
  return /^ *(?:\S.* {2,})?(?=\S|$)/.exec(line)![0].length;
}
