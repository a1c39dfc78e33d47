/**
 * A process that has memory and no kernel: the few system calls that lib/mmio makes, over one VMO, with every way to take the
 * memory away. What real kernels add is tested with a real one.
 */
import type { Handle } from "../../src/zx/constants.ts";
import { ZxError } from "../../src/zx/error.ts";
import type { AccessKind, Io, Memory, Window } from "../../src/zx/memory.ts";
import { hex, PAGE_SIZE, roundUp } from "../../src/zx/pages.ts";
import type { VmoInfo, Zx } from "../../src/zx/syscalls.ts";

export const VMO: Handle = 7;
export const ROOT_VMAR: Handle = 11;
/** Where the first mapping goes. */
export const FIRST_ADDRESS = 0x2_0000;

export interface BareOptions {
  /** Direct windows into this memory; otherwise dispatched ones to `io`. */
  readonly memory?: WebAssembly.Memory;
  readonly io?: Io;
  readonly vmo?: Partial<VmoInfo>;
}

interface Held {
  readonly window: Window;
  readonly address: number;
  readonly revoked: () => void;
}

interface Mapped {
  readonly address: number;
  readonly size: number;
  readonly vmoOffset: number;
  /** Who unmapped it; undefined while it is there. */
  readonly by: string | undefined;
}

export class BareProcess {
  readonly zx: Zx;
  /** System calls, as `vmar_map(0x2000)`. */
  readonly calls: string[] = [];
  readonly open = new Set<Handle>([VMO, ROOT_VMAR]);
  /** What `fault` does before it throws, if it returns true it does not throw. */
  onFault: (address: number, access: AccessKind) => boolean = () => false;
  faults = 0;
  readable = true;
  writable = true;
  time = 0;
  readonly #options: BareOptions;
  readonly #held = new Set<Held>();
  readonly #mapped: Mapped[] = [];

  constructor(options: BareOptions) {
    this.#options = options;
    const process = this;
    const memory: Memory = {
      coherent: true,
      window: (address, size, revoked) => process.#window(address, size, revoked),
      release(window) {
        for (const held of process.#held) if (held.window === window) process.#held.delete(held);
      },
      fault: (address, access) => process.#fault(address, access),
      bytes: (address, size) => new Uint8Array(options.memory!.buffer, address, size),
      read: () => {},
      write: () => {},
    };
    const info: VmoInfo = {
      koid: 1024,
      name: "bare",
      sizeBytes: 0x4000,
      parentKoid: 0,
      numChildren: 0,
      numMappings: 0,
      shareCount: 0,
      flags: 0,
      committedBytes: 0,
      handleRights: 0,
      cachePolicy: 2,
      ...options.vmo,
    };
    const zx = {
      processName: "bare-process",
      vmarRootSelf: ROOT_VMAR,
      memory,
      objectGetInfo(handle: Handle) {
        process.calls.push("object_get_info");
        if (!process.open.has(handle)) throw new ZxError("BAD_HANDLE", `no handle ${handle}`);
        return info;
      },
      vmoSetCachePolicy(_vmo: Handle, policy: number) {
        process.calls.push(`vmo_set_cache_policy(${policy})`);
        if (policy > 3) throw new ZxError("INVALID_ARGS", `policy ${policy}`);
      },
      vmarMap(vmar: Handle, options: number, _at: number, _vmo: Handle, vmoOffset: number, length: number) {
        process.calls.push(`vmar_map(${vmar}, ${hex(options)}, ${hex(vmoOffset)}, ${hex(length)})`);
        if (length === 0) throw new ZxError("INVALID_ARGS", "nothing to map");
        const address = process.#mapped.reduce(
          (end, { address, size }) => Math.max(end, address + size),
          FIRST_ADDRESS,
        );
        process.#mapped.push({ address, size: roundUp(length), vmoOffset, by: undefined });
        return address;
      },
      vmarUnmap(_vmar: Handle, address: number, length: number) {
        process.calls.push(`vmar_unmap(${hex(address)}, ${hex(length)})`);
        process.unmap(address, length, "bare-process");
      },
      handleClose(handle: Handle) {
        process.calls.push(`handle_close(${handle})`);
        if (!process.open.delete(handle)) throw new ZxError("BAD_HANDLE", `no handle ${handle}`);
      },
      btiPin(_bti: Handle, options: number, _vmo: Handle, offset: number, size: number) {
        process.calls.push(`bti_pin(${hex(options)}, ${hex(offset)}, ${hex(size)})`);
        return { addrs: [0xfe00_0000 + offset], pmt: 15 };
      },
      pmtUnpin: (pmt: Handle) => void process.calls.push(`pmt_unpin(${pmt})`),
      clockGetMonotonic: () => process.time,
      spin(ns: number) {
        process.time += ns;
      },
    };
    this.zx = zx as unknown as Zx;
  }

  /** Takes the range away from the mappings in it. */
  unmap(address: number, size: number, by: string): void {
    for (const mapping of [...this.#mapped]) {
      if (
        mapping.by !== undefined ||
        mapping.address >= address + size ||
        mapping.address + mapping.size <= address
      )
        continue;
      const end = mapping.address + mapping.size;
      this.#mapped.splice(this.#mapped.indexOf(mapping), 1);
      const parts = [
        { from: mapping.address, to: address, by: undefined },
        { from: Math.max(mapping.address, address), to: Math.min(end, address + size), by },
        { from: address + size, to: end, by: undefined },
      ];
      for (const { from, to, by } of parts) {
        if (from >= to) continue;
        this.#mapped.push({
          address: from,
          size: to - from,
          vmoOffset: mapping.vmoOffset + from - mapping.address,
          by,
        });
      }
    }
    this.revoke();
  }

  /** Takes all windows back; the mappings stay. */
  revoke(): void {
    for (const held of [...this.#held]) {
      this.#held.delete(held);
      held.revoked();
    }
  }

  get windows(): number {
    return this.#held.size;
  }

  #mappingAt(address: number): Mapped {
    const mapping = this.#mapped.find((one) => address >= one.address && address < one.address + one.size);
    if (mapping === undefined) throw new ZxError("NOT_FOUND", `nothing is mapped at ${hex(address)}`);
    if (mapping.by !== undefined)
      throw new ZxError("NOT_FOUND", `${hex(address)} was unmapped by ${mapping.by}`);
    return mapping;
  }

  #window(address: number, size: number, revoked: () => void): Window {
    const mapping = this.#mappingAt(address);
    for (let page = address - (address % PAGE_SIZE); page < address + size; page += PAGE_SIZE) {
      this.#mappingAt(Math.max(page, address));
    }
    const { memory, io } = this.#options;
    const common = { size, readable: this.readable, writable: this.writable };
    const window: Window =
      memory !== undefined
        ? { kind: "direct", memory, address, ...common }
        : { kind: "dispatched", io: io!, offset: mapping.vmoOffset + address - mapping.address, ...common };
    this.#held.add({ window, address, revoked });
    return window;
  }

  #fault(address: number, access: AccessKind): void {
    this.faults++;
    if (this.onFault(address, access)) return;
    this.#mappingAt(address);
    throw new ZxError("ACCESS_DENIED", `the mapping at ${hex(address)} does not allow to ${access}`);
  }
}

/** 2 GiB of address space, of which only what is touched costs memory. */
export function wasmMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 32768, maximum: 32768, shared: true });
}
