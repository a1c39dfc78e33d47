/** What right programs mean. */
import { describe, expect, it } from "vitest";
import { type Type, UNBOUNDED } from "../../../src/fidl/compiler/index.ts";
import { compiled, declared, diagnosticsOf } from "./support.ts";

/** A type in short. */
function shown(type: Type): string {
  const optional = "optional" in type && type.optional ? "?" : "";
  switch (type.kind) {
    case "primitive":
      return type.subtype;
    case "string":
      return `string:${type.maxBytes === UNBOUNDED ? "MAX" : type.maxBytes}${optional}`;
    case "vector":
      return `vector<${shown(type.element)}>:${type.maxCount === UNBOUNDED ? "MAX" : type.maxCount}${optional}`;
    case "array":
      return `array<${shown(type.element)}, ${type.count}>`;
    case "handle":
      return `handle ${type.subtype}(${type.objectType}) ${type.rights.toString(16)}${optional}`;
    case "endpoint":
      return `${type.role} ${type.protocol}${optional}`;
    case "box":
      return `box ${type.struct}`;
    case "identifier":
      return `${type.name}${optional}`;
    case "framework_error":
      return "framework_error";
  }
}

/** The types of a struct's members. */
function membersOf(program: string, name = "S"): string[] {
  return declared(compiled(program), name, "struct").members.map(({ type }) => shown(type));
}

describe("types", () => {
  it("has constraints by number, by constant and by alias", () => {
    const program = `
      const N uint8 = 3;
      alias Bytes = vector<byte>;
      alias Few = Bytes:N;
      type S = resource struct {
        a string; b string:5; c string:<N, optional>; d string:optional; e vector<string:2>:MAX;
        f array<array<bool, 2>, N>; g Bytes:7; h Few; i Few:optional;
      };`;
    expect(membersOf(program)).toEqual([
      "string:MAX",
      "string:5",
      "string:3?",
      "string:MAX?",
      "vector<string:2>:MAX",
      "array<array<bool, 2>, 3>",
      "vector<uint8>:7",
      "vector<uint8>:3",
      "vector<uint8>:3?",
    ]);
  });

  it("remembers the alias by which a type was named", () => {
    const ir = compiled("alias A = uint8;\nalias B = A;\ntype S = struct { a A; b B; c uint8; };");
    const { members } = declared(ir, "S", "struct");
    expect(members.map(({ type }) => type.alias)).toEqual(["example/A", "example/B", null]);
  });

  it("has handles with subtypes and rights", () => {
    const program = `using zx;
      const IN_OUT zx.Rights = zx.Rights.READ | zx.Rights.WRITE;
      alias Vmo = zx.Handle:VMO;
      type S = resource struct {
        a zx.Handle; b zx.Handle:optional; c zx.Handle:CHANNEL; d zx.Handle:<VMO, zx.Rights.READ>;
        e zx.Handle:<VMO, IN_OUT | zx.Rights.TRANSFER, optional>; f Vmo:optional;
      };`;
    expect(membersOf(program)).toEqual([
      "handle null(0) 80000000",
      "handle null(0) 80000000?",
      "handle CHANNEL(4) 80000000",
      "handle VMO(3) 4",
      "handle VMO(3) e?",
      "handle VMO(3) 80000000?",
    ]);
  });

  it("has ends of protocols", () => {
    const program = `protocol P {};
      type S = resource struct { a client_end:P; b server_end:<P, optional>; c C; d C:optional; };
      alias C = client_end:P;`;
    expect(membersOf(program)).toEqual([
      "client_end example/P",
      "server_end example/P?",
      "client_end example/P",
      "client_end example/P?",
    ]);
  });

  it("has boxes and optional unions, through which types can contain themselves", () => {
    const program = "type S = struct { next box<S>; u U:optional; };\ntype U = union { 1: s S; };";
    expect(membersOf(program)).toEqual(["box example/S", "example/U?"]);
  });

  it("takes any word as a name, those of the language included", () => {
    const program = `
      type struct = struct { struct bool; union vector<struct>:optional; strict strict; type type; error uint8; };
      type strict = enum { flexible = 1; };
      type type = union { 1: open uint8; 2: reserved bool; };
      open protocol protocol { flexible strict(); strict flexible(); strict compose() -> () error uint32; flexible -> error(); };
      const const uint8 = 1;
      alias alias = array<fidl.bool, const>;`;
    expect(membersOf(program, "struct")).toEqual([
      "bool",
      "vector<example/struct>:MAX?",
      "example/strict",
      "example/type",
      "uint8",
    ]);
    const { methods } = declared(compiled(program), "protocol", "protocol");
    expect(methods.map(({ name, strict, kind }) => [name, strict, kind])).toEqual([
      ["strict", false, "oneway"],
      ["flexible", true, "oneway"],
      ["compose", true, "twoway"],
      ["error", false, "event"],
    ]);
  });
});

