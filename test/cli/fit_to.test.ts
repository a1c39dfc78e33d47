import { describe, expect, test } from "vitest";
import { fitTo } from "../../src/cli/fit_to.ts";

const HELP = `Usage: tool [options]

A paragraph that was broken for a wide terminal,
and goes on in a second line.

Tables:
  maps     what is where, with a
           second line
  handles  who has what

Examples:
  tool one
  tool two
`;

describe("help for a narrow terminal", () => {
  test("is broken at words, and the second column goes on under itself", () => {
    expect(fitTo(HELP, 24)).toBe(`Usage: tool [options]

A paragraph that was
broken for a wide
terminal, and goes on in
a second line.

Tables:
  maps     what is
           where, with a
           second line
  handles  who has what

Examples:
  tool one
  tool two
`);
  });

  test("is filled up where there is more room", () => {
    expect(fitTo(HELP, 200)).toContain(`
A paragraph that was broken for a wide terminal, and goes on in a second line.

Tables:
  maps     what is where, with a second line
  handles  who has what
`);
  });

  test("does not break words", () => {
    expect(fitTo("  a  incomprehensibilities\n", 10)).toBe("  a  incomprehensibilities\n");
  });
});
