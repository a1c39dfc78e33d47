import { ExceptionState, ObjectType } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { DefaultRights } from "../../zx/rights.ts";
import type { ExceptionReport } from "../../zx/syscalls.ts";
import { ChannelDispatcher } from "./channel_dispatcher.ts";
import { Dispatcher } from "./dispatcher.ts";
import { KernelHandle } from "./handle.ts";
import type { KernelCore } from "./kernel_core.ts";
import type { ProcessDispatcher } from "./process_dispatcher.ts";

/** An exception in somebody's hands: when its last handle closes, its state says what happens to the program. */
export class ExceptionDispatcher extends Dispatcher {
  static readonly TYPE = ObjectType.EXCEPTION;
  readonly process: ProcessDispatcher;
  readonly report: ExceptionReport;
  readonly #closed: (state: number) => void;
  #state: number = ExceptionState.TRY_NEXT;

  constructor(process: ProcessDispatcher, report: ExceptionReport, closed: (state: number) => void) {
    super(process.core, ObjectType.EXCEPTION);
    this.process = process;
    this.report = report;
    this.#closed = closed;
    process.retain();
  }

  get state(): number {
    return this.#state;
  }

  /** INVALID_ARGS for a state that does not exist. */
  setState(state: number): void {
    if (state > ExceptionState.THREAD_EXIT)
      throw new ZxError("INVALID_ARGS", `exception state ${state} does not exist`);
    this.#state = state;
  }

  protected override onZeroHandles(): void {
    this.#closed(this.#state);
  }

  protected override onDestroy(): void {
    this.process.release();
  }
}

/** Where a task's exceptions go: one channel, whose other end somebody reads. */
export class Exceptionate {
  readonly #core: KernelCore;
  /** The kernel's end. */
  #endpoint: ChannelDispatcher | undefined;

  constructor(core: KernelCore) {
    this.#core = core;
  }

  /** The end to read. ALREADY_BOUND while there is another one. */
  createChannel(): ChannelDispatcher {
    if (this.#endpoint?.peer !== undefined) {
      throw new ZxError(
        "ALREADY_BOUND",
        `somebody reads its exceptions from ${this.#endpoint.peer.describe()}`,
      );
    }
    this.shutDown();
    const [kernelEnd, userEnd] = ChannelDispatcher.createPair(this.#core);
    kernelEnd.retain();
    this.#endpoint = kernelEnd;
    return userEnd;
  }

  /** The state that the exception is closed with; undefined if nobody listens. */
  deliver(process: ProcessDispatcher, report: ExceptionReport): Promise<number> | undefined {
    const endpoint = this.#endpoint;
    if (endpoint?.peer === undefined) return undefined;
    return new Promise((resolve) => {
      const exception = new ExceptionDispatcher(process, report, resolve);
      const handles = [new KernelHandle(exception, DefaultRights.EXCEPTION)];
      try {
        endpoint.write({ bytes: exceptionInfo(process.koid, report.type), handles });
      } catch (error) {
        // A listener that does not read is like none: the message is dropped, and the exception with it passes on.
        if (!(error instanceof ZxError)) throw error;
      }
    });
  }

  /** The task is gone: whoever reads finds the channel closed. */
  shutDown(): void {
    const endpoint = this.#endpoint;
    if (endpoint === undefined) return;
    this.#endpoint = undefined;
    endpoint.shutDown();
    endpoint.release();
  }
}

/** zx_exception_info_t: koids of process and thread (which does not exist here: 0), and the type. */
function exceptionInfo(processKoid: number, type: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(processKoid), true);
  view.setUint32(16, type, true);
  return bytes;
}
