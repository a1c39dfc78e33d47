import {
  type Connection,
  defineProtocol,
  type Method,
  type Protocol,
  serverMethod,
} from "../../src/fidl/runtime/protocol.ts";
import { handleOf, struct, UINT32 } from "../../src/fidl/runtime/types.ts";
import { Kernel } from "../../src/kernel/kernel.ts";
import { type Handle, ObjectType, Signals } from "../../src/zx/constants.ts";
import { isStatus } from "../../src/zx/error.ts";
import type { Zx } from "../../src/zx/syscalls.ts";
import { FakeMachine } from "../support/fake_machine.ts";

/** `"01000000 02000001"`: bytes in groups of four. */
export function hexBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString("hex")
    .replaceAll(/(.{8})(?=.)/g, "$1 ");
}

/** A method by its short name, whatever its types. */
// biome-ignore lint/suspicious/noExplicitAny: tests give the values that the method's codecs want, or purposely not.
export function methodOf<C, S>(protocol: Protocol<C, S>, name: string): Method<any, any> {
  const found = protocol.methods.find((method) => method.name === `${protocol.name}.${name}`);
  if (found === undefined) throw new Error(`${protocol.name} has no method ${name}`);
  return found;
}

/** A protocol for tests: a value, a handle in, a handle out. */
export interface EchoClient extends Connection {
  echo(value: number): Promise<number>;
  /** Declared without an error. */
  echoStrictly(value: number): Promise<number>;
  take(handle: Handle): Promise<void>;
  give(): Promise<Handle>;
}
export interface EchoServer {
  echo(value: number): number | Promise<number>;
  echoStrictly(value: number): number | Promise<number>;
  take(handle: Handle): void | Promise<void>;
  give(): Handle | Promise<Handle>;
}

const VALUE = struct<{ value: number }>("Value", { value: UINT32 });
const CHANNEL = struct<{ handle: Handle }>("Channel", { handle: handleOf(ObjectType.CHANNEL) });
const ECHO: Method<{ value: number }, { value: number }> = {
  name: "test/Echo.Echo",
  ordinal: 1n,
  request: VALUE,
  response: VALUE,
  error: true,
};
const ECHO_STRICTLY: Method<{ value: number }, { value: number }> = {
  ...ECHO,
  name: "test/Echo.EchoStrictly",
  ordinal: 2n,
  error: false,
};
const TAKE: Method<{ handle: Handle }, void> = {
  name: "test/Echo.Take",
  ordinal: 3n,
  request: CHANNEL,
  response: undefined,
  error: true,
};
const GIVE: Method<void, { handle: Handle }> = {
  name: "test/Echo.Give",
  ordinal: 4n,
  request: undefined,
  response: CHANNEL,
  error: true,
};

export const Echo = defineProtocol<EchoClient, EchoServer>({
  name: "test/Echo",
  service: "test.Service",
  client: (core) => ({
    echo: async (value) => (await core.call(ECHO, { value })).value,
    echoStrictly: async (value) => (await core.call(ECHO_STRICTLY, { value })).value,
    take: (handle) => core.call(TAKE, { handle }),
    give: async () => (await core.call(GIVE, undefined)).handle,
    close: () => core.close(),
    [Symbol.dispose]: () => core.close(),
  }),
  methods: [
    serverMethod(ECHO, async (server, { value }) => ({ value: await server.echo(value) })),
    serverMethod(ECHO_STRICTLY, async (server, { value }) => ({ value: await server.echoStrictly(value) })),
    serverMethod(TAKE, (server, { handle }) => server.take(handle)),
    serverMethod(GIVE, async (server) => ({ handle: await server.give() })),
  ],
});

/** The system calls of a process of a kernel that runs on nothing much. */
export async function createProcess(): Promise<Zx> {
  const kernel = await Kernel.create({ machine: new FakeMachine(), addressSpace: "portable" });
  return kernel.root.zx;
}

/** A second process, and how a test moves a handle into it and kills it. */
export async function createOtherProcess() {
  const kernel = await Kernel.create({ machine: new FakeMachine(), addressSpace: "portable" });
  const { zx: manager, job } = kernel.root;
  const { process } = manager.processCreate(job, "other");
  const [mine, theirs] = manager.channelCreate();
  manager.processStart(process, theirs);
  const { koid } = manager.objectGetInfo(process, "HANDLE_BASIC");
  const zx = kernel.zxOf(koid);
  const bootstrap = kernel.takeStartHandle(koid);
  return {
    zx,
    manager,
    kill: () => manager.taskKill(process),
    moveIn: (handle: Handle): Handle => {
      manager.channelWrite(mine, new Uint8Array(0), [handle]);
      return zx.channelRead(bootstrap).handles[0]!;
    },
  };
}

/** Whether the other end of a channel is closed: how a test sees that a handle it sent was not leaked. */
export async function isPeerClosed(zx: Zx, channel: Handle): Promise<boolean> {
  try {
    return ((await zx.objectWaitOne(channel, Signals.PEER_CLOSED, 0)) & Signals.PEER_CLOSED) !== 0;
  } catch (error) {
    if (isStatus(error, "TIMED_OUT")) return false;
    throw error;
  }
}

/** Lets everything that waits for nothing but promises run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
