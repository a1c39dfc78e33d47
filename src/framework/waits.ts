import type { DriverResult } from "../fidl/fuchsia.driver.framework.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Clock } from "../machine/machine.ts";
import type { Handle } from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import { Rights } from "../zx/rights.ts";
import { Status } from "../zx/status.ts";
import type { Zx } from "../zx/syscalls.ts";
import type { Node } from "./node.ts";

/**
 * Nanoseconds after which a driver that asks in its own start is told what it would be told at the end of that: it may not come to its
 * end before.
 */
const PATIENCE = 1e9;

interface Wait {
  readonly node: Node;
  isOverdue: boolean;
  resolve(result: DriverResult): void;
  reject(error: ZxError): void;
}

/** Those who wait for a driver on a node (WaitForDriver). */
export class DriverWaits {
  readonly #zx: Zx;
  readonly #clock: Clock;
  /** What stands for a node while a driver runs on it. */
  readonly #tokenOf: (node: Node) => Handle | undefined;
  readonly #isIdle: () => boolean;
  readonly #waits = new Set<Wait>();

  constructor({ root, machine }: Kernel, tokenOf: (node: Node) => Handle | undefined, isIdle: () => boolean) {
    this.#zx = root.zx;
    this.#clock = machine.clock;
    this.#tokenOf = tokenOf;
    this.#isIdle = isIdle;
  }

  /**
   * CANCELED when the node is removed. A node that composite nodes have is bound when one of these is. Bad news are told when no driver
   * can come any more.
   */
  async wait(node: Node): Promise<DriverResult> {
    let cancel = () => {};
    try {
      return await new Promise((resolve, reject) => {
        const wait = { node, isOverdue: false, resolve, reject };
        this.#waits.add(wait);
        const overdue = () => {
          wait.isOverdue = true;
          this.#look(wait);
        };
        if (node.provider?.state === "starting")
          cancel = this.#clock.at(this.#clock.now() + PATIENCE, overdue);
        this.#look(wait);
      });
    } finally {
      cancel();
    }
  }

  /** A driver has started, a node was removed, or nothing is under way any more: then bad news are told. */
  changed(): void {
    for (const wait of [...this.#waits]) this.#look(wait);
  }

  #look(wait: Wait): void {
    const { node, isOverdue } = wait;
    if (node.state === "removed") {
      this.#waits.delete(wait);
      wait.reject(new ZxError("CANCELED", `${node.moniker} was removed`));
      return;
    }
    const composites = node.children.filter((child) => child.isComposite);
    const places = [node, ...composites];
    const bound = places.find(({ state }) => state === "running");
    const token = bound && this.#tokenOf(bound);
    if (token !== undefined) {
      this.#waits.delete(wait);
      const duplicate = this.#zx.handleDuplicate(token, Rights.SAME_RIGHTS);
      wait.resolve({ kind: "driverStartedNodeToken", driverStartedNodeToken: duplicate });
    } else if (this.#isIdle() || (isOverdue && !places.some(isChanging))) {
      this.#waits.delete(wait);
      const failed = places.find(({ state }) => state === "quarantined");
      wait.resolve(
        failed === undefined
          ? { kind: "matchError", matchError: statusOf(node.error, Status.NOT_FOUND) }
          : { kind: "startError", startError: statusOf(failed.error, Status.INTERNAL) },
      );
    }
  }
}

function isChanging({ state }: Node): boolean {
  return state === "starting" || state === "restarting";
}

function statusOf(error: Error | undefined, otherwise: number): number {
  return error instanceof ZxError ? error.status : otherwise;
}
