import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AnyCodec, Protocol } from "../../../src/fidl/runtime/index.ts";
import { MessagePortTransport, persist, unpersist } from "../../../src/fidl/runtime/index.ts";
import { irOf, Project } from "./support.ts";

/** Names that TypeScript, JavaScript or generated code has other uses for. */
const AWKWARD = `
library awkward;

const class uint8 = 1;
type Promise = struct { constructor uint8; default uint8; };
type Symbol = flexible enum { KEY = 1; };
type Uint8Array = table { 1: function uint8; 2: t uint8; 3: n uint8; 4: max uint8; };
type Handle = struct { handle Codec; };
type Codec = struct { e uint8; d uint8; o uint8; v uint8; };
type DeviceClient = struct { x uint8; };
type DeviceProxy = flexible enum : uint8 { A = 1; };
type E = flexible enum : uint8 { A = 1; };
type STRING_8 = struct { s string:8; };
type Variants = flexible union { 1: kind uint8; 2: unknown uint8;};
type Digits = struct { bar_1 uint8; bar1 uint8; is_64bit bool; b_request uint8; };
type Lower_case = struct { HTTPServer uint8; };
closed protocol Device {
  strict Close(struct { server uint8; binding uint8; options uint8; core uint8; }) -> (struct { then uint8; });
  strict Then() -> ();
  strict Constructor(struct { new uint8; });
  strict Get() -> (struct { default uint8; });
  strict -> OnSymbol(struct { listener uint8; sender uint8; });
};
`;

/** Every constructor of types, recursion, and every kind of method. */
const EVERYTHING = `
library everything;
using zx;

type Leaf = struct { a uint8; b uint32; };
type Empty = struct {};
type Colour = strict enum : uint16 { RED = 1; GREEN = 0x102; };
type Any = flexible enum : int64 { LOW = -9223372036854775808; };
type Mask = strict bits : uint64 { TOP = 0x8000000000000000; LOW = 1; };
type Loose = flexible bits : uint8 { A = 1; };
type Tree = table { 1: value int32; 3: children Trees; 4: payload Payload; };
type Trees = struct { list vector<Tree>:<4, optional>; };
type Payloads = struct { list vector<Payload>:<8, optional>; };
type Payload = strict union { 1: small uint8; 2: leaf Leaf; 3: many Payloads; 5: empty Empty; };
type Nothing = flexible union {};
type Bare = table {};
type Maybe = flexible union { 1: text string:8; 2: tree Tree; };
type List = struct { value uint8; next box<List>; };
type All = struct {
  flag bool; i8 int8; i16 int16; i32 int32; i64 int64; u8 uint8; u16 uint16; u32 uint32; u64 uint64;
  f32 float32; f64 float64; text string; short string:<3, optional>; bytes vector<uint8>:8; raw array<uint8, 3>;
  words vector<vector<uint16>:2>:3; grid array<array<Leaf, 2>, 2>; colour Colour; any Any; mask Mask; loose Loose;
  tree Tree; payload Payload; maybe Maybe:optional; list List; empty Empty; none vector<Leaf>:<2, optional>;
};
type Fault = flexible enum : uint32 { BROKEN = 7; };
open protocol Calls {
  strict Void() -> ();
  strict One(struct { x uint32; }) -> (struct { y uint32; });
  strict Both(struct { x uint32; y string:8; }) -> (struct { a uint32; b string:8; });
  strict Status(struct { fail bool; }) -> () error zx.Status;
  flexible Fault(struct { fail bool; }) -> (struct { x uint8; }) error Fault;
  flexible Table(Tree) -> (Tree);
  flexible Union(Maybe) -> (Payload) error zx.Status;
  flexible OneWay(struct { text string:8; });
  strict OneWayTable(table { 1: x uint8; });
  flexible -> OnText(struct { text string:8; count uint8; });
  flexible -> OnTree(Tree);
  strict -> OnNothing();
};
`;

