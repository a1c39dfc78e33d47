// Generated from fuchsia.hardware.acpi.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `fuchsia.hardware.acpi`.
 *
 * What the driver of an ACPI device asks of the ACPI board driver.
 *
 * Source: ACPI Specification 6.4; status codes as ACPICA numbers them.
 */
import * as fuchsiaMem from "./fuchsia.mem.ts";
import {
  type Binding,
  bytes,
  type CallOptions,
  type ClientCore,
  type ClientEnd,
  type Codec,
  type Connection,
  clientEnd,
  defineProtocol,
  type Handle as FidlHandle,
  flexibleBits,
  flexibleEnum,
  flexibleUnion,
  handle,
  type MaybePromise,
  optional,
  recursive,
  serverMethod,
  status,
  string,
  struct,
  twoWay,
  type UnknownVariant,
  uint32,
  uint64,
  vector,
} from "./runtime/index.ts";

/** Arguments that a control method takes at most (19.6.84). */
export const MAX_METHOD_ARG = 7;

/** Types of objects in the namespace (19.6.97). */
export const ObjectType = {
  ANY: 0x00,
  INTEGER: 0x01,
  STRING: 0x02,
  BUFFER: 0x03,
  PACKAGE: 0x04,
  FIELD_UNIT: 0x05,
  DEVICE: 0x06,
  EVENT: 0x07,
  METHOD: 0x08,
  MUTEX: 0x09,
  OPERATION_REGION: 0x0a,
  POWER_RESOURCE: 0x0b,
  THERMAL_ZONE: 0x0d,
  BUFFER_FIELD: 0x0e,
  DEBUG_OBJECT: 0x10,
} as const;
export type ObjectType = number;
export const OBJECT_TYPE: Codec<ObjectType> = flexibleEnum(
  "fuchsia.hardware.acpi/ObjectType",
  uint32,
  ObjectType,
);

/**
 * How the interpreter fared: the environment (below 0x1000), the caller's arguments (0x1000), the tables (0x2000), AML
 * itself (0x3000).
 */
export const Status = {
  OK: 0x0000,
  ERROR: 0x0001,
  NO_ACPI_TABLES: 0x0002,
  NO_NAMESPACE: 0x0003,
  NO_MEMORY: 0x0004,
  NOT_FOUND: 0x0005,
  NOT_EXIST: 0x0006,
  ALREADY_EXISTS: 0x0007,
  /** An object is of the wrong type. */
  TYPE: 0x0008,
  NULL_OBJECT: 0x0009,
  NULL_ENTRY: 0x000a,
  BUFFER_OVERFLOW: 0x000b,
  STACK_OVERFLOW: 0x000c,
  STACK_UNDERFLOW: 0x000d,
  NOT_IMPLEMENTED: 0x000e,
  NOT_SUPPORTED: 0x000f,
  /** A limit that is set in advance. */
  LIMIT: 0x0010,
  /** Time ran out. */
  TIME: 0x0011,
  /** A mutex was taken out of its order. */
  ACQUIRE_DEADLOCK: 0x0012,
  /** A mutex was released out of its order. */
  RELEASE_DEADLOCK: 0x0013,
  NOT_ACQUIRED: 0x0014,
  ALREADY_ACQUIRED: 0x0015,
  NO_HARDWARE_RESPONSE: 0x0016,
  NO_GLOBAL_LOCK: 0x0017,
  ABORT_METHOD: 0x0018,
  SAME_HANDLER: 0x0019,
  NO_HANDLER: 0x001a,
  OWNER_ID_LIMIT: 0x001b,
  NOT_CONFIGURED: 0x001c,
  /** Not allowed. */
  ACCESS: 0x001d,
  IO_ERROR: 0x001e,
  NUMERIC_OVERFLOW: 0x001f,
  HEX_OVERFLOW: 0x0020,
  DECIMAL_OVERFLOW: 0x0021,
  OCTAL_OVERFLOW: 0x0022,
  END_OF_TABLE: 0x0023,
  BAD_PARAMETER: 0x1001,
  BAD_CHARACTER: 0x1002,
  BAD_PATHNAME: 0x1003,
  BAD_DATA: 0x1004,
  BAD_HEX_CONSTANT: 0x1005,
  BAD_OCTAL_CONSTANT: 0x1006,
  BAD_DECIMAL_CONSTANT: 0x1007,
  MISSING_ARGUMENTS: 0x1008,
  BAD_ADDRESS: 0x1009,
  BAD_TABLE_SIGNATURE: 0x2001,
  BAD_TABLE_HEADER: 0x2002,
  BAD_TABLE_CHECKSUM: 0x2003,
  BAD_TABLE_VALUE: 0x2004,
  INVALID_TABLE_LENGTH: 0x2005,
  AML_BAD_OPCODE: 0x3001,
  AML_NO_OPERAND: 0x3002,
  AML_OPERAND_TYPE: 0x3003,
  AML_OPERAND_VALUE: 0x3004,
  AML_UNINITIALIZED_LOCAL: 0x3005,
  AML_UNINITIALIZED_ARG: 0x3006,
  AML_UNINITIALIZED_ELEMENT: 0x3007,
  AML_NUMERIC_OVERFLOW: 0x3008,
  AML_REGION_LIMIT: 0x3009,
  AML_BUFFER_LIMIT: 0x300a,
  AML_PACKAGE_LIMIT: 0x300b,
  AML_DIVIDE_BY_ZERO: 0x300c,
  AML_BAD_NAME: 0x300d,
  AML_NAME_NOT_FOUND: 0x300e,
  AML_INTERNAL: 0x300f,
  AML_INVALID_SPACE_ID: 0x3010,
  AML_STRING_LIMIT: 0x3011,
  AML_NO_RETURN_VALUE: 0x3012,
  AML_METHOD_LIMIT: 0x3013,
  AML_NOT_OWNER: 0x3014,
  AML_MUTEX_ORDER: 0x3015,
  AML_MUTEX_NOT_ACQUIRED: 0x3016,
  AML_INVALID_RESOURCE_TYPE: 0x3017,
  AML_INVALID_INDEX: 0x3018,
  AML_REGISTER_LIMIT: 0x3019,
  AML_NO_WHILE: 0x301a,
  AML_ALIGNMENT: 0x301b,
  AML_NO_RESOURCE_END_TAG: 0x301c,
  AML_BAD_RESOURCE_VALUE: 0x301d,
  AML_CIRCULAR_REFERENCE: 0x301e,
  AML_BAD_RESOURCE_LENGTH: 0x301f,
  AML_ILLEGAL_ADDRESS: 0x3020,
  AML_LOOP_TIMEOUT: 0x3021,
  AML_UNINITIALIZED_NODE: 0x3022,
  AML_TARGET_TYPE: 0x3023,
  AML_PROTOCOL: 0x3024,
  AML_BUFFER_LENGTH: 0x3025,
} as const;
export type Status = number;
export const STATUS: Codec<Status> = flexibleEnum("fuchsia.hardware.acpi/Status", uint32, Status);

