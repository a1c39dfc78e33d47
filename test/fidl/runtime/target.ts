/** Protocols with every kind of method, one of each openness, as Fuchsia's dynamic suites have them. */
import {
  type Binding,
  type CallOptions,
  type Connection,
  DomainError,
  defineProtocol,
  event,
  eventMethod,
  flexibleEnum,
  type Handle,
  handle,
  int32,
  type MaybePromise,
  type Openness,
  oneWay,
  serverMethod,
  status,
  struct,
  table,
  twoWay,
  uint32,
} from "../../../src/fidl/runtime/index.ts";

interface Payload {
  value: number;
}
interface Carrier {
  handle: Handle;
}
export interface TablePayload {
  value?: number | undefined;
  handle?: Handle | undefined;
}
const PAYLOAD = struct<Payload>("test/Payload", { value: int32 });
const CARRIER = struct<Carrier>("test/Carrier", { handle: handle() });
const TABLE = table<TablePayload>("test/Table", { value: [1, int32], handle: [2, handle()] });
/** An error that is no status. */
export const Refusal = { TIRED: 1, BUSY: 2 } as const;
const REFUSAL = flexibleEnum<number>("test/Refusal", uint32, Refusal);

const name = (method: string) => `test/Target.${method}`;
const payloads = { request: PAYLOAD, response: PAYLOAD };

export const STRICT_ONE_WAY = oneWay<Payload>({
  name: name("StrictOneWay"),
  ordinal: 0x11n,
  request: PAYLOAD,
});
export const FLEXIBLE_ONE_WAY = oneWay({ name: name("FlexibleOneWay"), ordinal: 0x12n, flexible: true });
export const STRICT = twoWay<Payload, Payload>({ name: name("Strict"), ordinal: 0x21n, ...payloads });
export const STRICT_EMPTY = twoWay({ name: name("StrictEmpty"), ordinal: 0x22n });
export const STRICT_ERROR = twoWay<Payload, Payload>({
  name: name("StrictError"),
  ordinal: 0x23n,
  ...payloads,
  error: REFUSAL,
});
export const FLEXIBLE = twoWay<Payload, Payload>({
  name: name("Flexible"),
  ordinal: 0x31n,
  ...payloads,
  flexible: true,
});
export const FLEXIBLE_EMPTY = twoWay({ name: name("FlexibleEmpty"), ordinal: 0x32n, flexible: true });
export const FLEXIBLE_ERROR = twoWay<Payload, TablePayload>({
  name: name("FlexibleError"),
  ordinal: 0x33n,
  request: PAYLOAD,
  response: TABLE,
  error: status,
  flexible: true,
});
export const ON_STRICT = event<Payload>({ name: name("OnStrict"), ordinal: 0x41n, payload: PAYLOAD });
export const ON_FLEXIBLE = event<TablePayload>({
  name: name("OnFlexible"),
  ordinal: 0x42n,
  payload: TABLE,
  flexible: true,
});
export const ON_HANDLE = event<Carrier>({ name: name("OnHandle"), ordinal: 0x43n, payload: CARRIER });

export interface TargetClient extends Connection {
  strictOneWay(value: number): void;
  flexibleOneWay(): void;
  strict(value: number, options?: CallOptions): Promise<number>;
  strictEmpty(options?: CallOptions): Promise<void>;
  /** Rejects with a DomainError of a `Refusal`. */
  strictError(value: number): Promise<number>;
  flexible(value: number): Promise<number>;
  flexibleEmpty(): Promise<void>;
  flexibleError(value: number, options?: CallOptions): Promise<TablePayload>;
  onStrict(listener: (value: number) => void): () => void;
  onFlexible(listener: (payload: TablePayload) => void): () => void;
  onHandle(listener: (handle: Handle) => void): () => void;
}

export interface TargetEvents {
  onStrict(value: number): void;
  onFlexible(payload: TablePayload): void;
  onHandle(handle: Handle): void;
}

