import type { DriverResult } from "../fidl/fuchsia.driver.framework.ts";
import type { Handle } from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import { Rights } from "../zx/rights.ts";
import { Status } from "../zx/status.ts";
import type { Zx } from "../zx/syscalls.ts";
import type { Node } from "./node.ts";

interface Wait {
  readonly node: Node;
  resolve(result: DriverResult): void;
  reject(error: ZxError): void;
}

/** Those who wait for a driver on a node (WaitForDriver). */
export class DriverWaits {
  readonly #zx: Zx;
  /** What stands for a node while a driver runs on it. */
  readonly #tokenOf: (node: Node) => Handle | undefined;
  readonly #isIdle: () => boolean;
  readonly #waits = new Set<Wait>();

  constructor(zx: Zx, tokenOf: (node: Node) => Handle | undefined, isIdle: () => boolean) {
    this.#zx = zx;
    this.#tokenOf = tokenOf;
    this.#isIdle = isIdle;
  }

  /** CANCELED when the node is removed. A node that composite nodes have is bound when one of these is. */
  wait(node: Node): Promise<DriverResult> {
    return new Promise((resolve, reject) => {
      const wait = { node, resolve, reject };
      this.#waits.add(wait);
      this.#look(wait);
    });
  }

  /** A driver has started, a node was removed, or nothing is under way any more: then bad news are told. */
  changed(): void {
    for (const wait of [...this.#waits]) this.#look(wait);
  }

  #look(wait: Wait): void {
    const { node } = wait;
    if (node.state === "removed") {
      this.#waits.delete(wait);
      wait.reject(new ZxError("CANCELED", `${node.moniker} was removed`));
      return;
    }
    const composites = node.children.filter((child) => child.isComposite);
    const bound = [node, ...composites].find(({ state }) => state === "running");
    const token = bound && this.#tokenOf(bound);
    if (token !== undefined) {
      this.#waits.delete(wait);
      const duplicate = this.#zx.handleDuplicate(token, Rights.SAME_RIGHTS);
      wait.resolve({ kind: "driverStartedNodeToken", driverStartedNodeToken: duplicate });
    } else if (this.#isIdle()) {
      this.#waits.delete(wait);
      const failed = [node, ...composites].find(({ state }) => state === "quarantined");
      wait.resolve(
        failed === undefined
          ? { kind: "matchError", matchError: statusOf(node.error, Status.NOT_FOUND) }
          : { kind: "startError", startError: statusOf(failed.error, Status.INTERNAL) },
      );
    }
  }
}

function statusOf(error: Error | undefined, otherwise: number): number {
  return error instanceof ZxError ? error.status : otherwise;
}
