/** The registers that a process says are in its mappings, so that the story of its end can name them. */
import type { AccessKind, RegisterPlace } from "../../zx/memory.ts";
import { hex } from "../../zx/pages.ts";

/** Of all mappings together; when there are more, the mappings that were told of first go without names. */
const MAX_REGISTERS = 0x1_0000;

interface Block {
  readonly address: number;
  readonly registers: readonly RegisterPlace[];
}

export class DeclaredRegisters {
  /** By mapping, which may be gone by now; what was told last is in front. */
  readonly #blocks = new Map<object, readonly Block[]>();
  #count = 0;

  add(mapping: object, address: number, registers: readonly RegisterPlace[]): void {
    const others = this.#blocks.get(mapping) ?? [];
    this.#blocks.delete(mapping);
    this.#blocks.set(mapping, [{ address, registers }, ...others]);
    // An empty block counts, too: there may be no end of them.
    this.#count += registers.length + 1;
    for (const [oldest, blocks] of this.#blocks) {
      if (this.#count <= MAX_REGISTERS) break;
      this.#blocks.delete(oldest);
      for (const { registers } of blocks) this.#count -= registers.length + 1;
    }
  }

  /** `Status`; `Status+0x2` for an access inside a register; undefined where none is declared. */
  nameAt(mapping: object, address: number, op: AccessKind): string | undefined {
    for (const block of this.#blocks.get(mapping) ?? []) {
      const at = address - block.address;
      const there = block.registers.filter(({ offset, size }) => at >= offset && at < offset + size);
      const meant = there.find(({ readable, writable }) => (op === "read" ? readable : writable)) ?? there[0];
      if (meant !== undefined)
        return at === meant.offset ? meant.name : `${meant.name}+${hex(at - meant.offset)}`;
    }
    return undefined;
  }
}
