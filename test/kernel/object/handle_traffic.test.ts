/**
 * Random handle traffic against a model that counts on its fingers: handles in three processes and in messages, and which
 * objects that keeps alive.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Handle } from "../../../src/zx/constants.ts";
import { isStatus } from "../../../src/zx/error.ts";
import { Rights } from "../../../src/zx/rights.ts";
import type { Zx } from "../../../src/zx/syscalls.ts";
import { type Host, type TestKernel, withKernel } from "../../support/kernel.ts";

const RUNS = 10_000;

interface ModelObject {
  readonly koid: number;
  /** Of the channel's peer; undefined for an event. */
  readonly peer: number | undefined;
  count: number;
  /** Messages that wait here: the objects of their handles. */
  readonly messages: ModelObject[][];
}

/** What there is, as the model sees it. */
class Model {
  readonly objects = new Map<number, ModelObject>();
  /** The handles of each process. */
  readonly tables: Map<Handle, ModelObject>[] = [new Map(), new Map(), new Map()];

  add(koid: number, peer?: number): ModelObject {
    const object = { koid, peer, count: 0, messages: [] };
    this.objects.set(koid, object);
    return object;
  }

  open(process: number, handle: Handle, object: ModelObject): void {
    expect(this.tables[process]!.has(handle)).toBe(false);
    this.tables[process]!.set(handle, object);
    object.count++;
  }

  /** Takes a handle out of a process; it goes on counting until somebody drops it. */
  take(process: number, handle: Handle): ModelObject | undefined {
    const object = this.tables[process]!.get(handle);
    this.tables[process]!.delete(handle);
    return object;
  }

  drop(object: ModelObject): void {
    if (--object.count > 0) return;
    this.objects.delete(object.koid);
    for (const message of object.messages.splice(0)) for (const held of message) this.drop(held);
  }

  peerOf(object: ModelObject): ModelObject | undefined {
    return object.peer === undefined ? undefined : this.objects.get(object.peer);
  }
}

type Step =
  | { readonly kind: "event"; readonly process: number }
  | { readonly kind: "channel"; readonly process: number }
  | {
      readonly kind: "duplicate" | "replace" | "close" | "read";
      readonly process: number;
      readonly which: number;
    }
  | {
      readonly kind: "write";
      readonly process: number;
      readonly which: number;
      readonly handles: readonly number[];
    }
  | { readonly kind: "give"; readonly process: number; readonly which: number; readonly to: number };