/** What EvaluateObject makes of what the interpreter returns. */
export const EvaluateObjectMode = {
  /** The object. */
  PLAIN_OBJECT: 0,
  /** The resources in a resource template. */
  PARSE_RESOURCES: 1,
} as const;
export type EvaluateObjectMode = number;
export const EVALUATE_OBJECT_MODE: Codec<EvaluateObjectMode> = flexibleEnum(
  "fuchsia.hardware.acpi/EvaluateObjectMode",
  uint32,
  EvaluateObjectMode,
);

/** Another object in the namespace. */
export interface Handle {
  readonly objectType: ObjectType;
  /** From the device on. */
  readonly path: string;
}
const STRING = string();
export const HANDLE: Codec<Handle> = struct<Handle>(
  "fuchsia.hardware.acpi/Handle",
  { objectType: OBJECT_TYPE, path: STRING },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/Handle")) return;
      OBJECT_TYPE.encode(e, o, v.objectType);
      STRING.encode(e, o + 8, v.path);
    },
    decode(d, o) {
      d.padding(o + 4, 4);
      return { objectType: OBJECT_TYPE.decode(d, o), path: STRING.decode(d, o + 8) };
    },
  },
);

export interface Processor {
  readonly id: number;
  readonly pblkAddress: bigint;
  readonly pblkLength: number;
}
export const PROCESSOR: Codec<Processor> = struct<Processor>(
  "fuchsia.hardware.acpi/Processor",
  { id: uint32, pblkAddress: uint64, pblkLength: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/Processor")) return;
      e.uint32(o, v.id);
      e.uint64(o + 8, v.pblkAddress);
      e.uint32(o + 16, v.pblkLength);
    },
    decode(d, o) {
      d.padding(o + 4, 4);
      d.padding(o + 20, 4);
      return { id: d.uint32(o), pblkAddress: d.uint64(o + 8), pblkLength: d.uint32(o + 16) };
    },
  },
);

export interface PowerResource {
  /** The deepest sleep state in which the resource must stay on. */
  readonly systemLevel: number;
  /** When in turn it is switched. */
  readonly resourceOrder: number;
}
export const POWER_RESOURCE: Codec<PowerResource> = struct<PowerResource>(
  "fuchsia.hardware.acpi/PowerResource",
  { systemLevel: uint32, resourceOrder: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/PowerResource")) return;
      e.uint32(o, v.systemLevel);
      e.uint32(o + 4, v.resourceOrder);
    },
    decode(d, o) {
      return { systemLevel: d.uint32(o), resourceOrder: d.uint32(o + 4) };
    },
  },
);

/** A package's elements. The vector is optional because an object can be in an object; it is never absent. */
export interface ObjectList {
  readonly value: readonly Object[] | undefined;
}
const RECURSIVE_OBJECT = recursive("fuchsia.hardware.acpi/Object", 16, 8, () => OBJECT);
const VECTOR_OF_RECURSIVE_OBJECT = vector(RECURSIVE_OBJECT);
const OPTIONAL_VECTOR_OF_RECURSIVE_OBJECT = optional(VECTOR_OF_RECURSIVE_OBJECT);
export const OBJECT_LIST: Codec<ObjectList> = struct<ObjectList>(
  "fuchsia.hardware.acpi/ObjectList",
  { value: OPTIONAL_VECTOR_OF_RECURSIVE_OBJECT },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/ObjectList")) return;
      OPTIONAL_VECTOR_OF_RECURSIVE_OBJECT.encode(e, o, v.value);
    },
    decode(d, o) {
      return { value: OPTIONAL_VECTOR_OF_RECURSIVE_OBJECT.decode(d, o) };
    },
  },
);

/** An object's value. */
export type Object =
  | { readonly kind: "integerVal"; readonly integerVal: bigint }
  | { readonly kind: "stringVal"; readonly stringVal: string }
  | { readonly kind: "bufferVal"; readonly bufferVal: Uint8Array }
  | { readonly kind: "packageVal"; readonly packageVal: ObjectList }
  | { readonly kind: "referenceVal"; readonly referenceVal: Handle }
  | { readonly kind: "processorVal"; readonly processorVal: Processor }
  | { readonly kind: "powerResourceVal"; readonly powerResourceVal: PowerResource }
  | UnknownVariant;
