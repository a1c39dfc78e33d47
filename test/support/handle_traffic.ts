/** Traffic of handles on a kernel and on the model beside it: every call must end alike, and nothing be lost. */
import { expect } from "vitest";
import { InterruptOption, ObjectType, TIME_INFINITE, VmOption, VmoOp } from "../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../src/zx/pages.ts";
import { DefaultRights } from "../../src/zx/rights.ts";
import type { Zx } from "../../src/zx/syscalls.ts";
import { statusOf } from "./address_spaces.ts";
import { type Command, KINDS, MAX_HOSTS } from "./handle_commands.ts";
import {
  HandleModel,
  type ModelDisposition,
  ModelHandle,
  type ModelKind,
  type ModelLimits,
  type ModelProcess,
  moving,
  type Pending,
  typeOf,
} from "./handle_model.ts";
import { rejection, type TestKernel } from "./kernel.ts";

const USER_0 = 1 << 24;
const CLOSED: readonly (string | undefined)[] = ["PEER_CLOSED", "CANCELED"];
const EVERYTHING: ModelLimits = { handles: 64, mayDiscard: false };

interface Player {
  readonly model: ModelProcess;
  readonly zx: Zx;
  /** In the first process; 0 for that itself. */
  readonly process: number;
}

/** The kernel and the model, side by side. */
export class Traffic {
  readonly #test: TestKernel;
  readonly #model = new HandleModel();
  readonly #players: Player[] = [];
  readonly #baseline: ReadonlySet<number>;
  readonly #frames: number;
  readonly #expected: { readonly pending: Pending; readonly actual: { outcome: string | undefined } }[] = [];
  /** Every handle value that there ever was, in whatever process: most of them are no longer valid. */
  readonly #seen: number[] = [];
  #serial = 0;