describe("constants", () => {
  const valueIn = (program: string) => declared(compiled(program), "A", "const").value;
  it.each([
    ["a decimal number", "const A uint64 = 18446744073709551615;", 0xffff_ffff_ffff_ffffn],
    ["a hexadecimal number", "const A int64 = -0x8000000000000000;", -0x8000_0000_0000_0000n],
    ["a binary number", "const A uint8 = 0b1010;", 10n],
    ["a float", "const A float64 = -1.5e-3;", -0.0015],
    ["a float written as an integer", "const A float32 = 7;", 7],
    ["a bool", "const A bool = true;", true],
    ["a string with escapes", 'const A string:9 = "a\\"\\\\\\n\\u{1F600}";', 'a"\\\n😀'],
    ["another constant", "const A uint8 = B;\nconst B uint16 = 255;", 255n],
    ["a member of an enum", "type E = enum { X = 7; };\nconst A E = E.X;", 7n],
    ["a member of an enum as a number", "type E = enum : uint8 { X = 7; };\nconst A uint32 = E.X;", 7n],
    ["bits joined", "type B = bits { X = 1; Y = 4; };\nconst A B = B.X | (B.Y | B.X);", 5n],
    ["no bits", "type B = bits { X = 1; };\nconst A B = 0;", 0n],
    ["numbers joined", "const A uint8 = 1 | B;\nconst B uint8 = 0x10;", 0x11n],
  ])("can be %s", (_what, program, value) => {
    expect(valueIn(program)).toBe(value);
  });

  it("can come from another library, by its name or another", () => {
    const other = "library some.other;\nconst A uint8 = 3;\ntype E = enum { X = 4; };";
    const program = `using some.other as so;\nconst A uint8 = so.A;\nconst B uint32 = so.E.X;\n---\n${other}\n`;
    expect(valueIn(program)).toBe(3n);
    expect(valueIn(program.replace(" as so", "").replaceAll("so.", "some.other."))).toBe(3n);
  });
});

describe("bits and enums", () => {
  it("are flexible and of uint32 unless they say otherwise", () => {
    const ir = compiled("type B = bits { X = 1; Y = 4; };\ntype E = strict enum : int8 { X = -1; };");
    expect(declared(ir, "B", "bits")).toMatchObject({ strict: false, subtype: "uint32", mask: 5n });
    expect(declared(ir, "E", "enum")).toMatchObject({ strict: true, subtype: "int8", unknownValue: null });
  });

  it("have an unknown value if they are flexible enums", () => {
    const ir = compiled("type E = enum : int8 {};\ntype F = enum : uint8 { A = 255; @unknown B = 3; };");
    expect(declared(ir, "E", "enum").unknownValue).toBe(127n);
    expect(declared(ir, "F", "enum").unknownValue).toBe(3n);
  });
});

describe("tables and unions", () => {
  it("list their members by ordinal, with gaps", () => {
    const ir = compiled(
      "type T = table { 5: e uint8; 1: a bool; };\ntype U = union { 3: c bool; 1: a bool; };",
    );
    expect(declared(ir, "T", "table").members.map(({ ordinal, name }) => [ordinal, name])).toEqual([
      [1, "a"],
      [5, "e"],
    ]);
    expect(declared(ir, "U", "union").members.map(({ ordinal }) => ordinal)).toEqual([1, 3]);
    expect(declared(ir, "U", "union")).toMatchObject({ strict: false, resource: false, isResult: false });
  });
});

