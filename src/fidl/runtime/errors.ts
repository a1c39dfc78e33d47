import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";

/** What can be wrong with a FIDL message; the names are those of Fuchsia's conformance suite where it has one. */
export type FidlErrorCode =
  | "COUNT_EXCEEDS_32_BIT_LIMIT"
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
  | "NON_EMPTY_VECTOR_WITH_NULL_BODY"
  | "NON_NULLABLE_TYPE_WITH_NULL_VALUE"
  | "STRICT_UNION_UNKNOWN_FIELD"
  | "TOO_FEW_BYTES"
  | "TOO_FEW_HANDLES"
  | "TOO_MANY_BYTES_IN_MESSAGE"
  | "TOO_MANY_HANDLES_IN_MESSAGE"
  | "UNION_FIELD_NOT_SET"
  | "UNKNOWN_TXID";

/** A message that breaks the wire format, or a value that the wire format cannot carry: status INVALID_ARGS. */
export class FidlError extends ZxError {
  readonly code: FidlErrorCode;
  /** Bytes from the start of the message, where that is known. */
  readonly offset: number | undefined;

  constructor(code: FidlErrorCode, detail: string, offset?: number) {
    super("INVALID_ARGS", `${code}${offset === undefined ? "" : ` at byte ${hex(offset)}`}: ${detail}`);
    this.name = "FidlError";
    this.code = code;
    this.offset = offset;
  }
}
