/** Protocols and services. */
import type { ProtocolDeclaration, ServiceDeclaration } from "../compiler/ir.ts";
import { libraryOf, shortName } from "../compiler/names.ts";
import { type MethodCode, methodsOf, type Parameter } from "./methods.ts";
import type { Module } from "./module.ts";
import { keysOf, parametersOf } from "./names.ts";
import { deprecation } from "./values.ts";
import { integer, quote } from "./writer.ts";

/** The client's, the server's and the events' interfaces, the class behind the client's, and the protocol itself. */
export function writeProtocol(module: Module, protocol: ProtocolDeclaration): void {
  const methods = methodsOf(module, protocol);
  for (const method of methods) writeMethod(module, protocol, method);
  module.body.gap();
  writeClient(module, protocol, methods);
  module.body.gap();
  writeServer(module, protocol, methods);
  if (methods.some(isEvent)) {
    module.body.gap();
    writeEvents(module, protocol, methods);
  }
  module.body.gap();
  writeProxy(module, protocol, methods);
  module.body.gap();
  writeDefinition(module, protocol, methods);
}

export function writeService(module: Module, service: ServiceDeclaration): void {
  const { body } = module;
  const { name } = module.names(service.name);
  const keys = keysOf(service.members);
  body.doc(service.doc, deprecation(service));
  body.block(
    `export const ${name} = {`,
    () => {
      body.line(`name: ${quote(`${libraryOf(service.name)}.${shortName(service.name)}`)},`);
      const members = service.members.map(
        ({ type }, i) => `${keys[i]}: ${module.protocolValue(type.protocol)}`,
      );
      body.list("members: {", members, "},", " ");
    },
    "} as const;",
  );
}

/** The constant that describes a method to the runtime. */
function writeMethod(
  module: Module,
  protocol: ProtocolDeclaration,
  { method, constant, request, event, answer, error }: MethodCode,
): void {
  const owner = method.composedFrom ?? protocol.name;
  const parts = [
    `name: ${quote(`${owner}.${method.name}`)}`,
    `ordinal: ${integer(method.ordinal, true, 16)}`,
  ];
  const types: string[] = [];
  if (method.kind === "event") {
    if (event.codec !== null) parts.push(`payload: ${event.codec}`);
    types.push(event.type ?? "void");
  } else {
    if (request.codec !== null) parts.push(`request: ${request.codec}`);
    types.push(request.type ?? "void");
  }
  if (method.kind === "twoway") {
    if (answer.codec !== null) parts.push(`response: ${answer.codec}`);
    types.push(answer.payloadType ?? "void");
    if (error !== null) parts.push(`error: ${error}`);
  }
  if (!method.strict) parts.push("flexible: true");
  const make = { twoway: "twoWay", oneway: "oneWay", event: "event" }[method.kind];
  const { body } = module;
  // The runtime takes what is not said for void.
  while (types.at(-1) === "void") types.pop();
  const head = `const ${constant} = ${module.runtime(make)}`;
  const call = types.length === 0 ? `${head}(` : body.generic(head, types, "(");
  if (body.fits(`${call}{`)) body.list(`${call}{`, parts, "});", " ");
  else body.block(call, () => body.list("{", parts, "},", " "), ");");
}

function writeClient(module: Module, protocol: ProtocolDeclaration, methods: readonly MethodCode[]): void {
  const { body } = module;
  const title = `\`${protocol.name}\` as its client sees it. Calls reject with a ZxError.`;
  body.doc(protocol.doc === "" ? title : `${title}\n\n${protocol.doc}`, deprecation(protocol));
  const names = module.names(protocol.name);
  const head = `export interface ${names.client} extends ${module.runtimeType("Connection")} {`;
  if (methods.length === 0) {
    body.line(`export type ${names.client} = ${module.runtimeType("Connection")};`);
    return;
  }
  body.block(
    head,
    () => {
      for (const code of methods) {
        const { parameters } = isEvent(code) ? code.event : code.request;
        const described = parameters.filter(({ doc }) => doc !== "");
        const tags = described.map(({ name, doc }) => `@param ${name} ${doc.replaceAll("\n", " ")}`);
        body.doc(code.method.doc, [...tags, ...deprecation(code.method)]);
        writeSignature(module, clientSignature(module, code));
      }
    },
    "}",
  );
}