const BYTES = bytes();
export const OBJECT: Codec<Object> = flexibleUnion(
  "fuchsia.hardware.acpi/Object",
  {
    integerVal: [1, uint64],
    stringVal: [2, STRING],
    bufferVal: [3, BYTES],
    packageVal: [4, OBJECT_LIST],
    referenceVal: [5, HANDLE],
    processorVal: [6, PROCESSOR],
    powerResourceVal: [7, POWER_RESOURCE],
  },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/Object")) return;
      switch (v.kind) {
        case "integerVal":
          return e.union(o, 1, uint64, v.integerVal);
        case "stringVal":
          return e.union(o, 2, STRING, v.stringVal);
        case "bufferVal":
          return e.union(o, 3, BYTES, v.bufferVal);
        case "packageVal":
          return e.union(o, 4, OBJECT_LIST, v.packageVal);
        case "referenceVal":
          return e.union(o, 5, HANDLE, v.referenceVal);
        case "processorVal":
          return e.union(o, 6, PROCESSOR, v.processorVal);
        case "powerResourceVal":
          return e.union(o, 7, POWER_RESOURCE, v.powerResourceVal);
        default:
          return e.unknownVariant(o, v, "fuchsia.hardware.acpi/Object");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "integerVal", integerVal: d.envelope(o + 8, uint64) };
        case 2:
          return { kind: "stringVal", stringVal: d.envelope(o + 8, STRING) };
        case 3:
          return { kind: "bufferVal", bufferVal: d.envelope(o + 8, BYTES) };
        case 4:
          return { kind: "packageVal", packageVal: d.envelope(o + 8, OBJECT_LIST) };
        case 5:
          return { kind: "referenceVal", referenceVal: d.envelope(o + 8, HANDLE) };
        case 6:
          return { kind: "processorVal", processorVal: d.envelope(o + 8, PROCESSOR) };
        case 7:
          return { kind: "powerResourceVal", powerResourceVal: d.envelope(o + 8, POWER_RESOURCE) };
        default:
          return d.unknownVariant(o);
      }
    },
  },
);

/** Something of the machine's, ready to be used. */
export type Resource =
  | { readonly kind: "mmio"; readonly mmio: fuchsiaMem.Range }
  | { readonly kind: "irq"; readonly irq: FidlHandle }
  /** I/O ports, for `zx.ioportsRequest`. */
  | { readonly kind: "pio"; readonly pio: FidlHandle }
  | UnknownVariant;
const HANDLE_INTERRUPT = handle(9);
const HANDLE_RESOURCE = handle(15);
export const RESOURCE: Codec<Resource> = flexibleUnion(
  "fuchsia.hardware.acpi/Resource",
  { mmio: [1, fuchsiaMem.RANGE], irq: [2, HANDLE_INTERRUPT], pio: [3, HANDLE_RESOURCE] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/Resource")) return;
      switch (v.kind) {
        case "mmio":
          return e.union(o, 1, fuchsiaMem.RANGE, v.mmio);
        case "irq":
          return e.union(o, 2, HANDLE_INTERRUPT, v.irq);
        case "pio":
          return e.union(o, 3, HANDLE_RESOURCE, v.pio);
        default:
          return e.unknownVariant(o, v, "fuchsia.hardware.acpi/Resource");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "mmio", mmio: d.envelope(o + 8, fuchsiaMem.RANGE) };
        case 2:
          return { kind: "irq", irq: d.envelope(o + 8, HANDLE_INTERRUPT) };
        case 3:
          return { kind: "pio", pio: d.envelope(o + 8, HANDLE_RESOURCE) };
        default:
          return d.unknownVariant(o);
      }
    },
  },
);

/** What EvaluateObject answers, as its mode says. */
export type EncodedObject =
  /** PLAIN_OBJECT. */
  | { readonly kind: "object"; readonly object: Object }
  /** PARSE_RESOURCES. */
  | { readonly kind: "resources"; readonly resources: readonly Resource[] }
  | UnknownVariant;
const VECTOR_OF_RESOURCE = vector(RESOURCE);
export const ENCODED_OBJECT: Codec<EncodedObject> = flexibleUnion(
  "fuchsia.hardware.acpi/EncodedObject",
  { object: [1, OBJECT], resources: [2, VECTOR_OF_RESOURCE] },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/EncodedObject")) return;
      switch (v.kind) {
        case "object":
          return e.union(o, 1, OBJECT, v.object);
        case "resources":
          return e.union(o, 2, VECTOR_OF_RESOURCE, v.resources);
        default:
          return e.unknownVariant(o, v, "fuchsia.hardware.acpi/EncodedObject");
      }
    },
    decode(d, o) {
      switch (d.unionOrdinal(o)) {
        case 1:
          return { kind: "object", object: d.envelope(o + 8, OBJECT) };
        case 2:
          return { kind: "resources", resources: d.envelope(o + 8, VECTOR_OF_RESOURCE) };
        default:
          return d.unknownVariant(o);
      }
    },
  },
);

/** Which notifications a handler is for. */
export const NotificationMode = {
  /** Values 0x00 to 0x7f. */
  SYSTEM: 0x1,
  /** Values 0x80 to 0xff. */
  DEVICE: 0x2,
} as const;
export type NotificationMode = number;
export const NOTIFICATION_MODE: Codec<NotificationMode> = flexibleBits(
  "fuchsia.hardware.acpi/NotificationMode",
  uint32,
  NotificationMode,
);

/** Kinds of operation region (5.5.2.4). */
export const AddressSpace = {
  SYSTEM_MEMORY: 0,
  SYSTEM_IO: 1,
  PCI_CONFIG: 2,
  EC: 3,
  SMBUS: 4,
  CMOS: 5,
  PCI_BAR_TARGET: 6,
  IPMI: 7,
  GPIO: 8,
  GSBUS: 9,
  PLATFORM_COMM: 10,
} as const;
export type AddressSpace = number;
export const ADDRESS_SPACE: Codec<AddressSpace> = flexibleEnum(
  "fuchsia.hardware.acpi/AddressSpace",
  uint32,
  AddressSpace,
);

interface NotifyHandlerHandleRequest {
  readonly value: number;
}
const NOTIFY_HANDLER_HANDLE_REQUEST = struct<NotifyHandlerHandleRequest>(
  "fuchsia.hardware.acpi/NotifyHandlerHandleRequest",
  { value: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/NotifyHandlerHandleRequest")) return;
      e.uint32(o, v.value);
    },
    decode(d, o) {
      return { value: d.uint32(o) };
    },
  },
);
const NOTIFY_HANDLER_HANDLE = twoWay<NotifyHandlerHandleRequest>({
  name: "fuchsia.hardware.acpi/NotifyHandler.Handle",
  ordinal: 0x200c03afa8cfada1n,
  request: NOTIFY_HANDLER_HANDLE_REQUEST,
});

