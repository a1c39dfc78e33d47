/** The last access of a process, for the story of its end. */
import type { AccessKind, RegisterPlace } from "../../zx/memory.ts";
import { Access } from "../calls.ts";
import { DeclaredRegisters } from "./declared_registers.ts";
import type { MappedAt } from "./process_server.ts";

/**
 * The last access of a process, as far as anybody but the processor knows of it: one that went through a call (to a device without
 * memory, or in the portable address space to any memory), whether the kernel's thread made it or the process by itself on a loan; or
 * one that was a page fault. What the MMU lets through - RAM, devices that are memory - is not noted, since that would cost each such
 * access another store or two; nor are writes that the process had posted and that have not left its thread when it dies.
 */
export interface LastAccess {
  readonly op: AccessKind;
  /** Bits. */
  readonly width: number;
  readonly address: number;
  /** The name of the mapping's VMO; undefined where nothing is mapped. */
  readonly mapping: string | undefined;
  /** Bytes from the start of the mapping; the address, where there is none. */
  readonly offset: number;
  /** `Status`, where the process has declared its registers. */
  readonly register: string | undefined;
}

const WIDTHS = new Set([8, 16, 32, 64]);

export class LastAccessNote {
  readonly #declared = new DeclaredRegisters();
  // One object for each access would cost more than the access.
  #access = 0;
  #address = 0;
  #mapped: MappedAt | undefined;

  /** `access`: `Access`. */
  set(access: number, address: number, mapped: MappedAt | undefined): void {
    this.#access = access;
    this.#address = address;
    this.#mapped = mapped;
  }

  /** A block of registers is at `address` of a mapping. */
  declare({ mapping }: MappedAt, address: number, registers: readonly RegisterPlace[]): void {
    this.#declared.add(mapping, address, registers);
  }

  /** Undefined as long as there was none. */
  get(): LastAccess | undefined {
    if (!isAccess(this.#access)) return undefined;
    const op = opOf(this.#access);
    const address = this.#address;
    const mapped = this.#mapped;
    return {
      op,
      width: this.#access & Access.WIDTH,
      address,
      mapping: mapped?.name,
      offset: address - (mapped?.base ?? 0),
      register: mapped && this.#declared.nameAt(mapped.mapping, address, op),
    };
  }
}

/** Whether it is one of a width that there is, and either a read or a write. */
export function isAccess(access: number): boolean {
  const op = access & ~Access.WIDTH;
  return (op === Access.READ || op === Access.WRITE) && WIDTHS.has(access & Access.WIDTH);
}

export function opOf(access: number): AccessKind {
  return (access & Access.READ) !== 0 ? "read" : "write";
}