function writeServer(module: Module, protocol: ProtocolDeclaration, methods: readonly MethodCode[]): void {
  const { body } = module;
  const names = module.names(protocol.name);
  body.doc(`\`${protocol.name}\` as a server implements it: throws a ZxError to answer with an error.`);
  const answered = methods.filter((code) => !isEvent(code));
  const head = `export interface ${names.server}`;
  if (answered.length === 0) {
    body.line(`export type ${names.server} = object;`);
    return;
  }
  const binding = { name: "binding", type: bindingType(module, protocol, methods), doc: "" };
  body.block(
    `${head} {`,
    () => {
      for (const { key, request, answer } of answered) {
        const result = `${module.runtimeType("MaybePromise")}<${answer.type}>`;
        writeSignature(module, { head: key, parameters: [...request.parameters, binding], result });
      }
    },
    "}",
  );
}

function writeEvents(module: Module, protocol: ProtocolDeclaration, methods: readonly MethodCode[]): void {
  const { body } = module;
  body.doc(`What a server of \`${protocol.name}\` can say without being asked.`);
  body.block(
    `export interface ${module.names(protocol.name).events} {`,
    () => {
      for (const { key, event, method } of methods.filter(isEvent)) {
        body.doc(method.doc, deprecation(method));
        writeSignature(module, { head: key, parameters: event.parameters, result: "void" });
      }
    },
    "}",
  );
}

function writeProxy(module: Module, protocol: ProtocolDeclaration, methods: readonly MethodCode[]): void {
  const { body } = module;
  const { proxy, client } = module.names(protocol.name);
  const core = module.runtimeType("ClientCore");
  body.block(
    `class ${proxy} implements ${client} {`,
    () => {
      body.line(`readonly #core: ${core};`);
      body.line();
      body.block(`constructor(core: ${core}) {`, () => body.line("this.#core = core;"), "}");
      body.line();
      for (const code of methods) {
        const signature = clientSignature(module, code);
        const isAsync = code.answer.key !== null;
        const head = `${isAsync ? "async " : ""}${signature.head}`;
        writeSignature(module, { ...signature, head }, () => body.line(proxyBody(code)));
      }
      body.block("close(): void {", () => body.line("this.#core.close();"), "}");
      body.block("[Symbol.dispose](): void {", () => body.line("this.#core.close();"), "}");
    },
    "}",
  );
}

function writeDefinition(
  module: Module,
  protocol: ProtocolDeclaration,
  methods: readonly MethodCode[],
): void {
  const { body } = module;
  const names = module.names(protocol.name);
  const hasEvents = methods.some(isEvent);
  const generics = [names.client, names.server, hasEvents ? names.events : "unknown", quote(protocol.name)];
  body.doc(protocol.doc, deprecation(protocol));
  body.block(
    body.generic(`export const ${names.name} = ${module.runtime("defineProtocol")}`, generics, "({"),
    () => {
      body.line(`name: ${quote(protocol.name)},`);
      const service = serviceOf(module, protocol);
      if (service !== null) body.line(`service: ${quote(service)},`);
      body.line(`openness: ${quote(protocol.openness)},`);
      body.line(`client: (core) => new ${names.proxy}(core),`);
      if (hasEvents) {
        body.block(
          "events: (sender) => ({",
          () => {
            for (const { key, constant, event } of methods.filter(isEvent)) {
              const parameters = event.parameters.map(({ name }) => name).join(", ");
              body.line(`${key}: (${parameters}) => sender.send(${constant}, ${event.fromParameters}),`);
            }
          },
          "}),",
        );
      }
      const inOneLine = `methods: [${methods.map((code) => serverMethodInOneLine(module, code)).join(", ")}],`;
      if (body.fits(inOneLine)) body.line(inOneLine);
      else {
        body.block(
          "methods: [",
          () => {
            for (const code of methods) writeServerMethod(module, code);
          },
          "],",
        );
      }
    },
    "});",
  );
}

/** What a server does for a method: `(server, { id }, binding) =>`, and what is called then. */
function serverCall({ key, request }: MethodCode): { readonly parameters: string; readonly call: string } {
  const pattern = request.type === null ? "_" : request.pattern;
  const args = [...request.parameters.map(({ name }) => name), "binding"].join(", ");
  return { parameters: `(server, ${pattern}, binding) =>`, call: `server.${key}(${args})` };
}

/** Has a line break in it where a formatter would break the line, however much room there is. */
function serverMethodInOneLine(module: Module, code: MethodCode): string {
  if (isEvent(code)) return `${module.runtime("eventMethod")}(${code.constant})`;
  if (code.answer.key !== null) return "\n";
  const { parameters, call } = serverCall(code);
  return `${module.runtime("serverMethod")}(${code.constant}, ${parameters} ${call})`;
}

