import type {
  DriverContext,
  MmioOptions,
  NodeAddArgs,
  NodeController,
  ResourceName,
} from "../driver/context.ts";
import { DmaBuffer } from "../driver/dma_buffer.ts";
import { IrqWaiter } from "../driver/irq_waiter.ts";
import type { Offer } from "../driver/offer.ts";
import type { EventStream, LogEvent } from "../events/events.ts";
import { InterruptMode, type DeviceClient as PciDeviceClient } from "../fidl/fuchsia.hardware.pci.ts";
import type { Binding, Protocol } from "../fidl/runtime/protocol.ts";
import { MmioBuffer } from "../mmio/mmio_buffer.ts";
import { CachePolicy, type Handle, INVALID_HANDLE } from "../zx/constants.ts";
import { ZxError } from "../zx/error.ts";
import { Rights } from "../zx/rights.ts";
import type { StatusName } from "../zx/status.ts";
import type { Zx } from "../zx/syscalls.ts";
import { openService, serveDirectory, serveOffer } from "./directory.ts";
import type { DriverHost, DriverStartArgs, MappedMemory, RunningDriver } from "./driver_host.ts";

export interface SessionArgs {
  readonly host: DriverHost;
  readonly zx: Zx;
  readonly events: EventStream;
  readonly args: DriverStartArgs;
  /** These are in the host's own handle table. */
  readonly incoming: Handle;
  readonly resources: Readonly<Partial<Record<ResourceName, Handle>>>;
  /** Moves a handle of the driver manager into the host. */
  readonly moveIn: (handle: Handle) => Handle;
}

type Undo = () => void | Promise<void>;

/**
 * One driver at work on one node: the context it was given, and the list of what must be undone when it stops.
 */
export class DriverSession implements DriverContext, RunningDriver {
  readonly host: DriverHost;
  readonly zx: Zx;
  readonly events: EventStream;
  readonly node: DriverContext["node"];
  readonly inspect: DriverContext["inspect"] = {};
  readonly memory: MappedMemory[] = [];
  readonly log: DriverContext["log"];
  readonly clock: DriverContext["clock"];
  readonly #args: DriverStartArgs;
  readonly #incoming: Handle;
  readonly #resources: SessionArgs["resources"];
  readonly #moveIn: SessionArgs["moveIn"];
  readonly #outgoing: Offer[] = [];
  readonly #bindings = new Set<Binding>();
  readonly #undo: Undo[] = [];

  constructor({ host, zx, events, args, incoming, resources, moveIn }: SessionArgs) {
    this.host = host;
    this.zx = zx;
    this.events = events;
    this.node = args.node;
    this.#args = args;
    this.#incoming = incoming;
    this.#resources = resources;
    this.#moveIn = moveIn;
    const log = (severity: LogEvent["severity"]) => (message: string) => {
      if (!events.wants.log) return;
      events.emit({ kind: "log", time: zx.clockGetMonotonic(), source: args.driver.name, severity, message });
    };
    this.log = { debug: log("debug"), info: log("info"), warn: log("warning"), error: log("error") };
    this.clock = {
      now: () => zx.clockGetMonotonic(),
      sleep: (ns) => zx.nanosleep(zx.clockGetMonotonic() + ns),
    };
    for (const handle of [incoming, ...Object.values(resources)])
      if (handle !== INVALID_HANDLE) this.own(handle);
  }

  /** Runs the driver's `start`; when it fails, releases everything and throws its error. */
  async start(): Promise<void> {
    try {
      await this.#args.driver.start(this);
    } catch (error) {
      await this.#release();
      throw error;
    }
  }

