import type { Driver } from "../driver/define.ts";
import type { EventStream } from "../events/events.ts";
import type { Protocol } from "../fidl/runtime/protocol.ts";
import { Kernel, type KernelOptions } from "../kernel/kernel.ts";
import type { Machine } from "../machine/machine.ts";
import { DriverIndex } from "./driver_index.ts";
import { DriverManager } from "./driver_manager.ts";

export interface SystemOptions {
  /** Becomes the system's: it is closed when the system stops, or when it cannot be booted. */
  readonly machine: Machine;
  readonly drivers: readonly Driver[];
  /** Default `auto`: native where it can be had. */
  readonly addressSpace?: KernelOptions["addressSpace"];
  /** Seeds everything that the kernel chooses at random. */
  readonly seed?: number;
  /** The stream to tell; listen before booting to hear the boot. */
  readonly events?: EventStream;
}

/** A machine with a kernel on it, and the driver manager with everything that it has bound. */
export class System {
  readonly kernel: Kernel;
  readonly manager: DriverManager;

  /** Boots: makes the kernel, adds the board's node, and returns when every driver that can bind has started or failed. */
  static async boot({ machine, drivers, ...options }: SystemOptions): Promise<System> {
    let kernel: Kernel;
    try {
      kernel = await Kernel.create({ machine, ...options });
    } catch (error) {
      await machine.close();
      throw error;
    }
    const system = new System(kernel, new DriverManager(kernel, new DriverIndex(drivers)));
    try {
      const [compatible] = machine.board.compatible;
      if (compatible !== undefined) {
        await system.manager.addBoard("board", { "fuchsia.devicetree.FIRST_COMPATIBLE": compatible });
      }
      return system;
    } catch (error) {
      await system.stop();
      throw error;
    }
  }

  private constructor(kernel: Kernel, manager: DriverManager) {
    this.kernel = kernel;
    this.manager = manager;
  }

  /** A client of a protocol that the driver at `moniker` serves, `root.board.pci.00_01_0` for instance. */
  connect<Client>(moniker: string, protocol: Protocol<Client, never>): Client {
    return this.manager.connect(this.manager.find(moniker), protocol);
  }

  /** Stops the drivers bottom-up, then the kernel, then the machine. Idempotent. */
  async stop(): Promise<void> {
    await this.manager.stopAll();
    await this.kernel.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