describe("layouts without names", () => {
  it("get them from where they are written", () => {
    const ir = compiled(`
      type Foo = struct { some_thing struct {}; more vector<table { 1: in_it enum {}; }>; };
      open protocol Launcher {
        strict Start(table { 1: options bits { A = 1; }; }) -> (struct { usb_3_2 union {}; });
        flexible Stop() -> (struct { a uint8; }) error enum { X = 1; };
        flexible -> OnDone(struct { b uint8; });
      };`);
    const anonymous = ir.libraries[0]!.declarations.flatMap((decl) =>
      "namingContext" in decl && decl.anonymous
        ? [`${decl.kind} ${decl.name} ${decl.namingContext.join("/")}`]
        : [],
    );
    expect(anonymous.sort()).toEqual([
      "bits example/Options Launcher/Start/Request/options",
      "enum example/InIt Foo/more/in_it",
      "enum example/Launcher_Stop_Error Launcher/Stop/Response/err",
      "struct example/LauncherOnDoneRequest Launcher/OnDone/Request",
      "struct example/LauncherStartResponse Launcher/Start/Response",
      "struct example/Launcher_Stop_Response Launcher/Stop/Response/response",
      "struct example/SomeThing Foo/some_thing",
      "table example/LauncherStartRequest Launcher/Start/Request",
      "table example/More Foo/more",
      "union example/Launcher_Stop_Result Launcher/Stop/Response",
      "union example/Usb3_2 Launcher/Start/Response/usb_3_2",
    ]);
  });

  it("get them from @generated_name", () => {
    const ir = compiled('type S = struct { a @generated_name("Good") struct {}; };\ntype A = struct {};');
    expect(declared(ir, "Good", "struct").anonymous).toBe(true);
  });
});

describe("protocols", () => {
  const program = `using zx;
    type Fault = enum { X = 1; };
    type Fine = table {};
    @discoverable
    open protocol P {
      strict OneWay(struct { a uint8; });
      flexible FlexibleOneWay();
      strict TwoWay() -> ();
      strict WithError(Fine) -> (resource struct { h zx.Handle; }) error zx.Status;
      strict ErrorOnly() -> () error Fault;
      flexible Flexible() -> (Fine);
      flexible FlexibleWithError() -> () error uint32;
      strict -> Event(Fine);
    };`;
  const ir = compiled(program);
  const { methods, ...protocol } = declared(ir, "P", "protocol");
  const method = (name: string) => methods.find((one) => one.name === name)!;
  const resultOf = (name: string) =>
    declared(ir, method(name).response!.payload!, "union").members.map(({ ordinal, name, type }) => [
      ordinal,
      name,
      shown(type),
    ]);

  it("are open and over channels unless they say otherwise, with a name to find them by", () => {
    expect(protocol).toMatchObject({ openness: "open", transport: "Channel", discoverableName: "example.P" });
    const other = compiled('@transport("Driver") @discoverable(name="a.b.C") closed protocol Q {};');
    expect(declared(other, "Q", "protocol")).toMatchObject({
      openness: "closed",
      transport: "Driver",
      discoverableName: "a.b.C",
    });
  });

  it("have messages with bodies only where something is sent", () => {
    expect(method("OneWay")).toMatchObject({
      kind: "oneway",
      strict: true,
      request: { payload: "example/POneWayRequest", shape: { inlineSize: 1 } },
      response: null,
      result: null,
    });
    expect(method("FlexibleOneWay").request).toEqual({ payload: null, shape: null });
    expect(method("TwoWay")).toMatchObject({ kind: "twoway", response: { payload: null }, result: null });
    expect(method("Event")).toMatchObject({
      kind: "event",
      request: null,
      response: { payload: "example/Fine" },
    });
  });

  it("reply with a result union if a method has an error or is flexible", () => {
    expect(resultOf("WithError")).toEqual([
      [1, "response", "example/P_WithError_Response"],
      [2, "err", "int32"],
    ]);
    expect(resultOf("ErrorOnly")).toEqual([
      [1, "response", "example/P_ErrorOnly_Response"],
      [2, "err", "example/Fault"],
    ]);
    expect(resultOf("Flexible")).toEqual([
      [1, "response", "example/Fine"],
      [3, "framework_err", "framework_error"],
    ]);
    expect(resultOf("FlexibleWithError")).toEqual([
      [1, "response", "example/P_FlexibleWithError_Response"],
      [2, "err", "uint32"],
      [3, "framework_err", "framework_error"],
    ]);
    expect(declared(ir, "P_ErrorOnly_Response", "struct").members).toEqual([]);
    expect(method("FlexibleWithError").result).toMatchObject({
      union: "example/P_FlexibleWithError_Result",
      success: "example/P_FlexibleWithError_Response",
      error: { kind: "primitive", subtype: "uint32" },
      hasFrameworkError: true,
    });
  });

  it("have result unions that are strict, and carry handles if the success does", () => {
    expect(declared(ir, "P_WithError_Result", "union")).toMatchObject({
      strict: true,
      resource: true,
      isResult: true,
    });
    expect(declared(ir, "P_Flexible_Result", "union").resource).toBe(false);
  });

  it("take over the methods of those that they compose, with their ordinals", () => {
    const both = compiled(
      "protocol A { M(); };\nprotocol B { compose A; N(); };\nprotocol C { compose B; };",
    );
    const a = declared(both, "A", "protocol").methods;
    const c = declared(both, "C", "protocol");
    expect(c.composed).toEqual(["example/B"]);
    expect(c.methods.map(({ name, composedFrom }) => [name, composedFrom])).toEqual([
      ["N", "example/B"],
      ["M", "example/A"],
    ]);
    expect(c.methods[1]!.ordinal).toBe(a[0]!.ordinal);
  });

  it("must say their openness and strictness, unless a default is chosen", () => {
    const silent = "protocol P { M(); -> E(); };";
    expect(diagnosticsOf(silent, {})).toEqual([
      "fi-0192 example.fidl:2:10-11",
      "fi-0191 example.fidl:2:14-15",
      "fi-0191 example.fidl:2:22-23",
    ]);
    const legacy = declared(compiled(silent, { modifiers: "legacy" }), "P", "protocol");
    expect([legacy.openness, legacy.methods[0]!.strict]).toEqual(["closed", true]);
    const modern = declared(compiled(silent), "P", "protocol");
    expect([modern.openness, modern.methods[0]!.strict]).toEqual(["open", false]);
  });
});

