/**
 * What handles, channels and processes do, as plainly as it can be said: a model against which random traffic is checked. It
 * knows no kernel; handle values are the kernel's, put in by whoever runs both.
 */
import { ObjectType, type ObjectTypeName } from "../../src/zx/constants.ts";
import type { RightName } from "../../src/zx/rights.ts";
import { Rights } from "../../src/zx/rights.ts";
import type { StatusName } from "../../src/zx/status.ts";

export type ModelKind = "event" | "eventpair" | "channel" | "vmo" | "port" | "interrupt";

export class ModelObject {
  readonly kind: ModelKind;
  readonly koid: number;
  /** Handles in tables and in messages. */
  handles = 0;
  /** Mappings, which hold a VMO too. */
  mappings = 0;
  peer: ModelObject | undefined;
  /** Messages that wait at this end of a channel. */
  queue: ModelMessage[] = [];
  /** Calls made through this end that wait for their reply. */
  readonly calls = new Set<ModelCall>();

  constructor(kind: ModelKind, koid: number) {
    this.kind = kind;
    this.koid = koid;
  }

  get lives(): boolean {
    return this.handles > 0 || this.mappings > 0;
  }
}

export class ModelHandle {
  readonly object: ModelObject;
  readonly rights: number;

  constructor(object: ModelObject, rights: number) {
    this.object = object;
    this.rights = rights;
    object.handles++;
  }

  has(...names: RightName[]): boolean {
    return names.every((name) => (this.rights & Rights[name]) !== 0);
  }
}

export interface ModelMessage {
  readonly serial: number;
  readonly handles: readonly ModelHandle[];
  /** The call that this is the request of. */
  readonly call: ModelCall | undefined;
}

/** How a wait or a call has ended; undefined while it has not. */
export interface Pending {
  outcome: "CANCELED" | "PEER_CLOSED" | "replied" | undefined;
}

export interface ModelCall extends Pending {
  readonly process: ModelProcess;
  readonly end: ModelObject;
  reply: ModelMessage | undefined;
}

export interface ModelWait extends Pending {
  readonly handle: ModelHandle;
}

export class ModelProcess {
  readonly table = new Map<number, ModelHandle>();
  readonly waits = new Set<ModelWait>();
  readonly mapped: ModelObject[] = [];
  alive = true;
}

export interface ModelDisposition {
  readonly operation: "move" | "duplicate";
  readonly value: number;
  readonly type: number;
  readonly rights: number;
}

export interface ModelLimits {
  readonly handles: number;
  readonly mayDiscard: boolean;
}

type Outcome = "OK" | StatusName;

/** What a call that passes handles ended with, and the call that it answered or began. */
interface Passed {
  readonly status: Outcome;
  readonly call?: ModelCall;
}

export class HandleModel {
  readonly processes: ModelProcess[] = [];
  readonly objects: ModelObject[] = [];

  process(): ModelProcess {
    const process = new ModelProcess();
    this.processes.push(process);
    return process;
  }

  /** A new object with a first handle, or a pair of them. */
  create(
    process: ModelProcess,
    kind: ModelKind,
    made: { value: number; koid: number; rights: number }[],
  ): void {
    const objects = made.map(({ value, koid, rights }) => {
      const object = new ModelObject(kind, koid);
      this.objects.push(object);
      process.table.set(value, new ModelHandle(object, rights));
      return object;
    });
    const [a, b] = objects;
    if (a === undefined || b === undefined) return;
    a.peer = b;
    b.peer = a;
  }

  duplicate(process: ModelProcess, value: number, rights: number): Outcome | ModelHandle {
    const handle = process.table.get(value);
    if (handle === undefined) return "BAD_HANDLE";
    if (!handle.has("DUPLICATE")) return "ACCESS_DENIED";
    if (!isSubset(handle, rights)) return "INVALID_ARGS";
    return new ModelHandle(handle.object, rights === Rights.SAME_RIGHTS ? handle.rights : rights);
  }

