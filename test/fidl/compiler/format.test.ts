import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Reporter } from "../../../src/fidl/compiler/diagnostic.ts";
import { compile, format } from "../../../src/fidl/compiler/index.ts";
import { lex } from "../../../src/fidl/compiler/lexer.ts";
import { SourceFile } from "../../../src/fidl/compiler/source.ts";
import { randomStream } from "../../../src/zx/random.ts";

const formatted = (text: string) => format({ name: "a.fidl", text }).text;

/** A file's words and comments, without what is between them. */
function contentOf(text: string): string[] {
  const { tokens, comments } = lex(new SourceFile({ name: "a.fidl", text }), new Reporter());
  const pieces = [...tokens, ...comments].sort((one, other) => one.start - other.start);
  return pieces.map(({ start, end }) => text.slice(start, end).trimEnd());
}

const folder = fileURLToPath(new URL("../../../fidl/", import.meta.url));
const OWN = readdirSync(folder)
  .filter((name) => name.endsWith(".fidl"))
  .map((name) => [name, readFileSync(`${folder}${name}`, "utf8")] as const);

describe("formatting", () => {
  it("gives everything its line, its indentation and its spaces", () => {
    const crowded = `// First.
@available( added = 1 , note="a")library example ;
using   zx as z;


/// Doc.
@user type S=resource struct{a vector<array< uint8,N >>:< 5,optional >;b z.Handle : <VMO,z.Rights.READ>;c struct{};};
type E=strict enum:uint8{A=1;/// Two.
@unknown B=0x2|( C ); };
type T=table{1:a bool;@available(added=2)   2 : b bool; };
open protocol P{strict Go(struct{a uint8;})->(@generated_name("X") table{1:b E:optional;})error z.Status;
flexible->On( );compose Q; // Trailing.
// Last.
};
resource_definition R:uint32{properties{subtype E;};};
`;
    expect(formatted(crowded)).toBe(`// First.
@available(added=1, note="a")
library example;
using zx as z;

/// Doc.
@user
type S = resource struct {
    a vector<array<uint8, N>>:<5, optional>;
    b z.Handle:<VMO, z.Rights.READ>;
    c struct {};
};
type E = strict enum : uint8 {
    A = 1;
    /// Two.
    @unknown
    B = 0x2 | (C);
};
type T = table {
    1: a bool;
    @available(added=2)
    2: b bool;
};
open protocol P {
    strict Go(struct {
        a uint8;
    }) -> (@generated_name("X") table {
        1: b E:optional;
    }) error z.Status;
    flexible -> On();
    compose Q; // Trailing.
    // Last.
};
resource_definition R : uint32 {
    properties {
        subtype E;
    };
};
`);
  });

  it("keeps comments that stand in the middle, and empty lines, one at a time", () => {
    expect(
      formatted(
        "library a;\n\n\n\nconst A uint8 = // Why.\n1;\ntype S = struct { // Open.\n\n\n// Inside.\n};",
      ),
    ).toBe(
      "library a;\n\nconst A uint8 = // Why.\n    1;\ntype S = struct { // Open.\n\n    // Inside.\n};\n",
    );
  });

  it("says what is wrong with what cannot be parsed", () => {
    const { text, diagnostics } = format({ name: "a.fidl", text: "library a;\nconst A = ;\n" });
    expect(text).toBe(undefined);
    expect(diagnostics.map(({ code }) => code)).toEqual(["fi-0007"]);
  });

  it.each(OWN)(
    "changes nothing of %s but its spaces, whatever they are, and that only once",
    (_name, text) => {
      const canonical = formatted(text)!;
      expect(contentOf(canonical)).toEqual(contentOf(text));
      expect(formatted(canonical)).toBe(canonical);
      const random = randomStream(1, "spaces");
      const shaken = text.replaceAll(/^ +/gm, () => "\t ".repeat(Math.floor(random() * 4)));
      expect(formatted(shaken)).toBe(canonical);
    },
  );

  it("leaves the meaning of a program as it is", () => {
    const meaning = (files: { name: string; text: string }[]) =>
      JSON.stringify(compile(files).ir?.libraries, (key, value: unknown) =>
        key === "location" ? undefined : typeof value === "bigint" ? String(value) : value,
      );
    const files = OWN.map(([name, text]) => ({ name, text }));
    const before = meaning(files);
    expect(before).not.toBe(undefined);
    expect(meaning(files.map(({ name, text }) => ({ name, text: formatted(text)! })))).toBe(before);
  });
});