describe("services and resource definitions", () => {
  it("are declarations, too", () => {
    const ir = compiled("using zx;\nprotocol P {};\nservice S { p client_end:P; };\nalias H = zx.Handle;");
    expect(declared(ir, "S", "service").members.map(({ name, type }) => [name, shown(type)])).toEqual([
      ["p", "client_end example/P"],
    ]);
    const handle = declared(ir, "zx/Handle", "resource");
    expect(handle.subtypeEnum).toBe("zx/ObjType");
    expect(shown(handle.rightsType!)).toBe("zx/Rights");
  });
});

describe("doc comments and attributes", () => {
  it("stand on everything", () => {
    const ir = compiled(`@lib("x")
library example;
/// A struct,
///  indented.
@one @two("b") @three(a="c", d=true)
type S = struct {
  /// A member.
  a uint8;
};
@doc("As an attribute.")
protocol P {
  /// A method.
  @selector("N") M();
};`);
    const struct = declared(ir, "S", "struct");
    expect(ir.libraries[0]!.attributes).toEqual([{ name: "lib", arguments: new Map([["value", "x"]]) }]);
    expect(struct.doc).toBe("A struct,\n indented.");
    expect(struct.attributes).toEqual([
      { name: "one", arguments: new Map() },
      { name: "two", arguments: new Map([["value", "b"]]) },
      {
        name: "three",
        arguments: new Map<string, string | boolean>([
          ["a", "c"],
          ["d", true],
        ]),
      },
    ]);
    expect(struct.members[0]!.doc).toBe("A member.");
    expect(declared(ir, "P", "protocol").doc).toBe("As an attribute.");
    expect(declared(ir, "P", "protocol").methods[0]!.doc).toBe("A method.");
    expect(struct.location).toEqual({ file: "example.fidl", line: 6, column: 6 });
  });

  it("can have constants as arguments", () => {
    const ir = compiled('const C string = "c";\n@a(C)\ntype S = struct {};');
    expect(declared(ir, "S", "struct").attributes[0]!.arguments.get("value")).toBe("c");
  });
});

describe("libraries", () => {
  it("consist of several files, each with its own imports, in any order", () => {
    const program =
      "type S = struct { t T; };\n---\nlibrary example;\nusing other as o;\ntype T = struct { u o.U; };\n---\nlibrary other;\ntype U = struct {};\n";
    const ir = compiled(program);
    expect(ir.libraries.map(({ name, imports }) => [name, imports])).toEqual([
      ["other", []],
      ["example", ["other"]],
    ]);
    expect(ir.libraries[1]!.declarations.map(({ name }) => name)).toEqual(["example/T", "example/S"]);
  });

  it("call their own declarations by their full names, too", () => {
    expect(membersOf("type S = struct { t example.T; };\ntype T = struct {};")).toEqual(["example/T"]);
  });

  it("are frozen all the way down", () => {
    const ir = compiled("type S = struct { a vector<uint8>; };");
    const struct = declared(ir, "S", "struct");
    for (const part of [ir, ir.libraries, struct, struct.members, struct.members[0]!.type, struct.shape])
      expect(Object.isFrozen(part)).toBe(true);
  });
});
