/** Programs that are wrong. What the compiler must say is marked in them; see `unmarked`. */
import { describe, expect, it } from "vitest";
import { diagnosticsOf, unmarked } from "./support.ts";

function wrong(area: string, cases: readonly (readonly [what: string, program: string])[]): void {
  describe(area, () => {
    it.each(cases)("%s", (_what, marked) => {
      const { files, expected } = unmarked(marked);
      expect(expected).not.toEqual([]);
      expect(diagnosticsOf(files).sort()).toEqual(expected.sort());
    });
  });
}

wrong("tokens", [
  ["a character that FIDL has no use for", "const A uint8 = 1; «1»#«/»\n"],
  ["one outside the basic plane", "const A uint8 = 1; «1»😀«/»\n"],
  ["a single slash", "type A = struct {}; «1»/«/»\n"],
  ["a string that ends with the file", '@a("abc«2,8/»'],
  ["an escape sequence that there is not", 'const A string = "a«3»\\q«/»b";\n'],
  ["a hex digit that is none", 'const A string = "\\u{1«4»g«/»}";\n'],
  ["an identifier that ends in an underscore", "const «10»A_«/» uint8 = 1;\n"],
  ["a control character in a string", 'const A string = "a«184»\u0001«/»b";\n'],
  ["a Unicode escape without braces", 'const A string = "«185»\\u«/»0041";\n'],
  ["a Unicode escape without its end", 'const A string = "«186»\\u{41«/»";\n'],
  ["an empty Unicode escape", 'const A string = "«187»\\u{}«/»";\n'],
  ["a Unicode escape of seven digits", 'const A string = "«188»\\u{0000041}«/»";\n'],
  ["a code point that there is not", 'const A string = "«189»\\u{110000}«/»";\n'],
]);

wrong("syntax", [
  ["something that begins no declaration", "«6»struct«/» Old { };\n"],
  ["a library line that names none", "library «8»;«/»\n"],
  ["a token in place of another", "const A uint8 «8»;«/»\n"],
  ["a number where a name is wanted", "type «8»1«/» = struct {};\n"],
  ["another word in place of a keyword", "resource_definition R : uint32 { «9»props«/» { a uint8; }; };\n"],
  ["nothing where a value is wanted", "const A uint8 = «7»;«/»\n"],
  ["an optional type of old", "type S = struct { a string«8»?«/»; };\n"],
  ["an attribute of old", "«6»[«/»Discoverable]\nprotocol P {};\n"],
  ["a layout of no kind", "type S = «12»strukt«/» {};\n"],
  ["bits of a type that is written out", "type B = bits : «13»struct {}«/» { A = 1; };\n"],
  ["an enum of a number", "type E = enum : «13»8«/» { A = 1; };\n"],
  ["parentheses without arguments", "@a«14»()«/»\ntype S = struct {};\n"],
  ["arguments of which one has no name", '@a(one="1", «15»"2"«/»)\ntype S = struct {};\n'],
  ["an argument whose name has a dot", '@a(«10»b.c«/»="1")\ntype S = struct {};\n'],
  ["a member without an ordinal", "type T = table { «16»a«/» uint8; };\n"],
  ["an ordinal beyond 32 bits", "type T = union { «17»4294967296«/»: a uint8; };\n"],
  ["an ordinal that is no number", "type T = union { «17»-1«/»: a uint8; };\n"],
  ["ordinal zero", "type T = table { «18»0«/»: a uint8; };\n"],
  ["a strict enum without members", "type E = strict enum «19»{}«/»;\n"],
  ["a strict union without members", "type U = strict union «19»{}«/»;\n"],
  ["a member that no protocol has", "protocol P { «20»1«/»: M(); };\n"],
  ["a method without its request", "protocol P { M«20»;«/» };\n"],
  ["an attribute before the name of a type", 'type S = struct { a «22»@b("c")«/» uint8; };\n'],
  ["an attribute behind `type`", "type S = «23»@a«/» struct {};\n"],
  ["a doc comment before a payload", "protocol P { M(«24»/// Doc.«/»\nstruct { a uint8; }); };\n"],
  ["an import behind declarations", "type S = struct { h zx.Status; };\n«25»using zx;«/»\n"],
  ["a resource without properties", "resource_definition R : uint32 { «29»properties«/» {}; };\n"],
  ["a strict struct", "type S = «30»strict«/» struct {};\n"],
  ["a resource enum", "type E = «30»resource«/» enum { A = 1; };\n"],
  ["a strict protocol", "«30»strict«/» protocol P {};\n"],
  ["an open method", "protocol P { «30»open«/» M(); };\n"],
  ["a strict compose", "protocol Q {}; protocol P { «30»strict«/» compose Q; };\n"],
  ["a flexible constant", "«30»flexible«/» const A uint8 = 1;\n"],
  ["a modifier before the name of a type", "type E = enum {}; type S = struct { e «30»strict«/» E; };\n"],
  ["a struct of some type", "type S = struct «31»: uint8«/» {};\n"],
  ["a modifier twice", "type U = flexible «32»flexible«/» union {};\n"],
  ["modifiers that contradict each other", "type U = flexible «33»strict«/» union { 1: a uint8; };\n"],
  ["attributes of an import", "«45»@a«/»\nusing zx;\ntype S = struct { h zx.Status; };\n"],
  ["two sets of constraints", "type S = struct { a vector<uint8>:1«163»:«/»optional; };\n"],
  ["a reserved member", "type T = table { 1: «209»reserved«/»; };\n"],
  ["an error of an event", "protocol P { -> E() «9»error«/» uint32; };\n"],
  ["an overlay", "type O = strict «1002»overlay«/» { 1: a uint8; };\n"],
]);