/**
 * `fuchsia.hardware.acpi/NotifyHandler` as its client sees it. Calls reject with a ZxError.
 *
 * Hears of a device's notifications for as long as the channel is open.
 */
export interface NotifyHandlerClient extends Connection {
  /** The next notification comes after the answer to this one. */
  handle(value: number, options?: CallOptions): Promise<void>;
}

/**
 * `fuchsia.hardware.acpi/NotifyHandler` as a server implements it: throws a ZxError to answer with an error.
 */
export interface NotifyHandlerServer {
  handle(value: number, binding: Binding): MaybePromise<void>;
}

class NotifyHandlerProxy implements NotifyHandlerClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  handle(value: number, options?: CallOptions): Promise<void> {
    return this.#core.call(NOTIFY_HANDLER_HANDLE, { value }, options);
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** Hears of a device's notifications for as long as the channel is open. */
export const NotifyHandler = defineProtocol<
  NotifyHandlerClient,
  NotifyHandlerServer,
  unknown,
  "fuchsia.hardware.acpi/NotifyHandler"
>({
  name: "fuchsia.hardware.acpi/NotifyHandler",
  openness: "closed",
  client: (core) => new NotifyHandlerProxy(core),
  methods: [
    serverMethod(NOTIFY_HANDLER_HANDLE, (server, { value }, binding) => server.handle(value, binding)),
  ],
});

/**
 * `fuchsia.hardware.acpi/GlobalLock` as its client sees it. Calls reject with a ZxError.
 *
 * The global lock, for as long as the channel is open (6.5.7).
 */
export type GlobalLockClient = Connection;

/** `fuchsia.hardware.acpi/GlobalLock` as a server implements it: throws a ZxError to answer with an error. */
export type GlobalLockServer = object;

class GlobalLockProxy implements GlobalLockClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** The global lock, for as long as the channel is open (6.5.7). */
export const GlobalLock = defineProtocol<
  GlobalLockClient,
  GlobalLockServer,
  unknown,
  "fuchsia.hardware.acpi/GlobalLock"
>({
  name: "fuchsia.hardware.acpi/GlobalLock",
  openness: "closed",
  client: (core) => new GlobalLockProxy(core),
  methods: [],
});

interface AddressSpaceHandlerReadRequest {
  readonly address: bigint;
  readonly width: number;
}
const ADDRESS_SPACE_HANDLER_READ_REQUEST = struct<AddressSpaceHandlerReadRequest>(
  "fuchsia.hardware.acpi/AddressSpaceHandlerReadRequest",
  { address: uint64, width: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/AddressSpaceHandlerReadRequest")) return;
      e.uint64(o, v.address);
      e.uint32(o + 8, v.width);
    },
    decode(d, o) {
      d.padding(o + 12, 4);
      return { address: d.uint64(o), width: d.uint32(o + 8) };
    },
  },
);

interface AddressSpaceHandlerReadResponse {
  readonly value: bigint;
}
const ADDRESS_SPACE_HANDLER_READ_RESPONSE = struct<AddressSpaceHandlerReadResponse>(
  "fuchsia.hardware.acpi/AddressSpaceHandlerReadResponse",
  { value: uint64 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/AddressSpaceHandlerReadResponse")) return;
      e.uint64(o, v.value);
    },
    decode(d, o) {
      return { value: d.uint64(o) };
    },
  },
);

interface AddressSpaceHandlerWriteRequest {
  readonly address: bigint;
  readonly width: number;
  readonly value: bigint;
}
const ADDRESS_SPACE_HANDLER_WRITE_REQUEST = struct<AddressSpaceHandlerWriteRequest>(
  "fuchsia.hardware.acpi/AddressSpaceHandlerWriteRequest",
  { address: uint64, width: uint32, value: uint64 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/AddressSpaceHandlerWriteRequest")) return;
      e.uint64(o, v.address);
      e.uint32(o + 8, v.width);
      e.uint64(o + 16, v.value);
    },
    decode(d, o) {
      d.padding(o + 12, 4);
      return { address: d.uint64(o), width: d.uint32(o + 8), value: d.uint64(o + 16) };
    },
  },
);
const ADDRESS_SPACE_HANDLER_READ = twoWay<AddressSpaceHandlerReadRequest, AddressSpaceHandlerReadResponse>({
  name: "fuchsia.hardware.acpi/AddressSpaceHandler.Read",
  ordinal: 0x606cd98debe8cc7dn,
  request: ADDRESS_SPACE_HANDLER_READ_REQUEST,
  response: ADDRESS_SPACE_HANDLER_READ_RESPONSE,
});
const ADDRESS_SPACE_HANDLER_WRITE = twoWay<AddressSpaceHandlerWriteRequest>({
  name: "fuchsia.hardware.acpi/AddressSpaceHandler.Write",
  ordinal: 0x10c8e55e420f36f1n,
  request: ADDRESS_SPACE_HANDLER_WRITE_REQUEST,
});

/**
 * `fuchsia.hardware.acpi/AddressSpaceHandler` as its client sees it. Calls reject with a ZxError.
 *
 * Answers for an operation region.
 */
export interface AddressSpaceHandlerClient extends Connection {
  /** Reads `width` bits. */
  read(address: bigint, width: number, options?: CallOptions): Promise<bigint>;
  /** Writes `width` bits. */
  write(address: bigint, width: number, value: bigint, options?: CallOptions): Promise<void>;
}

/**
 * `fuchsia.hardware.acpi/AddressSpaceHandler` as a server implements it: throws a ZxError to answer with an error.
 */
