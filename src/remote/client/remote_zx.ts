/** A process whose kernel is in another thread: all of `Zx`, over a mailbox. */
import type { EventStream } from "../../events/events.ts";
import type { Handle } from "../../zx/constants.ts";
import type { IoBorrower, IoTicket } from "../../zx/memory.ts";
import type { ExceptionReport, IoPorts, Zx } from "../../zx/syscalls.ts";
import { DIRECT_CALLS, WAITING_CALLS } from "../calls.ts";
import { kindsOf } from "../forwarded_events.ts";
import { MailboxMemory } from "../mailbox.ts";
import { MailboxClient } from "./mailbox_client.ts";
import { RemoteMemory } from "./remote_memory.ts";
import { SharedMemories } from "./shared_memories.ts";

/** What a worker is given to be a process. */
export interface ProcessStart {
  readonly mailbox: SharedArrayBuffer;
  readonly bell: SharedArrayBuffer;
  readonly processName: string;
  readonly processSelf: Handle;
  readonly vmarRootSelf: Handle;
  /** Of its memory. */
  readonly coherent: boolean;
}

export interface RemoteProcessOptions extends ProcessStart {
  /** The next memory that the kernel's thread has shared with this one; it has been sent before it is asked for. */
  readonly takeShared: () => SharedArrayBuffer | WebAssembly.Memory;
  /** How this thread makes accesses that are lent to it. */
  readonly borrow: (ticket: IoTicket) => IoBorrower;
  /** This thread's stream: what the kernel's thread listens to is forwarded to it. */
  readonly events: EventStream;
  /** Whether this thread's event loop waits for nothing but messages. */
  readonly isAlone: () => boolean;
}

export interface RemoteProcess {
  readonly zx: Zx;
  /** The machine's time waits for what the system cannot see, until the returned function is called. */
  readonly keepBusy: () => () => void;
  /** The program cannot go on. True if somebody has handled that; otherwise the process is dead, and this thread about to be. */
  readonly raise: (report: ExceptionReport) => Promise<boolean>;
}

/** The process that this thread is. To be called once in a thread. */
export function remoteProcess(options: RemoteProcessOptions): RemoteProcess {
  const { events, processName, processSelf, vmarRootSelf } = options;
  let stopForwarding = () => {};
  const shared = new SharedMemories(options.takeShared);
  const client = new MailboxClient(new MailboxMemory(options.mailbox, options.bell), shared, {
    revoked: (window) => memory.revoked(window),
    isAlone: options.isAlone,
    wants(bits) {
      stopForwarding();
      const kinds = kindsOf(bits);
      stopForwarding = kinds.length === 0 ? () => {} : events.listen((event) => client.event(event), kinds);
    },
  });
  const memory = new RemoteMemory(client, { ...options, shared });
  const calls: { [name: string]: (...args: unknown[]) => unknown } = {};
  for (const name of DIRECT_CALLS) calls[name] = (...args) => client.call(name, args);
  for (const name of WAITING_CALLS) calls[name] = (...args) => client.wait(name, args);
  calls.channelReadWhenReadable = (channel) => client.read(channel as Handle);
  calls.channelWritePosted = (channel, bytes) => client.write(channel as Handle, bytes as Uint8Array);
  const startup = { processName, processSelf, vmarRootSelf, memory, ports: portsOf(client) };
  const zx = Object.assign(startup, calls as unknown as Omit<Zx, keyof typeof startup>);
  return {
    zx,
    keepBusy: () => client.keepBusy(),
    raise: (report) => client.wait("process.raise", [report]) as Promise<boolean>,
  };
}

function portsOf(client: MailboxClient): IoPorts {
  return {
    in8: (port) => client.call("ports.in8", [port]) as number,
    in16: (port) => client.call("ports.in16", [port]) as number,
    in32: (port) => client.call("ports.in32", [port]) as number,
    out8: (port, value) => void client.call("ports.out8", [port, value]),
    out16: (port, value) => void client.call("ports.out16", [port, value]),
    out32: (port, value) => void client.call("ports.out32", [port, value]),
  };
}