wrong("libraries and names", [
  ["a library's name in capitals", "library «11»Example«/»;\n"],
  ["two declarations of one name", "type A = struct {};\nconst «34»A«/» uint8 = 1;\n"],
  ["names that are the same once re-cased", "type FooBar = struct {};\ntype «35»FOO_BAR«/» = struct {};\n"],
  ["two members of one name", "type S = struct { a uint8; «34»a«/» uint8; };\n"],
  ["members that are the same once re-cased", "type U = union { 1: aB uint8; 2: «35»a_b«/» uint8; };\n"],
  ["two methods of one name", "protocol P { M(); «34»M«/»(); };\n"],
  [
    "a method that a composed protocol has, too",
    "protocol Q { M(); };\nprotocol «34»P«/» { compose Q; M(); };\n",
  ],
  [
    "two anonymous layouts that would get one name",
    "type A = struct { x struct {}; };\ntype B = struct { x «34»struct {}«/»; };\n",
  ],
  [
    "a declaration with the name of an import",
    "using zx;\ntype «38»zx«/» = struct { s int32; };\nalias S = zx.Status;\n",
  ],
  [
    "a declaration that is an import once re-cased",
    "using zx as foo_bar;\ntype «39»FooBar«/» = struct { s foo_bar.Status; };\n",
  ],
  ["an import twice", "using zx;\nusing «42»zx«/»;\ntype S = struct { s zx.Status; };\n"],
  [
    "two imports under one name",
    "using other as third;\nusing «43»third«/»;\n---\nlibrary other;\n---\nlibrary third;\n",
  ],
  [
    "two imports under one alias",
    "using zx;\nusing other as «44»zx«/»;\n---\nlibrary other;\ntype T = struct {};\n",
  ],
  ["an import that nobody gave", "using «46»nowhere«/»;\n"],
  ["an import of itself", "using «46»example«/»;\n"],
  ["a library that is not imported", "type S = struct { a «51»nowhere.T«/»; };\n"],
  ["a name that there is not", "type S = struct { a «52»Nothing«/»; };\n"],
  ["a name that the imported library has not", "using zx;\ntype S = struct { a «52»zx.Nothing«/»; };\n"],
  ["a member of a struct", "type T = struct { a uint8; };\nconst A uint8 = «53,60»T.a«/»;\n"],
  ["a member that an enum has not", "type E = enum { A = 1; };\nconst C E = «54,60»E.B«/»;\n"],
  ["the name made for an anonymous layout", "type A = struct { x struct {}; y «58»X«/»; };\n"],
  ["an import that is not used", "«178»using zx;«/»\n"],
  [
    "libraries that import each other",
    "library «57»example«/»;\nusing other;\nalias A = other.B;\n---\nlibrary other;\nusing example;\nalias B = uint8;\nalias C = example.A;\n",
  ],
]);

