/**
 * For every system call a list of arguments that it takes, made of fresh objects: what garbage is put into, one place after the
 * other. The type says that none is missing.
 */
import type { RootProcess } from "../../src/kernel/kernel.ts";
import type { SyscallName } from "../../src/kernel/syscall/zx.ts";
import {
  BtiPin,
  CacheFlush,
  CachePolicy,
  type Handle,
  InterruptOption,
  JobPolicyAction,
  JobPolicyCondition,
  ObjectType,
  PortOption,
  ResourceKind,
  VmarOp,
  VmOption,
  VmoChildOption,
  VmoOp,
  VmoOption,
} from "../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../src/zx/pages.ts";
import { Rights } from "../../src/zx/rights.ts";
import type { Zx } from "../../src/zx/syscalls.ts";

/** A process that holds what the first one does, and can be had to look at another one's exception. */
export interface Bench extends Omit<RootProcess, "zx"> {
  readonly zx: Zx;
  /** Has a started process fault. */
  raise(process: Handle): void;
}

const USER_0 = 1 << 24;
const RW = VmOption.PERM_READ | VmOption.PERM_WRITE;
const CAN_MAP_RW = VmOption.CAN_MAP_READ | VmOption.CAN_MAP_WRITE;
const { SAME_RIGHTS } = Rights;
/** Where the test machine has neither RAM nor a device: the bus answers with ones. */
const NO_DEVICE = 0xfe00_0000;

