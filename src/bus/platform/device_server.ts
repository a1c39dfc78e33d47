import type {
  BoardInfo,
  DeviceServer,
  Mmio,
  NodeDeviceInfo,
} from "../../fidl/fuchsia.hardware.platform.device.ts";
import type { Handle } from "../../zx/constants.ts";
import type { PlatformDevice } from "./device.ts";

/** `fuchsia.hardware.platform.device/Device` for one platform device. */
export class PlatformDeviceServer implements DeviceServer {
  readonly #device: PlatformDevice;

  constructor(device: PlatformDevice) {
    this.#device = device;
  }

  getMmioById(index: number): Mmio {
    const { offset, size, vmo } = this.#device.getMmio(index);
    return { offset: BigInt(offset), size: BigInt(size), vmo };
  }

  getMmioByName(name: string): Mmio {
    return this.getMmioById(this.#device.indexOf("mmio", name));
  }

  getInterruptById(index: number, flags: number): Handle {
    return this.#device.getInterrupt(index, flags);
  }

  getInterruptByName(name: string, flags: number): Handle {
    return this.#device.getInterrupt(this.#device.indexOf("irq", name), flags);
  }

  getBtiById(index: number): Handle {
    return this.#device.getBti(index);
  }

  getBtiByName(name: string): Handle {
    return this.#device.getBti(this.#device.indexOf("bti", name));
  }

  getSmcById(index: number): Handle {
    return this.#device.getSmc(index);
  }

  getSmcByName(name: string): Handle {
    return this.#device.getSmc(this.#device.indexOf("smc", name));
  }

  getNodeDeviceInfo(): NodeDeviceInfo {
    const info = this.#device.getDeviceInfo();
    return { ...info, name: info.name.slice(0, MAX_NAME) };
  }

  getBoardInfo(): BoardInfo {
    return this.#device.getBoardInfo();
  }

  getMetadata(id: string): Uint8Array {
    return this.#device.getMetadata(id);
  }
}

/** Of the name in a NodeDeviceInfo; a node's own may be longer. */
const MAX_NAME = 32;