wrong("declarations that contain themselves", [
  ["a struct", "type «57»S«/» = struct { s S; };\n"],
  ["two structs each other", "type «57»A«/» = struct { b B; };\ntype B = struct { a A; };\n"],
  ["a struct, through a vector that is always there", "type «57»S«/» = struct { s vector<S>; };\n"],
  ["a union that is not optional", "type «57»U«/» = union { 1: u U; };\n"],
  ["a table", "type «57»T«/» = table { 1: t T; };\n"],
  ["an alias", "alias «57»A«/» = vector<A>;\n"],
  ["a constant", "const «57»A«/» uint8 = «60»A«/»;\n"],
  ["an attribute's argument", '@a(B)\nconst «57»A«/» string = "a";\n@b(A)\nconst B string = "b";\n'],
  ["an enum's value", "type «57»E«/» = enum { «102»A«/» = E.A; };\n"],
  ["a protocol", "protocol «57»P«/» { compose Q; };\nprotocol Q { compose P; };\n"],
]);

wrong("constants", [
  ["of a struct", "type S = struct {};\nconst A «59»S«/» = 1;\n"],
  ["of an optional string", 'const A «59»string:optional«/» = "a";\n'],
  ["that join strings", 'const A string = «61,60»"a" | "b"«/»;\n'],
  ["that are a type", "const A uint8 = «63,60»uint8«/»;\n"],
  ["that are a struct", "type S = struct {};\nconst A uint8 = «63,60»S«/»;\n"],
  [
    "of one enum with a member of another",
    "type E = enum { A = 1; };\ntype F = enum { A = 1; };\nconst C E = «64,60»F.A«/»;\n",
  ],
  ["of bits with a number", "type B = bits { A = 1; };\nconst C B = «65,60»1«/»;\n"],
  ["that are text where a number is wanted", 'const A uint8 = «65,60»"1"«/»;\n'],
  ["that are a number where a bool is wanted", "const A bool = «65,60»1«/»;\n"],
  ["that are longer than their type", 'const A string:3 = «65,60»"ab😀"«/»;\n'],
  ["with a number that is none", "const A uint8 = «65,60»12abc«/»;\n"],
  ["with a fraction where an integer is wanted", "const A uint8 = «65,60»1.5«/»;\n"],
  ["that are a bound, which only types have", "const A uint32 = «60,60»MAX«/»;\n"],
  ["that do not fit", "const A uint8 = «66,60»256«/»;\n"],
  ["that are negative and cannot be", "const A uint64 = «66,60»-1«/»;\n"],
  ["below int64", "const A int64 = «66,60»-0x8000000000000001«/»;\n"],
  ["beyond float32", "const A float32 = «66,60»1e39«/»;\n"],
  ["that do not fit through another constant", "const B uint16 = 256;\nconst A uint8 = «66,60»B«/»;\n"],
]);

wrong("bits and enums", [
  ["bits of two bits", "type B = bits { A = «67»3«/»; };\n"],
  ["bits of none", "type B = bits { A = «67»0«/»; };\n"],
  ["a flexible enum that takes the unknown value", "type E = enum : uint8 { «68»A«/» = 255; };\n"],
  ["bits of a signed type", "type B = bits : «69»int32«/» { A = 1; };\n"],
  ["an enum of a float", "type E = enum : «70»float32«/» { A = 1; };\n"],
  ["@unknown in a strict enum", "type E = strict enum { @unknown «71»A«/» = 1; };\n"],
  ["@unknown twice", "type E = enum { @unknown A = 1; @unknown «72»B«/» = 2; };\n"],
  ["a member that does not fit", "type E = enum : uint8 { «102»A«/» = «66»256«/»; };\n"],
  ["two members of one value", "type E = enum { A = 1; «107»B«/» = 1; };\n"],
]);

