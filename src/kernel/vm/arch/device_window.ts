/** Windows on dispatched devices: the same in both kinds of address space, since no MMU is involved. */
import { VmOption } from "../../../zx/constants.ts";
import type { AccessKind, Io } from "../../../zx/memory.ts";
import type { VmMapping } from "../vm_mapping.ts";
import type { ArchWindow } from "./arch_aspace.ts";

/** `io` answers for the mapped VMO, from its first byte on. */
export function deviceWindow(mapping: VmMapping, io: Io, address: number, size: number): ArchWindow {
  const { some, every } = mapping.permissionsWithin(address, size);
  const offset = address - mapping.base + mapping.vmoOffset;
  const isUniform = some === every;
  const window = {
    kind: "dispatched",
    io: isUniform ? io : new CheckedIo(mapping, io),
    offset,
    size,
    readable: (some & VmOption.PERM_READ) !== 0,
    writable: (some & VmOption.PERM_WRITE) !== 0,
  } as const;
  return { window, followsFrames: false };
}

/** A device under a mapping whose permissions differ from page to page: each access is checked. */
class CheckedIo implements Io {
  readonly #mapping: VmMapping;
  readonly #io: Io;

  constructor(mapping: VmMapping, io: Io) {
    this.#mapping = mapping;
    this.#io = io;
  }

  get high(): number {
    return this.#io.high;
  }

  #check(offset: number, access: AccessKind, size: number): void {
    const address = offset - this.#mapping.vmoOffset + this.#mapping.base;
    this.#mapping.check(address, access, { address, size });
  }

  read8(offset: number): number {
    this.#check(offset, "read", 1);
    return this.#io.read8(offset);
  }

  read16(offset: number): number {
    this.#check(offset, "read", 2);
    return this.#io.read16(offset);
  }

  read32(offset: number): number {
    this.#check(offset, "read", 4);
    return this.#io.read32(offset);
  }

  read64(offset: number): number {
    this.#check(offset, "read", 8);
    return this.#io.read64(offset);
  }

  write8(offset: number, value: number): void {
    this.#check(offset, "write", 1);
    this.#io.write8(offset, value);
  }

  write16(offset: number, value: number): void {
    this.#check(offset, "write", 2);
    this.#io.write16(offset, value);
  }

  write32(offset: number, value: number): void {
    this.#check(offset, "write", 4);
    this.#io.write32(offset, value);
  }

  write64(offset: number, low: number, high: number): void {
    this.#check(offset, "write", 8);
    this.#io.write64(offset, low, high);
  }

  flush(): void {
    this.#io.flush?.();
  }
}
