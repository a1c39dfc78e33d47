/**
 * A FIDL type as a Protocol Buffers message, for the two libraries that JavaScript programs use most. The schema is made of the
 * FIDL codec, so that it says the same: a table's members are `optional`, a union is a message with one `oneof`, a vector is
 * `repeated`, a uint64 has 64 bits. A handle is its number.
 */
import {
  create,
  createFileRegistry,
  type DescMessage,
  equals,
  fromBinary,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import {
  type DescriptorProtoSchema,
  type FieldDescriptorProtoSchema,
  FieldDescriptorProto_Label as FieldLabel,
  FieldDescriptorProto_Type as FieldType,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import protobufjs from "protobufjs";
import "protobufjs/ext/descriptor.js";
import type { AnyCodec, Member } from "../src/fidl/runtime/index.ts";

/** What one library does with one message. */
export interface ProtobufCase {
  readonly label: string;
  readonly encode: () => Uint8Array;
  /** Left out where it is that of another case. */
  readonly decode?: () => object;
}

const PACKAGE = "bench";

/** `value`, of the type of `codec`, for each library. Throws if the two do not agree on what its bytes mean. */
export function protobufCases(codec: AnyCodec, value: unknown): ProtobufCase[] {
  const messages = new Map<string, MessageProto>();
  addMessage(messages, codec);
  const name = `${PACKAGE}.${messageName(codec)}`;
  const files = create(FileDescriptorSetSchema, {
    file: [{ name: "bench.proto", package: PACKAGE, syntax: "proto3", messageType: [...messages.values()] }],
  });

  const root = protobufjs.Root.fromDescriptor(toBinary(FileDescriptorSetSchema, files));
  const type = root.lookupType(name);
  const typeMessage = type.fromObject(value as Record<string, unknown>);
  const typeBytes = type.encode(typeMessage).finish();

  const schema = createFileRegistry(files).getMessage(name)!;
  const message = create(schema, withCases(value) as MessageInitShape<DescMessage>);
  const bytes = toBinary(schema, message);
  if (!equals(schema, message, fromBinary(schema, typeBytes))) {
    throw new Error(`${codec.name}: protobufjs and @bufbuild/protobuf do not mean the same`);
  }
  const verified = () => {
    const problem = type.verify(typeMessage);
    if (problem !== null) throw new Error(problem);
    return type.encode(typeMessage).finish();
  };
  return [
    {
      label: "protobufjs",
      encode: () => type.encode(typeMessage).finish(),
      decode: () => type.decode(typeBytes),
    },
    { label: "protobufjs, with its verify", encode: verified },
    {
      label: "@bufbuild/protobuf",
      encode: () => toBinary(schema, message),
      decode: () => fromBinary(schema, bytes),
    },
  ];
}

type MessageProto = MessageInitShape<typeof DescriptorProtoSchema>;
type FieldProto = MessageInitShape<typeof FieldDescriptorProtoSchema>;

/** The message of a struct, table or union, and those of its members. */
function addMessage(messages: Map<string, MessageProto>, codec: AnyCodec): void {
  const name = messageName(codec);
  if (messages.has(name)) return;
  const { type } = codec;
  if (!("members" in type)) throw new Error(`${codec.name} is no message`);
  messages.set(name, {});
  const { kind } = type;
  const oneofDecl = kind === "union" ? [{ name: "kind" }] : [];
  const field = type.members.map((member, i) => {
    const proto = fieldOf(messages, member, kind === "struct" ? i + 1 : member.position);
    if (kind === "union") return { ...proto, oneofIndex: 0 };
    if (kind === "struct" || proto.label === FieldLabel.REPEATED) return proto;
    // How proto3 writes `optional`: alone in a oneof.
    return { ...proto, proto3Optional: true, oneofIndex: oneofDecl.push({ name: `_${member.key}` }) - 1 };
  });
  messages.set(name, { name, field, oneofDecl });
}

function fieldOf(messages: Map<string, MessageProto>, { key, codec }: Member, number: number): FieldProto {
  const { type } = codec;
  if (type.kind === "optional")
    return fieldOf(messages, { key, name: key, codec: type.of, position: 0 }, number);
  const isList = type.kind === "vector";
  const element = isList ? type.element : codec;
  const label = isList ? FieldLabel.REPEATED : FieldLabel.OPTIONAL;
  const field = { name: key, jsonName: key, number, label };
  if (!("members" in element.type)) return { ...field, type: scalarOf(element) };
  addMessage(messages, element);
  return { ...field, type: FieldType.MESSAGE, typeName: `.${PACKAGE}.${messageName(element)}` };
}

function scalarOf({ name, type }: AnyCodec): FieldType {
  switch (type.kind) {
    case "integer":
      if (type.bits === 64) return type.signed ? FieldType.INT64 : FieldType.UINT64;
      return type.signed ? FieldType.INT32 : FieldType.UINT32;
    case "bool":
      return FieldType.BOOL;
    case "string":
      return FieldType.STRING;
    case "bytes":
      return FieldType.BYTES;
    case "enum":
    case "bits":
      return scalarOf(type.of);
    case "handle":
      return FieldType.UINT32;
    default:
      throw new Error(`no field of Protocol Buffers for ${name}`);
  }
}

/** `fuchsia_hardware_pci_Bar`. */
function messageName({ name }: AnyCodec): string {
  return name.replaceAll(/\W/g, "_");
}

/** A FIDL value as @bufbuild/protobuf takes it: a union's member is `kind: { case, value }`. */
function withCases(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withCases);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const { kind, ...members } = value as Record<string, unknown>;
  if (typeof kind === "string") return { kind: { case: kind, value: withCases(members[kind]) } };
  return Object.fromEntries(Object.entries(members).map(([key, member]) => [key, withCases(member)]));
}
