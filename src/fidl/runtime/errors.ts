import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";

/** What can be wrong with a FIDL message; the names are those of Fuchsia's conformance suite where it has one. */
export type FidlErrorCode =
  | "COUNT_EXCEEDS_LIMIT"
  | "ENVELOPE_BYTES_EXCEED_MESSAGE_LENGTH"
  | "ENVELOPE_HANDLES_EXCEED_MESSAGE_LENGTH"
  | "EXCEEDED_MAX_OUT_OF_LINE_DEPTH"
  | "FLEXIBLE_UNION_UNKNOWN_FIELD"
  | "INCORRECT_HANDLE_TYPE"
  | "INVALID_BOOL"
  | "INVALID_HANDLE_PRESENCE_INDICATOR"
  | "INVALID_HEADER"
  | "INVALID_INLINE_BIT_IN_ENVELOPE"
  | "INVALID_INLINE_MARKER_IN_ENVELOPE"
  | "INVALID_NUM_BYTES_IN_ENVELOPE"
  | "INVALID_NUM_HANDLES_IN_ENVELOPE"
  | "INVALID_PADDING_BYTE"
  | "INVALID_PRESENCE_INDICATOR"
  | "INVALID_VALUE"
  | "MISSING_REQUIRED_HANDLE_RIGHTS"
  | "NON_EMPTY_STRING_WITH_NULL_BODY"
  | "NON_EMPTY_VECTOR_WITH_NULL_BODY"
  | "NON_NULLABLE_TYPE_WITH_NULL_VALUE"
  | "STRICT_BITS_UNKNOWN_BIT"
  | "STRICT_ENUM_UNKNOWN_VALUE"
  | "STRICT_UNION_UNKNOWN_FIELD"
  | "STRING_COUNT_EXCEEDS_32_BIT_LIMIT"
  | "STRING_NOT_UTF8"
  | "STRING_TOO_LONG"
  | "TABLE_COUNT_EXCEEDS_32_BIT_LIMIT"
  | "TOO_FEW_BYTES"
  | "TOO_FEW_BYTES_IN_PRIMARY_OBJECT"
  | "TOO_FEW_HANDLES"
  | "TOO_MANY_BYTES_IN_MESSAGE"
  | "TOO_MANY_HANDLES_IN_MESSAGE"
  | "UNION_FIELD_NOT_SET"
  | "UNKNOWN_ORDINAL"
  | "UNKNOWN_TXID"
  | "VECTOR_COUNT_EXCEEDS_32_BIT_LIMIT";

/** A message that breaks the wire format, or a value that the wire format cannot carry: status INVALID_ARGS. */
export class FidlError extends ZxError {
  readonly code: FidlErrorCode;
  /** Bytes from the start of the message, where that is known. */
  readonly offset: number | undefined;

  constructor(code: FidlErrorCode, detail: string, offset?: number, cause?: unknown) {
    const at = offset === undefined ? "" : ` at byte ${hex(offset)}`;
    super("INVALID_ARGS", `${code}${at}: ${detail}`, cause === undefined ? undefined : { cause });
    this.name = "FidlError";
    this.code = code;
    this.offset = offset;
  }
}

/**
 * The error that a method declares as something else than a zx.Status: a server throws it to answer with `value`, and a client's
 * call rejects with it. Its status, for who knows no better, is INTERNAL.
 */
export class DomainError<T = unknown> extends ZxError {
  readonly value: T;

  constructor(value: T, detail = `the method's own error, ${String(value)}`) {
    super("INTERNAL", detail);
    this.name = "DomainError";
    this.value = value;
  }
}

export function toZxError(error: unknown): ZxError {
  return error instanceof ZxError ? error : new ZxError("INTERNAL", String(error), { cause: error });
}