const process = fc.nat(2);
const which = fc.nat(20);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("event" as const), process }),
  fc.record({ kind: fc.constant("channel" as const), process }),
  fc.record({ kind: fc.constantFrom("duplicate", "replace", "close", "read"), process, which }),
  fc.record({
    kind: fc.constant("write" as const),
    process,
    which,
    handles: fc.array(which, { maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant("give" as const), process, which, to: process }),
);

/** Plays steps on the kernel and on the model. */
class Traffic {
  readonly model = new Model();
  readonly #hosts: readonly Pick<Host, "zx">[];
  readonly #test: TestKernel;

  constructor(test: TestKernel, hosts: readonly Host[]) {
    this.#test = test;
    this.#hosts = [{ zx: test.zx }, ...hosts];
  }

  #zx(index: number): Zx {
    return this.#hosts[index]!.zx;
  }

  /** A handle of the process, by a number that wraps around; one that nobody has where there is none. */
  #pick(index: number, choice: number): Handle {
    const handles = [...this.model.tables[index]!.keys()];
    return handles[choice % (handles.length + 1)] ?? 0x7003;
  }

  #koid(index: number, handle: Handle): number {
    return this.#zx(index).objectGetInfo(handle, "HANDLE_BASIC").koid;
  }

  play(next: Step): void {
    const { process: index } = next;
    const { model } = this;
    const zx = this.#zx(index);
    if (next.kind === "event") {
      const event = zx.eventCreate(0);
      model.open(index, event, model.add(this.#koid(index, event)));
      return;
    }
    if (next.kind === "channel") {
      const [a, b] = zx.channelCreate();
      const [koidA, koidB] = [this.#koid(index, a), this.#koid(index, b)];
      model.open(index, a, model.add(koidA, koidB));
      model.open(index, b, model.add(koidB, koidA));
      return;
    }
    const handle = this.#pick(index, next.which);
    const object = model.tables[index]!.get(handle);
    if (next.kind === "write") this.#write(index, handle, next.handles);
    else if (next.kind === "read") this.#read(index, handle);
    else if (next.kind === "give") this.#give(index, handle, next.to);
    else if (next.kind === "close") {
      expect(statusOf(() => zx.handleClose(handle))).toBe(object === undefined ? "BAD_HANDLE" : "OK");
      if (object !== undefined) model.drop(model.take(index, handle)!);
    } else this.#copy(index, handle, next.kind);
  }

  #copy(index: number, handle: Handle, how: "duplicate" | "replace"): void {
    const { model } = this;
    const zx = this.#zx(index);
    const object = model.tables[index]!.get(handle);
    let copy: Handle;
    try {
      copy =
        how === "duplicate"
          ? zx.handleDuplicate(handle, Rights.SAME_RIGHTS)
          : zx.handleReplace(handle, Rights.SAME_RIGHTS);
    } catch (error) {
      const expected = object === undefined ? "BAD_HANDLE" : "ACCESS_DENIED";
      expect(isStatus(error, expected)).toBe(true);
      // Only channels cannot be duplicated, and only what is a handle can be replaced.
      expect(object === undefined || (how === "duplicate" && object.peer !== undefined)).toBe(true);
      return;
    }
    model.open(index, copy, object!);
    if (how === "replace") model.drop(model.take(index, handle)!);
  }

  #write(index: number, channel: Handle, choices: readonly number[]): void {
    const { model } = this;
    const end = model.tables[index]!.get(channel);
    const handles = choices.map((choice) => this.#pick(index, choice));
    const sent = handles.map((handle) => model.take(index, handle));
    const isWhole = sent.every((object) => object !== undefined);
    const peer = end === undefined ? undefined : model.peerOf(end);
    const firstBad = sent.findIndex((object) => object === undefined || object === end);
    let expected = "OK";
    if (end === undefined) expected = "BAD_HANDLE";
    else if (end.peer === undefined) expected = "WRONG_TYPE";
    else if (firstBad >= 0) expected = sent[firstBad] === undefined ? "BAD_HANDLE" : "NOT_SUPPORTED";
    else if (peer === undefined) expected = "PEER_CLOSED";
    expect(statusOf(() => this.#zx(index).channelWrite(channel, new Uint8Array(), handles))).toBe(expected);
    if (expected === "OK" && isWhole) peer!.messages.push(sent as ModelObject[]);
    else for (const object of sent) if (object !== undefined) model.drop(object);
  }

  #read(index: number, channel: Handle): void {
    const { model } = this;
    const end = model.tables[index]!.get(channel);
    const message = end?.messages[0];
    let expected = "OK";
    if (end === undefined) expected = "BAD_HANDLE";
    else if (end.peer === undefined) expected = "WRONG_TYPE";
    else if (message === undefined)
      expected = model.peerOf(end) === undefined ? "PEER_CLOSED" : "SHOULD_WAIT";
    let handles: readonly Handle[] = [];
    expect(
      statusOf(() => {
        handles = this.#zx(index).channelRead(channel).handles;
      }),
    ).toBe(expected);
    if (message === undefined) return;
    end!.messages.shift();
    expect(handles.map((handle) => this.#koid(index, handle))).toEqual(message.map(({ koid }) => koid));
    for (const [i, object] of message.entries()) this.model.tables[index]!.set(handles[i]!, object);
  }

  /** Straight from one process into another one, as a message between them would. */
  #give(from: number, handle: Handle, to: number): void {
    const object = this.model.take(from, handle);
    if (object === undefined) return;
    const [source, target] = [from, to].map(
      (index) => this.#test.kernel.process(this.#processKoid(index)).handles,
    );
    const value = target!.add(source!.remove(handle));
    this.model.tables[to]!.set(value, object);
  }

  #processKoid(index: number): number {
    const zx = this.#zx(index);
    return zx.objectGetInfo(zx.processSelf, "HANDLE_BASIC").koid;
  }

  /** Every handle leads to its object, and every object is held as often as the model says. */
  check(): void {
    for (const [index, table] of this.model.tables.entries()) {
      for (const [handle, object] of table) {
        expect(this.#koid(index, handle)).toBe(object.koid);
        expect(this.#zx(index).objectGetInfo(handle, "HANDLE_COUNT")).toBe(object.count);
      }
    }
  }

  closeAll(): void {
    for (const [index, table] of this.model.tables.entries()) {
      this.#zx(index).handleCloseMany([...table.keys()]);
      for (const object of table.values()) this.model.drop(object);
      table.clear();
    }
  }
}

function statusOf(action: () => unknown): string {
  try {
    action();
    return "OK";
  } catch (error) {
    return (error as { statusName: string }).statusName;
  }
}

describe("handles in processes and messages", () => {
  const get = withKernel();

  test(`hold exactly what they should, in ${RUNS} random sequences of traffic`, () => {
    const test = get();
    const hosts = [test.host("a"), test.host("b")];
    /** Ends of channels in messages of their own: nobody can reach them, in Zircon neither. They stay to the end. */
    const unreachable = new Set<number>();
    const initial = new Set([...test.kernel.objects()].map(({ koid }) => koid));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const traffic = new Traffic(test, hosts);
        for (const next of steps) traffic.play(next);
        traffic.check();
        expect(test.problems()).toEqual([]);
        traffic.closeAll();
        for (const koid of traffic.model.objects.keys()) unreachable.add(koid);
        const left = [...test.kernel.objects()].map(({ koid }) => koid).filter((koid) => !initial.has(koid));
        expect(left.sort()).toEqual([...unreachable].sort());
      }),
      { numRuns: RUNS },
    );
    expect(test.problems()).toEqual([]);
  });
});