  async stop(): Promise<Error | undefined> {
    const failures: unknown[] = [];
    try {
      await this.#args.driver.stop?.(this);
    } catch (error) {
      failures.push(error);
    }
    failures.push(...(await this.#release()));
    if (failures.length === 0) return undefined;
    return new AggregateError(
      failures,
      `driver ${this.#args.driver.name} did not stop cleanly: ${failures.map(String).join("; ")}`,
    );
  }

  // What the driver manager asks of a running driver.

  serveChild(offers: readonly Offer[], directory: Handle): void {
    this.#serveDirectory(offers, this.own(this.#moveIn(directory)));
  }

  connectTo(service: string, server: Handle): void {
    this.#keep(serveOffer(this.zx, this.events, this.#outgoing, service, this.#moveIn(server)));
  }

  // What the driver asks of us.

  async connect<Client extends Disposable>(protocol: Protocol<Client, never>): Promise<Client> {
    if (!this.#args.services.includes(protocol.service)) {
      const known = this.#args.services.join(", ") || "nothing";
      throw new ZxError(
        "NOT_FOUND",
        `${this.node.moniker}: its parent does not offer ${protocol.service}, but ${known}`,
      );
    }
    const [client, server] = this.zx.channelCreate();
    openService(this.zx, this.#incoming, protocol.service, server);
    const connected = protocol.client(this.zx, client, { events: this.events });
    this.defer(connected);
    return connected;
  }

  banjo<T extends object>(name: string): T {
    const found = Object.hasOwn(this.#args.banjo, name) ? this.#args.banjo[name] : undefined;
    if (found === undefined) {
      const known = Object.keys(this.#args.banjo).join(", ") || "none";
      throw new ZxError(
        "NOT_FOUND",
        `${this.node.moniker}: no in-process protocol ${name} from the parent (it has: ${known})`,
      );
    }
    return found as T;
  }

  serve(offer: Offer): void {
    this.#outgoing.push(offer);
  }

  addChild(args: NodeAddArgs): Promise<NodeController> {
    return this.#args.addChild(args);
  }

  resource(name: ResourceName): Handle {
    const handle = this.#resources[name];
    if (handle === undefined) {
      throw new ZxError(
        "ACCESS_DENIED",
        `driver ${this.#args.driver.name} was not given the ${name} resource`,
      );
    }
    return this.own(this.zx.handleDuplicate(handle, Rights.SAME_RIGHTS));
  }

  async mapBar(pci: PciDeviceClient, barId: number, options: MmioOptions = {}): Promise<MmioBuffer> {
    const bar = await pci.getBar(barId);
    if (bar.result.kind !== "vmo") {
      if (bar.result.kind === "io") this.zx.handleClose(bar.result.io.resource);
      throw new ZxError(
        "NOT_SUPPORTED",
        `BAR ${barId} of ${this.node.name} is not memory and cannot be mapped`,
      );
    }
    return this.mapMmio(bar.result.vmo, { size: Number(bar.size), ...options });
  }

  mapMmio(vmo: Handle, options: MmioOptions = {}): MmioBuffer {
    const { offset = 0, policy = "UNCACHED_DEVICE" } = options;
    let info: ReturnType<Zx["objectGetInfo"]> & { koid: number; name: string; sizeBytes: number };
    try {
      info = this.zx.objectGetInfo(vmo, "VMO");
    } catch (error) {
      this.zx.handleClose(vmo);
      throw error;
    }
    const name = options.name ?? info.name;
    const size = options.size ?? info.sizeBytes - offset;
    const buffer = MmioBuffer.create(this.zx, {
      vmo,
      offset,
      size,
      policy: CachePolicy[policy],
      name,
      trace: { events: this.events, clock: this.clock, process: this.zx.processName },
    });
    this.defer(buffer);
    this.memory.push({ name, vmoKoid: info.koid, vmoOffset: offset, size, address: buffer.address, policy });
    return buffer;
  }

  async mapInterrupt(
    pci: PciDeviceClient,
    { mode = "LEGACY", which = 0 }: { mode?: "LEGACY" | "MSI"; which?: number } = {},
  ): Promise<IrqWaiter> {
    await pci.setInterruptMode(InterruptMode[mode], which + 1);
    this.defer(() => pci.setInterruptMode(InterruptMode.DISABLED, 0));
    const interrupt = await pci.mapInterrupt(which);
    const waiter = new IrqWaiter(
      this.zx,
      interrupt,
      mode === "LEGACY" ? () => pci.ackInterrupt() : undefined,
    );
    this.defer(waiter);
    return waiter;
  }

  allocateDma(bti: Handle, size: number): DmaBuffer {
    const buffer = new DmaBuffer(this.zx, bti, size, `${this.#args.driver.name} dma`);
    this.defer(buffer);
    return buffer;
  }

  defer(undo: Undo | Disposable): void {
    this.#undo.push(typeof undo === "function" ? undo : () => undo[Symbol.dispose]());
  }

  own(handle: Handle): Handle {
    this.#undo.push(() => this.zx.handleClose(handle));
    return handle;
  }

  error(status: StatusName, detail: string): ZxError {
    return new ZxError(status, `${this.#args.driver.name} on ${this.node.name}: ${detail}`);
  }

  #serveDirectory(offers: readonly Offer[], directory: Handle): void {
    serveDirectory(this.zx, this.events, directory, offers, (binding) => this.#keep(binding)).catch(
      (error: unknown) => {
        this.log.error(`stopped taking connections for a child of ${this.node.moniker}: ${String(error)}`);
      },
    );
  }

  #keep(binding: Binding): void {
    this.#bindings.add(binding);
    binding.closed.finally(() => this.#bindings.delete(binding));
  }

  /** Undoes everything, last first; goes on after a failure and returns them all. */
  async #release(): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (const binding of [...this.#bindings]) binding.close();
    while (this.#undo.length > 0) {
      try {
        await this.#undo.pop()!();
      } catch (error) {
        failures.push(error);
      }
    }
    this.memory.length = 0;
    return failures;
  }
}
