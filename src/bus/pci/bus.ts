import type { Handle } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { formatAddress, packAddress } from "./address.ts";
import { Command, Config, type ConfigAccess, EXTENDED_SIZE, HeaderType } from "./config.ts";
import { PciDevice } from "./device.ts";
import { PciFunction } from "./function.ts";
import { DeviceInterrupts } from "./interrupts.ts";
import type { PciPlatformInfo, PciRoot } from "./pciroot.ts";
import { placeBars } from "./placement.ts";
import { vectorOf } from "./routing.ts";
import { scanBus } from "./scan.ts";
import { SharedVector } from "./shared_vector.ts";

export interface BusParts {
  readonly zx: Zx;
  readonly root: PciRoot;
  readonly platform: PciPlatformInfo;
  readonly config: ConfigAccess;
  readonly log: { info(text: string): void; warn(text: string): void; error(text: string): void };
}

/**
 * The root bus of a segment. Functions behind bridges are not looked for: a bridge is only reported.
 *
 * It is brought up in steps, whose order matters: all functions are found before the first gets address space, so that
 * what firmware placed is not given to somebody else; and they have their address space before anybody can ask for it.
 */
export class PciBus {
  readonly #parts: BusParts;
  readonly #vectors: ReadonlyMap<number, SharedVector>;
  readonly #ecam: Handle;
  #functions: PciFunction[] = [];

  /** The handles in `platform` stay the caller's, and must be open until the bus is stopped. */
  constructor(parts: BusParts) {
    this.#parts = parts;
    const { zx, platform, log } = parts;
    this.#ecam = platform.cam.vmo;
    this.#vectors = new Map(
      platform.legacyIrqs.map((irq) => [irq.vector, new SharedVector(zx, irq, (text) => log.error(text))]),
    );
  }

  get functions(): readonly PciFunction[] {
    return this.#functions;
  }

  /** Finds the functions, places their base address registers, and turns them on. */
  start(): void {
    const devices = this.#scan();
    const { placed, failed } = placeBars(devices, (request) => this.#parts.root.getAddressSpace(request));
    for (const [device, error] of failed) {
      device.disable();
      this.#parts.log.error(`${device.name} is disabled: ${error.detail}`);
    }
    for (const [device, spaces] of placed) device.enable(spaces);
    const { zx, root, log } = this.#parts;
    this.#functions = [...placed.keys()].map(
      (device) => new PciFunction({ zx, root, device, interrupts: this.#interruptsOf(device), log }),
    );
  }

  /** Turns every function off and gives everything back. */
  stop(): void {
    for (const vector of this.#vectors.values()) vector.stop();
    for (const fn of this.#functions.splice(0)) fn.stop();
  }

  /** A function that makes no sense is reported and left alone; the scan goes on. */
  #scan(): PciDevice[] {
    const { platform, config, log } = this.#parts;
    const devices: PciDevice[] = [];
    for (const { address, config: space, headerType } of scanBus(config, platform.startBus)) {
      if (headerType !== HeaderType.STANDARD) {
        const what = headerType === HeaderType.BRIDGE ? "a bridge" : `of header type ${headerType}`;
        log.warn(`${formatAddress(address)} is ${what}: what is behind it is not used`);
        continue;
      }
      try {
        devices.push(new PciDevice(address, space));
      } catch (error) {
        if (!(error instanceof ZxError)) throw error;
        space.write16(Config.COMMAND, Command.INT_DISABLE);
        log.error(`${formatAddress(address)} is not used: ${error.message}`);
      }
    }
    return devices;
  }

  #interruptsOf(device: PciDevice): DeviceInterrupts {
    const { zx, root, platform, log } = this.#parts;
    const pin = device.config.read8(Config.INTERRUPT_PIN);
    const number = vectorOf(device.address, pin, platform.irqRouting);
    const vector = number === undefined ? undefined : this.#vectors.get(number);
    if (vector !== undefined) device.config.write8(Config.INTERRUPT_LINE, vector.vector);
    const index = packAddress({ ...device.address, bus: device.address.bus - platform.startBus });
    const configVmo = { vmo: this.#ecam, offset: index * EXTENDED_SIZE };
    return new DeviceInterrupts({ zx, root, device, vector, configVmo, logError: (text) => log.error(text) });
  }
}