  constructor(kernel: TestKernel) {
    this.#test = kernel;
    this.#baseline = new Set([...kernel.kernel.objects()].map(({ koid }) => koid));
    this.#frames = kernel.kernel.frames.used;
    this.#players.push({ model: this.#model.process(), zx: kernel.zx, process: 0 });
    this.#spawn();
    this.#spawn();
    for (const player of this.#players) for (const what of KINDS) this.#create(player, what);
  }

  async run(step: Command): Promise<void> {
    if (step.do === "spawn") this.#spawn();
    else await this.#act(step, this.#players[step.process % this.#players.length]!);
    await this.#settle();
  }

  async #act(step: Exclude<Command, { do: "spawn" }>, player: Player): Promise<void> {
    const { zx, model } = player;
    const pick = (n: number) => this.#pick(player, n);
    switch (step.do) {
      case "create":
        this.#create(player, step.kind);
        break;
      case "duplicate":
      case "replace": {
        const value = pick(step.handle);
        const expected = this.#model[step.do](model, value, step.rights);
        const call = step.do === "duplicate" ? zx.handleDuplicate : zx.handleReplace;
        if (expected instanceof ModelHandle) this.#receive(player, [call(value, step.rights)], [expected]);
        else expect(statusOf(() => call(value, step.rights))).toBe(expected);
        break;
      }
      case "close": {
        const value = pick(step.handle);
        const expected = this.#model.closeMany(model, [value]);
        expect(statusOf(() => zx.handleClose(value))).toBe(expected);
        break;
      }
      case "closeMany": {
        const values = [0, ...step.handles.map(pick)];
        const expected = this.#model.closeMany(model, values);
        expect(statusOf(() => zx.handleCloseMany(values))).toBe(expected);
        break;
      }
      case "write": {
        const channel = this.#pickChannel(player, step.handle, "connected");
        const values = step.handles.map((n) => this.#pick(player, n, channel));
        const serial = ++this.#serial;
        const { status } = this.#model.write(model, channel, values.map(moving), { serial });
        expect(statusOf(() => zx.channelWrite(channel, payload(serial), values))).toBe(status);
        break;
      }
      case "writeEtc": {
        const channel = this.#pickChannel(player, step.handle, "connected");
        const dispositions = step.dispositions.map(
          ({ operation, handle: n, says, rights: mask }): ModelDisposition => {
            const value = this.#pick(player, n, channel);
            const truth = model.table.get(value)?.object.kind ?? "vmo";
            const type = says === "nothing" ? ObjectType.NONE : typeOf(says === "event" ? says : truth);
            return { operation, value, type, rights: mask };
          },
        );
        const serial = ++this.#serial;
        const { status } = this.#model.write(model, channel, dispositions, { serial });
        const sent = dispositions.map(({ value, ...rest }) => ({ ...rest, handle: value }));
        expect(statusOf(() => zx.channelWriteEtc(channel, payload(serial), sent))).toBe(status);
        break;
      }
      case "read":
      case "readEtc": {
        const channel = this.#pickChannel(player, step.handle, "full");
        this.#read(player, channel, step.limits, step.do === "readEtc");
        break;
      }
      case "call": {
        const channel = this.#pickChannel(player, step.handle, "connected");
        await this.#call(
          player,
          channel,
          step.handles.map((n) => this.#pick(player, n, channel)),
        );
        break;
      }
      case "answer": {
        const channel = this.#pickChannel(player, step.handle, "full");
        this.#answer(
          player,
          channel,
          step.handles.map((n) => this.#pick(player, n, channel)),
        );
        break;
      }
      case "wait":
        await this.#wait(player, pick(step.handle));
        break;
      case "map": {
        const value = pick(step.handle);
        const expected = this.#model.map(model, value);
        const map = () => zx.vmarMap(zx.vmarRootSelf, VmOption.PERM_READ, 0, value, 0, PAGE_SIZE);
        expect(statusOf(map)).toBe(expected);
        break;
      }
      case "kill":
        if (player.process !== 0) this.#kill(player);
        break;
    }
  }

  /** Ends all processes but the first and closes what that has: what is left then, only the kernel's own end frees. */
  async finish(): Promise<void> {
    this.check();
    for (const player of this.#players.slice(1)) this.#kill(player);
    const [first] = this.#players;
    const values = [...first!.model.table.keys()];
    this.#model.closeMany(first!.model, values);
    first!.zx.handleCloseMany(values);
    const { base, length } = first!.zx.objectGetInfo(first!.zx.vmarRootSelf, "VMAR");
    for (const object of first!.model.mapped.splice(0)) object.mappings--;
    first!.zx.vmarUnmap(first!.zx.vmarRootSelf, base, length);
    await this.#settle();
    this.check();
    await this.#test.kernel.close();
    expect([...this.#test.kernel.objects()].map((object) => object.describe())).toEqual([]);
    expect(this.#test.kernel.frames.used).toBe(0);
  }

  /** Lets whatever was settled be told: every call and wait has ended as the model says, or goes on. */
  async #settle(): Promise<void> {
    for (let i = 0; i < 6; i++) await Promise.resolve();
    for (const { pending, actual } of this.#expected) {
      // Who closes both ends at once may see either.
      const isClosed = pending.outcome === "PEER_CLOSED" || pending.outcome === "CANCELED";
      const expected = isClosed ? CLOSED : [pending.outcome === "replied" ? "OK" : undefined];
      if (!expected.includes(actual.outcome)) expect(expected).toContain(actual.outcome);
    }
  }

  /** The kernel has exactly the objects and handles that the model has. */
  check(): void {
    const { kernel } = this.#test;
    expect(this.#test.problems()).toEqual([]);
    const living = this.#model.objects.filter(({ lives }) => lives);
    const counts = new Map<number, number>();
    for (const object of kernel.objects()) {
      const { type, koid, handleCount } = object;
      const isTask = type === ObjectType.PROCESS || type === ObjectType.VMAR;
      if (!this.#baseline.has(koid) && !isTask) counts.set(koid, handleCount);
    }
    // A VMO that only a mapping holds has no dispatcher any more.
    const held = living.filter((object) => object.handles > 0);
    expect(Object.fromEntries(counts)).toEqual(
      Object.fromEntries(held.map(({ koid, handles }) => [koid, handles])),
    );
    expect(kernel.frames.used - this.#frames).toBe(living.filter((object) => object.kind === "vmo").length);
    for (const { zx, model } of this.#players) {
      for (const [value, { object, rights: mask }] of model.table) {
        expect(zx.objectGetInfo(value, "HANDLE_BASIC")).toMatchObject({ koid: object.koid, rights: mask });
      }
    }
  }

  #create(player: Player, what: ModelKind): void {
    const { zx } = player;
    const makers: Record<ModelKind, () => number[]> = {
      event: () => [zx.eventCreate(0)],
      eventpair: () => zx.eventpairCreate(0),
      channel: () => zx.channelCreate(),
      vmo: () => [zx.vmoCreate(PAGE_SIZE, 0)],
      port: () => [zx.portCreate(0)],
      interrupt: () => [zx.interruptCreate(0, 0, InterruptOption.VIRTUAL)],
    };
    const values = makers[what]();
    if (what === "vmo") zx.vmoOpRange(values[0]!, VmoOp.COMMIT, 0, PAGE_SIZE);
    const expected = DefaultRights[what.toUpperCase() as Uppercase<ModelKind>];
    const made = values.map((value) => ({ value, ...this.#basicInfo(zx, value) }));
    for (const { rights: mask } of made) expect(mask).toBe(expected);
    this.#seen.push(...values);
    this.#model.create(player.model, what, made);
  }

  #read(player: Player, channel: number, limit: ModelLimits, etc: boolean): void {
    const { zx, model } = player;
    const expected = this.#model.read(model, channel, limit);
    const limitsOfZx = { maxHandles: limit.handles, mayDiscard: limit.mayDiscard };
    const call = () => (etc ? zx.channelReadEtc(channel, limitsOfZx) : zx.channelRead(channel, limitsOfZx));
    if (typeof expected === "string") {
      expect(statusOf(call)).toBe(expected);
      return;
    }
    const message = call();
    expect(serialOf(message.bytes)).toBe(expected.serial);
    const values = message.handles.map((received) => {
      if (typeof received === "number") return received;
      expect(received).toMatchObject({ rights: this.#basicInfo(zx, received.handle).rights });
      return received.handle;
    });
    this.#receive(player, values, expected.handles);
  }

  async #call(player: Player, channel: number, values: number[]): Promise<void> {
    const serial = ++this.#serial;
    const { status, call } = this.#model.call(player.model, channel, values, serial);
    const reply = player.zx.channelCall(channel, TIME_INFINITE, payload(serial), values);
    if (call === undefined) {
      expect(await rejection(reply)).toBe(status);
      return;
    }
    const done = reply.then((message) => {
      expect(serialOf(message.bytes)).toBe(call.reply?.serial);
      this.#receive(player, message.handles, call.reply?.handles ?? []);
    });
    this.#expect(rejection(done), call);
  }

  /** Reads a message, and if it is the request of a call, sends a reply to it. */
  #answer(player: Player, channel: number, values: number[]): void {
    const { zx, model } = player;
    const request = this.#model.read(model, channel, EVERYTHING);
    if (typeof request === "string") {
      expect(statusOf(() => zx.channelRead(channel))).toBe(request);
      return;
    }
    const { bytes, handles: received } = zx.channelRead(channel);
    this.#receive(player, received, request.handles);
    const serial = ++this.#serial;
    const reply = payload(serial);
    reply.set(bytes.subarray(0, 4));
    const { status } = this.#model.write(model, channel, values.map(moving), {
      serial,
      replyTo: request.call,
    });
    expect(statusOf(() => zx.channelWrite(channel, reply, values))).toBe(status);
  }

  async #wait(player: Player, value: number): Promise<void> {
    const expected = this.#model.wait(player.model, value);
    const wait = rejection(player.zx.objectWaitOne(value, USER_0, TIME_INFINITE));
    if (typeof expected === "string") expect(await wait).toBe(expected);
    else this.#expect(wait, expected);
  }

  #expect(promise: Promise<string>, pending: Pending): void {
    const actual: { outcome: string | undefined } = { outcome: undefined };
    this.#expected.push({ pending, actual });
    void promise.then((outcome) => {
      actual.outcome = outcome;
    });
  }

  #receive(player: Player, values: readonly number[], expected: readonly ModelHandle[]): void {
    expect(values.length).toBe(expected.length);
    for (const [i, value] of values.entries()) {
      expect(player.model.table.has(value)).toBe(false);
      player.model.table.set(value, expected[i]!);
      this.#seen.push(value);
    }
  }

  #kill(player: Player): void {
    this.#model.kill(player.model);
    this.#test.zx.taskKill(player.process);
    this.#test.zx.handleClose(player.process);
    this.#players.splice(this.#players.indexOf(player), 1);
  }

  /** A new process, with a channel to the first one and one to each of the others. */
  #spawn(): void {
    if (this.#players.length > MAX_HOSTS) return;
    const host = this.#test.host();
    const player: Player = { model: this.#model.process(), zx: host.zx, process: host.process };
    const [near, far] = this.#test.zx.channelCreate();
    const [there] = host.give(far);
    const first = this.#players[0]!;
    const ends = [
      { value: near, ...this.#basicInfo(first.zx, near) },
      { value: there!, ...this.#basicInfo(host.zx, there!) },
    ];
    this.#model.create(first.model, "channel", ends);
    const moved = first.model.table.get(there!)!;
    first.model.table.delete(there!);
    player.model.table.set(there!, moved);
    this.#players.push(player);
  }

  #basicInfo(zx: Zx, value: number): { koid: number; rights: number } {
    const { koid, rights: mask } = zx.objectGetInfo(value, "HANDLE_BASIC");
    return { koid, rights: mask };
  }

  /** One of the process's handles, mostly not `except`; sometimes one that is gone, or another process's. */
  #pick({ model }: Player, n: number, except = 0): number {
    const own = [...model.table.keys()].filter((value) => value !== except || n % 16 === 3);
    const foreign = this.#seen.filter((value) => !model.table.has(value));
    if ((n % 16 === 5 || own.length === 0) && foreign.length > 0) return foreign[n % foreign.length]!;
    return own[n % own.length] ?? 0x7003;
  }

  /** Mostly a channel, and mostly one with which something can be done: `full` of messages, or with a peer. */
  #pickChannel(player: Player, n: number, use: "full" | "connected"): number {
    const channels = [...player.model.table].filter(([, { object }]) => object.kind === "channel");
    const useful = channels.filter(([, { object }]) =>
      use === "full" ? object.queue.length > 0 : object.peer !== undefined,
    );
    if (n % 16 === 7 || channels.length === 0) return this.#pick(player, n);
    const among = n % 4 === 1 || useful.length === 0 ? channels : useful;
    return among[n % among.length]![0];
  }
}

/** Eight bytes: room for a transaction id, and the number of the message. */
function payload(serial: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(4, serial, true);
  return bytes;
}

function serialOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
}
