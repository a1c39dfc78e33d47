import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { Qtest, type QtestListener, type QtestPipes } from "../../../src/machine/qemu/qtest.ts";
import { ZxError } from "../../../src/zx/error.ts";

/** QEMU's end of the pipes: answers each command at once, or as told. */
class FakeQemu implements QtestPipes {
  /** One entry per message that came through the pipe. */
  readonly messages: string[][] = [];
  /** Most commands that were ever without an answer that was read. */
  mostUnread = 0;
  answer: (command: string) => string = () => "OK\n";
  /** Characters in a chunk. */
  chunk = Number.POSITIVE_INFINITY;
  gone = false;
  #said = "";
  #unread = 0;

  get commands(): string[] {
    return this.messages.flat();
  }

  write(text: string): void {
    const commands = text.trimEnd().split("\n");
    this.messages.push(commands);
    for (const command of commands) this.#said += this.answer(command);
    this.#unread += commands.length;
    this.mostUnread = Math.max(this.mostUnread, this.#unread);
  }

  read(): string | undefined {
    if (this.#said === "") {
      if (this.gone) return undefined;
      throw new Error("would wait for ever");
    }
    const chunk = this.#said.slice(0, this.chunk);
    this.#said = this.#said.slice(chunk.length);
    this.#unread -= chunk.split("\n").length - 1;
    return chunk;
  }

  words(): string {
    return "qemu: hardware error";
  }
}

function session(qemu = new FakeQemu()) {
  const listener = {
    irq: vi.fn<QtestListener["irq"]>(),
    message: vi.fn<QtestListener["message"]>(),
    text: vi.fn<QtestListener["text"]>(),
    failed: vi.fn<QtestListener["failed"]>(),
    busy: vi.fn<QtestListener["busy"]>(),
  };
  return { qemu, listener, qtest: new Qtest(qemu, listener) };
}

describe("a command with an answer", () => {
  test("returns the value as two halves", () => {
    const { qtest, qemu } = session();
    qemu.answer = () => "OK 0xfedcba9876543210\n";
    expect(qtest.ask("readq 0x0")).toBe(0x76543210);
    expect(qtest.high).toBe(0xfedcba98);
  });

  test("takes its own answer, after those of what was posted before, in any chunks", () => {
    const { qtest, qemu } = session();
    qemu.chunk = 1;
    qemu.answer = (command) => (command.startsWith("read") ? "OK 0x0000000000000007\n" : "OK\n");
    qtest.post("writel 0x0 0x1");
    qtest.post("writel 0x0 0x2");
    expect(qtest.ask("readl 0x0")).toBe(7);
    qtest.post("writel 0x0 0x3");
    expect(qtest.ask("readl 0x0")).toBe(7);
  });

  test("hears of interrupts that come in the middle of answers, in order", () => {
    const { qtest, qemu, listener } = session();
    const message = "apic_deliver_irq dest 1 dest_mode 0 delivery_mode 0 vector 32 trigger_mode 0";
    qemu.answer = (command) =>
      command === "readl 0x0"
        ? `IRQ raise 20\nIRQ lower 20\n${message}\nsome text\nOK 0x0000000000000000\nIRQ raise 21\n`
        : "IRQ raise 22\nOK\n";
    qtest.post("writel 0x0 0x1");
    qtest.ask("readl 0x0");
    expect(listener.irq.mock.calls).toEqual([
      [22, true],
      [20, true],
      [20, false],
      [21, true],
    ]);
    expect(listener.message).toHaveBeenCalledWith(1, 32);
    expect(listener.text).toHaveBeenCalledWith("some text");
  });

  test("that is refused fails with QEMU's words, and the next one works", () => {
    const { qtest, qemu } = session();
    qemu.answer = () => "FAIL Unknown device\n";
    expect(() => qtest.command("irq_intercept_in nosuch")).toThrow(
      'IO_REFUSED: QEMU answered "FAIL Unknown device" to "irq_intercept_in nosuch"',
    );
    qemu.answer = () => "OK\n";
    qtest.command("irq_intercept_in ioapic");
  });
});

describe("posted commands", () => {
  test("travel in front of the next command that is answered, in one message", () => {
    const { qtest, qemu } = session();
    qtest.post("writel 0x0 0x1");
    qtest.post("writel 0x4 0x2");
    expect(qemu.messages).toEqual([]);
    qtest.command("outb 0x80 0x0");
    expect(qemu.messages).toEqual([["writel 0x0 0x1", "writel 0x4 0x2", "outb 0x80 0x0"]]);
  });

  test("leave by themselves once the code that posted them is done", async () => {
    const { qtest, qemu } = session();
    qtest.post("writel 0x0 0x1");
    qtest.post("writel 0x0 0x2");
    await Promise.resolve();
    expect(qemu.messages).toEqual([["writel 0x0 0x1", "writel 0x0 0x2"]]);
  });

  test("leave when told to, and are done when flush returns", () => {
    const { qtest, qemu } = session();
    qtest.post("writel 0x0 0x1");
    qtest.send();
    expect(qemu.commands).toEqual(["writel 0x0 0x1"]);
    qtest.post("writel 0x0 0x2");
    qtest.flush();
    expect(qemu.commands).toEqual(["writel 0x0 0x1", "writel 0x0 0x2"]);
    // All answers were read: nothing is there any more.
    expect(() => qemu.read()).toThrow("for ever");
  });

  test("are never so many at once that both ends could wait for each other", () => {
    const { qtest, qemu } = session();
    for (let i = 0; i < 10_000; i++) qtest.post(`writel 0x0 0x${i.toString(16)}`);
    qtest.flush();
    expect(qemu.mostUnread).toBeLessThanOrEqual(512);
    expect(qemu.commands).toHaveLength(10_000);
    expect(qemu.commands[9_999]).toBe("writel 0x0 0x270f");
  });

  test("keep their order with commands that are answered, whatever the mixture", () => {
    const steps = fc.array(fc.constantFrom("post", "ask", "command", "send", "flush"));
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 30 }), (kinds, chunk) => {
        const { qtest, qemu } = session();
        qemu.chunk = chunk;
        qemu.answer = (command) => (command.startsWith("readl ") ? `OK ${command.slice(6)}\n` : "OK\n");
        const expected: string[] = [];
        for (const [i, kind] of kinds.entries()) {
          if (kind === "send" || kind === "flush") {
            qtest[kind]();
            continue;
          }
          const command = `${kind === "ask" ? "readl" : "writel"} 0x${i.toString(16)}`;
          expected.push(command);
          const result = qtest[kind](command);
          if (kind === "ask") expect(result).toBe(i);
        }
        qtest.flush();
        expect(qemu.commands).toEqual(expected);
      }),
    );
  });

  test("that QEMU refuses end the machine, and the error names the command", () => {
    const { qtest, qemu, listener } = session();
    qemu.answer = (command) => (command === "writel 0x0 0x2" ? "ERR no\n" : "OK\n");
    for (const value of [1, 2, 3]) qtest.post(`writel 0x0 0x${value}`);
    expect(() => qtest.flush()).toThrow('QEMU answered "ERR no" to "writel 0x0 0x2"');
    expect(listener.failed).toHaveBeenCalledTimes(1);
  });
});

