/** What a worker can ask for, by number. Both sides have the same tables. */
import type { IoPorts, Zx } from "../zx/syscalls.ts";

type Methods = Exclude<
  { [K in keyof Zx]-?: Required<Zx>[K] extends (...args: never[]) => unknown ? K : never }[keyof Zx],
  undefined
>;

/** System calls whose result comes later. */
export const WAITING_CALLS = [
  "objectWaitOne",
  "objectWaitMany",
  "channelCall",
  "channelReadWhenReadable",
  "interruptWait",
  "portWait",
  "nanosleep",
] as const satisfies readonly Methods[];

export const DIRECT_CALLS = [
  "handleClose",
  "handleCloseMany",
  "handleDuplicate",
  "handleReplace",
  "objectGetInfo",
  "objectGetProperty",
  "objectSetProperty",
  "objectGetName",
  "objectSetName",
  "objectSignal",
  "objectSignalPeer",
  "objectWaitAsync",
  "vmoCreate",
  "vmoCreateContiguous",
  "vmoCreatePhysical",
  "vmoRead",
  "vmoWrite",
  "vmoGetSize",
  "vmoSetCachePolicy",
  "vmoSetSize",
  "vmoGetStreamSize",
  "vmoSetStreamSize",
  "vmoCreateChild",
  "vmoOpRange",
  "vmoReplaceAsExecutable",
  "vmarAllocate",
  "vmarMap",
  "vmarUnmap",
  "vmarProtect",
  "vmarDestroy",
  "vmarOpRange",
  "cacheFlush",
  "eventCreate",
  "eventpairCreate",
  "channelCreate",
  "channelWrite",
  "channelWriteEtc",
  "channelRead",
  "channelReadEtc",
  "resourceCreate",
  "iommuCreate",
  "btiCreate",
  "btiPin",
  "btiReleaseQuarantine",
  "pmtUnpin",
  "interruptCreate",
  "interruptAck",
  "interruptTrigger",
  "interruptDestroy",
  "interruptBind",
  "portCreate",
  "portQueue",
  "portCancel",
  "processCreate",
  "processStart",
  "taskKill",
  "processReadMemory",
  "processWriteMemory",
  "taskCreateExceptionChannel",
  "exceptionGetProcess",
  "jobCreate",
  "jobSetPolicy",
  "msiAllocate",
  "msiCreate",
  "ioportsRequest",
  "ioportsRelease",
  "clockGetMonotonic",
  "spin",
] as const satisfies readonly Methods[];

/** System calls that nobody waits for. */
export const POSTED_CALLS = ["channelWritePosted"] as const satisfies readonly Methods[];

export type PostedCall = (typeof POSTED_CALLS)[number];
export type WaitingCall = (typeof WAITING_CALLS)[number];
export type DirectCall = (typeof DIRECT_CALLS)[number];

/** Every system call is in one of the lists: a new one that is in neither fails to compile here. */
type Missing = Exclude<Methods, WaitingCall | DirectCall | PostedCall>;
export const ALL_CALLS: readonly (Missing extends never ? WaitingCall | DirectCall | PostedCall : never)[] = [
  ...DIRECT_CALLS,
  ...WAITING_CALLS,
  ...POSTED_CALLS,
];

/** What of a process is no system call: its memory, its I/O ports, its lanes, its exceptions (which wait). */
export const PROCESS_CALLS = [
  "process.raise",
  "memory.window",
  "memory.release",
  "memory.fault",
  "memory.bytes",
  "memory.read",
  "memory.write",
  "memory.store",
  "memory.flush",
  "memory.poll",
  "memory.news",
  "memory.describe",
  "ports.in8",
  "ports.in16",
  "ports.in32",
  "ports.out8",
  "ports.out16",
  "ports.out32",
  "lane.take",
  "lane.return",
] as const satisfies readonly (
  | "process.raise"
  | `memory.${string}`
  | `lane.${string}`
  | `ports.${keyof IoPorts}`
)[];

export type CallName = DirectCall | WaitingCall | PostedCall | (typeof PROCESS_CALLS)[number];

export const CALLS: readonly CallName[] = [...ALL_CALLS, ...PROCESS_CALLS];

const numbers = new Map<CallName, number>(CALLS.map((name, number) => [name, number]));

export function callNumber(name: CallName): number {
  return numbers.get(name)!;
}

/** Which argument of a call is bytes that it fills. */
export const OUT_ARGUMENTS: Readonly<Partial<Record<CallName, number>>> = {
  vmoRead: 1,
  processReadMemory: 2,
  "memory.read": 1,
};

/** What a record of a request is. */
export const Record = {
  /** Number of the call, arguments. The result is the reply; always the last record. */
  CALL: 0,
  /** Number of the wait, number of the call, arguments. The result is a notice. */
  WAIT: 1,
  /** Number of the call, arguments. Nobody learns of the result. */
  POST: 2,
  /** One event for the event stream. */
  EVENT: 3,
} as const;

/** What a notice is. */
export const Notice = {
  /** A wait has ended: its number, the result. */
  DONE: 0,
  /** A wait has failed: its number, the error. */
  FAILED: 1,
  /** A window is no longer good: its number. */
  REVOKED: 2,
  /** Somebody began or ceased to listen to events: the kinds that are wanted. */
  WANTS: 3,
  /** A sign of life is wanted: that the worker's event loop comes to see this number. */
  PING: 4,
  /** A lane for what this process writes to a channel, to be taken: its number. */
  OFFER: 5,
  /** A lane that this process reads from now on: its number, the channel, its memory, the numbers of the waits that it now ends itself. */
  LANE: 6,
  /** One more such wait, which was under way: its number. */
  YOURS: 7,
  /** A lane has ended: its number, and 1 where its reader has the channel no more. */
  RECALLED: 8,
} as const;

/** One access through a window: the direction, and the width in bits. */
export const Access = { READ: 0x100, WRITE: 0x200, WIDTH: 0xff } as const;