  replace(process: ModelProcess, value: number, rights: number): Outcome | ModelHandle {
    const handle = this.#remove(process, value);
    if (handle === undefined) return "BAD_HANDLE";
    const fresh = isSubset(handle, rights)
      ? new ModelHandle(handle.object, rights === Rights.SAME_RIGHTS ? handle.rights : rights)
      : undefined;
    this.#close([handle]);
    return fresh ?? "INVALID_ARGS";
  }

  closeMany(process: ModelProcess, values: readonly number[]): Outcome {
    const wanted = values.filter((value) => value !== 0);
    const closing = wanted
      .map((value) => this.#remove(process, value))
      .filter((handle) => handle !== undefined);
    this.#close(closing);
    return closing.length === wanted.length ? "OK" : "BAD_HANDLE";
  }

  write(
    process: ModelProcess,
    value: number,
    dispositions: readonly ModelDisposition[],
    message: { serial: number; replyTo?: ModelCall | undefined },
  ): Passed {
    const taken = this.#takeFor(process, value, dispositions, ["WRITE"]);
    if (typeof taken === "string") return { status: taken };
    const { end, handles } = taken;
    const { peer } = end;
    if (peer === undefined) {
      this.#close(handles);
      return { status: "PEER_CLOSED" };
    }
    const sent: ModelMessage = { serial: message.serial, handles, call: undefined };
    const { replyTo } = message;
    if (replyTo !== undefined && peer.calls.delete(replyTo)) {
      replyTo.outcome = "replied";
      replyTo.reply = sent;
      return { status: "OK", call: replyTo };
    }
    peer.queue.push(sent);
    return { status: "OK" };
  }

  call(process: ModelProcess, value: number, values: readonly number[], serial: number): Passed {
    const taken = this.#takeFor(process, value, values.map(moving), ["READ", "WRITE"]);
    if (typeof taken === "string") return { status: taken };
    const { end, handles } = taken;
    if (end.peer === undefined) {
      this.#close(handles);
      return { status: "PEER_CLOSED" };
    }
    const call: ModelCall = { process, end, outcome: undefined, reply: undefined };
    end.calls.add(call);
    end.peer.queue.push({ serial, handles, call });
    return { status: "OK", call };
  }

  read(process: ModelProcess, value: number, limits: ModelLimits): Outcome | ModelMessage {
    const handle = process.table.get(value);
    if (handle === undefined) return "BAD_HANDLE";
    if (handle.object.kind !== "channel") return "WRONG_TYPE";
    if (!handle.has("READ")) return "ACCESS_DENIED";
    const { queue, peer } = handle.object;
    const [message] = queue;
    if (message === undefined) return peer === undefined ? "PEER_CLOSED" : "SHOULD_WAIT";
    const fits = message.handles.length <= limits.handles;
    if (fits || limits.mayDiscard) queue.shift();
    if (fits) return message;
    if (limits.mayDiscard) this.#close(message.handles);
    return "BUFFER_TOO_SMALL";
  }

  wait(process: ModelProcess, value: number): Outcome | ModelWait {
    const handle = process.table.get(value);
    if (handle === undefined) return "BAD_HANDLE";
    if (!handle.has("WAIT")) return "ACCESS_DENIED";
    const wait: ModelWait = { handle, outcome: undefined };
    process.waits.add(wait);
    return wait;
  }

  map(process: ModelProcess, value: number): Outcome {
    const handle = process.table.get(value);
    if (handle === undefined) return "BAD_HANDLE";
    if (handle.object.kind !== "vmo") return "WRONG_TYPE";
    if (!handle.has("MAP", "READ")) return "ACCESS_DENIED";
    handle.object.mappings++;
    process.mapped.push(handle.object);
    return "OK";
  }

  kill(process: ModelProcess): void {
    process.alive = false;
    for (const { calls } of this.objects) {
      for (const call of calls) if (call.process === process) end(call, "CANCELED", calls);
    }
    for (const object of process.mapped) object.mappings--;
    this.closeMany(process, [...process.table.keys()]);
  }

  /** Takes handles out of a table for a message; if one of them is wrong, or the channel, all those that were to move are gone. */
  #takeFor(
    process: ModelProcess,
    value: number,
    dispositions: readonly ModelDisposition[],
    rights: RightName[],
  ): Outcome | { end: ModelObject; handles: ModelHandle[] } {
    const channel = process.table.get(value);
    let status: Outcome | undefined;
    if (channel === undefined) status = "BAD_HANDLE";
    else if (channel.object.kind !== "channel") status = "WRONG_TYPE";
    else if (!channel.has(...rights)) status = "ACCESS_DENIED";
    const handles: ModelHandle[] = [];
    const lost: ModelHandle[] = [];
    for (const disposition of dispositions) {
      const isMove = disposition.operation === "move";
      if (status !== undefined && !isMove) continue;
      const handle = isMove ? this.#remove(process, disposition.value) : process.table.get(disposition.value);
      const problem = handle === undefined ? "BAD_HANDLE" : problemOf(handle, channel?.object, disposition);
      if (handle === undefined || problem !== undefined) {
        status ??= problem;
        if (handle !== undefined && isMove) lost.push(handle);
        continue;
      }
      const isSame = disposition.rights === Rights.SAME_RIGHTS;
      const sent = new ModelHandle(handle.object, isSame ? handle.rights : disposition.rights);
      if (isMove) handle.object.handles--;
      handles.push(sent);
    }
    if (status === undefined) return { end: channel!.object, handles };
    this.#close([...lost, ...handles]);
    return status;
  }

