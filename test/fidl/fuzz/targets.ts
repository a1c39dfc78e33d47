/** What is fuzzed: every type that our own libraries declare or send, and types at random. */
import { readdirSync } from "node:fs";
import { type AnyCodec, Codec, encodeBody, type ProtocolInfo } from "../../../src/fidl/runtime/index.ts";
import { ROOT } from "../generator/support.ts";
import { type Dice, randomType, randomValue } from "../runtime/random_types.ts";

/** A type, with messages to begin with. */
export interface Target {
  readonly name: string;
  readonly codec: AnyCodec;
  /** Bodies with the number of handles that they take. */
  readonly seeds: Message[];
}

export interface Message {
  readonly bytes: Uint8Array;
  readonly handles: number;
}

/** The protocols of the libraries that come with this package, as their generated modules have them. */
export async function ownProtocols(): Promise<ProtocolInfo[]> {
  return (await exportsOfLibraries()).filter(isProtocol);
}

/** Their types, and the bodies of their methods. */
export async function ownTargets(): Promise<{ readonly name: string; readonly codec: AnyCodec }[]> {
  const exported = await exportsOfLibraries();
  const types = exported.filter((each): each is AnyCodec => each instanceof Codec);
  const bodies = exported
    .filter(isProtocol)
    .flatMap(({ methods }) => methods)
    .flatMap(({ request, response, result }) => [request, result ?? response])
    .filter((each): each is AnyCodec => each !== undefined);
  return [...new Set([...types, ...bodies])].map((codec) => ({ name: codec.name, codec }));
}

export function randomTargets(
  dice: Dice,
  count: number,
): { readonly name: string; readonly codec: AnyCodec }[] {
  return Array.from({ length: count }, (_, i) => ({ name: `random type ${i}`, codec: randomType(dice, 4) }));
}

/** With `count` messages of random values. */
export function seeded(
  dice: Dice,
  targets: readonly { readonly name: string; readonly codec: AnyCodec }[],
  count: number,
): Target[] {
  return targets.map(({ name, codec }) => {
    const made = Array.from({ length: count }, () => encodeBody(codec, randomValue(dice, codec)));
    // What is random can be larger than a message.
    const seeds = made
      .filter(({ error }) => error === undefined)
      .map(({ bytes, handles }) => ({ bytes, handles: handles.length }));
    return { name, codec, seeds: [...seeds, { bytes: new Uint8Array(codec.size + 16), handles: 0 }] };
  });
}

async function exportsOfLibraries(): Promise<unknown[]> {
  const names = readdirSync(`${ROOT}/src/fidl`).filter((name) => name.endsWith(".ts"));
  const modules = await Promise.all(names.map((name) => import(`${ROOT}/src/fidl/${name}`)));
  return modules.flatMap((module) => Object.values(module));
}

function isProtocol(value: unknown): value is ProtocolInfo {
  return typeof value === "object" && value !== null && "openness" in value;
}
