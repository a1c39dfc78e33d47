/** Configuration mechanism #1 of PCI (PCI 3.0, section 3.2.2.3.2): the way of a PC, through two I/O ports. */
import { NarrowIo } from "../machine/sim/narrow_io.ts";
import type { SimPorts } from "../machine/sim/ports.ts";
import type { ConfigWidth } from "./pci_config_space.ts";
import type { PciHost } from "./pci_host.ts";

const CONFIG_ADDRESS_PORT = 0xcf8;
const CONFIG_DATA_PORT = 0xcfc;
/** What a read of an absent function gives. */
const ONES = 0xffff_ffff;

/** Puts the ports of a PCI host where a PC has them. */
export function addConfigPorts(host: PciHost, ports: SimPorts): void {
  const address = new ConfigAddress();
  ports.map.add(CONFIG_ADDRESS_PORT, 4, "PCI configuration address", address);
  ports.map.add(CONFIG_DATA_PORT, 4, "PCI configuration data", new ConfigData(host, address));
}

/** Port 0xCF8. Only a 32-bit write is a write of the address; anything narrower is a write to some other port. */
class ConfigAddress extends NarrowIo {
  value = 0;

  read8(offset: number): number {
    return (this.value >>> (8 * offset)) & 0xff;
  }

  read16(offset: number): number {
    return (this.value >>> (8 * offset)) & 0xffff;
  }

  read32(): number {
    return this.value;
  }

  write8(): void {}

  write16(): void {}

  write32(_offset: number, value: number): void {
    this.value = value;
  }
}

/** Ports 0xCFC to 0xCFF: the bytes of the register that the address names, while its bit 31 is set. */
class ConfigData extends NarrowIo {
  readonly #host: PciHost;
  readonly #address: ConfigAddress;

  constructor(host: PciHost, address: ConfigAddress) {
    super();
    this.#host = host;
    this.#address = address;
  }

  read8(offset: number): number {
    return this.#read(offset, 1);
  }

  read16(offset: number): number {
    return this.#read(offset, 2);
  }

  read32(offset: number): number {
    return this.#read(offset, 4);
  }

  write8(offset: number, value: number): void {
    this.#write(offset, 1, value);
  }

  write16(offset: number, value: number): void {
    this.#write(offset, 2, value);
  }

  write32(offset: number, value: number): void {
    this.#write(offset, 4, value);
  }

  #read(offset: number, width: ConfigWidth): number {
    const { value } = this.#address;
    if (value >>> 31 === 0) return ONES >>> (32 - 8 * width);
    return this.#host.readConfig((value >>> 16) & 0xff, (value >>> 8) & 0xff, (value & 0xfc) + offset, width);
  }

  #write(offset: number, width: ConfigWidth, data: number): void {
    const { value } = this.#address;
    if (value >>> 31 === 0) return;
    this.#host.writeConfig((value >>> 16) & 0xff, (value >>> 8) & 0xff, (value & 0xfc) + offset, width, data);
  }
}
