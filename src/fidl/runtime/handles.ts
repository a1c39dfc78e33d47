/** Handles, and the ends of channels that speak a protocol. */
import { type Handle, ObjectType } from "../../zx/constants.ts";
import { DefaultRights, Rights, rightsNames } from "../../zx/rights.ts";
import { Codec } from "./codec.ts";

/**
 * `zx.Handle:<TYPE, rights>`. A handle that comes is checked to be of `type` (`ObjectType`; NONE for any) and to have `rights`; the
 * rights that it has beyond them are taken away. SAME_RIGHTS: whatever it has.
 */
export function handle(type: number = ObjectType.NONE, rights: number = Rights.SAME_RIGHTS): Codec<Handle> {
  return handleCodec<Handle>(handleName(type, rights), type, rights);
}

declare const clientEndOf: unique symbol;
declare const serverEndOf: unique symbol;

/**
 * A channel's handle whose other end is served as the protocol `Name` (`"fuchsia.hardware.pci/Device"`). Any handle is taken for one; an
 * end of another protocol, or the wrong end, is not.
 */
export type ClientEnd<Name extends string = string> = Handle & { readonly [clientEndOf]?: Name };

/** A channel's handle from which requests of the protocol `Name` are to be read. */
export type ServerEnd<Name extends string = string> = Handle & { readonly [serverEndOf]?: Name };

/** `client_end:P`. */
export function clientEnd<Name extends string>(protocol: Name): Codec<ClientEnd<Name>> {
  return handleCodec(`client_end:${protocol}`, ObjectType.CHANNEL, DefaultRights.CHANNEL);
}

/** `server_end:P`. */
export function serverEnd<Name extends string>(protocol: Name): Codec<ServerEnd<Name>> {
  return handleCodec(`server_end:${protocol}`, ObjectType.CHANNEL, DefaultRights.CHANNEL);
}

/** `zx.Handle`, `zx.Handle:VMO`, `zx.Handle:<VMO, READ|MAP>`. */
function handleName(type: number, rights: number): string {
  const subtype = Object.entries(ObjectType).find(([, value]) => value === type)?.[0] ?? String(type);
  if (rights !== Rights.SAME_RIGHTS) return `zx.Handle:<${subtype}, ${rightsNames(rights)}>`;
  return type === ObjectType.NONE ? "zx.Handle" : `zx.Handle:${subtype}`;
}

function handleCodec<H extends Handle>(name: string, type: number, rights: number): Codec<H> {
  return new Codec<H>(
    name,
    4,
    4,
    { kind: "handle", type, rights },
    {
      encode: (e, offset, value) => e.handle(offset, value, type, rights),
      decode: (d, offset) => d.handle(offset, type, rights) as H,
    },
  );
}
