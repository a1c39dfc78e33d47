/** Protocols and services: payloads, errors, ordinals, openness, composition. */
import type { PayloadNode } from "./ast.ts";
import { findAttribute } from "./attributes.ts";
import { Fi } from "./codes.ts";
import type { LayoutDecl, MethodDecl, ProtocolDecl, ResolvedType, ServiceDecl } from "./model.ts";
import { methodOrdinal } from "./ordinals.ts";
import { type Resolver, type Scope, scopeOf } from "./resolver.ts";
import { placeOf } from "./source.ts";
import { describeType } from "./type_names.ts";

const OPENNESS = ["closed", "ajar", "open"];

export function resolveProtocol(r: Resolver, decl: ProtocolDecl): void {
  for (const compose of decl.composed) {
    const target = r.name(compose.node.name, scopeOf(decl.file, compose.availability), "protocol");
    if (target === undefined) continue;
    if (target.kind !== "decl" || target.decl.kind !== "protocol") {
      r.report(Fi.COMPOSING_NON_PROTOCOL, compose.node.name.span, "only a protocol can be composed");
      continue;
    }
    compose.protocol = target.decl;
    if (OPENNESS.indexOf(target.decl.openness) > OPENNESS.indexOf(decl.openness))
      r.report(
        Fi.COMPOSED_PROTOCOL_TOO_OPEN,
        compose.node.name.span,
        `${decl.openness} protocol '${decl.name}' cannot compose ${target.decl.openness} protocol '${target.decl.name}', which is more open`,
      );
  }
  for (const method of decl.ownMethods) resolveMethod(r, decl, method);
}

function resolveMethod(r: Resolver, decl: ProtocolDecl, method: MethodDecl): void {
  const { node } = method;
  const scope = scopeOf(decl.file, method.availability);
  checkStrictness(r, decl, method);
  method.request = payload(r, node.request, scope);
  method.response = payload(r, node.response, scope) ?? method.result?.empty ?? null;
  if (node.error !== null) {
    const error = r.type(node.error, scope);
    if (error !== undefined) {
      if (isErrorType(error)) method.error = error;
      else
        r.report(
          Fi.INVALID_ERROR_TYPE,
          node.error.span,
          `an error is an int32, a uint32 or an enum of them, not ${describeType(error)}`,
        );
    }
  }
  if (method.result !== null) fillResult(method, method.result.union);

  const attributes = r.attributes(node.attributes, "method", false, scope);
  const selector = findAttribute(attributes, "selector")?.arguments.get("value");
  if (decl.file.library.name === "fuchsia.io" && selector === undefined)
    r.report(
      Fi.FUCHSIA_IO_EXPLICIT_ORDINALS,
      method.span,
      'methods of fuchsia.io say their ordinals\' names: @selector("fuchsia.io/Protocol.Method")',
    );
  method.ordinal = methodOrdinal(
    decl.fullName,
    method.name,
    typeof selector === "string" ? selector : undefined,
  );
  if (method.ordinal === 0n)
    r.report(
      Fi.GENERATED_ZERO_ORDINAL,
      method.span,
      `the ordinal of '${method.name}' would be 0; give it another @selector`,
    );
}

function checkStrictness(r: Resolver, { openness }: ProtocolDecl, { strict, kind, span }: MethodDecl): void {
  if (strict || openness === "open") return;
  if (kind === "twoway")
    r.report(
      Fi.FLEXIBLE_TWO_WAY_REQUIRES_OPEN,
      span,
      `a flexible two-way method needs an open protocol, and this one is ${openness}`,
    );
  else if (openness === "closed")
    r.report(
      Fi.FLEXIBLE_ONE_WAY_IN_CLOSED,
      span,
      `a flexible ${kind === "event" ? "event" : "one-way method"} needs an open or ajar protocol, and this one is closed`,
    );
}

function payload(r: Resolver, node: PayloadNode | null, scope: Scope): LayoutDecl | null {
  if (node?.type == null) return null;
  const { span } = node.type;
  const type = r.type(node.type, scope);
  if (type === undefined) return null;
  if (type.kind !== "identifier" || type.optional) {
    r.report(
      Fi.INVALID_PAYLOAD_TYPE,
      span,
      `a request or response is a struct, table or union, not ${describeType(type)}`,
    );
    return null;
  }
  const { decl } = type;
  if (decl.kind === "bits" || decl.kind === "enum") {
    r.report(
      Fi.INVALID_PAYLOAD_LAYOUT_CLASS,
      span,
      `a request or response is a struct, table or union, not ${decl.kind === "bits" ? "bits" : "an enum"}`,
    );
    return null;
  }
  if (decl.kind === "struct" && decl.isAnonymous && decl.members.length === 0)
    r.report(Fi.EMPTY_PAYLOAD_STRUCTS, span, "a request or response of nothing is written ()");
  return decl;
}

