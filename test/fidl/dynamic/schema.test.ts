import { describe, expect, it } from "vitest";
import { compile, type Ir } from "../../../src/fidl/compiler/index.ts";
import { Schema } from "../../../src/fidl/dynamic/schema.ts";
import { type AnyCodec, Codec, encodeBody, type ProtocolInfo } from "../../../src/fidl/runtime/index.ts";
import { irOf, OWN_FILES, ROOT } from "../generator/support.ts";
import { arriving, Dice, damaged, randomValue } from "../runtime/random_types.ts";
import { decodeOrRefuse } from "../runtime/support.ts";

function own(): Ir {
  const { ir } = compile(OWN_FILES);
  if (ir === undefined) throw new Error("our own libraries do not compile");
  return ir;
}

const ir = own();
const schema = new Schema(ir);

/** What a library's generated module exports. */
const modules = new Map<string, Record<string, unknown>>(
  await Promise.all(
    ir.libraries.map(async ({ name }) => [name, await import(`${ROOT}/src/fidl/${name}.ts`)] as const),
  ),
);

describe("a schema made of our own libraries does what their generated modules do:", () => {
  const codecs = [...modules.values()]
    .flatMap((module) => Object.values(module))
    .filter((each): each is AnyCodec => each instanceof Codec);

  it.each(codecs.map((codec) => [codec.name, codec] as const))("%s", (name, generated) => {
    const dynamic = schema.codec(name)!;
    expect([dynamic.name, dynamic.size, dynamic.alignment]).toEqual([
      generated.name,
      generated.size,
      generated.alignment,
    ]);
    const dice = new Dice(name.length);
    for (let i = 0; i < 40; i++) {
      const value = randomValue(dice, generated);
      const message = encodeBody(generated, value);
      expect(encodeBody(dynamic, value)).toEqual(message);
      const bytes = damaged(dice, message.bytes);
      expect(decodeOrRefuse(dynamic, bytes, arriving(message))).toEqual(
        decodeOrRefuse(generated, bytes, arriving(message)),
      );
    }
  });

  it("their protocols, method for method", () => {
    const generated = [...modules.values()]
      .flatMap((module) => Object.values(module))
      .filter((each): each is ProtocolInfo => isProtocol(each));
    expect(generated.length).toBeGreaterThan(15);
    const said = ({ name, openness, methods }: ProtocolInfo) => ({
      name,
      openness,
      methods: methods.map(({ request, response, error, result, ...method }) => ({
        ...method,
        request: request?.name,
        response: response?.name,
        error: error?.name,
        result: result?.name,
      })),
    });
    const byName = (one: ProtocolInfo, other: ProtocolInfo) => (one.name < other.name ? -1 : 1);
    expect(schema.protocols.toSorted(byName).map(said)).toEqual(generated.sort(byName).map(said));
  });
});

function isProtocol(value: unknown): value is ProtocolInfo {
  return typeof value === "object" && value !== null && "openness" in value;
}

describe("a schema", () => {
  const small = new Schema(
    irOf(`library test;
using zx;
alias Names = vector<string:8>:3;
type Tree = struct {
    name string;
    left box<Tree>;
    children vector<Tree>:optional;
};
type List = flexible resource union {
    1: more vector<List:optional>;
    2: end zx.Handle:<EVENT, zx.Rights.WAIT>;
    3: unknown uint8;
};
closed protocol P {
    strict Get() -> (struct { s zx.Status; }) error zx.Status;
};
`),
  );

  it("knows types by their full names, aliases too, and no others", () => {
    expect(small.codec("test/Names")?.name).toBe("vector<string:8>:3");
    expect(small.codec("test/Tree")).toBe(small.codec("test/Tree"));
    for (const name of ["test/Leaf", "Tree", "test/P", ""]) expect(small.codec(name)).toBeUndefined();
  });

  it("has types that contain themselves", () => {
    const tree = small.codec("test/Tree")!;
    const leaf = { name: "leaf", left: undefined, children: [] };
    const value = { name: "root", left: leaf, children: [leaf, { ...leaf, left: leaf }] };
    const { bytes, error } = encodeBody(tree, value);
    expect(error).toBeUndefined();
    expect(decodeOrRefuse(tree, bytes, [])?.value).toEqual(value);
  });

  it("keeps words that unions need apart from names of members", () => {
    const list = small.codec("test/List")!;
    const { bytes } = encodeBody(list, { kind: "more", more: [{ kind: "unknown_", unknown_: 3 }] });
    expect(decodeOrRefuse(list, bytes, [])?.value).toEqual({
      kind: "more",
      more: [{ kind: "unknown_", unknown_: 3 }],
    });
  });

  it("knows statuses as statuses", () => {
    const [{ methods }] = small.protocols as [ProtocolInfo];
    expect(methods[0]?.error?.name).toBe("zx.Status");
  });
});
