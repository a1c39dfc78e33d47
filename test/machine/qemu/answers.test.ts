import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineSplitter, parseLine, parseValue } from "../../../src/machine/qemu/answers.ts";

describe("a line of qtest", () => {
  test("tells that a command succeeded, with a value or without", () => {
    expect(parseLine("OK")).toEqual({ kind: "ok", text: "" });
    expect(parseLine("OK 0x00000000010000ed")).toEqual({ kind: "ok", text: "0x00000000010000ed" });
  });

  test("tells that a command was refused, in QEMU's words", () => {
    expect(parseLine("FAIL Unknown command 'foo'")).toMatchObject({ kind: "refused" });
    expect(parseLine("ERR invalid argument size")).toEqual({
      kind: "refused",
      text: "ERR invalid argument size",
    });
  });

  test("tells that an interrupt line changed", () => {
    expect(parseLine("IRQ raise 20")).toEqual({ kind: "irq", vector: 20, asserted: true });
    expect(parseLine("IRQ lower 20")).toEqual({ kind: "irq", vector: 20, asserted: false });
  });

  test("tells of an interrupt message, with QEMU's time stamp in front or not", () => {
    const line = "apic_deliver_irq dest 3 dest_mode 0 delivery_mode 0 vector 33 trigger_mode 0";
    expect(parseLine(line)).toEqual({ kind: "message", destination: 3, vector: 33 });
    expect(parseLine(`1234@1700000000.123456:${line}`)).toEqual({
      kind: "message",
      destination: 3,
      vector: 33,
    });
  });

  test("is text if it is none of these", () => {
    for (const line of [
      "",
      "OKAY",
      "IRQ",
      "IRQ raise",
      "IRQ raise -1",
      "IRQ toggle 3",
      "IRQ raise 99999",
      "hello",
    ]) {
      expect(parseLine(line)).toEqual({ kind: "text", text: line });
    }
  });

  test("can be anything without doing harm", () => {
    const near = fc.constantFrom(
      "OK",
      "OK 0x12",
      "IRQ raise 20",
      "IRQ lower",
      "FAIL",
      "ERR",
      "apic_deliver_irq dest ",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.tuple(near, fc.string()).map((parts) => parts.join("")),
        ),
        (line) => {
          const parsed = parseLine(line);
          if (parsed.kind === "irq") expect(parsed.vector).toBeLessThan(10_000);
          if (parsed.kind === "ok") parseValue(parsed.text);
        },
      ),
    );
  });
});

describe("a value", () => {
  test("has two halves", () => {
    expect(parseValue("0x00000000010000ed")).toEqual({ low: 0x010000ed, high: 0 });
    expect(parseValue("0xfedcba9876543210")).toEqual({ low: 0x76543210, high: 0xfedcba98 });
  });

  test("may be short, as a port's is", () => {
    expect(parseValue("0xffff")).toEqual({ low: 0xffff, high: 0 });
    expect(parseValue("0x123456789")).toEqual({ low: 0x23456789, high: 1 });
  });

  test("is nothing else", () => {
    for (const text of ["", "0x", "12", "0xfedcba98765432100", "0x12 ", "-0x1", "0xg"]) {
      expect(parseValue(text)).toBeUndefined();
    }
  });
});

describe("lines out of chunks", () => {
  function split(chunks: readonly string[]): string[] {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    for (const chunk of chunks) splitter.push(chunk);
    return lines;
  }

  test("are the same wherever the chunks end", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string().map((s) => s.replaceAll("\n", " "))),
        fc.infiniteStream(fc.nat(7)),
        (lines, cuts) => {
          const text = lines.map((line) => `${line}\n`).join("");
          const chunks: string[] = [];
          for (let at = 0; at < text.length; ) {
            const size = cuts.next().value as number;
            chunks.push(text.slice(at, at + size));
            at += size;
          }
          expect(split(chunks)).toEqual(lines);
        },
      ),
    );
  });

  test("wait for their end", () => {
    expect(split(["OK 0x1", "2"])).toEqual([]);
    expect(split(["OK 0x1", "2", "\n"])).toEqual(["OK 0x12"]);
  });

  test("are cut when they are longer than anything that QEMU answers", () => {
    const [line, next] = split(["x".repeat(3000), "x".repeat(3000), "x".repeat(3000), "\nOK\n"]);
    expect(line).toBe("x".repeat(4096));
    expect(next).toBe("OK");
  });
});