wrong("structs, tables and unions", [
  ["an optional member of a table", "type T = table { 1: a «48»string:optional«/»; };\n"],
  ["an optional member of a union", "type T = union { 1: a «49»string:optional«/»; };\n"],
  ["a default", "type S = struct { a uint8 = «50»1«/»; };\n"],
  ["ordinal 65 of a table", "type T = table { 65: «92»a«/» uint8; };\n"],
  ["ordinal 64 of a table that is no table", "type T = table { 64: a «93»uint8«/»; };\n"],
  ["two members of a table with one ordinal", "type T = table { 1: a uint8; 1: «94»b«/» uint8; };\n"],
  ["two members of a union with one ordinal", "type T = union { 1: a uint8; 1: «97»b«/» uint8; };\n"],
  ["an array of 65,536 bytes in a table", "type T = table { 1: a «1002»array<uint64, 8192>«/»; };\n"],
  ["such an array in a vector", "type S = struct { a «1002»vector<array<uint64, 8192>>«/»; };\n"],
  ["a struct of 65,536 bytes", "type «111»S«/» = struct { a array<uint64, 8192>; };\n"],
  ["a struct beyond 32 bits", "type «207»S«/» = struct { a array<uint64, 4294967295>; };\n"],
  ["a handle in a value type", "using zx;\ntype «110»S«/» = struct { h zx.Handle; };\n"],
  [
    "a handle in a value type through an alias",
    "using zx;\nalias H = vector<zx.Handle>;\ntype «110»T«/» = table { 1: h H; };\n",
  ],
  ["an endpoint in an anonymous value type", "protocol P { M(«110»struct { p client_end:P; }«/»); };\n"],
  [
    "a resource in a value type",
    "using zx;\ntype A = resource union { 1: h zx.Handle; };\ntype «110»S«/» = struct { a box<B>; };\ntype B = resource struct { a A; };\n",
  ],
]);

wrong("types", [
  ["an array of nothing", "type S = struct { a array<uint8, «161»0«/»>; };\n"],
  ["an array without its size", "type S = struct { a array«162»<uint8>«/»; };\n"],
  ["a vector of no type", "type S = struct { a «162»vector«/»; };\n"],
  ["a number with parameters", "type S = struct { a uint8«162»<uint8>«/»; };\n"],
  ["a vector of a number", "type S = struct { a vector<«165»1«/»>; };\n"],
  ["a constant in place of a type", "const A uint8 = 1;\ntype S = struct { a «165»A«/»; };\n"],
  ["a protocol in place of a type", "protocol P {};\ntype S = struct { a «165»P«/»; };\n"],
  ["a size that is no number", 'type S = struct { a vector<uint8>:«65,101»"1"«/»; };\n'],
  ["a size that is a type", "type S = struct { a array<uint8, «101»vector<uint8>«/»>; };\n"],
  ["an optional number", "type S = struct { a uint8:«156»optional«/»; };\n"],
  ["an optional table", "type T = table {};\ntype S = struct { a T:«156»optional«/»; };\n"],
  ["an optional struct", "type T = struct {};\ntype S = struct { a T:«159»optional«/»; };\n"],
  ["an optional box", "type T = struct {};\ntype S = struct { a box<T>:«169»optional«/»; };\n"],
  ["a bound twice, through an alias", "alias V = vector<uint8>:1;\ntype S = struct { a V:«158»2«/»; };\n"],
  [
    "optional twice, through an alias",
    "alias V = string:optional;\ntype S = struct { a V:«160»optional«/»; };\n",
  ],
  ["a constraint too many", "type S = struct { a vector<uint8>:<1, optional, «164»2«/»>; };\n"],
  ["a constraint of something that has none", "type S = struct { a uint8:«164»5«/»; };\n"],
  ["a constraint that a union cannot have", "type U = union {};\ntype S = struct { a U:«166»5«/»; };\n"],
  ["a boxed number", "type S = struct { a box<«193»uint8«/»>; };\n"],
  ["a boxed table", "type T = table {};\ntype S = struct { a box<«193»T«/»>; };\n"],
  ["a boxed union", "type U = union {};\ntype S = struct { a box<«171»U«/»>; };\n"],
  ["a boxed vector", "type S = struct { a box<«171»vector<uint8>«/»>; };\n"],
  ["an endpoint of a struct", "type T = struct {};\ntype S = resource struct { a client_end:«157»T«/»; };\n"],
  ["an endpoint of nothing", "type S = resource struct { a «168»client_end«/»; };\n"],
  [
    "an endpoint whose protocol does not come first",
    "type S = resource struct { a server_end:«168»optional«/»; };\n",
  ],
  [
    "an endpoint of two protocols",
    "protocol P {};\nalias E = client_end:P;\ntype S = resource struct { a E:«167»P«/»; };\n",
  ],
  [
    "a subtype that handles have not",
    "using zx;\ntype S = resource struct { h zx.Handle:«166»ZIPPY«/»; };\n",
  ],
  [
    "a subtype twice",
    "using zx;\nalias V = zx.Handle:VMO;\ntype S = resource struct { h V:«167»VMO«/»; };\n",
  ],
  ["rights that are a number", "using zx;\ntype S = resource struct { h zx.Handle:<VMO, «65,166»1«/»>; };\n"],
  ["a type of C", "type S = struct { a «180»usize64«/»; };\n"],
  ["a new type", "«62»type N = uint32;«/»\n"],
]);

