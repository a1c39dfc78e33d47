/**
 * What QEMU says over qtest, line by line: answers to commands in their order, and between them, at any time, changes of
 * interrupt lines. Its log comes the same way (see process.ts), from which messages to the local APICs are taken.
 *
 * Nothing here can fail: a line that is none of these is text.
 */

export type Line =
  /** A command succeeded; `text` is what follows `OK `. */
  | { readonly kind: "ok"; readonly text: string }
  /** A command was refused; the whole line. */
  | { readonly kind: "refused"; readonly text: string }
  /** An interrupt line that is intercepted changed. */
  | { readonly kind: "irq"; readonly vector: number; readonly asserted: boolean }
  /** A message-signalled interrupt: its destination (local APIC id) and vector. */
  | { readonly kind: "message"; readonly destination: number; readonly vector: number }
  | { readonly kind: "text"; readonly text: string };

const OK: Line = { kind: "ok", text: "" };
const IRQ = /^IRQ (raise|lower) (\d{1,4})$/;
const MESSAGE = /apic_deliver_irq dest (\d{1,10}) dest_mode \d+ delivery_mode \d+ vector (\d{1,3}) /;

/** The trace event of QEMU that tells of each interrupt message. */
export const MESSAGE_TRACE_EVENT = "apic_deliver_irq";

export function parseLine(line: string): Line {
  if (line === "OK") return OK;
  if (line.startsWith("OK ")) return { kind: "ok", text: line.slice(3) };
  if (line.startsWith("FAIL") || line.startsWith("ERR")) return { kind: "refused", text: line };
  const irq = IRQ.exec(line);
  if (irq !== null) return { kind: "irq", vector: Number(irq[2]), asserted: irq[1] === "raise" };
  const message = MESSAGE.exec(line);
  if (message !== null) {
    return { kind: "message", destination: Number(message[1]), vector: Number(message[2]) };
  }
  return { kind: "text", text: line };
}

/** Longer lines are cut: nothing that is waited for is nearly as long. */
const MAX_LINE = 4096;

/** Makes lines of chunks that end anywhere. */
export class LineSplitter {
  #rest = "";
  readonly #onLine: (line: string) => void;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Whether no line has begun. */
  get isAtStart(): boolean {
    return this.#rest === "";
  }

  push(chunk: string): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf("\n", start);
      if (end < 0) break;
      const line = this.#rest + chunk.slice(start, end);
      this.#rest = "";
      start = end + 1;
      this.#onLine(line.length > MAX_LINE ? line.slice(0, MAX_LINE) : line);
    }
    if (this.#rest.length < MAX_LINE) this.#rest += chunk.slice(start);
  }
}

const VALUE = /^0x[0-9a-f]{1,16}$/;

/**
 * The value of a read, as two halves: memory is answered with 16 digits whatever the width, a port with 4 or more.
 * Undefined for anything else.
 */
export function parseValue(text: string): { readonly low: number; readonly high: number } | undefined {
  if (!VALUE.test(text)) return undefined;
  const digits = text.slice(2);
  return {
    low: Number.parseInt(digits.slice(-8), 16),
    high: digits.length > 8 ? Number.parseInt(digits.slice(0, -8), 16) : 0,
  };
}
