import type { DriverContext, MmioOptions, ResourceName } from "../../driver/context.ts";
import type { Driver } from "../../driver/define.ts";
import { DmaBuffer } from "../../driver/dma_buffer.ts";
import { IrqWaiter } from "../../driver/irq_waiter.ts";
import type { CompositeNodeSpec, NodeAddArgs, NodeController, OwnedNode } from "../../driver/node.ts";
import type { Offer } from "../../driver/offer.ts";
import { fromFidlProperties } from "../../driver/property_values.ts";
import type { EventStream, LogEvent } from "../../events/events.ts";
import {
  type DriverStartArgs,
  type NodeClient,
  Node as NodeProtocol,
} from "../../fidl/fuchsia.driver.framework.ts";
import { InterruptMode, type DeviceClient as PciDeviceClient } from "../../fidl/fuchsia.hardware.pci.ts";
import type { Protocol } from "../../fidl/runtime/protocol.ts";
import type { Failure, RootResources } from "../../fidl/zirconia.driver.host.ts";
import type { MmioBuffer } from "../../mmio/mmio_buffer.ts";
import { type CachePolicyName, ExceptionType, type Handle, INVALID_HANDLE } from "../../zx/constants.ts";
import { isStatus, pageFaultOf, ZxError } from "../../zx/error.ts";
import { Rights } from "../../zx/rights.ts";
import type { StatusName } from "../../zx/status.ts";
import type { ExceptionReport, Zx } from "../../zx/syscalls.ts";
import { DEFAULT_INSTANCE } from "../service_path.ts";
import type { BanjoTable } from "./banjo_table.ts";
import { Children } from "./children.ts";
import { DeviceMemory } from "./device_memory.ts";
import { Incoming } from "./incoming.ts";
import { type DriverNews, toFailure } from "./news.ts";
import { OutgoingDirectory } from "./outgoing.ts";
import { type Undo, UndoList } from "./undo_list.ts";

export interface SessionParts {
  readonly zx: Zx;
  readonly events: EventStream;
  readonly driver: Driver;
  readonly moniker: string;
  readonly args: DriverStartArgs;
  readonly resources: RootResources;
  readonly banjo: BanjoTable;
  readonly news: DriverNews;
  /** What a processor's trap is: see `Kernel.raiseException`. True if the program may go on. */
  readonly raise: (report: ExceptionReport) => Promise<boolean>;
}

/** One driver at work on one node: the context it was given, and the list of what must be undone when it stops. */
export class DriverSession implements DriverContext {
  readonly zx: Zx;
  readonly events: EventStream;
  readonly node: DriverContext["node"];
  readonly vmar: Handle;
  readonly inspect: DriverContext["inspect"];
  readonly log: DriverContext["log"];
  readonly clock: DriverContext["clock"];
  readonly #parts: SessionParts;
  readonly #undo = new UndoList();
  readonly #nodeClient: NodeClient;
  readonly #incoming: Incoming;
  readonly #outgoing: OutgoingDirectory;
  readonly #children: Children;
  readonly #memory: DeviceMemory;
  #stopping: Promise<Failure | undefined> | undefined;