  /** Out of the table: waits through it end. */
  #remove(process: ModelProcess, value: number): ModelHandle | undefined {
    const handle = process.table.get(value);
    process.table.delete(value);
    for (const wait of process.waits) if (wait.handle === handle) end(wait, "CANCELED", process.waits);
    return handle;
  }

  /** Objects without a handle end; a channel that ends closes what waits in it. */
  #close(handles: readonly ModelHandle[]): void {
    const closing = [...handles];
    for (let handle = closing.shift(); handle !== undefined; handle = closing.shift()) {
      const { object } = handle;
      if (--object.handles > 0) continue;
      for (const call of object.calls) end(call, "CANCELED", object.calls);
      const { peer } = object;
      object.peer = undefined;
      if (peer !== undefined) {
        peer.peer = undefined;
        for (const call of peer.calls) end(call, "PEER_CLOSED", peer.calls);
      }
      closing.push(...object.queue.flatMap((message) => message.handles));
      object.queue = [];
    }
  }
}

export function moving(value: number): ModelDisposition {
  return { operation: "move", value, type: ObjectType.NONE, rights: Rights.SAME_RIGHTS };
}

export function typeOf(kind: ModelKind): number {
  return ObjectType[kind.toUpperCase() as ObjectTypeName];
}

function problemOf(
  handle: ModelHandle,
  channel: ModelObject | undefined,
  { operation, type, rights }: ModelDisposition,
): StatusName | undefined {
  if (handle.object === channel) return "NOT_SUPPORTED";
  if (type !== ObjectType.NONE && type !== typeOf(handle.object.kind)) return "WRONG_TYPE";
  if (!handle.has("TRANSFER") || (operation === "duplicate" && !handle.has("DUPLICATE")))
    return "ACCESS_DENIED";
  return isSubset(handle, rights) ? undefined : "INVALID_ARGS";
}

function isSubset(handle: ModelHandle, rights: number): boolean {
  return rights === Rights.SAME_RIGHTS || (rights & ~handle.rights) === 0;
}

function end<T extends Pending>(pending: T, outcome: "CANCELED" | "PEER_CLOSED", among: Set<T>): void {
  pending.outcome = outcome;
  among.delete(pending);
}
