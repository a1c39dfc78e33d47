import type { DeclarationNode, KeyType, LibraryFile, NameNode } from "./ast.ts";
import { Code } from "./codes.ts";
import type { Reporter } from "./diagnostic.ts";
import { Parser } from "./parser.ts";
import type { PropertyValue } from "./properties.ts";
import type { SourceFile } from "./source.ts";

const TYPES: readonly KeyType[] = ["uint", "string", "bool", "enum"];
const KEYWORDS = ["as", "extend", "library", "using", ...TYPES];

/** Reads a bind library; undefined if it does not even say its name. */
export function parseLibraryFile(file: SourceFile, reporter: Reporter): LibraryFile | undefined {
  return new LibraryParser(file, reporter).parse();
}

class LibraryParser extends Parser {
  parse(): LibraryFile | undefined {
    if (!this.isAtKeyword("library")) {
      this.misread(Code.LIBRARY_KEYWORD, "expected `library` at the start of a bind library");
      return undefined;
    }
    let name: NameNode | undefined;
    this.recovering(() => {
      this.advance();
      name = this.name("the library's name");
      this.semicolon();
    });
    const using = this.usingList(KEYWORDS);
    const declarations: DeclarationNode[] = [];
    while (!this.isAt("end")) this.recovering(() => declarations.push(this.#declaration()));
    return name && { kind: "library", file: this.file, name, using, declarations };
  }

  #declaration(): DeclarationNode {
    const extend = this.takeKeyword("extend");
    if (!this.isAtKeyword(...TYPES)) throw this.misread(Code.TYPE, `expected a type (${TYPES.join(", ")})`);
    const type = this.advance().text as KeyType;
    const key = this.name("a key");
    if (KEYWORDS.includes(key.text))
      this.reporter.error(Code.IDENTIFIER, key.span, `\`${key.text}\` is a keyword and cannot be a key`);
    const values: DeclarationNode["values"][number][] = [];
    if (!this.isAt(";")) {
      this.expect("{", Code.LIST_START, "to begin the list of values, or `;`");
      do values.push(this.#value(type));
      while (this.take(",") && !this.isAt("}"));
      this.expect("}", Code.LIST_END, "or `,` after a value");
    }
    this.semicolon();
    return { extend, type, key, values };
  }

  #value(type: KeyType): DeclarationNode["values"][number] {
    const name = this.identifier("a value's name", KEYWORDS);
    if (type === "enum") return { name, literal: undefined };
    this.expect("=", undefined, "after the value's name");
    return { name, literal: this.#literal(type) };
  }

  #literal(type: Exclude<KeyType, "enum">): PropertyValue {
    if (type === "uint") {
      if (!this.isAt("number")) throw this.misread(Code.NUMERIC_LITERAL, "expected a number");
      return Number(this.advance().text);
    }
    if (type === "string") {
      if (!this.isAt("string")) throw this.misread(Code.STRING_LITERAL, "expected a string");
      return this.advance().text;
    }
    if (!this.isAtKeyword("true", "false")) throw this.misread(Code.BOOL_LITERAL, "expected true or false");
    return this.advance().text === "true";
  }
}
