import { readFileSync } from "node:fs";
import { Schema } from "../fidl/dynamic/schema.ts";
import { isPersisted, unpersist } from "../fidl/runtime/body.ts";
import type { AnyCodec } from "../fidl/runtime/codec.ts";
import { describeReading } from "../fidl/runtime/describe_message.ts";
import { describeValue } from "../fidl/runtime/describe_value.ts";
import { FidlError } from "../fidl/runtime/errors.ts";
import { HEADER_SIZE } from "../fidl/runtime/message.ts";
import type { Method } from "../fidl/runtime/method.ts";
import {
  type MessageKind,
  type MessageReading,
  readMessage,
  readValue,
} from "../fidl/runtime/read_message.ts";
import { layOut } from "../fidl/runtime/text_layout.ts";
import { hex } from "../zx/pages.ts";
import { statusName } from "../zx/status.ts";
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from "./exit.ts";
import { compileFiles, type FidlOptions, fail, showDiagnostics } from "./fidl.ts";
import { OWN_LIBRARIES } from "./fidl_files.ts";
import { excerpt, parseHex } from "./hex_text.ts";
import { jsonText } from "./json_text.ts";

export interface FidlDecodeOptions extends FidlOptions {
  /** `.fidl` files, and folders of them, beside the libraries that come with this package. */
  readonly files: readonly string[];
  /** The file that the bytes are in, `-` for the standard input. */
  readonly input?: string;
  readonly request?: boolean;
  readonly response?: boolean;
  readonly event?: boolean;
  /** Not a message but a value: `fuchsia.hardware.pci/Bar`. */
  readonly type?: string;
  readonly json?: boolean;
}

const WIDTH = 100;

/** `zirconia fidl decode`. Returns the exit status. */
export function decode(words: readonly string[], options: FidlDecodeOptions): number {
  const kinds = (["request", "response", "event"] as const).filter((kind) => options[kind]);
  if (kinds.length + (options.type === undefined ? 0 : 1) > 1)
    return fail("decode", "--request, --response, --event and --type exclude each other", EXIT_USAGE);
  if (words.length > 0 && options.input !== undefined)
    return fail("decode", "the bytes are given twice: as arguments and with --input", EXIT_USAGE);
  let bytes: Uint8Array;
  try {
    bytes = parseHex(words.length > 0 ? words.join(" ") : readInput(options.input));
  } catch (error) {
    return fail("decode", error instanceof Error ? error.message : String(error), EXIT_FAILURE);
  }
  const schemas = schemasOf(options);
  if (typeof schemas === "number") return schemas;
  const found =
    options.type === undefined
      ? decodeMessage(bytes, schemas, kinds[0])
      : decodeValue(bytes, schemas, options.type);
  if (options.json) console.log(jsonText(found.data));
  else {
    for (const line of found.lines) console.log(line);
    for (const line of found.complaint) console.error(line);
  }
  return found.complaint.length === 0 ? EXIT_OK : EXIT_FAILURE;
}

/** What becomes of the bytes: as text and as data; `complaint` says what is wrong with them. */
interface Found {
  readonly lines: readonly string[];
  readonly complaint: readonly string[];
  readonly data: Record<string, unknown>;
}

function readInput(path: string | undefined): string {
  if (path !== undefined && path !== "-") return readFileSync(path, "utf8");
  if (process.stdin.isTTY)
    throw new Error("no bytes: give them as hex, as arguments, with --input or piped in");
  return readFileSync(0, "utf8");
}

/** The libraries that were given first, for they may be newer than ours. An exit status if there is something wrong with them. */
function schemasOf({ files, available, modifiers }: FidlDecodeOptions): Schema[] | number {
  const programs = [
    { paths: files, options: { available, modifiers } },
    { paths: [OWN_LIBRARIES], options: { available: [], modifiers: "required" } },
  ];
  const schemas: Schema[] = [];
  for (const { paths, options } of programs) {
    if (paths.length === 0) continue;
    const result = compileFiles("decode", paths, options);
    if (typeof result === "number") return result;
    showDiagnostics(result.compiled.diagnostics);
    if (result.compiled.ir === undefined) return EXIT_FAILURE;
    schemas.push(new Schema(result.compiled.ir));
  }
  return schemas;
}