export interface AddressSpaceHandlerServer {
  read(address: bigint, width: number, binding: Binding): MaybePromise<bigint>;
  write(address: bigint, width: number, value: bigint, binding: Binding): MaybePromise<void>;
}

class AddressSpaceHandlerProxy implements AddressSpaceHandlerClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async read(address: bigint, width: number, options?: CallOptions): Promise<bigint> {
    return (await this.#core.call(ADDRESS_SPACE_HANDLER_READ, { address, width }, options)).value;
  }
  write(address: bigint, width: number, value: bigint, options?: CallOptions): Promise<void> {
    return this.#core.call(ADDRESS_SPACE_HANDLER_WRITE, { address, width, value }, options);
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** Answers for an operation region. */
export const AddressSpaceHandler = defineProtocol<
  AddressSpaceHandlerClient,
  AddressSpaceHandlerServer,
  unknown,
  "fuchsia.hardware.acpi/AddressSpaceHandler"
>({
  name: "fuchsia.hardware.acpi/AddressSpaceHandler",
  openness: "closed",
  client: (core) => new AddressSpaceHandlerProxy(core),
  methods: [
    serverMethod(
      ADDRESS_SPACE_HANDLER_READ,
      (server, { address, width }, binding) => server.read(address, width, binding),
      (value) => ({ value }),
    ),
    serverMethod(ADDRESS_SPACE_HANDLER_WRITE, (server, { address, width, value }, binding) =>
      server.write(address, width, value, binding),
    ),
  ],
});

interface DeviceGetBusIdResponse {
  readonly busId: number;
}
const DEVICE_GET_BUS_ID_RESPONSE = struct<DeviceGetBusIdResponse>(
  "fuchsia.hardware.acpi/Device_GetBusId_Response",
  { busId: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/Device_GetBusId_Response")) return;
      e.uint32(o, v.busId);
    },
    decode(d, o) {
      return { busId: d.uint32(o) };
    },
  },
);

interface DeviceMapInterruptRequest {
  readonly index: bigint;
}
const DEVICE_MAP_INTERRUPT_REQUEST = struct<DeviceMapInterruptRequest>(
  "fuchsia.hardware.acpi/DeviceMapInterruptRequest",
  { index: uint64 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/DeviceMapInterruptRequest")) return;
      e.uint64(o, v.index);
    },
    decode(d, o) {
      return { index: d.uint64(o) };
    },
  },
);

interface DeviceMapInterruptResponse {
  readonly irq: FidlHandle;
}
const DEVICE_MAP_INTERRUPT_RESPONSE = struct<DeviceMapInterruptResponse>(
  "fuchsia.hardware.acpi/Device_MapInterrupt_Response",
  { irq: HANDLE_INTERRUPT },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/Device_MapInterrupt_Response")) return;
      HANDLE_INTERRUPT.encode(e, o, v.irq);
    },
    decode(d, o) {
      return { irq: HANDLE_INTERRUPT.decode(d, o) };
    },
  },
);

interface DeviceGetPioRequest {
  readonly index: number;
}
const DEVICE_GET_PIO_REQUEST = struct<DeviceGetPioRequest>(
  "fuchsia.hardware.acpi/DeviceGetPioRequest",
  { index: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/DeviceGetPioRequest")) return;
      e.uint32(o, v.index);
    },
    decode(d, o) {
      return { index: d.uint32(o) };
    },
  },
);

interface DeviceGetPioResponse {
  readonly pio: FidlHandle;
}
const DEVICE_GET_PIO_RESPONSE = struct<DeviceGetPioResponse>(
  "fuchsia.hardware.acpi/Device_GetPio_Response",
  { pio: HANDLE_RESOURCE },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/Device_GetPio_Response")) return;
      HANDLE_RESOURCE.encode(e, o, v.pio);
    },
    decode(d, o) {
      return { pio: HANDLE_RESOURCE.decode(d, o) };
    },
  },
);

interface DeviceGetMmioRequest {
  readonly index: number;
}
const DEVICE_GET_MMIO_REQUEST = struct<DeviceGetMmioRequest>(
  "fuchsia.hardware.acpi/DeviceGetMmioRequest",
  { index: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/DeviceGetMmioRequest")) return;
      e.uint32(o, v.index);
    },
    decode(d, o) {
      return { index: d.uint32(o) };
    },
  },
);

interface DeviceGetMmioResponse {
  readonly mmio: fuchsiaMem.Range;
}
const DEVICE_GET_MMIO_RESPONSE = struct<DeviceGetMmioResponse>(
  "fuchsia.hardware.acpi/Device_GetMmio_Response",
  { mmio: fuchsiaMem.RANGE },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/Device_GetMmio_Response")) return;
      fuchsiaMem.RANGE.encode(e, o, v.mmio);
    },
    decode(d, o) {
      return { mmio: fuchsiaMem.RANGE.decode(d, o) };
    },
  },
);

interface DeviceGetBtiRequest {
  readonly index: number;
}
const DEVICE_GET_BTI_REQUEST = struct<DeviceGetBtiRequest>(
  "fuchsia.hardware.acpi/DeviceGetBtiRequest",
  { index: uint32 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/DeviceGetBtiRequest")) return;
      e.uint32(o, v.index);
    },
    decode(d, o) {
      return { index: d.uint32(o) };
    },
  },
);

interface DeviceGetBtiResponse {
  readonly bti: FidlHandle;
}
const HANDLE_BTI = handle(24);
const DEVICE_GET_BTI_RESPONSE = struct<DeviceGetBtiResponse>(
  "fuchsia.hardware.acpi/Device_GetBti_Response",
  { bti: HANDLE_BTI },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/Device_GetBti_Response")) return;
      HANDLE_BTI.encode(e, o, v.bti);
    },
    decode(d, o) {
      return { bti: HANDLE_BTI.decode(d, o) };
    },
  },
);

