import { ExceptionType } from "./constants.ts";
import { Status, type StatusName, statusName } from "./status.ts";

/**
 * The one error of Zirconia: a Zircon status, and a message that says what was asked and what exists.
 *
 * `error.status` is the number (`Status.ACCESS_DENIED`), `error.statusName` its name.
 */
export class ZxError extends Error {
  readonly status: number;
  /** The message without the status in front of it. */
  readonly detail: string;
  /** What Zircon writes to out-parameters even though the call fails: `observed` of a wait that timed out. */
  readonly outputs: Readonly<Record<string, number>>;

  constructor(
    status: StatusName | number,
    detail: string,
    options?: { cause?: unknown; outputs?: Readonly<Record<string, number>> },
  ) {
    const code = typeof status === "number" ? status : Status[status];
    super(`${statusName(code)}: ${detail}`, options);
    this.name = "ZxError";
    this.status = code;
    this.detail = detail;
    this.outputs = options?.outputs ?? {};
  }

  get statusName(): string {
    return statusName(this.status);
  }
}

/** Whether `error` is a ZxError with this status. */
export function isStatus(error: unknown, status: StatusName): error is ZxError {
  return error instanceof ZxError && error.status === Status[status];
}

/** The error of an access that a process's memory does not let through: on hardware, an exception that ends the process. */
export class PageFault extends ZxError {
  /** The first address that was accessed. */
  readonly address: number;

  constructor(status: StatusName | number, detail: string, address: number, options?: { cause?: unknown }) {
    super(status, detail, options);
    this.name = "PageFault";
    this.address = address;
  }

  /** What the processor's exception is: `ExceptionType`. */
  get exceptionType(): number {
    return ExceptionType.FATAL_PAGE_FAULT;
  }
}

/** The same for an access to device memory that is not aligned to its width, as on arm64. */
export class AlignmentFault extends PageFault {
  override readonly name = "AlignmentFault";

  override get exceptionType(): number {
    return ExceptionType.UNALIGNED_ACCESS;
  }
}

/** The page fault that `error` is, or is caused by. */
export function pageFaultOf(error: unknown): PageFault | undefined {
  let at = error;
  for (let depth = 0; at instanceof Error && depth < MAX_CAUSES; depth++) {
    if (at instanceof PageFault) return at;
    at = at.cause;
  }
  return undefined;
}

/** Causes can be a circle. */
const MAX_CAUSES = 32;