// A program of a user's, which must pass the compiler's checks: what the generated types promise is used as promised.
const PROGRAM = `
import type { All, CallsClient, CallsServer, Maybe, Payload } from "./everything.ts";
import { Calls, Colour } from "./everything.ts";
import { DomainError, ZxError } from "./runtime.ts";

export const all: All = {
  flag: true, i8: -1, i16: -2, i32: -3, i64: -4n, u8: 1, u16: 2, u32: 3, u64: 0xffff_ffff_ffff_ffffn,
  f32: 1.5, f64: Math.PI, text: "caf\\u00e9 \\u{1F600}", short: undefined, bytes: Uint8Array.of(1, 2, 3), raw: Uint8Array.of(4, 5, 6),
  words: [[1, 2], [], [3]], grid: [[{ a: 1, b: 2 }, { a: 3, b: 4 }], [{ a: 5, b: 6 }, { a: 7, b: 8 }]],
  colour: Colour.GREEN, any: 12345n, mask: 0x8000_0000_0000_0001n, loose: 0xff,
  tree: {
    children: { list: [{ value: 1 }, {}] },
    payload: { kind: "many", many: { list: [{ kind: "small", small: 9 }, { kind: "empty", empty: {} }] } },
  },
  payload: { kind: "leaf", leaf: { a: 1, b: 2 } }, maybe: { kind: "text", text: "hi" },
  list: { value: 1, next: { value: 2, next: undefined } }, empty: {}, none: undefined,
};

// @ts-expect-error a strict enum has no other values
export const wrong: Colour = 3;

export function nameOf(payload: Payload): string {
  switch (payload.kind) {
    case "small": return String(payload.small);
    case "leaf": return String(payload.leaf.b);
    case "many": return payload.many.list?.map(nameOf).join() ?? "none";
    case "empty": return "empty";
  }
}

export function textOf(maybe: Maybe): string {
  return maybe.kind === "text" ? maybe.text : maybe.kind === "tree" ? "tree" : maybe.ordinal.toString();
}

export const said: string[] = [];
export const server: CallsServer = {
  void() {},
  one: (x) => x + 1,
  async both(x, y) { return { a: x * 2, b: y + "!" }; },
  status(fail) { if (fail) throw new ZxError("NOT_FOUND", "nothing"); },
  fault(fail) { if (fail) throw new DomainError(7); return 5; },
  table: (tree) => ({ ...tree, value: 42 }),
  union: (maybe) => (maybe.kind === "text" ? { kind: "small", small: maybe.text.length } : { kind: "empty", empty: {} }),
  oneWay(text, binding) {
    said.push(text);
    binding.events.onText(text, 3);
    binding.events.onTree({ value: 1 });
    binding.events.onNothing();
  },
  oneWayTable({ x = 0 }) { said.push(String(x)); },
};

export { Calls };
export type { CallsClient };
`;

const project = new Project();

beforeAll(() => {
  project.generate(irOf(AWKWARD)).generate(irOf(EVERYTHING)).write("program.ts", PROGRAM);
  project.write(
    "runtime.ts",
    `export * from "${project.pathOf("src/fidl/runtime/index.ts")}";\nexport { ZxError } from "${project.pathOf("src/zx/error.ts")}";\n`,
  );
});
afterAll(() => project.remove());

test("Generated modules, and a program that uses them, are correct TypeScript", () => {
  expect(project.typeErrors()).toBe("");
});

describe("Names that are used for something else", () => {
  test("get an underscore, and messages carry them as they are declared", async () => {
    const module = await project.import("awkward.ts");
    expect(module.CLASS).toBe(1);
    expect(keysOf(module.PROMISE)).toEqual({ constructor: "constructor", default: "default" });
    expect(keysOf(module.VARIANTS)).toEqual({ kind_: "kind", unknown_: "unknown" });
    expect(keysOf(module.DIGITS)).toEqual({
      bar1: "bar_1",
      bar1_: "bar1",
      is64bit: "is_64bit",
      bRequest: "b_request",
    });
    expect(keysOf(module.LOWER_CASE)).toEqual({ httpServer: "HTTPServer" });
  });

  test.each([
    ["PROMISE", { constructor: 1, default: 2 }],
    ["UINT8_ARRAY", { function: 1, t: 2, n: 3, max: 4 }],
    ["HANDLE", { handle: { e: 1, d: 2, o: 3, v: 4 } }],
    ["VARIANTS", { kind: "kind_", kind_: 7 }],
    ["VARIANTS", { kind: "unknown_", unknown_: 7 }],
    ["DIGITS", { bar1: 1, bar1_: 2, is64bit: true, bRequest: 3 }],
  ])("do no harm to values of %s", async (name, value) => {
    const codec = (await project.import("awkward.ts"))[name] as AnyCodec;
    expect(unpersist(codec, persist(codec, value))).toEqual(value);
  });
});