interface DeviceEvaluateObjectRequest {
  readonly path: string;
  readonly mode: EvaluateObjectMode;
  readonly parameters: readonly Object[] | undefined;
}
const VECTOR_OF_OBJECT_7 = vector(OBJECT, 7);
const OPTIONAL_VECTOR_OF_OBJECT_7 = optional(VECTOR_OF_OBJECT_7);
const DEVICE_EVALUATE_OBJECT_REQUEST = struct<DeviceEvaluateObjectRequest>(
  "fuchsia.hardware.acpi/DeviceEvaluateObjectRequest",
  { path: STRING, mode: EVALUATE_OBJECT_MODE, parameters: OPTIONAL_VECTOR_OF_OBJECT_7 },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/DeviceEvaluateObjectRequest")) return;
      STRING.encode(e, o, v.path);
      EVALUATE_OBJECT_MODE.encode(e, o + 16, v.mode);
      OPTIONAL_VECTOR_OF_OBJECT_7.encode(e, o + 24, v.parameters);
    },
    decode(d, o) {
      d.padding(o + 20, 4);
      return {
        path: STRING.decode(d, o),
        mode: EVALUATE_OBJECT_MODE.decode(d, o + 16),
        parameters: OPTIONAL_VECTOR_OF_OBJECT_7.decode(d, o + 24),
      };
    },
  },
);

interface DeviceEvaluateObjectResponse {
  readonly result: EncodedObject | undefined;
}
const OPTIONAL_ENCODED_OBJECT = optional(ENCODED_OBJECT);
const DEVICE_EVALUATE_OBJECT_RESPONSE = struct<DeviceEvaluateObjectResponse>(
  "fuchsia.hardware.acpi/Device_EvaluateObject_Response",
  { result: OPTIONAL_ENCODED_OBJECT },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/Device_EvaluateObject_Response")) return;
      OPTIONAL_ENCODED_OBJECT.encode(e, o, v.result);
    },
    decode(d, o) {
      return { result: OPTIONAL_ENCODED_OBJECT.decode(d, o) };
    },
  },
);

interface DeviceInstallNotifyHandlerRequest {
  readonly mode: NotificationMode;
  readonly handler: ClientEnd<"fuchsia.hardware.acpi/NotifyHandler">;
}
const CLIENT_END_NOTIFY_HANDLER = clientEnd("fuchsia.hardware.acpi/NotifyHandler");
const DEVICE_INSTALL_NOTIFY_HANDLER_REQUEST = struct<DeviceInstallNotifyHandlerRequest>(
  "fuchsia.hardware.acpi/DeviceInstallNotifyHandlerRequest",
  { mode: NOTIFICATION_MODE, handler: CLIENT_END_NOTIFY_HANDLER },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/DeviceInstallNotifyHandlerRequest")) return;
      NOTIFICATION_MODE.encode(e, o, v.mode);
      CLIENT_END_NOTIFY_HANDLER.encode(e, o + 4, v.handler);
    },
    decode(d, o) {
      return { mode: NOTIFICATION_MODE.decode(d, o), handler: CLIENT_END_NOTIFY_HANDLER.decode(d, o + 4) };
    },
  },
);

interface DeviceAcquireGlobalLockResponse {
  readonly handle: ClientEnd<"fuchsia.hardware.acpi/GlobalLock">;
}
const CLIENT_END_GLOBAL_LOCK = clientEnd("fuchsia.hardware.acpi/GlobalLock");
const DEVICE_ACQUIRE_GLOBAL_LOCK_RESPONSE = struct<DeviceAcquireGlobalLockResponse>(
  "fuchsia.hardware.acpi/Device_AcquireGlobalLock_Response",
  { handle: CLIENT_END_GLOBAL_LOCK },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/Device_AcquireGlobalLock_Response")) return;
      CLIENT_END_GLOBAL_LOCK.encode(e, o, v.handle);
    },
    decode(d, o) {
      return { handle: CLIENT_END_GLOBAL_LOCK.decode(d, o) };
    },
  },
);