export const syscallSamples: { readonly [Name in SyscallName]: (bench: Bench) => unknown[] } = {
  handleClose: ({ zx }) => [zx.eventCreate(0)],
  handleCloseMany: ({ zx }) => [[zx.eventCreate(0), zx.eventCreate(0)]],
  handleDuplicate: ({ zx }) => [zx.eventCreate(0), SAME_RIGHTS],
  handleReplace: ({ zx }) => [zx.eventCreate(0), SAME_RIGHTS],

  objectGetInfo: ({ zx }) => [zx.vmoCreate(PAGE_SIZE, 0), "VMO"],
  objectGetProperty: ({ zx }) => [zx.vmoCreate(PAGE_SIZE, 0), "VMO_CONTENT_SIZE"],
  objectSetProperty: ({ zx }) => [zx.vmoCreate(PAGE_SIZE, 0), "VMO_CONTENT_SIZE", 8],
  objectGetName: ({ zx }) => [zx.vmoCreate(PAGE_SIZE, 0)],
  objectSetName: ({ zx }) => [zx.vmoCreate(PAGE_SIZE, 0), "name"],
  objectSignal: ({ zx }) => [zx.eventCreate(0), 0, USER_0],
  objectSignalPeer: ({ zx }) => [zx.eventpairCreate(0)[0], 0, USER_0],
  objectWaitOne: ({ zx }) => [zx.eventCreate(0), USER_0, 0],
  objectWaitMany: ({ zx }) => [[{ handle: zx.eventCreate(0), signals: USER_0 }], 0],
  objectWaitAsync: ({ zx }) => [zx.eventCreate(0), zx.portCreate(0), 1n, USER_0, 0],

  vmoCreate: () => [PAGE_SIZE, 0],
  vmoCreateContiguous: ({ zx, iommu }) => [zx.btiCreate(iommu, 0, 1), PAGE_SIZE, 0],
  vmoCreatePhysical: ({ mmio }) => [mmio, NO_DEVICE, PAGE_SIZE],
  vmoCreateChild: ({ zx }) => [committed(zx), VmoChildOption.SNAPSHOT, 0, PAGE_SIZE],
  vmoRead: ({ zx }) => [committed(zx), new Uint8Array(8), 0],
  vmoWrite: ({ zx }) => [committed(zx), new Uint8Array(8), 0],
  vmoGetSize: ({ zx }) => [zx.vmoCreate(PAGE_SIZE, 0)],
  vmoSetSize: ({ zx }) => [zx.vmoCreate(PAGE_SIZE, VmoOption.RESIZABLE), 2 * PAGE_SIZE],
  vmoGetStreamSize: ({ zx }) => [zx.vmoCreate(PAGE_SIZE, 0)],
  vmoSetStreamSize: ({ zx }) => [committed(zx), 8],
  vmoOpRange: ({ zx }) => [committed(zx), VmoOp.COMMIT, 0, PAGE_SIZE],
  vmoSetCachePolicy: ({ zx }) => [zx.vmoCreate(PAGE_SIZE, 0), CachePolicy.UNCACHED],
  vmoReplaceAsExecutable: ({ zx, system }) => [
    zx.vmoCreate(PAGE_SIZE, 0),
    zx.handleDuplicate(system, SAME_RIGHTS),
  ],

  vmarAllocate: ({ zx }) => [region(zx).vmar, CAN_MAP_RW, 0, PAGE_SIZE],
  vmarMap: ({ zx }) => [region(zx).vmar, RW, 0, committed(zx), 0, PAGE_SIZE],
  vmarUnmap: ({ zx }) => [...mapped(zx), PAGE_SIZE],
  vmarProtect: ({ zx }) => {
    const [vmar, address] = mapped(zx);
    return [vmar, VmOption.PERM_READ, address, PAGE_SIZE];
  },
  vmarDestroy: ({ zx }) => [region(zx).vmar],
  vmarOpRange: ({ zx }) => {
    const [vmar, address] = mapped(zx);
    return [vmar, VmarOp.COMMIT, address, PAGE_SIZE];
  },

  cacheFlush: ({ zx }) => [mapped(zx)[1], PAGE_SIZE, CacheFlush.DATA],

  eventCreate: () => [0],
  eventpairCreate: () => [0],

  channelCreate: () => [],
  channelWrite: ({ zx }) => [zx.channelCreate()[0], new Uint8Array(8), [zx.eventCreate(0)]],
  channelWriteEtc: ({ zx }) => [
    zx.channelCreate()[0],
    new Uint8Array(8),
    [
      { operation: "move", handle: zx.eventCreate(0), type: ObjectType.EVENT, rights: SAME_RIGHTS },
      { operation: "duplicate", handle: zx.eventCreate(0), type: ObjectType.NONE, rights: Rights.TRANSFER },
    ],
  ],
  channelRead: ({ zx }) => [unread(zx), { maxBytes: 8, maxHandles: 1, mayDiscard: true }],
  channelReadEtc: ({ zx }) => [unread(zx), { maxBytes: 8, maxHandles: 1, mayDiscard: true }],
  channelCall: ({ zx }) => [zx.channelCreate()[0], 0, new Uint8Array(8), [zx.eventCreate(0)]],

  resourceCreate: ({ mmio }) => [mmio, ResourceKind.MMIO, NO_DEVICE, PAGE_SIZE, "window"],

  iommuCreate: ({ system }) => [system, 0],
  btiCreate: ({ iommu }) => [iommu, 0, 1],
  btiPin: ({ zx, iommu }) => [zx.btiCreate(iommu, 0, 1), BtiPin.PERM_READ, committed(zx), 0, PAGE_SIZE],
  btiReleaseQuarantine: ({ zx, iommu }) => [zx.btiCreate(iommu, 0, 1)],
  pmtUnpin: ({ zx, iommu }) => [
    zx.btiPin(zx.btiCreate(iommu, 0, 1), BtiPin.PERM_READ, committed(zx), 0, PAGE_SIZE).pmt,
  ],

  interruptCreate: ({ irq }) => [irq, 3, InterruptOption.MODE_DEFAULT],
  interruptWait: ({ zx }) => [virtualInterrupt(zx)],
  interruptAck: ({ zx }) => [boundInterrupt(zx)],
  interruptTrigger: ({ zx }) => [virtualInterrupt(zx), 0, 5],
  interruptDestroy: ({ zx }) => [virtualInterrupt(zx)],
  interruptBind: ({ zx }) => [virtualInterrupt(zx), zx.portCreate(PortOption.BIND_TO_INTERRUPT), 1n, 0],

  portCreate: () => [0],
  portQueue: ({ zx }) => [zx.portCreate(0), { key: 1n, status: 0, user: new Uint8Array(8) }],
  portWait: ({ zx }) => [zx.portCreate(0), 0],
  portCancel: ({ zx }) => {
    const [port, event] = [zx.portCreate(0), zx.eventCreate(0)];
    zx.objectWaitAsync(event, port, 1n, USER_0, 0);
    return [port, event, 1n];
  },

  processCreate: ({ job }) => [job, "process"],
  processStart: ({ zx, job }) => [zx.processCreate(job, "process").process, zx.eventCreate(0)],
  taskKill: ({ zx, job }) => [zx.processCreate(job, "process").process],
  processReadMemory: (bench) => [...processWithMemory(bench), new Uint8Array(8)],
  processWriteMemory: (bench) => [...processWithMemory(bench), new Uint8Array(8)],
  taskCreateExceptionChannel: ({ zx, job }) => [zx.processCreate(job, "process").process, 0],
  exceptionGetProcess: (bench) => [exception(bench)],
  jobCreate: ({ job }) => [job, 0],
  jobSetPolicy: ({ zx, job }) => [
    zx.jobCreate(job, 0),
    0,
    [{ condition: JobPolicyCondition.NEW_VMO, action: JobPolicyAction.DENY }],
  ],

  msiAllocate: ({ system }) => [system, 1],
  msiCreate: ({ zx, system, iommu }) => [zx.msiAllocate(system, 1), 0, 0, msiCapability(zx, iommu), 0],

  ioportsRequest: ({ ioport }) => [ioport, 0x60, 4],
  ioportsRelease: ({ ioport }) => [ioport, 0x60, 4],

  clockGetMonotonic: () => [],
  nanosleep: () => [0],
  spin: () => [1],
};

