/** Rights of a handle (`zircon/rights.h`), a 32-bit mask. */
export const Rights = {
  NONE: 0,
  DUPLICATE: 1 << 0,
  TRANSFER: 1 << 1,
  READ: 1 << 2,
  WRITE: 1 << 3,
  EXECUTE: 1 << 4,
  MAP: 1 << 5,
  GET_PROPERTY: 1 << 6,
  SET_PROPERTY: 1 << 7,
  ENUMERATE: 1 << 8,
  DESTROY: 1 << 9,
  SET_POLICY: 1 << 10,
  GET_POLICY: 1 << 11,
  SIGNAL: 1 << 12,
  SIGNAL_PEER: 1 << 13,
  WAIT: 1 << 14,
  INSPECT: 1 << 15,
  MANAGE_JOB: 1 << 16,
  MANAGE_PROCESS: 1 << 17,
  MANAGE_THREAD: 1 << 18,
  APPLY_PROFILE: 1 << 19,
  MANAGE_SOCKET: 1 << 20,
  OP_CHILDREN: 1 << 21,
  RESIZE: 1 << 22,
  ATTACH_VMO: 1 << 23,
  MANAGE_VMO: 1 << 24,
  /** Only as an argument of duplicate and replace: the rights that the handle has. */
  SAME_RIGHTS: 0x8000_0000,
} as const;

export type RightName = keyof typeof Rights;

const BASIC = Rights.TRANSFER | Rights.DUPLICATE | Rights.WAIT | Rights.INSPECT;
const IO = Rights.READ | Rights.WRITE;
const PROPERTY = Rights.GET_PROPERTY | Rights.SET_PROPERTY;

/** Rights of a fresh handle, per type (`zircon/rights.h`, ZX_DEFAULT_*_RIGHTS). */
export const DefaultRights = {
  PROCESS:
    BASIC |
    IO |
    PROPERTY |
    Rights.ENUMERATE |
    Rights.DESTROY |
    Rights.SIGNAL |
    Rights.MANAGE_PROCESS |
    Rights.MANAGE_THREAD,
  JOB:
    BASIC |
    IO |
    PROPERTY |
    Rights.ENUMERATE |
    Rights.DESTROY |
    Rights.SIGNAL |
    Rights.SET_POLICY |
    Rights.GET_POLICY |
    Rights.MANAGE_JOB |
    Rights.MANAGE_PROCESS |
    Rights.MANAGE_THREAD,
  /** Plus RESIZE where the VMO was made resizable. Never EXECUTE. */
  VMO: BASIC | IO | PROPERTY | Rights.MAP | Rights.SIGNAL,
  /** Plus READ, WRITE and EXECUTE as its CAN_MAP_* flags allow. */
  VMAR: (BASIC & ~Rights.WAIT) | Rights.OP_CHILDREN,
  RESOURCE: Rights.TRANSFER | Rights.DUPLICATE | Rights.WRITE | Rights.INSPECT,
  INTERRUPT: BASIC | IO | Rights.SIGNAL,
  BTI: (BASIC & ~Rights.WAIT) | IO | Rights.MAP | PROPERTY,
  PMT: Rights.INSPECT,
  IOMMU: BASIC & ~Rights.WAIT,
  CHANNEL: (BASIC & ~Rights.DUPLICATE) | IO | Rights.SIGNAL | Rights.SIGNAL_PEER,
  PORT: (BASIC & ~Rights.WAIT) | IO,
  EVENT: BASIC | Rights.SIGNAL,
  EVENTPAIR: BASIC | Rights.SIGNAL | Rights.SIGNAL_PEER,
  EXCEPTION: Rights.TRANSFER | PROPERTY | Rights.INSPECT,
  MSI: BASIC & ~Rights.WAIT,
} as const;

/** `"READ|WRITE|MAP"` for a mask. */
export function rightsNames(mask: number): string {
  const list = Object.entries(Rights)
    .filter(([name, bit]) => bit !== 0 && name !== "SAME_RIGHTS" && (mask & bit) !== 0)
    .map(([name]) => name);
  return list.length === 0 ? "NONE" : list.join("|");
}
