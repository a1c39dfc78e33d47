/** The windows that a program holds on its mappings, so that it can be told when one is no longer good. */
import type { Window } from "../../zx/memory.ts";
import type { VmMapping } from "./vm_mapping.ts";

export interface HeldWindow {
  readonly window: Window;
  readonly mapping: VmMapping;
  readonly start: number;
  readonly end: number;
  readonly followsFrames: boolean;
  readonly revoked: () => void;
}

export class WindowTable {
  readonly #byWindow = new Map<Window, HeldWindow>();
  readonly #byMapping = new Map<VmMapping, Set<HeldWindow>>();

  add(held: HeldWindow): void {
    this.#byWindow.set(held.window, held);
    const others = this.#byMapping.get(held.mapping);
    if (others === undefined) this.#byMapping.set(held.mapping, new Set([held]));
    else others.add(held);
  }

  release(window: Window): void {
    const held = this.#byWindow.get(window);
    if (held !== undefined) this.#remove(held);
  }

  /** Revokes the windows of a mapping that reach into [start, end), or of these only those that follow its frames. */
  revoke(mapping: VmMapping, start: number, end: number, which: "all" | "followsFrames"): void {
    if (this.#byMapping.size === 0) return;
    const windows = this.#byMapping.get(mapping);
    if (windows === undefined) return;
    for (const held of [...windows]) {
      if (held.start >= end || held.end <= start) continue;
      if (which === "followsFrames" && !held.followsFrames) continue;
      this.#remove(held);
      tell(held);
    }
  }

  revokeAll(): void {
    const all = [...this.#byWindow.values()];
    this.#byWindow.clear();
    this.#byMapping.clear();
    for (const held of all) tell(held);
  }

  #remove(held: HeldWindow): void {
    this.#byWindow.delete(held.window);
    const windows = this.#byMapping.get(held.mapping);
    windows?.delete(held);
    if (windows?.size === 0) this.#byMapping.delete(held.mapping);
  }
}

function tell(held: HeldWindow): void {
  try {
    held.revoked();
  } catch {
    // The program's own function: what goes wrong in it must not keep the kernel from taking the memory away.
  }
}