/** A VMO of one page of RAM. */
function committed(zx: Zx): Handle {
  const vmo = zx.vmoCreate(PAGE_SIZE, 0);
  zx.vmoOpRange(vmo, VmoOp.COMMIT, 0, PAGE_SIZE);
  return vmo;
}

/** A region of four pages, in which places can be chosen. */
function region(zx: Zx): { vmar: Handle; address: number } {
  return zx.vmarAllocate(zx.vmarRootSelf, CAN_MAP_RW | VmOption.CAN_MAP_SPECIFIC, 0, 4 * PAGE_SIZE);
}

/** A region with one page mapped in it, and that page's address. */
function mapped(zx: Zx): [vmar: Handle, address: number] {
  const { vmar } = region(zx);
  return [vmar, zx.vmarMap(vmar, RW, 0, committed(zx), 0, PAGE_SIZE)];
}

/** A channel in which a message waits. */
function unread(zx: Zx): Handle {
  const [a, b] = zx.channelCreate();
  zx.channelWrite(a, new Uint8Array(8), [zx.eventCreate(0)]);
  return b;
}

function virtualInterrupt(zx: Zx): Handle {
  return zx.interruptCreate(0, 0, InterruptOption.VIRTUAL);
}

function boundInterrupt(zx: Zx): Handle {
  const interrupt = virtualInterrupt(zx);
  zx.interruptBind(interrupt, zx.portCreate(PortOption.BIND_TO_INTERRUPT), 1n, 0);
  zx.interruptTrigger(interrupt, 0, 5);
  return interrupt;
}

/** A process that has a page, and the page's address there. */
function processWithMemory({ zx, job }: Bench): [process: Handle, address: number] {
  const { process, rootVmar } = zx.processCreate(job, "process");
  return [process, zx.vmarMap(rootVmar, RW, 0, committed(zx), 0, PAGE_SIZE)];
}

/** The exception of a process that has faulted. */
function exception({ zx, job, raise }: Bench): Handle {
  const { process } = zx.processCreate(job, "faulty");
  zx.processStart(process, 0);
  const channel = zx.taskCreateExceptionChannel(process, 0);
  raise(process);
  return zx.channelRead(channel).handles[0]!;
}

/** Memory with an MSI capability at its start. */
function msiCapability(zx: Zx, iommu: Handle): Handle {
  const vmo = zx.vmoCreateContiguous(zx.btiCreate(iommu, 0, 1), PAGE_SIZE, 0);
  zx.vmoWrite(vmo, Uint8Array.of(5), 0);
  zx.vmoSetCachePolicy(vmo, CachePolicy.UNCACHED_DEVICE);
  return vmo;
}

/** One handle to an object of every type that there is, by name: for one of them always the wrong type. */
export const oneOfEveryType: { readonly [type: string]: (bench: Bench) => Handle } = {
  process: ({ zx, job }) => zx.processCreate(job, "wrong").process,
  vmo: ({ zx }) => zx.vmoCreate(PAGE_SIZE, 0),
  channel: ({ zx }) => zx.channelCreate()[0],
  event: ({ zx }) => zx.eventCreate(0),
  port: ({ zx }) => zx.portCreate(PortOption.BIND_TO_INTERRUPT),
  interrupt: ({ zx }) => virtualInterrupt(zx),
  resource: ({ zx, irq }) => zx.resourceCreate(irq, ResourceKind.IRQ, 5, 1, "wrong"),
  eventpair: ({ zx }) => zx.eventpairCreate(0)[0],
  job: ({ zx, job }) => zx.jobCreate(job, 0),
  vmar: ({ zx }) => region(zx).vmar,
  iommu: ({ zx, system }) => zx.iommuCreate(system, 0),
  bti: ({ zx, iommu }) => zx.btiCreate(iommu, 0, 2),
  pmt: ({ zx, iommu }) =>
    zx.btiPin(zx.btiCreate(iommu, 0, 2), BtiPin.PERM_READ, committed(zx), 0, PAGE_SIZE).pmt,
  exception: (bench) => exception(bench),
  msi: ({ zx, system }) => zx.msiAllocate(system, 1),
};