wrong("protocols and services", [
  ["that compose a struct", "type S = struct {};\nprotocol P { compose «73»S«/»; };\n"],
  ["a payload that is an enum", "type E = enum {};\nprotocol P { M(«74»E«/»); };\n"],
  ["a payload that is a number", "protocol P { M(«75»uint32«/»); };\n"],
  ["an empty struct as payload", "protocol P { M(«77»struct {}«/»); };\n"],
  ["two methods of one ordinal", 'protocol P { A(); @selector("A") «81»B«/»(); };\n'],
  ["a selector that is no name", 'protocol P { @selector(«82»"a b"«/») M(); };\n'],
  ["fuchsia.io without selectors", "library fuchsia.io;\nprotocol P { «83»M«/»(); };\n"],
  ["that compose a more open one", "open protocol Q {};\najar protocol P { compose «114»Q«/»; };\n"],
  ["a flexible two-way method in an ajar one", "ajar protocol P { flexible «115»M«/»() -> (); };\n"],
  ["a flexible one-way method in a closed one", "closed protocol P { flexible «116»M«/»(); };\n"],
  ["a flexible event in a closed one", "closed protocol P { flexible -> «116»E«/»(); };\n"],
  [
    "a driver's end over a channel",
    '@transport("Driver")\nprotocol D {};\nprotocol P { «118»M«/»(resource struct { d client_end:D; }); };\n',
  ],
  [
    "a driver's handle over a channel",
    "using fdf;\nprotocol P { «117»M«/»(resource struct { h vector<fdf.Handle>; }); };\n---\nlibrary fdf;\ntype T = enum { CHANNEL = 1; };\nresource_definition Handle : uint32 { properties { subtype T; }; };\n",
  ],
  ["an error that is a string", "protocol P { M() -> () error «141»string«/»; };\n"],
  [
    "an error that is an enum of bytes",
    "type E = enum : uint8 {};\nprotocol P { M() -> () error «141»E«/»; };\n",
  ],
  ["an optional service member", "protocol P {};\nservice S { p «88»client_end:<P, optional>«/»; };\n"],
  ["a service member that is no client", "protocol P {};\nservice S { p «112»server_end:P«/»; };\n"],
  [
    "a service over two transports",
    'protocol P {};\n@transport("Driver")\nprotocol D {};\nservice S { p client_end:P; d «113»client_end:D«/»; };\n',
  ],
]);

wrong("resource definitions", [
  ["of another type", "resource_definition R : «172»uint8«/» { properties { subtype enum {}; }; };\n"],
  ["without a subtype", "resource_definition «173»R«/» : uint32 { properties { rights uint32; }; };\n"],
  [
    "with a subtype that is no enum",
    "resource_definition R : uint32 { properties { «175»subtype«/» uint32; }; };\n",
  ],
  [
    "with rights that are text",
    "resource_definition R : uint32 { properties { subtype enum {}; «177»rights«/» string; }; };\n",
  ],
]);

