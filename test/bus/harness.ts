import { Q35PciRoot } from "../../src/bus/board/q35_pciroot.ts";
import type { PciAddress } from "../../src/bus/pci/address.ts";
import { PciBus } from "../../src/bus/pci/bus.ts";
import type { PciPlatformInfo } from "../../src/bus/pci/pciroot.ts";
import { PciDeviceServer } from "../../src/bus/pci/server.ts";
import { Kernel } from "../../src/kernel/kernel.ts";
import { CachePolicy } from "../../src/zx/constants.ts";
import type { Zx } from "../../src/zx/syscalls.ts";
import { FakeMachine } from "../support/fake_machine.ts";
import { type FakeConfig, FakeConfigAccess } from "./fake_config.ts";

export const at = (device: number, fn = 0): PciAddress => ({ bus: 0, device, function: fn });

/** A PCI bus over fake functions, on a real kernel. */
export class BusHarness {
  readonly machine: FakeMachine;
  readonly kernel: Kernel;
  readonly zx: Zx;
  readonly root: Q35PciRoot;
  readonly platform: PciPlatformInfo;
  readonly config = new FakeConfigAccess();
  readonly bus: PciBus;
  /** `"error: 00:04.0 is disabled ..."`. */
  readonly log: string[] = [];

  static async create(): Promise<BusHarness> {
    const machine = new FakeMachine();
    return new BusHarness(machine, await Kernel.create({ machine, addressSpace: "portable" }));
  }

  private constructor(machine: FakeMachine, kernel: Kernel) {
    this.machine = machine;
    this.kernel = kernel;
    this.zx = kernel.root.zx;
    this.root = new Q35PciRoot(this.zx, kernel.root);
    this.platform = this.root.getPciPlatformInfo();
    this.zx.vmoSetCachePolicy(this.platform.cam.vmo, CachePolicy.UNCACHED_DEVICE);
    const note = (severity: string) => (text: string) => void this.log.push(`${severity}: ${text}`);
    const log = { info: note("info"), warn: note("warn"), error: note("error") };
    this.bus = new PciBus({
      zx: this.zx,
      root: this.root,
      platform: this.platform,
      config: this.config,
      log,
    });
  }

  add(device: number, config: FakeConfig): FakeConfig {
    return this.config.add(at(device), config);
  }

  /** What the driver of a function talks to. */
  server(device: number): PciDeviceServer {
    const found = this.bus.functions.find((fn) => fn.device.address.device === device);
    if (found === undefined) throw new Error(`the bus has no function ${device}`);
    return new PciDeviceServer(this.zx, found);
  }
}
