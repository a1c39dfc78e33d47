// Generated from zx.fidl by zirconia fidl compile; do not edit.
/**
 * The FIDL library `zx`.
 *
 * The kernel's vocabulary, as far as other libraries need it: numbers with a meaning, and handles.
 *
 * Source: `zircon/types.h`, `zircon/rights.h`, `zircon/errors.h`.
 */
import { type Codec, strictBits, strictEnum, uint32 } from "./runtime/index.ts";

/** A status code: 0 is success, errors are negative. */
export type Status = number;

/** A point in time, in nanoseconds of the machine's clock. */
export type Time = bigint;

/** A length of time, in nanoseconds. */
export type Duration = bigint;

/** A length of time, in ticks of the machine's counter. */
export type Ticks = bigint;

/** Names a kernel object for as long as the system runs; no two objects share one. */
export type Koid = bigint;

/** An address in a process. */
export type Vaddr = bigint;

/** An address on the machine's bus. */
export type Paddr = bigint;

/** An offset, in bytes. */
export type Off = bigint;

/** Which events an object has seen: a mask. */
export type Signals = number;

/** Bytes that a channel takes in one message. */
export const CHANNEL_MAX_MSG_BYTES = 65536n;

/** Handles that a channel takes in one message. */
export const CHANNEL_MAX_MSG_HANDLES = 64n;

/** Bytes of a kernel object's name, with the NUL at its end. */
export const MAX_NAME_LEN = 32n;

/** What kind of object a handle refers to. */
export const ObjType = {
  NONE: 0x00,
  PROCESS: 0x01,
  THREAD: 0x02,
  VMO: 0x03,
  CHANNEL: 0x04,
  EVENT: 0x05,
  PORT: 0x06,
  INTERRUPT: 0x09,
  PCI_DEVICE: 0x0b,
  DEBUGLOG: 0x0c,
  SOCKET: 0x0e,
  RESOURCE: 0x0f,
  EVENTPAIR: 0x10,
  JOB: 0x11,
  VMAR: 0x12,
  FIFO: 0x13,
  GUEST: 0x14,
  VCPU: 0x15,
  TIMER: 0x16,
  IOMMU: 0x17,
  BTI: 0x18,
  PROFILE: 0x19,
  PMT: 0x1a,
  SUSPEND_TOKEN: 0x1b,
  PAGER: 0x1c,
  EXCEPTION: 0x1d,
  CLOCK: 0x1e,
  STREAM: 0x1f,
  MSI: 0x20,
} as const;
export type ObjType = (typeof ObjType)[keyof typeof ObjType];
export const OBJ_TYPE: Codec<ObjType> = strictEnum("zx/ObjType", uint32, ObjType) as Codec<ObjType>;

/** What may be done with a handle. */
export const Rights = {
  DUPLICATE: 0x1,
  TRANSFER: 0x2,
  READ: 0x4,
  WRITE: 0x8,
  EXECUTE: 0x10,
  MAP: 0x20,
  GET_PROPERTY: 0x40,
  SET_PROPERTY: 0x80,
  ENUMERATE: 0x100,
  DESTROY: 0x200,
  SET_POLICY: 0x400,
  GET_POLICY: 0x800,
  SIGNAL: 0x1000,
  SIGNAL_PEER: 0x2000,
  WAIT: 0x4000,
  INSPECT: 0x8000,
  MANAGE_JOB: 0x10000,
  MANAGE_PROCESS: 0x20000,
  MANAGE_THREAD: 0x40000,
  APPLY_PROFILE: 0x80000,
  MANAGE_SOCKET: 0x100000,
  OP_CHILDREN: 0x200000,
  RESIZE: 0x400000,
  ATTACH_VMO: 0x800000,
  MANAGE_VMO: 0x1000000,
  /** Where rights are asked for: those that the handle has. */
  SAME_RIGHTS: 0x80000000,
} as const;
export type Rights = number;
export const RIGHTS: Codec<Rights> = strictBits("zx/Rights", uint32, Rights);

/** What nearly every handle may. */
export const RIGHTS_BASIC: Rights = 0xc003;

export const RIGHTS_IO: Rights = 0xc;
export const RIGHTS_PROPERTY: Rights = 0xc0;
export const RIGHTS_POLICY: Rights = 0xc00;