wrong("attributes", [
  ["where they cannot be", "«120»@discoverable«/»\ntype S = struct {};\n"],
  ["a name for what has one", '«120»@generated_name("A")«/»\ntype S = struct {};\n'],
  ["that are retired", "«121»@transitional«/»\ntype S = struct {};\n"],
  ["twice", '@a("1")\n«122»@a("2")«/»\ntype S = struct {};\n'],
  ["twice once re-cased", "@one_two\n«123»@OneTwo«/»\ntype S = struct {};\n"],
  ["with a number", "@a(«124»1«/»)\ntype S = struct {};\n"],
  ["with a constant that is a number", "const A uint8 = 1;\n@a(«124»A«/»)\ntype S = struct {};\n"],
  ["with a name that the argument does not want", 'protocol P { @selector(«125»value="A"«/») M(); };\n'],
  ["with an argument that lacks its name", '@discoverable(«126»"a.B"«/»)\nprotocol P {};\n'],
  ["without the argument that they need", "protocol P { «128»@selector«/» M(); };\n"],
  ["with an argument that they have not", '@discoverable(«129»nme="a.B"«/»)\nprotocol P {};\n'],
  ["with an argument twice", '@a(b="1", «130»b="2"«/»)\ntype S = struct {};\n'],
  ["with an argument twice once re-cased", '@a(b_c="1", «131»bC="2"«/»)\ntype S = struct {};\n'],
  ["with an argument where there is none", 'type E = enum { «132»@unknown("a")«/» A = 1; };\n'],
  [
    "with a constant where a literal is needed",
    'const NAME string = "B";\ntype S = struct { a @generated_name(«133»NAME«/») struct {}; };\n',
  ],
  ["with a number in place of text", "protocol P { @selector(«65,104»1«/») M(); };\n"],
  ["a discoverable name that is none", '@discoverable(name=«135»"P"«/»)\nprotocol P {};\n'],
  ["a transport that there is not", '@transport(«142»"Pigeon"«/»)\nprotocol P {};\n'],
  ["a letter away from another", "«145»@discoverble«/»\nprotocol P {};\n"],
  ["a generated name that is none", 'type S = struct { a @generated_name(«146»"a b"«/») struct {}; };\n'],
  ["of a library with a constant", '@a(«181»A«/»)\nlibrary example;\nconst A string = "a";\n'],
  ["a discoverable place that there is not", '@discoverable(client=«210»"moon"«/»)\nprotocol P {};\n'],
  ["that are experimental", "«222»@no_resource«/»\nprotocol P {};\n"],
]);

const V = "@available(added=2)\nlibrary example;\n";
wrong("@available", [
  ["without arguments", `${V}«147»@available(«148»note="a"«/»)«/»\ntype S = struct {};\n`],
  ["with a note on nothing", `${V}@available(added=3, «148»note="a"«/»)\ntype S = struct {};\n`],
  [
    "with a platform below the library",
    `${V}@available(«149»platform="p"«/», added=3)\ntype S = struct {};\n`,
  ],
  ["on a library, without a beginning", "«150»@available(removed=5)«/»\nlibrary example;\n"],
  ["in a library that has none", "«151»@available(added=1)«/»\ntype S = struct {};\n"],
  ["with a platform that is no word", '@available(platform=«152»"a-b"«/», added=1)\nlibrary example;\n'],
  ["with version 0", `${V}@available(added=«153»0«/»)\ntype S = struct {};\n`],
  ["with a version of no name", `${V}@available(added=«153»SOON«/»)\ntype S = struct {};\n`],
  ["that ends before it begins", `${V}«154»@available(added=5, removed=4)«/»\ntype S = struct {};\n`],
  ["before what it belongs to", `${V}«155»@available(added=1)«/»\ntype S = struct {};\n`],
  [
    "of a member after its declaration",
    `${V}@available(removed=4)\ntype S = struct { «155»@available(added=4)«/» a uint8; };\n`,
  ],
  ["removed and replaced", `${V}«203»@available(removed=4, replaced=4)«/»\ntype S = struct {};\n`],
  ["a replaced library", "@available(added=1, «204»replaced=2«/»)\nlibrary example;\n"],
  ["a reserved platform", '@available(platform=«208»"unversioned"«/», added=1)\nlibrary example;\n'],
  ["a renamed declaration", `${V}@available(removed=4, «211»renamed="T"«/»)\ntype S = struct {};\n`],
  ["renamed and still there", `${V}type S = struct { @available(added=3, «212»renamed="b"«/») a uint8; };\n`],
  [
    "renamed to its own name",
    `${V}type S = struct { @available(removed=4, «213»renamed="a"«/») a uint8; };\n`,
  ],
  [
    "removed, where another takes its place",
    `${V}«205»@available(removed=4)«/»\ntype S = struct {};\n@available(added=4)\ntype S = table {};\n`,
  ],
  ["replaced by nothing", `${V}«206»@available(replaced=4)«/»\ntype S = struct {};\n`],
  [
    "a member replaced by one that comes later",
    `${V}type S = struct { «206»@available(replaced=4)«/» a uint8; @available(added=5) a uint16; };\n`,
  ],
  [
    "removed and renamed to a name that is taken",
    `${V}type S = struct { «214»@available(removed=4, renamed="b")«/» a uint8; b uint8; };\n`,
  ],
  [
    "replaced under a name that nobody has",
    `${V}type S = struct { «215»@available(replaced=4, renamed="b")«/» a uint8; @available(added=4) c uint8; };\n`,
  ],
  [
    "removed, where another takes its ordinal",
    `${V}type T = table { «216»@available(removed=4)«/» 1: a uint8; @available(added=4) 1: b uint8; };\n`,
  ],
  [
    "removed, where another takes its value",
    `${V}type E = enum { «216»@available(removed=4)«/» A = 1; @available(added=4) B = 1; };\n`,
  ],
  [
    "removed, where another takes its selector",
    `${V}closed protocol P { «216»@available(removed=4)«/» strict A(); @available(added=4) @selector("A") strict B(); };\n`,
  ],
  [
    "replaced with another ordinal",
    `${V}type T = table { «217»@available(replaced=4)«/» 1: a uint8; @available(added=4) 2: a uint8; };\n`,
  ],
  [
    "a method replaced under another name, and so with another ordinal",
    `${V}closed protocol P { «217»@available(replaced=4, renamed="B")«/» strict A(); @available(added=4) strict B(); };\n`,
  ],
  ["a deprecated modifier", `${V}type S = resource(«218»deprecated=3«/») struct {};\n`],
  [
    "names that overlap for a while",
    `${V}@available(removed=5)\ntype S = struct {};\n@available(added=4)\ntype «36»S«/» = table {};\n`,
  ],
  [
    "re-cased names that overlap for a while",
    `${V}@available(removed=5)\ntype S_T = struct {};\n@available(added=4)\ntype «37»sT«/» = table {};\n`,
  ],
  [
    "something deprecated, used by what is not",
    `${V}@available(deprecated=3)\ntype D = struct {};\ntype S = struct { d «55»D«/»; };\n`,
  ],
]);