interface DeviceInstallAddressSpaceHandlerRequest {
  readonly space: AddressSpace;
  readonly handler: ClientEnd<"fuchsia.hardware.acpi/AddressSpaceHandler">;
}
const CLIENT_END_ADDRESS_SPACE_HANDLER = clientEnd("fuchsia.hardware.acpi/AddressSpaceHandler");
const DEVICE_INSTALL_ADDRESS_SPACE_HANDLER_REQUEST = struct<DeviceInstallAddressSpaceHandlerRequest>(
  "fuchsia.hardware.acpi/DeviceInstallAddressSpaceHandlerRequest",
  { space: ADDRESS_SPACE, handler: CLIENT_END_ADDRESS_SPACE_HANDLER },
  {
    encode(e, o, v) {
      if (!e.object(o, v, "fuchsia.hardware.acpi/DeviceInstallAddressSpaceHandlerRequest")) return;
      ADDRESS_SPACE.encode(e, o, v.space);
      CLIENT_END_ADDRESS_SPACE_HANDLER.encode(e, o + 4, v.handler);
    },
    decode(d, o) {
      return {
        space: ADDRESS_SPACE.decode(d, o),
        handler: CLIENT_END_ADDRESS_SPACE_HANDLER.decode(d, o + 4),
      };
    },
  },
);
const DEVICE_GET_BUS_ID = twoWay<void, DeviceGetBusIdResponse>({
  name: "fuchsia.hardware.acpi/Device.GetBusId",
  ordinal: 0x48e10e781d04a69fn,
  response: DEVICE_GET_BUS_ID_RESPONSE,
  error: status,
});
const DEVICE_MAP_INTERRUPT = twoWay<DeviceMapInterruptRequest, DeviceMapInterruptResponse>({
  name: "fuchsia.hardware.acpi/Device.MapInterrupt",
  ordinal: 0x676496b80a457d22n,
  request: DEVICE_MAP_INTERRUPT_REQUEST,
  response: DEVICE_MAP_INTERRUPT_RESPONSE,
  error: status,
});
const DEVICE_GET_PIO = twoWay<DeviceGetPioRequest, DeviceGetPioResponse>({
  name: "fuchsia.hardware.acpi/Device.GetPio",
  ordinal: 0x350eb0d5cb2648a8n,
  request: DEVICE_GET_PIO_REQUEST,
  response: DEVICE_GET_PIO_RESPONSE,
  error: status,
});
const DEVICE_GET_MMIO = twoWay<DeviceGetMmioRequest, DeviceGetMmioResponse>({
  name: "fuchsia.hardware.acpi/Device.GetMmio",
  ordinal: 0x338436ede31a3430n,
  request: DEVICE_GET_MMIO_REQUEST,
  response: DEVICE_GET_MMIO_RESPONSE,
  error: status,
});
const DEVICE_GET_BTI = twoWay<DeviceGetBtiRequest, DeviceGetBtiResponse>({
  name: "fuchsia.hardware.acpi/Device.GetBti",
  ordinal: 0x58f3f71bb84d13adn,
  request: DEVICE_GET_BTI_REQUEST,
  response: DEVICE_GET_BTI_RESPONSE,
  error: status,
});
const DEVICE_EVALUATE_OBJECT = twoWay<DeviceEvaluateObjectRequest, DeviceEvaluateObjectResponse>({
  name: "fuchsia.hardware.acpi/Device.EvaluateObject",
  ordinal: 0x153ff4911112d1d3n,
  request: DEVICE_EVALUATE_OBJECT_REQUEST,
  response: DEVICE_EVALUATE_OBJECT_RESPONSE,
  error: STATUS,
});
const DEVICE_INSTALL_NOTIFY_HANDLER = twoWay<DeviceInstallNotifyHandlerRequest>({
  name: "fuchsia.hardware.acpi/Device.InstallNotifyHandler",
  ordinal: 0x21de087e44f05522n,
  request: DEVICE_INSTALL_NOTIFY_HANDLER_REQUEST,
  error: STATUS,
});
const DEVICE_ACQUIRE_GLOBAL_LOCK = twoWay<void, DeviceAcquireGlobalLockResponse>({
  name: "fuchsia.hardware.acpi/Device.AcquireGlobalLock",
  ordinal: 0x4113d98ab5128073n,
  response: DEVICE_ACQUIRE_GLOBAL_LOCK_RESPONSE,
  error: STATUS,
});
const DEVICE_INSTALL_ADDRESS_SPACE_HANDLER = twoWay<DeviceInstallAddressSpaceHandlerRequest>({
  name: "fuchsia.hardware.acpi/Device.InstallAddressSpaceHandler",
  ordinal: 0x0fc8043bcfb9a13bn,
  request: DEVICE_INSTALL_ADDRESS_SPACE_HANDLER_REQUEST,
  error: STATUS,
});

/**
 * `fuchsia.hardware.acpi/Device` as its client sees it. Calls reject with a ZxError.
 *
 * One device of the namespace, for its driver.
 */
export interface DeviceClient extends Connection {
  /**
   * The id of the bus that this device is; it stays for as long as the system runs.
   *
   * Errors:
   * * BAD_STATE: the device is not a bus.
   */
  getBusId(options?: CallOptions): Promise<number>;
  /**
   * The interrupt with this index among the current resources.
   *
   * Errors:
   * * OUT_OF_RANGE: there are not so many.
   * * INVALID_ARGS: it is of a kind that nobody knows.
   * * INTERNAL: the tables could not be evaluated.
   */
  mapInterrupt(index: bigint, options?: CallOptions): Promise<FidlHandle>;
  /**
   * The I/O ports with this index among the current resources.
   *
   * Errors:
   * * OUT_OF_RANGE: there are not so many.
   * * INTERNAL: the tables could not be evaluated.
   */
  getPio(index: number, options?: CallOptions): Promise<FidlHandle>;
  /**
   * The memory with this index among the current resources.
   *
   * Errors:
   * * OUT_OF_RANGE: there is not so much.
   * * INVALID_ARGS: it does not begin or end at a page.
   * * INTERNAL: the tables could not be evaluated.
   */
  getMmio(index: number, options?: CallOptions): Promise<fuchsiaMem.Range>;
  /**
   * The bus transaction initiator of a device that is on no other bus.
   *
   * Errors:
   * * NOT_SUPPORTED: it is on another bus, which has it.
   * * OUT_OF_RANGE: `index` is not 0.
   */
  getBti(index: number, options?: CallOptions): Promise<FidlHandle>;
  /**
   * Evaluates an object at or below this device. `path` is from the device on; `parameters` are a method's arguments.
   *
   * Errors:
   * * ACCESS: `path` leads out of the device.
   * * BAD_CHARACTER, BAD_PATHNAME: `path` is no path.
   * * NOT_FOUND: there is nothing at `path`.
   * * TYPE: what is there cannot be evaluated.
   * * NOT_IMPLEMENTED: `mode`, a parameter or the result is of a kind that nobody knows.
   * * ERROR, AML_*: the evaluation failed.
   */
  evaluateObject(
    path: string,
    mode: EvaluateObjectMode,
    parameters: readonly Object[] | undefined,
    options?: CallOptions,
  ): Promise<EncodedObject | undefined>;
  /**
   * Has `handler` called for the device's notifications.
   *
   * Errors:
   * * BAD_PARAMETER: `mode` is none.
   * * ALREADY_EXISTS: the device has a handler.
   */
  installNotifyHandler(
    mode: NotificationMode,
    handler: ClientEnd<"fuchsia.hardware.acpi/NotifyHandler">,
    options?: CallOptions,
  ): Promise<void>;
  /**
   * Answers once the global lock is taken.
   *
   * Errors:
   * * ACCESS: the device's `_GLK` is missing, or not 1.
   */
  acquireGlobalLock(options?: CallOptions): Promise<ClientEnd<"fuchsia.hardware.acpi/GlobalLock">>;
  /**
   * Has `handler` answer for the device's operation regions in `space`.
   *
   * Errors:
   * * ALREADY_EXISTS: the device has a handler for it.
   * * NOT_SUPPORTED: `space` cannot be handled.
   */
  installAddressSpaceHandler(
    space: AddressSpace,
    handler: ClientEnd<"fuchsia.hardware.acpi/AddressSpaceHandler">,
    options?: CallOptions,
  ): Promise<void>;
}

