/** The kernel's end of a mailbox, with a worker at the other end that does what it likes. */
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { callNumber, Notice, Record } from "../../src/remote/calls.ts";
import { MAX_TRANSFER, MailboxMemory, REQUEST_SIZE, RequestFlag, Word } from "../../src/remote/mailbox.ts";
import { NoticeReceiver } from "../../src/remote/notice_ring.ts";
import { Connection } from "../../src/remote/server/connection.ts";
import { Lanes } from "../../src/remote/server/lanes.ts";
import { ValueReader } from "../../src/remote/value_reader.ts";
import { ValueWriter } from "../../src/remote/values.ts";
import type { ZxError } from "../../src/zx/error.ts";
import { type Host, type TestKernel, withKernel } from "../support/kernel.ts";

const get = withKernel("portable");
let kernel: TestKernel;
let host: Host;
let memory: MailboxMemory;
let connection: Connection;
let violation: ZxError | undefined;
let holders = 0;

beforeEach(() => {
  kernel = get();
  host = kernel.host("rogue");
  connect();
});

afterEach(() => {
  connection.close();
  expect(holders).toBe(0);
});

function connect(): void {
  memory = new MailboxMemory();
  violation = undefined;
  connection = new Connection(memory, {
    gate: kernel.kernel.gateOf(host.koid),
    events: kernel.kernel.events,
    raise: async () => false,
    mappingAt: () => undefined,
    share: () => {},
    lanes: new Lanes(),
    hold: () => {
      holders++;
      return () => holders--;
    },
    violated: (error) => {
      violation = error;
    },
  });
}

/** Sends bytes, as a worker does, and lets the kernel's thread look once. */
function send(bytes: Uint8Array, flags: number, length = bytes.length): void {
  memory.request.set(bytes);
  memory.words[Word.LENGTH] = length;
  memory.words[Word.FLAGS] = flags;
  Atomics.add(memory.words, Word.REQUEST, 1);
  connection.look();
}

function record(write: (writer: ValueWriter) => void): Uint8Array {
  const writer = new ValueWriter();
  write(writer);
  return writer.bytes.slice();
}

const eventCreate = record((writer) => {
  writer.u8(Record.CALL);
  writer.u8(callNumber("eventCreate"));
  writer.array([0]);
});

function reply(): ValueReader {
  return new ValueReader(memory.reply.slice(0, memory.words[Word.REPLY_LENGTH]!) as Uint8Array<ArrayBuffer>);
}

function handles(): number {
  return kernel.kernel.process(host.koid).handles.size;
}

test("a call is done once, however often the kernel's thread looks", () => {
  const before = handles();
  send(eventCreate, RequestFlag.CALL);
  expect(reply().u8()).toBe(0);
  for (let i = 0; i < 5; i++) connection.look();
  expect(handles()).toBe(before + 1);
  expect(memory.words[Word.REPLY]).toBe(memory.words[Word.REQUEST]);
});

test("nothing is done any more once the connection is closed, even what was asked for before", () => {
  const before = handles();
  memory.request.set(eventCreate);
  memory.words[Word.LENGTH] = eventCreate.length;
  memory.words[Word.FLAGS] = RequestFlag.CALL;
  Atomics.add(memory.words, Word.REQUEST, 1);
  connection.close();
  connection.look();
  expect(handles()).toBe(before);
  expect(memory.words[Word.CLOSED]).toBe(1);
  // Nor does it look as if it were.
  expect(memory.words[Word.REPLY]).not.toBe(memory.words[Word.REQUEST]);
});

test("a call of which only a part has come is not begun", () => {
  const before = handles();
  send(eventCreate.subarray(0, 3), RequestFlag.MORE);
  connection.close();
  expect(handles()).toBe(before);
});

test.each<[what: string, bytes: Uint8Array, flags: number, length?: number]>([
  ["a length beyond the mailbox", eventCreate, RequestFlag.CALL, REQUEST_SIZE + 1],
  ["a negative length", eventCreate, RequestFlag.CALL, -1],
  ["flags that do not exist", eventCreate, 77],
  ["a call that does not exist", Uint8Array.of(Record.CALL, 255, 10, 0, 0, 0, 0), RequestFlag.CALL],
  ["no call where one is announced", new Uint8Array(0), RequestFlag.CALL],
  ["a call that nobody waits for", eventCreate, 0],
  ["something behind a call", Uint8Array.of(...eventCreate, 1), RequestFlag.CALL],
  ["the rest of a reply that has none", new Uint8Array(0), RequestFlag.CONTINUE],
  ["a call that is cut off", eventCreate.subarray(0, eventCreate.length - 1), RequestFlag.CALL],
])("%s ends the connection, and nothing else", (_, bytes, flags, length) => {
  send(bytes, flags, length);
  expect(violation?.statusName).toBe("IO_DATA_INTEGRITY");
  expect(connection.isClosed).toBe(true);
  expect(host.zx.vmoCreate(4096, 0)).toBeGreaterThan(0);
});