wrong("warnings", [
  ["a comment inside a doc comment", "/// One.\n// Two.\n«26»/// Three.«/»\ntype S = struct {};\n"],
  ["an empty line inside a doc comment", "/// One.\n\n«27»/// Two.«/»\ntype S = struct {};\n"],
  ["a doc comment before nothing", "type S = struct {};\n«28»/// The end.«/»\n"],
]);

describe("programs that could exhaust the compiler", () => {
  it("are refused when they nest too deep", () => {
    const deep = `type S = struct { a ${"vector<".repeat(200)}uint8${">".repeat(200)}; };\n`;
    expect(diagnosticsOf(deep).map((line) => line.slice(0, 7))).toContain("fi-1001");
  });

  it("are refused when they nest too deep through aliases", () => {
    const aliases = Array.from({ length: 5000 }, (_, n) => `alias A${n + 1} = vector<A${n}>;`);
    const codes = diagnosticsOf(`alias A0 = uint8;\n${aliases.join("\n")}\n`).map((line) => line.slice(0, 7));
    expect(codes).toContain("fi-1001");
  });

  it("are refused when constants are chained too long", () => {
    const constants = Array.from({ length: 5000 }, (_, n) => `const A${n} uint8 = A${n + 1};`);
    const codes = diagnosticsOf(`${constants.join("\n")}\nconst A5000 uint8 = 1;\n`).map((line) =>
      line.slice(0, 7),
    );
    expect(codes).toContain("fi-1001");
  });

  it("compile when structs are chained as long as anybody likes", () => {
    const structs = Array.from({ length: 5000 }, (_, n) => `type A${n} = struct { a A${n + 1}; };`);
    expect(diagnosticsOf(`${structs.join("\n")}\ntype A5000 = struct {};\n`)).toEqual([]);
  });

  it("compile when a constant joins as many others as anybody likes", () => {
    expect(diagnosticsOf(`const A uint8 = ${"1 | ".repeat(20_000)}2;\n`)).toEqual([]);
  });

  it("do not get more errors than a person reads", () => {
    const found = diagnosticsOf("#".repeat(5000));
    expect(found.length).toBe(201);
    expect(found.at(-1)).toMatch(/^fi-1003/);
  });
});
