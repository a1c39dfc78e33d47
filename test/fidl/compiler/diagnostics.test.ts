import { describe, expect, it } from "vitest";
import { compile, formatDiagnostic } from "../../../src/fidl/compiler/index.ts";
import { diagnosticsOf, filesOf } from "./support.ts";

function textOf(program: string): string {
  return compile(filesOf(program), { modifiers: "modern" }).diagnostics.map(formatDiagnostic).join("\n");
}

describe("a diagnostic as text", () => {
  it("shows the line, and marks the place in it", () => {
    expect(textOf("library example;\ntype S = struct {\n    a Bra;\n};\n")).toBe(
      [
        "example.fidl:3:7: error: cannot find 'Bra' in library example [fi-0052]",
        "        a Bra;",
        "          ^~~",
      ].join("\n"),
    );
  });

  it("stands right below tabs and behind characters of two units", () => {
    expect(textOf('type S = struct {\n\ta Bra;\n};\nconst A string = "😀"; #\n')).toBe(
      [
        "example.fidl:5:24: error: invalid character '#' [fi-0001]",
        '    const A string = "😀"; #',
        `    ${" ".repeat(23)}^`,
      ].join("\n"),
    );
    expect(textOf("type S = struct {\n\ta Bra;\n};\n")).toContain("\n    \ta Bra;\n    \t  ^~~");
  });

  it("shows of a long line what is around the place, and of several lines the first", () => {
    const long = textOf(`const A string = "${"x".repeat(500)}"; #\n`);
    expect(Math.max(...long.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(textOf("type N =\n  uint8;\n")).toMatch(/\n {4}type N =\n {4}\^~~~~~~~$/);
  });

  it("does not pass on what a terminal would obey", () => {
    const text = textOf('const A string = "\u001b[31m";\n');
    expect(text).not.toContain("\u001b");
    expect(text).toContain("fi-0184");
  });

  it("is the same whatever the ends of lines are", () => {
    const program = "library example;\ntype S = struct {\n  a Bra;\n};\n";
    expect(textOf(program.replaceAll("\n", "\r\n"))).toBe(textOf(program));
  });
});

describe("after a syntax error", () => {
  it("the parser goes on with the next member, and the next declaration", () => {
    const program = `type A = struct { a; b uint8; c vector<; d uint8 };
const B = 1;
protocol P { M() -> ; N(; };
type C = table { 1 a uint8; 2: b uint8 };
type D = strict struct {};
`;
    expect(diagnosticsOf(program)).toEqual([
      "fi-0007 example.fidl:2:20-21",
      "fi-0007 example.fidl:2:40-41",
      "fi-0008 example.fidl:2:50-51",
      "fi-0007 example.fidl:3:9-10",
      "fi-0008 example.fidl:4:21-22",
      "fi-0007 example.fidl:4:25-26",
      "fi-0008 example.fidl:5:20-21",
      "fi-0008 example.fidl:5:40-41",
      "fi-0030 example.fidl:6:10-16",
    ]);
  });

  it("a missing brace does not swallow the declarations that follow", () => {
    const program = "type A = struct {\n  a uint8;\n\ntype B = strict struct {};\n";
    expect(diagnosticsOf(program)).toEqual(["fi-0008 example.fidl:5:17-23", "fi-0030 example.fidl:5:10-16"]);
  });
});
