// Generated from fuchsia.io.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.io`.
 *
 * Directories, as far as a driver meets them: where it finds what is offered to it, and offers what it has.
 */
import {
  type Binding,
  type ClientCore,
  type Codec,
  type Connection,
  defineProtocol,
  flexibleBits,
  type Handle,
  handle,
  type MaybePromise,
  oneWay,
  serverMethod,
  string,
  struct,
  table,
  uint64,
} from "./runtime/index.ts";

/** Bytes of one name in a directory. */
export const MAX_NAME_LENGTH = 255n;

/** Bytes of a path. */
export const MAX_PATH_LENGTH = 4095n;

export type Path = string;

/** What is to be opened, and for what. */
export const Flags = {
  /** Connect to services below. */
  PERM_CONNECT: 0x1n,
  PERM_ENUMERATE: 0x40n,
  PERM_TRAVERSE: 0x80n,
  /** A directory. */
  PROTOCOL_DIRECTORY: 0x80000n,
  /** Whatever protocol the service speaks. */
  PROTOCOL_SERVICE: 0x100000000n,
} as const;
export type Flags = bigint;
export const FLAGS: Codec<Flags> = flexibleBits("fuchsia.io/Flags", uint64, Flags);

/** What may be said besides; nothing that is needed here. */
export type Options = Record<string, never>;
export const OPTIONS: Codec<Options> = table<Options>("fuchsia.io/Options", {});

interface DirectoryOpenRequest {
  readonly path: Path;
  readonly flags: Flags;
  readonly options: Options;
  readonly object: Handle;
}
const STRING_4095 = string(4095);
const HANDLE_CHANNEL = handle(4);
const DIRECTORY_OPEN_REQUEST = struct<DirectoryOpenRequest>(
  "fuchsia.io/DirectoryOpenRequest",
  { path: STRING_4095, flags: FLAGS, options: OPTIONS, object: HANDLE_CHANNEL },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.io/DirectoryOpenRequest")) return;
      STRING_4095.encode(e, o, v.path);
      FLAGS.encode(e, o + 16, v.flags);
      OPTIONS.encode(e, o + 24, v.options);
      HANDLE_CHANNEL.encode(e, o + 40, v.object);
    },
    decode(d, o) {
      d.padding(o + 44, 4);
      return {
        path: STRING_4095.decode(d, o),
        flags: FLAGS.decode(d, o + 16),
        options: OPTIONS.decode(d, o + 24),
        object: HANDLE_CHANNEL.decode(d, o + 40),
      };
    },
  },
);
const DIRECTORY_OPEN = oneWay<DirectoryOpenRequest>({
  name: "fuchsia.io/Directory.Open",
  ordinal: 0x568ddcb9a9cbb6d9n,
  request: DIRECTORY_OPEN_REQUEST,
  flexible: true,
});

/**
 * `fuchsia.io/Directory` as its client sees it. Calls reject with a ZxError.
 *
 * A directory, of which services can be opened.
 */
export interface DirectoryClient extends Connection {
  /**
   * Connects `object` to what is at `path`. What goes wrong is said in an epitaph on `object`.
   *
   * Errors:
   * * BAD_PATH: `path` is no path.
   * * NOT_FOUND: there is nothing at `path`.
   */
  open(path: Path, flags: Flags, options_: Options, object: Handle): void;
}

/** `fuchsia.io/Directory` as a server implements it: throws a ZxError to answer with an error. */
export interface DirectoryServer {
  open(path: Path, flags: Flags, options_: Options, object: Handle, binding: Binding): MaybePromise<void>;
}

class DirectoryProxy implements DirectoryClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  open(path: Path, flags: Flags, options_: Options, object: Handle): void {
    this.#core.send(DIRECTORY_OPEN, { path, flags, options: options_, object });
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** A directory, of which services can be opened. */
export const Directory = defineProtocol<DirectoryClient, DirectoryServer, unknown, "fuchsia.io/Directory">({
  name: "fuchsia.io/Directory",
  openness: "open",
  client: (core) => new DirectoryProxy(core),
  methods: [
    serverMethod(DIRECTORY_OPEN, (server, { path, flags, options: options_, object }, binding) =>
      server.open(path, flags, options_, object, binding),
    ),
  ],
});