  /** Takes all handles in `args` and `resources`. */
  constructor(parts: SessionParts) {
    const { zx, events, driver, moniker, args, resources, news } = parts;
    this.#parts = parts;
    this.zx = zx;
    this.events = events;
    this.inspect = news.inspect;
    const { [DEFAULT_INSTANCE]: properties = {}, ...parents } = Object.fromEntries(
      (args.nodeProperties2 ?? []).map((entry) => [entry.name, fromFidlProperties(entry.properties)]),
    );
    this.node = { name: args.nodeName ?? "", moniker, properties, parents };
    this.log = logOf(events, zx, driver.name);
    this.clock = {
      now: () => zx.clockGetMonotonic(),
      sleep: (ns) => zx.nanosleep(zx.clockGetMonotonic() + ns),
    };

    this.vmar = args.vmar ?? zx.vmarRootSelf;
    for (const handle of [...Object.values(resources), args.nodeToken, args.config])
      if (handle !== undefined) this.own(handle);
    if (args.vmar !== undefined) {
      const { vmar } = args;
      // Whatever the driver has left mapped in its part goes with it.
      this.defer(() => {
        zx.vmarDestroy(vmar);
        zx.handleClose(vmar);
      });
    }
    // What a driver says to the framework shows as what becomes of nodes: only what drivers say to each other is traced.
    this.#nodeClient = NodeProtocol.client(zx, args.node!);
    this.defer(this.#nodeClient);
    this.#incoming = new Incoming({ zx, events, moniker, args });
    this.defer(() => this.#incoming.close());
    const faulted = (error: unknown) => void this.#fault(error);
    const logError = (text: string) => this.log.error(text);
    this.#outgoing = new OutgoingDirectory({ zx, events, faulted, logError });
    this.defer(() => this.#outgoing.close());
    if (args.outgoingDir !== undefined) this.#outgoing.serve(args.outgoingDir);
    this.#children = new Children({ zx, outgoing: this.#outgoing, banjo: parts.banjo });
    this.defer(() => this.#children.close());
    this.#memory = new DeviceMemory({
      zx,
      vmar: this.vmar,
      trace: { events, clock: this.clock, process: zx.processName },
      changed: (mappings) => news.mapped(mappings),
    });
  }

  /** Runs the driver's `start` and tells how it went; when it has failed, everything is released first. */
  async start(): Promise<void> {
    const { driver, news } = this.#parts;
    try {
      await driver.start(this);
      news.started();
    } catch (error) {
      this.#stopping = Promise.resolve(undefined);
      if (pageFaultOf(error) !== undefined) await this.#fault(error);
      if (this.#isDead()) return;
      this.#reportBug("start", error);
      for (const failure of await this.#undo.run())
        this.log.error(`after a start that failed: ${String(failure)}`);
      news.failed(error);
    }
  }

  /** Idempotent; never rejects: what went wrong is the result. */
  stop(): Promise<Failure | undefined> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<Failure | undefined> {
    if (this.#isDead()) return undefined;
    const { driver } = this.#parts;
    const failures: unknown[] = [];
    try {
      await driver.stop?.(this);
    } catch (error) {
      if (pageFaultOf(error) !== undefined) await this.#fault(error);
      failures.push(error);
    }
    failures.push(...(await this.#undo.run()));
    if (failures.length === 0) return undefined;
    const words = failures.map(String).join("; ");
    return toFailure(
      new ZxError(toFailure(failures[0]).status, `driver ${driver.name} did not stop cleanly: ${words}`),
    );
  }

  connect<Client extends Disposable>(protocol: Protocol<Client, never>, parent?: string): Promise<Client> {
    return this.#incoming.connect(protocol, parent, (client) => this.defer(client));
  }

  banjo<T extends object>(name: string): T {
    const { args, banjo } = this.#parts;
    const symbols = args.symbols ?? [];
    const symbol = symbols.find((candidate) => candidate.name === name);
    const found = symbol?.address === undefined ? undefined : banjo.find(symbol.address);
    if (found === undefined) {
      const known = symbols.map((candidate) => candidate.name).join(", ") || "none";
      throw new ZxError(
        "NOT_FOUND",
        `${this.node.moniker}: no in-process protocol ${name} from the parent (it has: ${known})`,
      );
    }
    return found as T;
  }

  serve(offer: Offer): void {
    this.#outgoing.publishOwn(offer);
  }

  addChild(args: NodeAddArgs): Promise<NodeController> {
    return this.#children.add(this.#nodeClient, this.node.moniker, args);
  }

  addOwnedChild(args: NodeAddArgs): Promise<OwnedNode> {
    return this.#children.addOwned(this.#nodeClient, this.node.moniker, args);
  }

  addCompositeNodeSpec(spec: CompositeNodeSpec): Promise<void> {
    return this.#incoming.addCompositeNodeSpec(spec);
  }

  closeNode(): void {
    this.#nodeClient.close();
  }

  resource(name: ResourceName): Handle {
    const handle = this.#parts.resources[name];
    if (handle === undefined) {
      throw new ZxError(
        "ACCESS_DENIED",
        `driver ${this.#parts.driver.name} was not given the ${name} resource`,
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
    const { offset = 0, size = Number(bar.size) - offset } = options;
    return this.mapMmio(bar.result.vmo, { ...options, size });
  }

  mapMmio(vmo: Handle, options: MmioOptions = {}): MmioBuffer {
    const buffer = this.#memory.map(vmo, options);
    this.defer(buffer);
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

  allocateDma(bti: Handle, size: number, policy?: CachePolicyName): DmaBuffer {
    const buffer = new DmaBuffer(this.zx, bti, size, `${this.#parts.driver.name} dma`, policy, this.vmar);
    this.defer(buffer);
    return buffer;
  }

  defer(undo: Undo): void {
    this.#undo.push(undo);
  }

  own(handle: Handle): Handle {
    this.#undo.push(() => this.zx.handleClose(handle));
    return handle;
  }

  error(status: StatusName, detail: string): ZxError {
    return new ZxError(status, `${this.#parts.driver.name} on ${this.node.name}: ${detail}`);
  }

  /** A process that has ended has nothing to give back, and can do nothing. */
  #isDead(): boolean {
    try {
      this.zx.handleClose(INVALID_HANDLE);
      return false;
    } catch (error) {
      if (isStatus(error, "BAD_STATE")) return true;
      throw error;
    }
  }

  /** A page fault that nobody caught ends the host, unless somebody handles the exception: then it is an error like others. */
  async #fault(error: unknown): Promise<void> {
    const { status, detail, address } = pageFaultOf(error)!;
    const words = error instanceof ZxError ? error.detail : detail;
    const message = `driver ${this.#parts.driver.name} on ${this.node.moniker}: ${words}`;
    try {
      await this.#parts.raise({ type: ExceptionType.FATAL_PAGE_FAULT, status, address, message });
    } catch (failure) {
      // The process may be gone by now, and with it whom to tell.
      if (!this.#isDead()) this.log.error(`no exception could be raised: ${String(failure)}`);
    }
  }

  /** An error that is no ZxError was nobody's intention: where it comes from is of interest. */
  #reportBug(what: string, error: unknown): void {
    if (error instanceof ZxError || !(error instanceof Error)) return;
    this.log.error(`${what} failed: ${error.stack ?? error.message}`);
  }
}

function logOf(events: EventStream, zx: Zx, source: string): DriverContext["log"] {
  const log = (severity: LogEvent["severity"]) => (message: string) => {
    if (!events.wants.log) return;
    events.emit({ kind: "log", time: zx.clockGetMonotonic(), source, severity, message });
  };
  return { debug: log("debug"), info: log("info"), warn: log("warning"), error: log("error") };
}
