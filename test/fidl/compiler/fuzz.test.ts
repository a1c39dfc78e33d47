/** Whatever the text is, the compiler answers with diagnostics or with an IR that holds together. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  compile,
  formatDiagnostic,
  type Ir,
  type SourceText,
  type Type,
} from "../../../src/fidl/compiler/index.ts";
import { randomStream } from "../../../src/zx/random.ts";
import { ZX } from "./support.ts";

/** A program with everything in it, for others to be made of. */
const SEED = `@available(added=1)
library example;
using zx;
using zx as z;
/// Documented.
@user(name="value", flag=true)
type S = resource struct { a uint8; b string:<5, optional>; c vector<box<V>>:N; d array<T, 3>; h zx.Handle:<VMO, zx.Rights.READ>; };
type V = struct { v vector<V>:optional; };
type T = table { 1: x bool; 3: y struct { in enum { A = 1; }; }; @available(removed=5) 2: z U; };
type U = flexible resource union { 1: one S; 2: two client_end:P; };
type E = strict enum : int16 { MINUS = -5; PLUS = 0x10; };
type B = bits : uint64 { ONE = 1; TWO = 2; };
const N uint32 = 7;
const M B = B.ONE | B.TWO;
const TEXT string = "a\\u{41}\\n";
alias Short = vector<uint8>:N;
@discoverable
open protocol P { strict Call(struct { a Short; }) -> (T) error zx.Status; flexible -> Event(); compose Q; };
@transport("Driver") ajar protocol Q { @selector("x/Y.z") flexible One(U); };
service Sv { p client_end:P; };
resource_definition R : uint32 { properties { subtype E; rights B; }; };
`;

const WORDS = [
  ..."library using as const type alias protocol service resource_definition properties struct table union bits enum overlay".split(
    " ",
  ),
  ..."strict flexible resource open ajar closed compose error reserved true false optional MAX HEAD vector array string box".split(
    " ",
  ),
  ..."client_end server_end uint8 int64 float32 bool zx zx.Handle zx.Rights S T U E B P N M x example fidl fidl.uint8".split(
    " ",
  ),
  ...'{ } ( ) < > [ ] : ; , . = | & ? @ -> / - " " 0 1 -1 0x 64 65 4294967296 1.5 1e99 // /// \n @available(added=2) \u{1f600}'.split(
    " ",
  ),
];

function check(files: readonly SourceText[]): void {
  const { ir, diagnostics } = compile(files, { modifiers: "modern" });
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if ((ir === undefined) !== errors.length > 0) throw new Error("an IR in spite of errors, or neither");
  if (diagnostics.length > 201) throw new Error("too many diagnostics");
  for (const diagnostic of diagnostics) {
    const { text } = files.find(({ name }) => name === diagnostic.file)!;
    const { offset, length, line, excerpt } = diagnostic;
    if (offset < 0 || length < 0 || offset + length > text.length)
      throw new Error("a place outside the text");
    if (text.split("\n")[line - 1]!.replace(/\r$/, "") !== excerpt) throw new Error("another line's text");
    if (formatDiagnostic(diagnostic).split("\n").length !== 3) throw new Error("not three lines");
  }
  if (ir !== undefined) checkIr(ir);
}

/** Every name in the IR is that of a declaration, which comes before unless an optional or an endpoint stands between. */
function checkIr({ libraries, declarations }: Ir): void {
  const seen = new Set<string>();
  const known = (name: string, isBefore: boolean): void => {
    if (!(isBefore ? seen.has(name) : declarations.has(name))) throw new Error(`no ${name} there`);
  };
  const walk = (type: Type, isBefore: boolean): void => {
    if (type.kind === "vector") walk(type.element, isBefore && !type.optional);
    else if (type.kind === "array") walk(type.element, isBefore);
    else if (type.kind === "identifier") known(type.name, isBefore && !type.optional);
    else if (type.kind === "box") known(type.struct, false);
    else if (type.kind === "endpoint") known(type.protocol, false);
    else if (type.kind === "handle") known(type.resource, isBefore);
  };
  for (const decl of libraries.flatMap((library) => library.declarations)) {
    if ("members" in decl) for (const member of decl.members) if ("type" in member) walk(member.type, true);
    if (decl.kind === "alias" || decl.kind === "const") walk(decl.type, true);
    if (decl.kind === "protocol") {
      for (const { request, response, result, error } of decl.methods.map((one) => ({
        error: null,
        ...one,
      }))) {
        for (const payload of [request?.payload, response?.payload, result?.union, result?.success, error])
          if (payload != null) known(payload, true);
      }
    }
    seen.add(decl.name);
  }
}

function chooser(name: string) {
  const random = randomStream(1, name);
  const below = (limit: number): number => Math.floor(random() * limit);
  return { below, pick: <T>(list: readonly T[]): T => list[below(list.length)]! };
}

const zx: SourceText = { name: "zx.fidl", text: ZX };

describe("the compiler", () => {
  it("takes the seed of these tests", () => {
    const { diagnostics } = compile([{ name: "a.fidl", text: SEED.replace("using zx as z;\n", "") }, zx]);
    expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  });

  it("answers to random characters", () => {
    const { below } = chooser("characters");
    for (let round = 0; round < 3000; round++) {
      const units = Array.from({ length: below(80) }, () =>
        below(8) === 0 ? below(0x1_0000) : 9 + below(118),
      );
      const text = String.fromCharCode(...units);
      check([{ name: "a.fidl", text: round % 2 === 0 ? text : `library a;\n${text}` }]);
    }
  });

  it("answers to random words", () => {
    const { below, pick } = chooser("words");
    for (let round = 0; round < 10_000; round++) {
      const words = Array.from({ length: below(40) }, () => pick(WORDS));
      check([{ name: "a.fidl", text: `library example;\n${words.join(below(4) === 0 ? "" : " ")}` }]);
    }
  });

  it("answers to a program with words changed, dropped, doubled and moved", () => {
    const { below, pick } = chooser("mutations");
    const seed = SEED.replace("using zx as z;\n", "").split(/(\s+|\b)/);
    for (let round = 0; round < 10_000; round++) {
      const words = [...seed];
      for (let changes = below(4); changes >= 0; changes--) {
        const at = below(words.length);
        const length = 1 + below(below(10) + 1);
        const kind = below(4);
        if (kind === 0) words.splice(at, length);
        else if (kind === 1) words.splice(at, 1, pick(WORDS));
        else if (kind === 2) words.splice(at, 0, ...words.slice(at, at + length));
        else words.splice(below(words.length), 0, ...words.splice(at, length));
      }
      check([{ name: "a.fidl", text: words.join("") }, zx]);
    }
  });

  it("answers to real libraries that are cut off", () => {
    const { below } = chooser("cuts");
    const folder = fileURLToPath(new URL("../../../fidl/", import.meta.url));
    const names = readdirSync(folder).filter((name) => name.endsWith(".fidl"));
    const files = names.map((name): SourceText => ({ name, text: readFileSync(`${folder}${name}`, "utf8") }));
    for (let round = 0; round < 200; round++) {
      const chosen = below(files.length);
      const cut = files.map((file, index) =>
        index === chosen ? { ...file, text: file.text.slice(0, below(file.text.length)) } : file,
      );
      check(cut);
    }
  });
});
