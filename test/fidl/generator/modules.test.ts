import { describe, expect, test } from "vitest";
import { compile } from "../../../src/fidl/compiler/index.ts";
import { generate } from "../../../src/fidl/generator/generate.ts";
import { irOf, moduleOf } from "./support.ts";

/** The part of a module that begins with a line, up to its end at the same indentation. */
function part(text: string, start: string): string {
  const from = text.indexOf(start);
  if (from < 0) throw new Error(`no ${start} in:\n${text}`);
  const rest = text.slice(from);
  const end = /\n[)}].*(?=\n)/.exec(rest);
  const line = rest.slice(0, rest.indexOf("\n"));
  return /[{(]$/.test(line) && end !== null ? rest.slice(0, end.index + end[0].length) : line;
}

describe("A module says", () => {
  test("what it was made from, and the doc comment of its library", () => {
    const text = moduleOf("/// About files.\nlibrary a.b;\nconst X uint8 = 1;");
    expect(text).toContain("// Generated from test.fidl by zirconia fidl compile; do not edit.");
    expect(text).toContain("/**\n * The FIDL library `a.b`.\n *\n * About files.\n */");
  });

  test("all doc comments, and what is deprecated", () => {
    const text = moduleOf(`@available(added=1) library a;
      /// A point.
      /// In space.
      type P = struct {
        /// Across. */ is not the end.
        x int32;
        @available(deprecated=2, note="use x") y int32;
      };`);
    expect(text).toContain("/**\n * A point.\n * In space.\n */\nexport interface P {");
    expect(text).toContain("  /** Across. *\\/ is not the end. */\n  readonly x: number;");
    expect(text).toContain("  /** @deprecated use x */\n  readonly y: number;");
  });

  test("constants by their types: 64 bits are a bigint, bits are in hex", () => {
    const text = moduleOf(`library a;
      const A uint8 = 200;
      const B int64 = -5;
      const C string = "a\\n\\u{1F600}\\"";
      const D bool = true;
      const E float64 = 1.5;
      type F = flexible bits : uint32 { X = 1; Y = 0x100; };
      const G F = F.X | F.Y;
      const H uint64 = 0xffffffffffffffff;`);
    for (const line of [
      "export const A = 200;",
      "export const B = -5n;",
      'export const C = "a\\n\u{1F600}\\"";',
      "export const D = true;",
      "export const E = 1.5;",
      "export const G: F = 0x101;",
      "export const H = 18446744073709551615n;",
    ])
      expect(text).toContain(line);
  });

  test("a strict enum as its values, a flexible one as a number that can be another", () => {
    const text = moduleOf(`library a;
      type S = strict enum : uint8 { ONE = 1; TWO = 2; };
      type F = flexible enum : uint16 { LOW = 0x01; HIGH = 0x1234; };`);
    expect(part(text, "export const S =")).toBe("export const S = {\n  ONE: 1,\n  TWO: 2,\n} as const;");
    expect(text).toContain("export type S = (typeof S)[keyof typeof S];");
    expect(text).toContain("  LOW: 0x0001,\n  HIGH: 0x1234,");
    expect(text).toContain("export type F = number;");
  });

  test("a struct as an interface whose members are all there", () => {
    const text = moduleOf(`library a;
      using zx;
      type S = resource struct {
        a_flag bool; big uint64; text string:8; bytes vector<uint8>:4; list vector<int16>; few array<float32, 2>;
        raw array<uint8, 6>; event zx.Handle:EVENT; any zx.Handle:optional; boxed box<T>; maybe string:optional;
        words vector<string:optional>:2;
      };
      type T = struct {};`);
    expect(part(text, "export interface S {")).toBe(`export interface S {
  readonly aFlag: boolean;
  readonly big: bigint;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly list: readonly number[];
  readonly few: readonly number[];
  readonly raw: Uint8Array;
  readonly event: Handle;
  readonly any: Handle | undefined;
  readonly boxed: T | undefined;
  readonly maybe: string | undefined;
  readonly words: readonly (string | undefined)[];
}`);
  });

  test("a table as an interface whose members can all be missing", () => {
    const text = moduleOf("library a;\ntype T = table { 3: size uint64; 1: name string; };");
    expect(part(text, "export interface T {")).toBe(
      "export interface T {\n  readonly name?: string | undefined;\n  readonly size?: bigint | undefined;\n}",
    );
  });

  test("a union as its variants, and the unknown one where it is flexible", () => {
    const text = moduleOf(`library a;
      type F = flexible union { 1: num uint32; 2: text string; };
      type S = strict union { 1: num uint32; };`);
    expect(text).toContain(`export type F =
  | { readonly kind: "num"; readonly num: number }
  | { readonly kind: "text"; readonly text: string }
  | UnknownVariant;`);
    expect(part(text, "export type S =")).toBe(
      'export type S = { readonly kind: "num"; readonly num: number };',
    );
  });

  test("aliases by their names, wherever they are used", () => {
    const text = moduleOf(`library a;
      alias Name = string:8;
      type S = struct { name Name; other Name:optional; };`);
    expect(text).toContain("export type Name = string;");
    expect(text).toContain("  readonly name: Name;\n  readonly other: Name | undefined;");
  });

  test("only what it uses of the runtime and of other libraries", () => {
    const text = moduleOf("library a;\nusing zx;\ntype S = struct { s zx.Status; };");
    expect(text).toContain(
      'import { type Codec, int32, struct } from "zirconia/fidl/runtime";\nimport type * as zx from "./zx.ts";',
    );
    expect(moduleOf("library a;\nconst X uint8 = 1;")).not.toContain("import");
  });
});

describe("A protocol's interfaces", () => {
  const text = moduleOf(`library a;
    using zx;
    type Pair = struct { x uint8; y uint8; };
    type Options = table { 1: fast bool; };
    closed protocol P {
      strict Nothing() -> ();
      /// Adds.
      strict Add(struct {
        /// The first one.
        left uint32;
        right uint32;
      }) -> (struct { sum uint32; }) error zx.Status;
      strict Both(Pair) -> (Pair);
      strict Set(Options);
      strict Inline(table { 1: x uint8; }) -> ();
      strict -> OnTick(struct { count uint64; late bool; });
      strict -> OnEnd();
    };`);

  test("have a struct's members as arguments, and anything else as one", () => {
    expect(part(text, "export interface PClient ")).toBe(`export interface PClient extends Connection {
  nothing(options?: CallOptions): Promise<void>;
  /**
   * Adds.
   * @param left The first one.
   */
  add(left: number, right: number, options?: CallOptions): Promise<number>;
  both(x: number, y: number, options?: CallOptions): Promise<Pair>;
  set(options_: Options): void;
  inline(request: PInlineRequest, options?: CallOptions): Promise<void>;
  onTick(listener: (count: bigint, late: boolean) => void): () => void;
  onEnd(listener: () => void): () => void;
}`);
  });

  test("have what a server must implement, and what it can say by itself", () => {
    expect(part(text, "export interface PServer ")).toBe(`export interface PServer {
  nothing(binding: Binding<PEvents>): MaybePromise<void>;
  add(left: number, right: number, binding: Binding<PEvents>): MaybePromise<number>;
  both(x: number, y: number, binding: Binding<PEvents>): MaybePromise<Pair>;
  set(options_: Options, binding: Binding<PEvents>): MaybePromise<void>;
  inline(request: PInlineRequest, binding: Binding<PEvents>): MaybePromise<void>;
}`);
    expect(part(text, "export interface PEvents ")).toBe(
      "export interface PEvents {\n  onTick(count: bigint, late: boolean): void;\n  onEnd(): void;\n}",
    );
  });

  test("answer with the payload as it is where a struct has several members", () => {
    const several = moduleOf(`library a;
      closed protocol P { strict Get() -> (struct { a uint8; b uint8; }); };`);
    expect(several).toContain("get(options?: CallOptions): Promise<PGetResponse>;");
    expect(several).toContain("export interface PGetResponse {");
  });
});

describe("A generator", () => {
  test("makes the same text of the same library, each time", () => {
    const ir = irOf("library a;\nusing zx;\ntype S = resource struct { h zx.Handle:VMO; };");
    expect(generate(ir)).toEqual(generate(ir));
  });

  test("makes the modules that are asked for", () => {
    const ir = irOf("library a;\nusing zx;\ntype S = struct { s zx.Status; };");
    expect(generate(ir).map(({ file }) => file)).toEqual(["zx.ts", "a.ts"]);
    expect(generate(ir, { libraries: ["a"] }).map(({ library }) => library)).toEqual(["a"]);
    expect(() => generate(ir, { libraries: ["b"] })).toThrow("there is no library b (there are: zx, a)");
  });

  test("leaves the variables of its functions their names, whatever libraries are called", () => {
    const { ir } = compile([
      { name: "e.fidl", text: "library e;\ntype S = struct { x uint8; };" },
      { name: "a.fidl", text: "library a;\nusing e;\ntype T = struct { s e.S; };" },
    ]);
    const [text] = generate(ir!, { libraries: ["a"] }).map((module) => module.text);
    expect(text).toContain('import * as e_ from "./e.ts";');
    expect(text).toContain("e_.S.encode(e, o, v.s);");
  });

  test("writes the payloads of methods that come from a protocol in another library, and keeps their ordinals", () => {
    const base = `library base;
      type Item = table {};
      closed protocol Base { strict Get(struct { item Item; }) -> (struct { left Item; right Item; }); };`;
    const text = `library a;
      using base;
      closed protocol Sub { compose base.Base; };`;
    const { ir } = compile([
      { name: "base.fidl", text: base },
      { name: "a.fidl", text },
    ]);
    const [one, other] = generate(ir!, { libraries: ["base", "a"] }).map((module) => module.text);
    expect(other).toContain("get(item: base.Item, options?: CallOptions): Promise<BaseGetResponse>;");
    expect(other).toContain("export interface BaseGetResponse {");
    expect(other).toContain('name: "base/Base.Get",');
    const ordinal = /ordinal: 0x[0-9a-f]{16}n/.exec(one!)![0];
    expect(other).toContain(ordinal);
  });
});
