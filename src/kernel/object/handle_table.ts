import { type Handle, INVALID_HANDLE, JobPolicyCondition } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import { rightsNames } from "../../zx/rights.ts";
import { type Dispatcher, type DispatcherClass, typeNameOf } from "./dispatcher.ts";
import { KernelHandle } from "./handle.ts";
import type { KernelCore } from "./kernel_core.ts";

/**
 * The handles of one process. Every look-up has Zircon's order: a value that is not here is BAD_HANDLE, an object of
 * another type WRONG_TYPE, a missing right ACCESS_DENIED.
 */
export class HandleTable {
  readonly #core: KernelCore;
  readonly #owner: string;
  readonly #refused: (condition: number, error: ZxError) => void;
  readonly #handles = new Map<Handle, KernelHandle>();

  /** `owner`: the process's name, for messages. `refused` hears of BAD_HANDLE and WRONG_TYPE, by policy condition. */
  constructor(core: KernelCore, owner: string, refused: (condition: number, error: ZxError) => void) {
    this.#core = core;
    this.#owner = owner;
    this.#refused = refused;
  }

  get size(): number {
    return this.#handles.size;
  }

  entries(): IterableIterator<[Handle, KernelHandle]> {
    return this.#handles.entries();
  }

  /** A first handle of an object that was just made. */
  open(object: Dispatcher, rights: number): Handle {
    return this.add(new KernelHandle(object, rights >>> 0));
  }

  add(handle: KernelHandle): Handle {
    const value = this.#core.handleValues.next((taken) => this.#handles.has(taken));
    this.#handles.set(value, handle);
    return value;
  }

  find(value: Handle): KernelHandle | undefined {
    return this.#handles.get(value);
  }

  /** Any object; BAD_HANDLE, ACCESS_DENIED. */
  handle(value: Handle, rights = 0): KernelHandle {
    const handle = this.#handles.get(value) ?? this.#bad(value);
    if ((handle.rights & rights) !== rights) this.#denied(handle, rights);
    return handle;
  }

  /** An object of one type; BAD_HANDLE, WRONG_TYPE, ACCESS_DENIED. */
  get<T extends Dispatcher>(value: Handle, kind: DispatcherClass<T>, rights = 0): T {
    return this.handleOf(value, kind, rights).object as T;
  }

  /** Like `get`, for those who ask for the rights of the handle too. */
  handleOf<T extends Dispatcher>(value: Handle, kind: DispatcherClass<T>, rights = 0): KernelHandle {
    const handle = this.#handles.get(value) ?? this.#bad(value);
    if (handle.object.type !== kind.TYPE) this.#wrongType(handle, kind);
    if ((handle.rights & rights) !== rights) this.#denied(handle, rights);
    return handle;
  }

  /** Takes a handle out of the table; BAD_HANDLE. */
  remove(value: Handle): KernelHandle {
    const handle = this.#handles.get(value) ?? this.#bad(value);
    this.#handles.delete(value);
    handle.detach();
    return handle;
  }

  close(value: Handle): void {
    if (value !== INVALID_HANDLE) this.remove(value).close();
  }

  /** Closes those of `values` that are here and are not 0; the first that is not is the result. */
  closeMany(values: readonly Handle[]): Handle | undefined {
    let bad: Handle | undefined;
    const closing: KernelHandle[] = [];
    for (const value of values) {
      if (value === INVALID_HANDLE) continue;
      const handle = this.#handles.get(value);
      if (handle === undefined) bad ??= value;
      else {
        this.#handles.delete(value);
        closing.push(handle);
      }
    }
    for (const handle of closing) handle.close();
    return bad;
  }

  closeAll(): void {
    const closing = [...this.#handles.values()];
    this.#handles.clear();
    for (const handle of closing) handle.close();
  }

  #bad(value: Handle): never {
    const shown = typeof value === "number" ? hex(value) : `a ${typeof value}`;
    const error = new ZxError("BAD_HANDLE", `${shown} is not a handle of ${this.#owner}`);
    this.#refused(JobPolicyCondition.BAD_HANDLE, error);
    throw error;
  }

  #wrongType(handle: KernelHandle, kind: DispatcherClass<Dispatcher>): never {
    const wanted = `a handle to ${typeNameOf(kind.TYPE)} is needed`;
    const error = new ZxError("WRONG_TYPE", `${wanted}, this is one to ${handle.object.describe()}`);
    this.#refused(JobPolicyCondition.WRONG_OBJECT, error);
    throw error;
  }

  #denied(handle: KernelHandle, rights: number): never {
    throw new ZxError(
      "ACCESS_DENIED",
      `${rightsNames(rights & ~handle.rights)} is needed, but this is a handle of ${this.#owner} to ${handle.describe()}`,
    );
  }
}