test("a request without end is cut off before it takes memory without end", () => {
  const piece = new Uint8Array(REQUEST_SIZE);
  let pieces = 0;
  while (violation === undefined) {
    send(piece, RequestFlag.MORE);
    pieces++;
  }
  expect(pieces * REQUEST_SIZE).toBeLessThanOrEqual(MAX_TRANSFER + REQUEST_SIZE);
});

test("a call that waits is refused where its result is waited for, and the other way round", async () => {
  const args = [0];
  send(
    record((writer) => {
      writer.u8(Record.CALL);
      writer.u8(callNumber("nanosleep"));
      writer.array(args);
    }),
    RequestFlag.CALL,
  );
  const refused = reply();
  expect(refused.u8()).toBe(1);
  expect(refused.error().statusName).toBe("BAD_SYSCALL");
  const before = handles();
  send(
    record((writer) => {
      writer.u8(Record.WAIT);
      writer.u32(9);
      writer.u8(callNumber("eventCreate"));
      writer.array(args);
    }),
    0,
  );
  await new Promise(setImmediate);
  let notice = new ValueReader(new Uint8Array(0));
  new NoticeReceiver(memory).take((message) => {
    notice = new ValueReader(message);
  });
  expect([notice.u8(), notice.u32(), notice.error().statusName]).toEqual([Notice.FAILED, 9, "BAD_SYSCALL"]);
  expect(handles()).toBe(before);
});

test("an access that its window does not cover or allow is the page fault that it is, not another one's memory", () => {
  const address = host.zx.vmarMap(host.zx.vmarRootSelf, 1, 0, host.zx.vmoCreate(8192, 0), 0, 4096);
  const open = record((writer) => {
    writer.u8(Record.CALL);
    writer.u8(callNumber("memory.window"));
    writer.array([address, 4096]);
  });
  send(open, RequestFlag.CALL);
  const answer = reply();
  answer.u8();
  const { number } = answer.value() as { number: number };
  const access = (kind: number, window: number, at: number): string => {
    memory.words[Word.ACCESS] = kind;
    memory.words[Word.WINDOW] = window;
    memory.doubles[Word.ADDRESS / 2] = at;
    send(new Uint8Array(0), RequestFlag.ACCESS);
    return memory.words[Word.REPLY_FLAGS] === 0 ? "OK" : reply().error().statusName;
  };
  const [READ32, WRITE32] = [0x120, 0x220];
  expect(access(READ32, number, address)).toBe("OK");
  expect(access(WRITE32, number, address)).toBe("ACCESS_DENIED");
  expect(access(READ32, number, address + 4096)).toBe("NOT_FOUND");
  expect(access(READ32, 4711, address)).toBe("OK");
  expect(access(READ32, number, Number.NaN)).toBe("INVALID_ARGS");
  expect(access(0x300 | 32, number, address)).toMatch(/INVALID_ARGS|ACCESS_DENIED/);
  expect(access(0x121, number, address)).toBe("INVALID_ARGS");
  expect(connection.isClosed).toBe(false);
});

test("whatever is scribbled over the mailbox, the kernel's books balance and its thread lives", async () => {
  const scribble = fc.record({
    words: fc.array(fc.tuple(fc.nat(60), fc.oneof(fc.integer(), fc.nat(16))), { maxLength: 6 }),
    bytes: fc.uint8Array({ maxLength: 60 }),
    flags: fc.oneof(fc.nat(16), fc.integer()),
    kind: fc.nat(3),
    call: fc.nat(100),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(scribble, { maxLength: 12 }), async (steps) => {
      if (connection.isClosed) connect();
      for (const { words, bytes, flags, kind, call } of steps) {
        for (const [word, value] of words) memory.words[word] = value;
        // Half of them begin as a record does.
        if (flags % 2 === 0) bytes.set([kind, call].slice(0, bytes.length));
        send(bytes, flags);
      }
      await new Promise(setImmediate);
      const known = kernel.kernel.process(host.koid);
      // A worker may end its own process; then there is another one.
      if (known.state === "dead") {
        connection.close();
        host = kernel.host("rogue");
        connect();
      }
    }),
    { numRuns: 400 },
  );
  expect(kernel.problems()).toEqual([]);
});
