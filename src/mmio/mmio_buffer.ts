/** `MmioBuffer`: a range of a device's registers, mapped and ready to be accessed. Fuchsia's mmio_buffer_t. */
import { type PollClock, waitingClock } from "../registers/poll.ts";
import { shown } from "../registers/shown.ts";
import { CachePolicy, type Handle } from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import type { Io } from "../zx/memory.ts";
import type { Zx } from "../zx/syscalls.ts";
import type { MmioTrace } from "./access_trace.ts";
import { DirectMmio } from "./direct_mmio.ts";
import { DispatchedMmio } from "./dispatched_mmio.ts";
import { ignoreStatus, MappedVmo, type MmioPin } from "./mapped_vmo.ts";
import { Mapping } from "./mapping.ts";
import type { MmioView } from "./mmio_view.ts";
import { ioSource, memorySource } from "./window_source.ts";

/** A view that owns its mapping. */
export interface MmioBuffer extends MmioView, Disposable {
  /** Address of the first byte in the process; 0 for a buffer over an `Io`. */
  readonly address: number;
  /** The handle that the buffer owns; 0 for a buffer over an `Io`. */
  readonly vmo: Handle;
  /** Pins the pages for the device behind `bti`, contiguous, to be read and written. */
  pin(bti: Handle): MmioPin;
  /** Unmaps and closes the VMO's handle. From then on every access, of views too, is BAD_STATE. Idempotent. */
  release(): void;
}

export interface MmioCreateOptions {
  /** Always consumed, also when `create` fails. Needs READ, WRITE and MAP. */
  readonly vmo: Handle;
  /** Bytes from the start of the VMO, of any alignment (default 0). */
  readonly offset?: number;
  /** Bytes (default: to the end of the VMO). */
  readonly size?: number;
  /** `CachePolicy` (default UNCACHED_DEVICE). */
  readonly policy?: number;
  /** Maps there instead of in the process's root VMAR; the handle must stay open as long as the buffer. */
  readonly vmar?: Handle;
  /** What messages and traces call it (default: the VMO's name). */
  readonly name?: string;
  readonly trace?: MmioTrace;
  /** The clock of polls (default: the process's). */
  readonly clock?: PollClock;
}

export interface MmioOverOptions {
  readonly name?: string;
  readonly trace?: MmioTrace;
  /** The clock of polls. By default time passes only by waiting. */
  readonly clock?: PollClock;
}

export const MmioBuffer = {
  /**
   * Maps registers: mmio_buffer_init.
   *
   * In this order: the status of object_get_info; that of vmo_set_cache_policy, which is asked only where the VMO has another
   * policy (so that a VMO that is mapped already can be mapped again); OUT_OF_RANGE beyond the VMO; that of vmar_map of the
   * pages around the range (INVALID_ARGS for no bytes at all).
   */
  create(zx: Zx, options: MmioCreateOptions): MmioBuffer {
    const { vmo, offset = 0, policy = CachePolicy.UNCACHED_DEVICE, vmar = zx.vmarRootSelf } = options;
    let mapped: MappedVmo | undefined;
    try {
      const info = zx.objectGetInfo(vmo, "VMO");
      const { size = info.sizeBytes - offset } = options;
      mapped = new MappedVmo(zx, vmar, vmo, info, offset, size, policy);
      const mapping = new Mapping({
        name: options.name ?? (info.name || "mmio"),
        size,
        source: memorySource(zx.memory, mapped.address),
        clock: options.clock ?? clockOf(zx),
        trace: options.trace,
      });
      return bufferOn(mapping, mapped);
    } catch (error) {
      if (mapped !== undefined) mapped.release();
      else ignoreStatus(() => zx.handleClose(vmo));
      throw error;
    }
  },

  /**
   * A view of memory that is mapped already, at [address, address+size) in one mapping: rings and descriptors in RAM. It owns nothing.
   * NOT_FOUND, OUT_OF_RANGE as the page fault; INVALID_ARGS where the range leaves the mapping.
   */
  at(zx: Zx, address: number, size: number, options: MmioOverOptions = {}): MmioView {
    const { name = "memory", trace, clock = clockOf(zx) } = options;
    const source = memorySource(zx.memory, address);
    return bufferOn(new Mapping({ name, size, source, clock, trace }), undefined);
  },

  /** A buffer whose accesses all go to `io`: a device model or a test double, with no kernel around. */
  over(io: Io, size: number, options: MmioOverOptions = {}): MmioBuffer {
    if (!(Number.isSafeInteger(size) && size > 0))
      throw new ZxError("INVALID_ARGS", `a buffer of ${shown(size)} bytes`);
    const { name = "mmio", trace, clock = waitingClock() } = options;
    return bufferOn(new Mapping({ name, size, source: ioSource(io, name), clock, trace }), undefined);
  },
};

function clockOf(zx: Zx): PollClock {
  return { now: () => zx.clockGetMonotonic(), spin: (ns) => zx.spin(ns) };
}

function bufferOn(mapping: Mapping, mapped: MappedVmo | undefined): MmioBuffer {
  const owner = {
    address: mapped?.address ?? 0,
    vmo: mapped?.vmo ?? 0,
    pin(bti: Handle): MmioPin {
      if (mapped === undefined)
        throw new ZxError("NOT_SUPPORTED", `pin: ${JSON.stringify(mapping.name)} has no VMO`);
      return mapped.pin(bti);
    },
    release(): void {
      mapping.release();
      mapped?.release();
    },
  };
  const { memory } = mapping;
  return memory === undefined
    ? new DispatchedMmio(mapping, 0, mapping.size, owner)
    : new DirectMmio(mapping, memory, 0, mapping.size, owner);
}
