import platformBus from "../../../src/bus/platform/platform_bus.ts";
import type { DriverContext } from "../../../src/driver/context.ts";
import { type Driver, defineDriver } from "../../../src/driver/define.ts";
import { EventStream } from "../../../src/events/events.ts";
import type { FirmwareClient, PlatformBusClient } from "../../../src/fidl/fuchsia.hardware.platform.bus.ts";
import { Firmware, type Node, PlatformBus } from "../../../src/fidl/fuchsia.hardware.platform.bus.ts";
import { Device, type DeviceClient } from "../../../src/fidl/fuchsia.hardware.platform.device.ts";
import { DeviceTree } from "../../../src/firmware/devicetree/index.ts";
import { serializeDeviceTree } from "../../../src/firmware/devicetree/serialize.ts";
import { System } from "../../../src/framework/system.ts";
import type { VmoInfo } from "../../../src/zx/syscalls.ts";
import { FakeDevice, FakeMachine } from "../../support/fake_machine.ts";

/** Where the machine has a device of 64 KiB. */
export const DEVICE = 0x8000_0000;
/** Of platform devices that get the driver which does nothing. */
const PROBE = 0x99;

/** A machine whose firmware has left a device tree with nothing in it. */
class FakeBoard extends FakeMachine {
  readonly device = new FakeDevice(0x1_0000);
  override readonly board = {
    compatible: ["zirconia,fake"],
    deviceTree: serializeDeviceTree(new DeviceTree()),
  };

  constructor() {
    super({ architecture: "arm64" });
    this.addDevice(DEVICE, 0x1_0000, "device", this.device);
  }
}

interface Board {
  readonly ctx: DriverContext;
  readonly bus: PlatformBusClient;
  readonly firmware: FirmwareClient;
}

/** A platform bus whose board driver is the test: it says which devices there are, and asks as their drivers do. */
export class PlatformTest {
  readonly machine: FakeBoard;
  readonly system: System;
  readonly bus: PlatformBusClient;
  readonly firmware: FirmwareClient;
  /** The board driver's. */
  readonly board: DriverContext;
  /** `"warning: ..."`, of the platform bus. */
  readonly log: readonly string[];
  readonly #probes: ReadonlyMap<string, DriverContext>;

  private constructor(
    machine: FakeBoard,
    system: System,
    { ctx, bus, firmware }: Board,
    log: readonly string[],
    probes: ReadonlyMap<string, DriverContext>,
  ) {
    this.machine = machine;
    this.system = system;
    this.bus = bus;
    this.firmware = firmware;
    this.board = ctx;
    this.log = log;
    this.#probes = probes;
  }

  static async boot(...drivers: Driver[]): Promise<PlatformTest> {
    const probes = new Map<string, DriverContext>();
    let board: Board | undefined;
    const boardDriver = defineDriver({
      name: "test-board",
      bind: {
        "fuchsia.hardware.platform.bus.Service": "fuchsia.hardware.platform.bus.Service.ZirconTransport",
      },
      async start(ctx) {
        board = { ctx, bus: await ctx.connect(PlatformBus), firmware: await ctx.connect(Firmware) };
      },
    });
    const probe = defineDriver({
      name: "probe",
      bind: { "fuchsia.BIND_PLATFORM_DEV_DID": PROBE },
      async start(ctx) {
        probes.set(ctx.node.name, ctx);
      },
    });
    const events = new EventStream();
    const log: string[] = [];
    events.listen(
      (event) => {
        if (event.kind === "log" && event.source === "platform-bus")
          log.push(`${event.severity}: ${event.message}`);
      },
      ["log"],
    );
    const machine = new FakeBoard();
    const all = [platformBus, boardDriver, probe, ...drivers];
    const system = await System.boot({ machine, drivers: all, addressSpace: "portable", events });
    return new PlatformTest(machine, system, board!, log, probes);
  }

  /** Adds a device, and returns the context of the driver that it got. */
  async driver(node: Node): Promise<DriverContext> {
    await this.bus.nodeAdd({ did: PROBE, ...node });
    await this.system.manager.settled();
    return this.#probes.get(node.name!.replaceAll(":", "_"))!;
  }

  /** Adds a device, and returns what its driver asks. */
  async device(node: Node): Promise<{ device: DeviceClient; ctx: DriverContext }> {
    const ctx = await this.driver(node);
    return { ctx, device: await ctx.connect(Device) };
  }

  /** What GetMmio of registers at `base` gives. */
  async mmio(
    base: number,
    length: number,
  ): Promise<{ offset: number; size: number; vmo: VmoInfo; physical: number }> {
    const { device, ctx } = await this.device({
      name: `registers-${base.toString(16)}-${length}`,
      mmio: [{ base: BigInt(base), length: BigInt(length) }],
    });
    const { offset, size, vmo } = await device.getMmioById(0);
    const info = ctx.zx.objectGetInfo(vmo!, "VMO");
    const physical = this.system.kernel.vmo(info.koid)!.physicalBase!;
    return { offset: Number(offset), size: Number(size), vmo: info, physical };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.system.stop();
  }
}