export interface TargetServer {
  strictOneWay(value: number, binding: Binding<TargetEvents>): MaybePromise<void>;
  flexibleOneWay(): MaybePromise<void>;
  strict(value: number): MaybePromise<number>;
  strictEmpty(): MaybePromise<void>;
  strictError(value: number): MaybePromise<number>;
  flexible(value: number): MaybePromise<number>;
  flexibleEmpty(): MaybePromise<void>;
  flexibleError(value: number): MaybePromise<TablePayload>;
}

export function targetOf(openness: Openness) {
  return defineProtocol<TargetClient, TargetServer, TargetEvents, "test/Target">({
    name: "test/Target",
    openness,
    client: (core) => ({
      strictOneWay: (value) => core.send(STRICT_ONE_WAY, { value }),
      flexibleOneWay: () => core.send(FLEXIBLE_ONE_WAY, undefined),
      strict: async (value, options) => (await core.call(STRICT, { value }, options)).value,
      strictEmpty: (options) => core.call(STRICT_EMPTY, undefined, options),
      strictError: async (value) => (await core.call(STRICT_ERROR, { value })).value,
      flexible: async (value) => (await core.call(FLEXIBLE, { value })).value,
      flexibleEmpty: () => core.call(FLEXIBLE_EMPTY, undefined),
      flexibleError: (value, options) => core.call(FLEXIBLE_ERROR, { value }, options),
      onStrict: (listener) => core.on(ON_STRICT, ({ value }) => listener(value)),
      onFlexible: (listener) => core.on(ON_FLEXIBLE, listener),
      onHandle: (listener) => core.on(ON_HANDLE, (payload) => listener(payload.handle)),
      close: () => core.close(),
      [Symbol.dispose]: () => core.close(),
    }),
    events: (sender) => ({
      onStrict: (value) => sender.send(ON_STRICT, { value }),
      onFlexible: (payload) => sender.send(ON_FLEXIBLE, payload),
      onHandle: (sent) => sender.send(ON_HANDLE, { handle: sent }),
    }),
    methods: [
      serverMethod(STRICT_ONE_WAY, (server, { value }, binding: Binding<TargetEvents>) =>
        server.strictOneWay(value, binding),
      ),
      serverMethod(FLEXIBLE_ONE_WAY, (server) => server.flexibleOneWay()),
      serverMethod(
        STRICT,
        (server, { value }) => server.strict(value),
        (value) => ({ value }),
      ),
      serverMethod(STRICT_EMPTY, (server) => server.strictEmpty()),
      serverMethod(
        STRICT_ERROR,
        (server, { value }) => server.strictError(value),
        (value) => ({ value }),
      ),
      serverMethod(
        FLEXIBLE,
        (server, { value }) => server.flexible(value),
        (value) => ({ value }),
      ),
      serverMethod(FLEXIBLE_EMPTY, (server) => server.flexibleEmpty()),
      serverMethod(FLEXIBLE_ERROR, (server, { value }) => server.flexibleError(value)),
      eventMethod(ON_STRICT),
      eventMethod(ON_FLEXIBLE),
      eventMethod(ON_HANDLE),
    ],
  });
}

export const Target = targetOf("open");

/** A server that answers with what it is asked, and notes what it hears. */
export class RecordingServer implements TargetServer {
  readonly heard: string[] = [];

  strictOneWay(value: number): void {
    this.heard.push(`strictOneWay ${value}`);
  }
  flexibleOneWay(): void {
    this.heard.push("flexibleOneWay");
  }
  strict(value: number): number {
    return value;
  }
  strictEmpty(): void {
    this.heard.push("strictEmpty");
  }
  strictError(value: number): number {
    if (value < 0) throw new DomainError(Refusal.BUSY);
    return value;
  }
  flexible(value: number): number {
    return value;
  }
  flexibleEmpty(): void {}
  flexibleError(value: number): TablePayload {
    return { value };
  }
}