function isErrorType(type: ResolvedType): boolean {
  if (type.kind === "primitive") return type.subtype === "int32" || type.subtype === "uint32";
  if (type.kind !== "identifier" || type.decl.kind !== "enum") return false;
  // An enum that could not be resolved has been reported.
  const { subtype } = type.decl;
  return subtype === undefined || subtype === "int32" || subtype === "uint32";
}

/** The members of the union that a reply is. */
function fillResult(method: MethodDecl, union: LayoutDecl): void {
  const { members } = union;
  const add = (ordinal: number, name: string, type: ResolvedType) =>
    members.push({
      name,
      span: method.span,
      attributes: [],
      availability: method.availability,
      ordinal,
      typeNode: null,
      valueNode: null,
      type,
      value: undefined,
    });
  if (method.response !== null)
    add(1, "response", { kind: "identifier", decl: method.response, optional: false, alias: null });
  if (method.error !== null) add(2, "err", method.error);
  if (!method.strict) add(3, "framework_err", { kind: "framework_error", alias: null });
}

/** Its own methods and those of the protocols that it composes, with the protocol that each is declared in. */
export function allMethods(
  decl: ProtocolDecl,
): { readonly method: MethodDecl; readonly owner: ProtocolDecl }[] {
  const all: { method: MethodDecl; owner: ProtocolDecl }[] = [];
  const seen = new Set<ProtocolDecl>();
  const pending = [decl];
  for (let owner = pending.shift(); owner !== undefined; owner = pending.shift()) {
    if (seen.has(owner)) continue;
    seen.add(owner);
    for (const method of owner.ownMethods) all.push({ method, owner });
    pending.push(...owner.composed.flatMap(({ protocol }) => protocol ?? []));
  }
  return all;
}

/** Names and ordinals of all methods, composed ones included, must differ. */
export function checkMethods(r: Resolver, decl: ProtocolDecl): void {
  const names = new Map<string, MethodDecl>();
  const ordinals = new Map<bigint, MethodDecl>();
  for (const { method, owner } of allMethods(decl)) {
    const span = owner === decl ? method.span : decl.span;
    const sameName = names.get(method.name);
    const sameOrdinal = ordinals.get(method.ordinal);
    if (sameName !== undefined) {
      if (owner !== decl)
        r.report(
          Fi.NAME_COLLISION,
          span,
          `method '${method.name}' of '${owner.name}' has the name of the method at ${placeOf(sameName.span)}`,
        );
    } else if (sameOrdinal !== undefined)
      r.report(
        Fi.DUPLICATE_METHOD_ORDINAL,
        span,
        `'${method.name}' has the ordinal of '${sameOrdinal.name}' at ${placeOf(sameOrdinal.span)}`,
      );
    names.set(method.name, method);
    ordinals.set(method.ordinal, method);
  }
}

export function resolveService(r: Resolver, decl: ServiceDecl): void {
  let first: { name: string; transport: string } | undefined;
  for (const member of decl.members) {
    member.type = r.type(member.typeNode!, scopeOf(decl.file, member.availability));
    const { type, typeNode, name } = member;
    if (type === undefined) continue;
    if (type.kind !== "endpoint" || type.role !== "client_end") {
      r.report(
        Fi.ONLY_CLIENT_ENDS_IN_SERVICES,
        typeNode!.span,
        `a member of a service is a client_end:P, not ${describeType(type)}`,
      );
      continue;
    }
    if (type.optional)
      r.report(Fi.OPTIONAL_SERVICE_MEMBER, typeNode!.span, "a member of a service cannot be optional");
    const { transport } = type.protocol;
    first ??= { name, transport };
    if (transport !== first.transport)
      r.report(
        Fi.MISMATCHED_TRANSPORT_IN_SERVICES,
        typeNode!.span,
        `'${name}' is over ${transport} and '${first.name}' over ${first.transport}; a service has one transport`,
      );
  }
}
