/** Columns of generated code. */
const WIDTH = 110;

/** Text of a module, line by line: indented, and broken where a line would be too long, as a formatter would. */
export class Writer {
  readonly #lines: string[] = [];
  #indent = "";

  /** The text so far, with a newline at its end. */
  toString(): string {
    return `${this.#lines.join("\n")}\n`;
  }

  line(text = ""): void {
    this.#lines.push(text === "" ? "" : this.#indent + text);
  }

  /** An empty line, unless there is one already or nothing at all. */
  gap(): void {
    if (this.#lines.length > 0 && this.#lines.at(-1) !== "") this.line();
  }

  /** `open`, then what `body` writes, indented, then `close`, if it has an end. */
  block(open: string, body: () => void, close?: string): void {
    this.line(open);
    const indent = this.#indent;
    this.#indent += "  ";
    body();
    this.#indent = indent;
    if (close !== undefined) this.line(close);
  }

  /** `open a, b, c close` on one line if there is room (with `space` inside the brackets), else an item a line. */
  list(open: string, items: readonly string[], close: string, space = ""): void {
    const line = items.length === 0 ? open + close : open + space + items.join(", ") + space + close;
    if (this.fits(line)) this.line(line);
    else {
      this.block(
        open,
        () => {
          for (const item of items) this.line(`${item},`);
        },
        close,
      );
    }
  }

  /** `head<A, B>` and what follows, all on one line if there is room; else a type argument a line. Returns what is left to write. */
  generic(head: string, types: readonly string[], tail: string): string {
    const line = `${head}<${types.join(", ")}>${tail}`;
    if (this.fits(line)) return line;
    this.block(`${head}<`, () => {
      for (const [i, type] of types.entries()) this.line(i === types.length - 1 ? type : `${type},`);
    });
    return `>${tail}`;
  }

  /** `if (condition) statement`, the statement on a line of its own where there is no room. */
  when(condition: string, statement: string): void {
    const head = `if (${condition})`;
    if (this.fits(`${head} ${statement}`)) this.line(`${head} ${statement}`);
    else this.block(head, () => this.line(statement));
  }

  /** `head = condition ? yes : no;`, broken as far as it must be. */
  choice(head: string, condition: string, yes: string, no: string): void {
    const line = `${condition} ? ${yes} : ${no};`;
    if (this.fits(`${head} = ${line}`)) this.line(`${head} = ${line}`);
    else {
      this.block(`${head} =`, () => {
        if (this.fits(line)) this.line(line);
        else {
          this.block(condition, () => {
            this.line(`? ${yes}`);
            this.line(`: ${no};`);
          });
        }
      });
    }
  }

  /** Whether a line has room for `text`. */
  fits(text: string): boolean {
    return this.#indent.length + text.length <= WIDTH && !text.includes("\n");
  }

  /** A doc comment; nothing for no text. Lines of `tags` (`@param ...`) come after it. */
  doc(text: string, tags: readonly string[] = []): void {
    const lines = [...(text === "" ? [] : text.split("\n")), ...tags].map((line) =>
      line.replaceAll("*/", "*\\/").trimEnd(),
    );
    if (lines.length === 0) return;
    if (lines.length === 1 && this.fits(`/** ${lines[0]} */`)) {
      this.line(`/** ${lines[0]} */`);
      return;
    }
    this.line("/**");
    for (const line of lines) this.line(line === "" ? " *" : ` * ${line}`);
    this.line(" */");
  }
}

/** `"text"` as TypeScript writes it. */
export function quote(text: string): string {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** A whole number as TypeScript writes it; in hex with at least `hexDigits`, if there are to be any. */
export function integer(value: bigint, isBigint: boolean, hexDigits = 0): string {
  const isHex = hexDigits > 0 && value >= 0n;
  const digits = isHex ? `0x${value.toString(16).padStart(hexDigits, "0")}` : value.toString();
  return isBigint ? `${digits}n` : digits;
}
