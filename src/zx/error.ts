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