function decodeMessage(bytes: Uint8Array, schemas: readonly Schema[], as: MessageKind | undefined): Found {
  const protocols = schemas.flatMap((schema) => schema.protocols);
  const from = as === undefined ? undefined : as === "request" ? "client" : "server";
  const reading = readMessage(bytes, undefined, protocols, { from });
  const header = headerOf(bytes);
  const lines = header === undefined ? [] : layOut(headerText(header), WIDTH).split("\n");
  const text = describeReading(reading, bytes.length, undefined, WIDTH);
  const refuse = (message: string, error?: FidlError): Found => ({
    lines,
    complaint: complain(message, bytes, error),
    data: { header, ...partsOf(reading), error: error === undefined ? { message } : errorData(error) },
  });
  if (as !== undefined && "method" in reading && !MESSAGES[reading.method.kind].includes(as)) {
    const { name, kind } = reading.method;
    return refuse(`${name} has no ${as}: there is its ${MESSAGES[kind].join(" and its ")}`);
  }
  switch (reading.what) {
    case "nothing":
    case "damaged":
      return refuse(text, reading.error);
    case "unknown":
      return refuse(
        `no method has the ordinal ${header?.ordinal}, in ${protocols.length} protocols; give the library that it is in with --files`,
      );
    case "epitaph":
      return { lines: [...lines, text], complaint: [], data: { header, ...partsOf(reading), text } };
    case "message": {
      const hint = reading.isAmbiguous ? ["(It would be a response, too: --response reads it as one.)"] : [];
      return { lines: [...lines, text, ...hint], complaint: [], data: { header, ...partsOf(reading), text } };
    }
  }
}

/** The messages of each kind of method. */
const MESSAGES: { readonly [kind in Method["kind"]]: readonly MessageKind[] } = {
  event: ["event"],
  oneWay: ["request"],
  twoWay: ["request", "response"],
};

function decodeValue(bytes: Uint8Array, schemas: readonly Schema[], name: string): Found {
  const codec = schemas.map((schema) => schema.codec(name)).find((each) => each !== undefined);
  if (codec === undefined) {
    const message = `no type ${name}; a type is named by its library, as in fuchsia.hardware.pci/Bar`;
    return { lines: [], complaint: complain(message, bytes), data: { error: { message } } };
  }
  const atRest = isPersisted(bytes);
  try {
    const value = atRest ? unpersist(codec, bytes) : readValue(codec, bytes);
    return valueFound(codec, value, atRest);
  } catch (error) {
    if (!(error instanceof FidlError)) throw error;
    const title = `${atRest ? "a value at rest" : "a body"} of ${name}: ${error.detail}`;
    return {
      lines: [],
      complaint: complain(title, bytes, error),
      data: { type: name, atRest, error: errorData(error) },
    };
  }
}

function valueFound(codec: AnyCodec, value: unknown, atRest: boolean): Found {
  const flat = describeValue(codec, value, { width: Number.POSITIVE_INFINITY });
  const text = layOut(`${codec.name} = ${flat}`, WIDTH);
  const lines = atRest ? ["a value at rest, in wire format v2", text] : [text];
  return { lines, complaint: [], data: { type: codec.name, atRest, body: value, text } };
}

// ---- Parts of messages

interface HeaderFields {
  readonly txid: number;
  readonly flags: readonly number[];
  readonly magic: number;
  readonly ordinal: string;
  readonly strict: boolean;
}

/** The header as it stands there, whether or not it makes sense. */
function headerOf(bytes: Uint8Array): HeaderFields | undefined {
  if (bytes.length < HEADER_SIZE) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return {
    txid: view.getUint32(0, true),
    flags: [...bytes.subarray(4, 7)],
    magic: view.getUint8(7),
    ordinal: hex(view.getBigUint64(8, true), 16),
    strict: (view.getUint8(6) & 0x80) === 0,
  };
}

function headerText({ txid, flags, magic, ordinal, strict }: HeaderFields): string {
  const bytes = flags.map((flag) => hex(flag, 2).slice(2)).join(" ");
  const format = (flags[0]! & 0x02) === 0 ? "not v2" : "v2";
  return `header: transaction ${txid}, flags ${bytes} (${format}, ${strict ? "strict" : "flexible"}), magic ${magic}, ordinal ${ordinal}`;
}

function partsOf(reading: MessageReading): Record<string, unknown> {
  switch (reading.what) {
    case "nothing":
    case "unknown":
      return {};
    case "epitaph":
      return { kind: "epitaph", body: { error: statusName(reading.status) } };
    case "damaged":
      return { method: reading.method.name, kind: reading.kind };
    case "message": {
      const { method, kind, body, isAmbiguous } = reading;
      return { method: method.name, kind, ...(isAmbiguous && { orElse: "response" }), body };
    }
  }
}

function errorData({ code, offset, message }: FidlError): Record<string, unknown> {
  return { code, offset, message };
}

/** What is wrong, and the bytes where it is. */
function complain(message: string, bytes: Uint8Array, error?: FidlError): string[] {
  const where = error?.offset === undefined ? [] : excerpt(bytes, error.offset);
  return [`zirconia fidl decode: ${message}`, ...where];
}