describe("the end of QEMU", () => {
  test("is an error of the call in progress, with QEMU's words", () => {
    const { qtest, qemu, listener } = session();
    qemu.gone = true;
    qemu.answer = () => "";
    expect(() => qtest.ask("readl 0x0")).toThrow(
      'IO_NOT_PRESENT: QEMU ended during "readl 0x0": qemu: hardware error',
    );
    expect(listener.failed).toHaveBeenCalledTimes(1);
  });

  test("names the posted command that it was busy with", () => {
    const { qtest, qemu } = session();
    qemu.gone = true;
    qemu.answer = (command) => (command === "writel 0x0 0x1" ? "OK\n" : "");
    qtest.post("writel 0x0 0x1");
    qtest.post("writel 0x98 0x1");
    expect(() => qtest.flush()).toThrow('QEMU ended during "writel 0x98 0x1"');
  });

  test("fails every later call at once, with the same story", () => {
    const { qtest, listener } = session();
    qtest.end(new ZxError("IO_NOT_PRESENT", "QEMU ended: of boredom"));
    const calls = [() => qtest.ask("readl 0x0"), () => qtest.post("writel 0x0 0x0"), () => qtest.flush()];
    for (const call of calls) expect(call).toThrow(/IO_NOT_PRESENT: .* failed: QEMU ended: of boredom/);
    expect(listener.failed).toHaveBeenCalledTimes(1);
  });

  test("does not throw at whoever has only posted", async () => {
    const { qtest, qemu } = session();
    qemu.write = () => {
      throw new Error("EPIPE");
    };
    qtest.post("writel 0x0 0x0");
    qtest.end(new ZxError("IO_NOT_PRESENT", "gone"));
    await Promise.resolve();
    expect(qtest.failure?.detail).toBe("gone");
  });
});

describe("an answer that nobody asked for, or that is none", () => {
  test("ends the machine", () => {
    const { qtest, listener } = session();
    qtest.receive("OK\n");
    expect(listener.failed).toHaveBeenCalledTimes(1);
    expect(() => qtest.ask("readl 0x0")).toThrow("where nothing was asked");
  });

  test("is an error where a value was wanted", () => {
    const { qtest, qemu } = session();
    qemu.answer = () => "OK soon\n";
    expect(() => qtest.ask("readl 0x0")).toThrow('IO_NOT_PRESENT: QEMU answered "soon" to "readl 0x0"');
  });

  test("neither crashes nor hangs, whatever it is", () => {
    const line = fc.oneof(
      fc.constantFrom("OK", "OK 0x12", "OK 0xzz", "IRQ raise 20", "IRQ lower 999", "FAIL", "ERR x", ""),
      fc.string(),
      fc.string({ unit: "binary" }),
    );
    const answers = fc.array(fc.array(line).map((lines) => lines.join("\n")));
    const steps = fc.array(fc.constantFrom("post", "ask", "flush", "receive"));
    fc.assert(
      fc.property(answers, steps, (texts, kinds) => {
        const { qtest, qemu } = session();
        let next = 0;
        qemu.answer = () => texts[next++ % Math.max(texts.length, 1)] ?? "";
        qemu.gone = true;
        for (const kind of kinds) {
          try {
            if (kind === "flush") qtest.flush();
            else if (kind === "receive") qtest.receive(texts[next++] ?? "\n");
            else qtest[kind]("readl 0x0");
          } catch (error) {
            expect(error).toBeInstanceOf(ZxError);
          }
        }
      }),
    );
  });
});

test("somebody who keeps QEMU busy is noticed", () => {
  const { qtest, qemu, listener } = session();
  qemu.answer = () => "OK 0x0\n";
  for (let i = 0; i < 640; i++) qtest.ask("readl 0x0");
  expect(listener.busy).toHaveBeenCalledTimes(10);
});
