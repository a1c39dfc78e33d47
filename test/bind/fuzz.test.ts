/** Whatever the text is, the compiler answers with a program or with diagnostics that hold together. */
import { describe, expect, it } from "vitest";
import {
  compileBind,
  explain,
  formatBindDiagnostic,
  formatExplanation,
  match,
  printProgram,
  type SourceText,
} from "../../src/bind/index.ts";
import { randomStream } from "../../src/zx/random.ts";
import { GIZMO } from "./support.ts";

const RULES = `using gizmo; // one
using fuchsia.pci as pci;
/* two /* three */ */
gizmo.COUNT == gizmo.COUNT.ONE;
gizmo.LABEL != "a \\"b\\" \\\\";
accept fuchsia.BIND_PCI_VID { pci.BIND_PCI_VID.INTEL, 0x1234, 7, }
if gizmo.SHAPE == gizmo.SHAPE.ROUND {
  true;
} else if gizmo.FAST != true {
  if gizmo.OTHER == 2 { gizmo.COUNT != 3; } else { false; }
} else {
  abort;
}
`;
const COMPOSITE = `composite gizmo.pci;
using gizmo as g;
primary node "pci" { g.COUNT == 1; }
node "clock" { accept g.LABEL { "x" } }
optional parent "acpi" { if g.FAST == true { true; } else { g.SHAPE != g.SHAPE.SQUARE; } }
`;
const WORDS = [
  ..."using as accept if else true false abort composite primary optional node parent library extend uint string bool enum".split(
    " ",
  ),
  ..."gizmo gizmo.COUNT gizmo.COUNT.ONE gizmo.SHAPE.ROUND fuchsia.BIND_PCI_VID pci x g a.b.c".split(" "),
  ...'{ } ; , = == != ! . " \\ / // /* */ 0 1 0x 0xff 4294967296 1a _ "s" \u{1f600} \u0000 \ud800'.split(" "),
  "\n",
];

function check(rules: SourceText, library: SourceText): void {
  const { program, diagnostics } = compileBind(rules, { libraries: [library] });
  const isWrong = diagnostics.some(({ severity }) => severity === "error");
  if ((program === undefined) !== isWrong) throw new Error("a program in spite of errors, or neither");
  if (diagnostics.length > 101) throw new Error("too many diagnostics");
  for (const diagnostic of diagnostics) {
    const { offset, length, line, excerpt, file } = diagnostic;
    const source = [rules, library].find(({ name }) => name === file);
    if (source === undefined) throw new Error(`a diagnostic in ${file}`);
    if (offset < 0 || length < 0 || offset + length > source.text.length)
      throw new Error("a place outside the text");
    if (source.text.split("\n")[line - 1]!.replace(/\r$/, "") !== excerpt)
      throw new Error("another line's text");
    if (formatBindDiagnostic(diagnostic).split("\n").length !== 3) throw new Error("not three lines");
  }
  if (program === undefined) return;
  const node = { "gizmo.COUNT": 1, "gizmo.FAST": false };
  const explanation = explain(program, node);
  if (explanation.matches !== match(program, node))
    throw new Error("explained differently from how it matches");
  formatExplanation(explanation);
  printProgram(program);
}

function mutate(seed: string, { below, pick }: ReturnType<typeof chooser>): string {
  const words = seed.split(/(\s+|\b)/);
  for (let changes = below(4); changes >= 0; changes--) {
    const at = below(words.length);
    const length = 1 + below(below(10) + 1);
    const kind = below(4);
    if (kind === 0) words.splice(at, length);
    else if (kind === 1) words.splice(at, 1, pick(WORDS));
    else if (kind === 2) words.splice(at, 0, ...words.slice(at, at + length));
    else words.splice(below(words.length), 0, ...words.splice(at, length));
  }
  return words.join("");
}

function chooser(name: string) {
  const random = randomStream(1, name);
  const below = (limit: number): number => Math.floor(random() * limit);
  return { below, pick: <T>(list: readonly T[]): T => list[below(list.length)]! };
}

const rulesOf = (text: string): SourceText => ({ name: "a.bind", text });

describe("The compiler of bind rules", () => {
  it("takes the seeds of these tests", () => {
    for (const text of [RULES, COMPOSITE])
      expect(compileBind(rulesOf(text), { libraries: [GIZMO] }).diagnostics).toEqual([]);
  });

  it("answers to 12,000 programs with words changed, dropped, doubled and moved", () => {
    const choose = chooser("mutations");
    for (let round = 0; round < 12_000; round++)
      check(rulesOf(mutate(round % 2 === 0 ? RULES : COMPOSITE, choose)), GIZMO);
  });

  it("answers to 4,000 libraries changed in the same way", () => {
    const choose = chooser("libraries");
    for (let round = 0; round < 4000; round++)
      check(rulesOf(RULES), { ...GIZMO, text: mutate(GIZMO.text, choose) });
  });

  it("answers to 4,000 rows of random words", () => {
    const { below, pick } = chooser("words");
    for (let round = 0; round < 4000; round++) {
      const words = Array.from({ length: below(40) }, () => pick(WORDS));
      check(
        rulesOf(
          `${pick(["using gizmo; ", "composite a; using gizmo; ", ""])}${words.join(below(4) === 0 ? "" : " ")}`,
        ),
        GIZMO,
      );
    }
  });

  it("answers to 2,000 rows of random characters", () => {
    const { below } = chooser("characters");
    for (let round = 0; round < 2000; round++) {
      const units = Array.from({ length: below(80) }, () =>
        below(8) === 0 ? below(0x1_0000) : 9 + below(118),
      );
      check(rulesOf(String.fromCharCode(...units)), GIZMO);
    }
  });

  it("answers to a megabyte of one thing", () => {
    for (const piece of [
      "{",
      "}",
      "if a.b == 1 {",
      "else ",
      '"',
      "/*",
      "a.",
      ";",
      "node ",
      "0",
      "accept a {",
    ]) {
      const times = Math.ceil(1_000_000 / piece.length);
      check(rulesOf(piece.repeat(times)), GIZMO);
      check(rulesOf(`composite c; primary node "p" { true; } ${piece.repeat(times)}`), GIZMO);
    }
  });
});
