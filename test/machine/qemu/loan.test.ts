import { describe, expect, test, vi } from "vitest";
import { LoanWord, TAPE_START } from "../../../src/machine/qemu/loan.ts";
import { Qtest, type QtestListener, type QtestPipes } from "../../../src/machine/qemu/qtest.ts";

/** Above all ids of threads that Linux gives. */
const NOBODY = 0x7fff_ffff;

/** QEMU as its owner has it, and the shared memory as a borrower does. */
function lent(answer: (command: string) => string = () => "OK\n") {
  let said = "";
  const listen = vi.fn();
  const commands: string[] = [];
  const pipes: QtestPipes = {
    write(text) {
      for (const command of text.trimEnd().split("\n")) {
        commands.push(command);
        said += answer(command);
      }
    },
    read() {
      const all = said;
      said = "";
      return all === "" ? undefined : all;
    },
    words: () => "it said nothing",
    lendable: { commands: 3, answers: 4, listen },
  };
  const irq = vi.fn<QtestListener["irq"]>();
  const failed = vi.fn<QtestListener["failed"]>();
  const busy = vi.fn<QtestListener["busy"]>();
  const qtest = new Qtest(pipes, { irq, failed, busy, message: vi.fn(), text: vi.fn() });
  const ticket = qtest.enroll()!;
  const words = new Int32Array(ticket.shared, 0, TAPE_START / 4);
  const isLent = () => words[LoanWord.BORROWERS + ticket.slot] === 1;
  const tape = new Uint8Array(ticket.shared, TAPE_START);
  /** As a borrower that has read this. */
  const record = (text: string, isSaid = true) => {
    tape.set(Buffer.from(text, "latin1"));
    if (isSaid) words[LoanWord.LENGTH] = text.length;
  };
  const say = (text: string) => {
    said += text;
  };
  return { qtest, ticket, words, record, say, isLent, commands, listen, irq, failed, busy };
}

describe.skipIf(process.platform !== "linux")("QEMU is lent", () => {
  test("when nothing is under way, and not listened to until the owner needs it", () => {
    const { qtest, ticket, isLent, listen } = lent((command) =>
      command === "readl 0x0" ? "OK 0x7\n" : "OK\n",
    );
    qtest.post("writel 0x0 0x1");
    qtest.lend(ticket);
    expect(isLent()).toBe(false);
    qtest.flush();
    qtest.lend(ticket);
    expect([isLent(), listen.mock.calls]).toEqual([true, [[false]]]);
    expect(qtest.ask("readl 0x0")).toBe(7);
    expect([isLent(), listen.mock.calls]).toEqual([false, [[false], [true]]]);
  });

  test("not in the middle of a line", () => {
    const { qtest, ticket, isLent } = lent();
    qtest.receive("IRQ ra");
    qtest.lend(ticket);
    expect(isLent()).toBe(false);
  });

  test("and what it said of interrupts comes to the owner, with answers that are still to come", () => {
    const { qtest, ticket, words, record, say, irq, failed } = lent();
    qtest.lend(ticket);
    record("IRQ raise 3\nOK\nOK 0x0000000000000001\nIRQ lower 3\nO");
    words[LoanWord.UNANSWERED] = 2;
    qtest.takeBack();
    say("K\nOK\n");
    qtest.flush();
    expect(irq.mock.calls).toEqual([
      [3, true],
      [3, false],
    ]);
    expect(failed).not.toHaveBeenCalled();
  });

  test("and a command that it refuses meanwhile is a failure of the machine", () => {
    const { qtest, ticket, record, failed } = lent();
    qtest.lend(ticket);
    record("FAIL no such\n");
    qtest.takeBack();
    expect(failed.mock.calls[0]![0].message).toMatch(
      /IO_NOT_PRESENT: QEMU answered "FAIL no such" to a write of/,
    );
  });

  test("and once in 64 accesses the owner may follow real time", () => {
    const { qtest, ticket, words, busy } = lent();
    qtest.lend(ticket);
    words[LoanWord.TRAFFIC]! += 63;
    qtest.takeBack();
    expect(busy).toHaveBeenCalledTimes(0);
    qtest.command("clock_step 0");
    expect(busy).toHaveBeenCalledTimes(1);
  });

  test.each([
    ["had sent nothing", "", ""],
    ["had sent a read", "", "OK 0x0000000000000005\n"],
    ["had read the answers to some writes", "IRQ raise 3\nOK\nO", "K\nOK 0x0000000000000005\n"],
  ])("to a thread that %s when it ended, and the owner finds its place", (_, read, rest) => {
    const { qtest, ticket, words, record, say, isLent, commands, irq, failed } = lent((command) =>
      command === "endianness" ? "OK little\n" : "OK 0x0000000000000009\n",
    );
    qtest.lend(ticket);
    words[LoanWord.LOCK] = NOBODY;
    words[LoanWord.UNANSWERED] = 77;
    record(read, false);
    say(rest);
    expect(qtest.ask("readl 0x0")).toBe(9);
    expect(commands).toEqual(["endianness", "readl 0x0"]);
    expect([isLent(), words[LoanWord.LOCK], failed.mock.calls]).toEqual([false, 0, []]);
    expect(irq.mock.calls).toEqual(read.includes("IRQ") ? [[3, true]] : []);
  });

  test("to nobody after its end", () => {
    const { qtest, ticket, isLent } = lent(() => "");
    expect(() => qtest.ask("readl 0x0")).toThrow(/QEMU ended/);
    qtest.lend(ticket);
    expect(isLent()).toBe(false);
  });
});