/** `fuchsia.hardware.acpi/Device` as a server implements it: throws a ZxError to answer with an error. */
export interface DeviceServer {
  getBusId(binding: Binding): MaybePromise<number>;
  mapInterrupt(index: bigint, binding: Binding): MaybePromise<FidlHandle>;
  getPio(index: number, binding: Binding): MaybePromise<FidlHandle>;
  getMmio(index: number, binding: Binding): MaybePromise<fuchsiaMem.Range>;
  getBti(index: number, binding: Binding): MaybePromise<FidlHandle>;
  evaluateObject(
    path: string,
    mode: EvaluateObjectMode,
    parameters: readonly Object[] | undefined,
    binding: Binding,
  ): MaybePromise<EncodedObject | undefined>;
  installNotifyHandler(
    mode: NotificationMode,
    handler: ClientEnd<"fuchsia.hardware.acpi/NotifyHandler">,
    binding: Binding,
  ): MaybePromise<void>;
  acquireGlobalLock(binding: Binding): MaybePromise<ClientEnd<"fuchsia.hardware.acpi/GlobalLock">>;
  installAddressSpaceHandler(
    space: AddressSpace,
    handler: ClientEnd<"fuchsia.hardware.acpi/AddressSpaceHandler">,
    binding: Binding,
  ): MaybePromise<void>;
}

class DeviceProxy implements DeviceClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async getBusId(options?: CallOptions): Promise<number> {
    return (await this.#core.call(DEVICE_GET_BUS_ID, undefined, options)).busId;
  }
  async mapInterrupt(index: bigint, options?: CallOptions): Promise<FidlHandle> {
    return (await this.#core.call(DEVICE_MAP_INTERRUPT, { index }, options)).irq;
  }
  async getPio(index: number, options?: CallOptions): Promise<FidlHandle> {
    return (await this.#core.call(DEVICE_GET_PIO, { index }, options)).pio;
  }
  async getMmio(index: number, options?: CallOptions): Promise<fuchsiaMem.Range> {
    return (await this.#core.call(DEVICE_GET_MMIO, { index }, options)).mmio;
  }
  async getBti(index: number, options?: CallOptions): Promise<FidlHandle> {
    return (await this.#core.call(DEVICE_GET_BTI, { index }, options)).bti;
  }
  async evaluateObject(
    path: string,
    mode: EvaluateObjectMode,
    parameters: readonly Object[] | undefined,
    options?: CallOptions,
  ): Promise<EncodedObject | undefined> {
    return (await this.#core.call(DEVICE_EVALUATE_OBJECT, { path, mode, parameters }, options)).result;
  }
  installNotifyHandler(
    mode: NotificationMode,
    handler: ClientEnd<"fuchsia.hardware.acpi/NotifyHandler">,
    options?: CallOptions,
  ): Promise<void> {
    return this.#core.call(DEVICE_INSTALL_NOTIFY_HANDLER, { mode, handler }, options);
  }
  async acquireGlobalLock(options?: CallOptions): Promise<ClientEnd<"fuchsia.hardware.acpi/GlobalLock">> {
    return (await this.#core.call(DEVICE_ACQUIRE_GLOBAL_LOCK, undefined, options)).handle;
  }
  installAddressSpaceHandler(
    space: AddressSpace,
    handler: ClientEnd<"fuchsia.hardware.acpi/AddressSpaceHandler">,
    options?: CallOptions,
  ): Promise<void> {
    return this.#core.call(DEVICE_INSTALL_ADDRESS_SPACE_HANDLER, { space, handler }, options);
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

/** One device of the namespace, for its driver. */
export const Device = defineProtocol<DeviceClient, DeviceServer, unknown, "fuchsia.hardware.acpi/Device">({
  name: "fuchsia.hardware.acpi/Device",
  service: "fuchsia.hardware.acpi.Service",
  openness: "closed",
  client: (core) => new DeviceProxy(core),
  methods: [
    serverMethod(
      DEVICE_GET_BUS_ID,
      (server, _, binding) => server.getBusId(binding),
      (busId) => ({ busId }),
    ),
    serverMethod(
      DEVICE_MAP_INTERRUPT,
      (server, { index }, binding) => server.mapInterrupt(index, binding),
      (irq) => ({ irq }),
    ),
    serverMethod(
      DEVICE_GET_PIO,
      (server, { index }, binding) => server.getPio(index, binding),
      (pio) => ({ pio }),
    ),
    serverMethod(
      DEVICE_GET_MMIO,
      (server, { index }, binding) => server.getMmio(index, binding),
      (mmio) => ({ mmio }),
    ),
    serverMethod(
      DEVICE_GET_BTI,
      (server, { index }, binding) => server.getBti(index, binding),
      (bti) => ({ bti }),
    ),
    serverMethod(
      DEVICE_EVALUATE_OBJECT,
      (server, { path, mode, parameters }, binding) => server.evaluateObject(path, mode, parameters, binding),
      (result) => ({ result }),
    ),
    serverMethod(DEVICE_INSTALL_NOTIFY_HANDLER, (server, { mode, handler }, binding) =>
      server.installNotifyHandler(mode, handler, binding),
    ),
    serverMethod(
      DEVICE_ACQUIRE_GLOBAL_LOCK,
      (server, _, binding) => server.acquireGlobalLock(binding),
      (handle) => ({ handle }),
    ),
    serverMethod(DEVICE_INSTALL_ADDRESS_SPACE_HANDLER, (server, { space, handler }, binding) =>
      server.installAddressSpaceHandler(space, handler, binding),
    ),
  ],
});

export const Service = {
  name: "fuchsia.hardware.acpi.Service",
  members: { device: Device },
} as const;