describe("A generated codec", () => {
  test("gives back what it was given, of every type", async () => {
    const { all } = await project.import("program.ts");
    const { ALL } = (await project.import("everything.ts")) as { ALL: AnyCodec };
    const bytes = persist(ALL, all);
    expect(unpersist(ALL, bytes)).toEqual(all);
    expect(persist(ALL, unpersist(ALL, bytes))).toEqual(bytes);
  });

  test("skips members of a table that it does not know, between others and after them", async () => {
    const { TREE } = (await project.import("everything.ts")) as { TREE: AnyCodec };
    const wider = irOf(`library wider;
      type Tree = table { 1: value int32; 2: between string:9; 4: payload strict union { 1: small uint8; }; 6: after uint64; };`);
    const folder = new Project().generate(wider);
    try {
      const module = await folder.import("wider.ts");
      const value = { value: 1, between: "between!!", payload: { kind: "small", small: 2 }, after: 3n };
      const bytes = persist(module.TREE as AnyCodec, value);
      expect(unpersist(TREE, bytes)).toEqual({ value: 1, payload: { kind: "small", small: 2 } });
    } finally {
      folder.remove();
    }
  });

  test("refuses what a strict enum does not have", async () => {
    const { COLOUR } = (await project.import("everything.ts")) as { COLOUR: AnyCodec };
    expect(() => persist(COLOUR, 3)).toThrow(/STRICT_ENUM_UNKNOWN_VALUE/);
  });
});

describe("A generated client and server", () => {
  /** The two ends of `Calls` over a MessagePort. */
  async function connect() {
    const program = await project.import("program.ts");
    const protocol = program.Calls as Protocol<Record<string, (...args: never[]) => unknown>, unknown>;
    const { port1, port2 } = new MessageChannel();
    const binding = protocol.serveOver(new MessagePortTransport(port2), program.server);
    // biome-ignore lint/suspicious/noExplicitAny: the program's types are checked where it is compiled.
    const client = protocol.clientOver(new MessagePortTransport(port1)) as any;
    return { client, binding, said: program.said as string[] };
  }

  test("call each other, with any kind of payload", async () => {
    const { client } = await connect();
    expect(await client.void()).toBeUndefined();
    expect(await client.one(41)).toBe(42);
    expect(await client.both(2, "so")).toEqual({ a: 4, b: "so!" });
    expect(await client.table({ children: { list: [{}] } })).toEqual({ value: 42, children: { list: [{}] } });
    expect(await client.union({ kind: "text", text: "four" })).toEqual({ kind: "small", small: 4 });
    client.close();
  });

  test("fail with the declared error", async () => {
    const { client } = await connect();
    expect(await client.status(false)).toBeUndefined();
    await expect(client.status(true)).rejects.toMatchObject({ statusName: "NOT_FOUND" });
    expect(await client.fault(false)).toBe(5);
    await expect(client.fault(true)).rejects.toMatchObject({ name: "DomainError", value: 7 });
    client.close();
  });

  test("tell each other without being asked", async () => {
    const { client, said } = await connect();
    said.length = 0;
    const heard: unknown[][] = [];
    const done = new Promise<void>((resolve) => {
      client.onText((...args: unknown[]) => heard.push(args));
      client.onTree((...args: unknown[]) => heard.push(args));
      client.onNothing((...args: unknown[]) => {
        heard.push(args);
        resolve();
      });
    });
    client.oneWayTable({ x: 9 });
    client.oneWay("hello");
    await done;
    expect(said).toEqual(["9", "hello"]);
    expect(heard).toEqual([["hello", 3], [{ value: 1 }], []]);
    client.close();
  });
});

/** FIDL names of members, by key. */
function keysOf(codec: unknown): Record<string, string> {
  const { type } = codec as AnyCodec;
  if (!("members" in type)) throw new Error("not a struct, table or union");
  return Object.fromEntries(type.members.map(({ key, name }) => [key, name]));
}
