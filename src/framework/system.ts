import type { Driver } from "../driver/define.ts";
import type { EventStream } from "../events/events.ts";
import type { Protocol } from "../fidl/runtime/protocol.ts";
import { Kernel, type KernelOptions } from "../kernel/kernel.ts";
import type { Machine } from "../machine/machine.ts";
import type { DriverHostFactory } from "./driver_host.ts";
import { DriverIndex } from "./driver_index.ts";
import { DriverManager } from "./driver_manager.ts";
import { InThreadHosts } from "./in_thread_host.ts";
import type { RestartPolicy } from "./restart_policy.ts";

/** `fuchsia.platform.BIND_PROTOCOL.ROOT`: asks for the platform bus, where firmware has left a device tree. */
const PLATFORM_ROOT = 0x1b;

export interface SystemOptions {
  /** Becomes the system's: it is closed when the system stops, or when it cannot be booted. */
  readonly machine: Machine;
  readonly drivers: readonly Driver[];
  /** Default `auto`: native where it can be had. */
  readonly addressSpace?: KernelOptions["addressSpace"];
  /** What makes driver hosts; default: hosts in this thread. `load` finds a driver's object by its URL. */
  readonly hosts?: ((kernel: Kernel, load: (url: string) => Driver) => DriverHostFactory) | undefined;
  /** How drivers are started again whose hosts have died (`hostRestartOnCrash`). */
  readonly restart?: Partial<RestartPolicy> | undefined;
  /** Nanoseconds that a driver has to stop before its host is killed: see `DriverManagerOptions`. */
  readonly stopDeadline?: number | undefined;
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
  static async boot({
    machine,
    drivers,
    hosts,
    restart,
    stopDeadline,
    ...options
  }: SystemOptions): Promise<System> {
    let kernel: Kernel;
    try {
      kernel = await Kernel.create({ machine, ...options });
    } catch (error) {
      await machine.close();
      throw error;
    }
    let system: System;
    try {
      const index = new DriverIndex(drivers);
      const load = (url: string) => index.get(url);
      const factory = hosts?.(kernel, load) ?? new InThreadHosts(kernel, load);
      system = new System(kernel, new DriverManager(kernel, index, factory, { restart, stopDeadline }));
    } catch (error) {
      await kernel.close();
      throw error;
    }
    try {
      const { compatible, deviceTree } = machine.board;
      const [first] = compatible;
      const properties = first === undefined ? {} : { "fuchsia.devicetree.FIRST_COMPATIBLE": first };
      if (deviceTree !== undefined)
        await system.manager.addBoard("sys", { ...properties, "fuchsia.BIND_PROTOCOL": PLATFORM_ROOT });
      else if (first !== undefined) await system.manager.addBoard("board", properties);
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