function writeServerMethod(module: Module, code: MethodCode): void {
  const { body } = module;
  const { constant, answer } = code;
  if (isEvent(code)) {
    body.line(`${module.runtime("eventMethod")}(${constant}),`);
    return;
  }
  const head = `${module.runtime("serverMethod")}(`;
  const { parameters, call } = serverCall(code);
  // Where a line has no room for an arrow function, its body goes to the next.
  const arrow = (line: string) => {
    if (body.fits(`${line} ${call},`)) body.line(`${line} ${call},`);
    else body.block(line, () => body.line(`${call},`));
  };
  if (answer.key !== null) {
    body.block(
      head,
      () => {
        body.line(`${constant},`);
        arrow(parameters);
        const [name] = parametersOf([{ name: answer.key! }], []);
        body.line(`(${name}) => ({ ${name === answer.key ? name : `${answer.key}: ${name}`} }),`);
      },
      "),",
    );
    return;
  }
  const line = `${head}${constant}, ${parameters}`;
  if (body.fits(`${line} ${call}),`)) body.line(`${line} ${call}),`);
  else body.block(line, () => body.line(`${call},`), "),");
}

interface Signature {
  readonly head: string;
  readonly parameters: readonly Parameter[];
  readonly result: string;
}

/** A method: of an interface, or of a class with what `inner` writes as its body. */
function writeSignature({ body }: Module, { head, parameters, result }: Signature, inner?: () => void): void {
  const items = parameters.map(({ name, type }) => `${name}: ${type}`);
  const end = inner === undefined ? `): ${result};` : `): ${result} {`;
  const line = `${head}(${items.join(", ")}${end}`;
  if (!body.fits(line)) {
    body.block(`${head}(`, () => {
      for (const item of items) body.line(`${item},`);
    });
    if (inner === undefined) body.line(end);
    else body.block(end, inner, "}");
  } else if (inner === undefined) body.line(line);
  else body.block(line, inner, "}");
}

function clientSignature(module: Module, code: MethodCode): Signature {
  const { key, method, request, event, answer } = code;
  if (isEvent(code)) {
    const args = event.parameters.map(({ name, type }) => `${name}: ${type}`).join(", ");
    const listener = { name: "listener", type: `(${args}) => void`, doc: "" };
    return { head: key, parameters: [listener], result: "() => void" };
  }
  if (method.kind === "oneway") return { head: key, parameters: request.parameters, result: "void" };
  const options = { name: "options?", type: module.runtimeType("CallOptions"), doc: "" };
  return { head: key, parameters: [...request.parameters, options], result: `Promise<${answer.type}>` };
}

/** What a client's method does. */
function proxyBody(code: MethodCode): string {
  const { method, constant, request, event, answer } = code;
  if (isEvent(code)) {
    const args = event.parameters.map(({ name }) => name).join(", ");
    return `return this.#core.on(${constant}, (${event.pattern}) => listener(${args}));`;
  }
  if (method.kind === "oneway") return `this.#core.send(${constant}, ${request.fromParameters});`;
  const call = `this.#core.call(${constant}, ${request.fromParameters}, options)`;
  return answer.key === null ? `return ${call};` : `return (await ${call}).${answer.key};`;
}

/** What a server's methods are handed besides the request: their connection. */
function bindingType(module: Module, protocol: ProtocolDeclaration, methods: readonly MethodCode[]): string {
  const binding = module.runtimeType("Binding");
  return methods.some(isEvent) ? `${binding}<${module.names(protocol.name).events}>` : binding;
}

/**
 * The service of its library that has the protocol as a member: `fuchsia.hardware.pci.Service`; else the name that the protocol is
 * discovered by, unless that is the usual one, which the runtime makes itself.
 */
function serviceOf(module: Module, protocol: ProtocolDeclaration): string | null {
  for (const declaration of module.library.declarations) {
    if (declaration.kind !== "service") continue;
    if (declaration.members.some(({ type }) => type.protocol === protocol.name))
      return `${libraryOf(declaration.name)}.${shortName(declaration.name)}`;
  }
  return protocol.discoverableName === protocol.name.replace("/", ".") ? null : protocol.discoverableName;
}

function isEvent({ method }: MethodCode): boolean {
  return method.kind === "event";
}
