/**
 * Bindings of the FIDL library `fuchsia.hardware.pci`: what a PCI function's driver asks of the PCI bus driver.
 *
 * Source: Fuchsia's pci.fidl. `ResetDevice` is not among the methods.
 */
import { type Handle, ObjectType } from "../zx/constants.ts";
import type { ClientCore } from "./runtime/client.ts";
import { type Connection, defineProtocol, type Method, serverMethod } from "./runtime/protocol.ts";
import {
  BOOL,
  byteVectorOf,
  handleOf,
  SIZE64,
  struct,
  UINT8,
  UINT16,
  UINT32,
  type UnknownVariant,
  union,
  vectorOf,
} from "./runtime/types.ts";

export const MAX_CAPABILITIES = 32;
export const MAX_EXT_CAPABILITIES = 32;
export const MAX_BAR_COUNT = 6;
export const BASE_CONFIG_SIZE = 256;

/** How a function signals interrupts. */
export const InterruptMode = {
  DISABLED: 0,
  /** A pin, shared with other functions; each interrupt must be acknowledged with AckInterrupt. */
  LEGACY: 1,
  /** A pin, without AckInterrupt: the bus driver disables the function when interrupts come in a storm. */
  LEGACY_NOACK: 2,
  MSI: 3,
  MSI_X: 4,
} as const;

/** Identifiers of standard capabilities (PCI Code and ID Assignment Specification). */
export const CapabilityId = {
  PCI_PWR_MGMT: 0x01,
  AGP: 0x02,
  VITAL_PRODUCT_DATA: 0x03,
  MSI: 0x05,
  PCIX: 0x07,
  VENDOR: 0x09,
  PCI_EXPRESS: 0x10,
  MSIX: 0x11,
  SATA_DATA_NDX_CFG: 0x12,
  ADVANCED_FEATURES: 0x13,
} as const;

export interface DeviceInfo {
  readonly vendorId: number;
  readonly deviceId: number;
  readonly baseClass: number;
  readonly subClass: number;
  readonly programInterface: number;
  readonly revisionId: number;
  readonly busId: number;
  readonly devId: number;
  readonly funcId: number;
}

/** I/O ports from `address` on; `resource` is for `zx.ioportsRequest`. */
export interface IoBar {
  readonly address: number;
  readonly resource: Handle;
}

export interface Bar {
  readonly barId: number;
  /** Bytes that the device decodes; the VMO is rounded up to whole pages. */
  readonly size: number;
  readonly result:
    | { readonly kind: "io"; readonly io: IoBar }
    | { readonly kind: "vmo"; readonly vmo: Handle }
    | UnknownVariant;
}

export interface InterruptModes {
  readonly hasLegacy: boolean;
  /** How many vectors there can be; 0 where the function lacks the capability. */
  readonly msiCount: number;
  readonly msixCount: number;
}

/** `fuchsia.hardware.pci/Device` as its client sees it. Every method rejects with a ZxError. */
export interface DeviceClient extends Connection {
  getDeviceInfo(): Promise<DeviceInfo>;
  /** The memory or ports of a base address register. INVALID_ARGS for an id above 5; NOT_FOUND where there is no BAR. */
  getBar(barId: number): Promise<Bar>;
  /** Lets the function read and write RAM. BAD_STATE if it is disabled. */
  setBusMastering(enabled: boolean): Promise<void>;
  /** Lets the next legacy interrupt come. BAD_STATE in any other mode. */
  ackInterrupt(): Promise<void>;
  /** An interrupt object. BAD_STATE while interrupts are disabled; INVALID_ARGS; ALREADY_BOUND if this MSI is mapped. */
  mapInterrupt(whichIrq: number): Promise<Handle>;
  getInterruptModes(): Promise<InterruptModes>;
  /** `mode`: one of `InterruptMode`. BAD_STATE while MSI handles are open; INVALID_ARGS; NOT_SUPPORTED. */
  setInterruptMode(mode: number, requestedIrqCount: number): Promise<void>;
  /** Configuration space. OUT_OF_RANGE; writes below 0x40 are ACCESS_DENIED. */
  readConfig8(offset: number): Promise<number>;
  readConfig16(offset: number): Promise<number>;
  readConfig32(offset: number): Promise<number>;
  writeConfig8(offset: number, value: number): Promise<void>;
  writeConfig16(offset: number, value: number): Promise<void>;
  writeConfig32(offset: number, value: number): Promise<void>;
  /** Offsets in configuration space of the capabilities with this id. */
  getCapabilities(id: number): Promise<Uint8Array>;
  getExtendedCapabilities(id: number): Promise<readonly number[]>;
  /** The bus transaction initiator of the function. OUT_OF_RANGE for any index but 0. */
  getBti(index: number): Promise<Handle>;
}

type MaybePromise<T> = T | Promise<T>;

/** `fuchsia.hardware.pci/Device` as a bus driver implements it: throws a ZxError to answer with an error. */
export type DeviceServer = {
  readonly [K in Exclude<keyof DeviceClient, keyof Connection>]: (
    ...args: Parameters<DeviceClient[K]>
  ) => MaybePromise<Awaited<ReturnType<DeviceClient[K]>>>;
};

const DEVICE_INFO = struct<DeviceInfo>("DeviceInfo", {
  vendorId: UINT16,
  deviceId: UINT16,
  baseClass: UINT8,
  subClass: UINT8,
  programInterface: UINT8,
  revisionId: UINT8,
  busId: UINT8,
  devId: UINT8,
  // The member `padding struct {}` that follows is one zero byte: the same as the padding that ends the struct.
  funcId: UINT8,
});

const IO_BAR = struct<IoBar>("IoBar", { address: SIZE64, resource: handleOf(ObjectType.RESOURCE) });

const BAR = struct<Bar>("Bar", {
  barId: UINT32,
  size: SIZE64,
  result: union<{ io: IoBar; vmo: Handle }>("BarResult", {
    io: [1, IO_BAR],
    vmo: [2, handleOf(ObjectType.VMO)],
  }),
});

const INTERRUPT_MODES = struct<InterruptModes>("InterruptModes", {
  hasLegacy: BOOL,
  msiCount: UINT8,
  msixCount: UINT16,
});

interface ConfigValue {
  readonly value: number;
}
interface ConfigOffset {
  readonly offset: number;
}

const config = struct<ConfigOffset>("ReadConfigRequest", { offset: UINT16 });
const value8 = struct<ConfigValue>("ReadConfig8Response", { value: UINT8 });
const value16 = struct<ConfigValue>("ReadConfig16Response", { value: UINT16 });
const value32 = struct<ConfigValue>("ReadConfig32Response", { value: UINT32 });

const PROTOCOL = "fuchsia.hardware.pci/Device";

const GET_DEVICE_INFO: Method<void, { info: DeviceInfo }> = {
  name: `${PROTOCOL}.GetDeviceInfo`,
  ordinal: 0x5599_d144_d432_9916n,
  request: undefined,
  response: struct("GetDeviceInfoResponse", { info: DEVICE_INFO }),
  error: false,
};
const GET_BAR: Method<{ barId: number }, { result: Bar }> = {
  name: `${PROTOCOL}.GetBar`,
  ordinal: 0x6b26_83f6_fbbf_f679n,
  request: struct("GetBarRequest", { barId: UINT32 }),
  response: struct("GetBarResponse", { result: BAR }),
  error: true,
};
const SET_BUS_MASTERING: Method<{ enabled: boolean }, void> = {
  name: `${PROTOCOL}.SetBusMastering`,
  ordinal: 0x3421_e9e0_3021_1003n,
  request: struct("SetBusMasteringRequest", { enabled: BOOL }),
  response: undefined,
  error: true,
};
const ACK_INTERRUPT: Method<void, void> = {
  name: `${PROTOCOL}.AckInterrupt`,
  ordinal: 0x7074_2f64_692d_5a6bn,
  request: undefined,
  response: undefined,
  error: true,
};
const MAP_INTERRUPT: Method<{ whichIrq: number }, { interrupt: Handle }> = {
  name: `${PROTOCOL}.MapInterrupt`,
  ordinal: 0x25ee_ff9d_34a1_fa13n,
  request: struct("MapInterruptRequest", { whichIrq: UINT32 }),
  response: struct("MapInterruptResponse", { interrupt: handleOf(ObjectType.INTERRUPT) }),
  error: true,
};
const GET_INTERRUPT_MODES: Method<void, { modes: InterruptModes }> = {
  name: `${PROTOCOL}.GetInterruptModes`,
  ordinal: 0x093f_4cd8_f79e_9f4an,
  request: undefined,
  response: struct("GetInterruptModesResponse", { modes: INTERRUPT_MODES }),
  error: false,
};
const SET_INTERRUPT_MODE: Method<{ mode: number; requestedIrqCount: number }, void> = {
  name: `${PROTOCOL}.SetInterruptMode`,
  ordinal: 0x085b_ebad_3eb2_4866n,
  request: struct("SetInterruptModeRequest", { mode: UINT8, requestedIrqCount: UINT32 }),
  response: undefined,
  error: true,
};
const READ_CONFIG8: Method<ConfigOffset, ConfigValue> = {
  name: `${PROTOCOL}.ReadConfig8`,
  ordinal: 0x28f9_eb9e_6dad_da1cn,
  request: config,
  response: value8,
  error: true,
};
const READ_CONFIG16: Method<ConfigOffset, ConfigValue> = {
  name: `${PROTOCOL}.ReadConfig16`,
  ordinal: 0x3bcd_a617_1a32_70bbn,
  request: config,
  response: value16,
  error: true,
};
const READ_CONFIG32: Method<ConfigOffset, ConfigValue> = {
  name: `${PROTOCOL}.ReadConfig32`,
  ordinal: 0x5535_7535_402f_7507n,
  request: config,
  response: value32,
  error: true,
};
const WRITE_CONFIG8: Method<ConfigOffset & ConfigValue, void> = {
  name: `${PROTOCOL}.WriteConfig8`,
  ordinal: 0x049a_0719_e143_3cffn,
  request: struct("WriteConfig8Request", { offset: UINT16, value: UINT8 }),
  response: undefined,
  error: true,
};
const WRITE_CONFIG16: Method<ConfigOffset & ConfigValue, void> = {
  name: `${PROTOCOL}.WriteConfig16`,
  ordinal: 0x3e30_bf13_f1c0_7effn,
  request: struct("WriteConfig16Request", { offset: UINT16, value: UINT16 }),
  response: undefined,
  error: true,
};
const WRITE_CONFIG32: Method<ConfigOffset & ConfigValue, void> = {
  name: `${PROTOCOL}.WriteConfig32`,
  ordinal: 0x0161_584e_5199_b388n,
  request: struct("WriteConfig32Request", { offset: UINT16, value: UINT32 }),
  response: undefined,
  error: true,
};
const GET_CAPABILITIES: Method<{ id: number }, { offsets: Uint8Array }> = {
  name: `${PROTOCOL}.GetCapabilities`,
  ordinal: 0x3a05_0fde_46f3_ba0fn,
  request: struct("GetCapabilitiesRequest", { id: UINT8 }),
  response: struct("GetCapabilitiesResponse", { offsets: byteVectorOf(MAX_CAPABILITIES) }),
  error: false,
};
const GET_EXTENDED_CAPABILITIES: Method<{ id: number }, { offsets: readonly number[] }> = {
  name: `${PROTOCOL}.GetExtendedCapabilities`,
  ordinal: 0x0b85_73ef_caae_0c39n,
  request: struct("GetExtendedCapabilitiesRequest", { id: UINT16 }),
  response: struct("GetExtendedCapabilitiesResponse", { offsets: vectorOf(UINT16, MAX_EXT_CAPABILITIES) }),
  error: false,
};
const GET_BTI: Method<{ index: number }, { bti: Handle }> = {
  name: `${PROTOCOL}.GetBti`,
  ordinal: 0x5e4f_e9ef_b12d_9ee3n,
  request: struct("GetBtiRequest", { index: UINT32 }),
  response: struct("GetBtiResponse", { bti: handleOf(ObjectType.BTI) }),
  error: true,
};

class Client implements DeviceClient {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  async getDeviceInfo(): Promise<DeviceInfo> {
    return (await this.#core.call(GET_DEVICE_INFO, undefined)).info;
  }
  async getBar(barId: number): Promise<Bar> {
    return (await this.#core.call(GET_BAR, { barId })).result;
  }
  setBusMastering(enabled: boolean): Promise<void> {
    return this.#core.call(SET_BUS_MASTERING, { enabled });
  }
  ackInterrupt(): Promise<void> {
    return this.#core.call(ACK_INTERRUPT, undefined);
  }
  async mapInterrupt(whichIrq: number): Promise<Handle> {
    return (await this.#core.call(MAP_INTERRUPT, { whichIrq })).interrupt;
  }
  async getInterruptModes(): Promise<InterruptModes> {
    return (await this.#core.call(GET_INTERRUPT_MODES, undefined)).modes;
  }
  setInterruptMode(mode: number, requestedIrqCount: number): Promise<void> {
    return this.#core.call(SET_INTERRUPT_MODE, { mode, requestedIrqCount });
  }
  async readConfig8(offset: number): Promise<number> {
    return (await this.#core.call(READ_CONFIG8, { offset })).value;
  }
  async readConfig16(offset: number): Promise<number> {
    return (await this.#core.call(READ_CONFIG16, { offset })).value;
  }
  async readConfig32(offset: number): Promise<number> {
    return (await this.#core.call(READ_CONFIG32, { offset })).value;
  }
  writeConfig8(offset: number, value: number): Promise<void> {
    return this.#core.call(WRITE_CONFIG8, { offset, value });
  }
  writeConfig16(offset: number, value: number): Promise<void> {
    return this.#core.call(WRITE_CONFIG16, { offset, value });
  }
  writeConfig32(offset: number, value: number): Promise<void> {
    return this.#core.call(WRITE_CONFIG32, { offset, value });
  }
  async getCapabilities(id: number): Promise<Uint8Array> {
    return (await this.#core.call(GET_CAPABILITIES, { id })).offsets;
  }
  async getExtendedCapabilities(id: number): Promise<readonly number[]> {
    return (await this.#core.call(GET_EXTENDED_CAPABILITIES, { id })).offsets;
  }
  async getBti(index: number): Promise<Handle> {
    return (await this.#core.call(GET_BTI, { index })).bti;
  }
  close(): void {
    this.#core.close();
  }
  [Symbol.dispose](): void {
    this.#core.close();
  }
}

export const Device = defineProtocol<DeviceClient, DeviceServer>({
  name: PROTOCOL,
  service: "fuchsia.hardware.pci.Service",
  client: (core) => new Client(core),
  methods: [
    serverMethod(GET_DEVICE_INFO, async (server) => ({ info: await server.getDeviceInfo() })),
    serverMethod(GET_BAR, async (server, { barId }) => ({ result: await server.getBar(barId) })),
    serverMethod(SET_BUS_MASTERING, (server, { enabled }) => server.setBusMastering(enabled)),
    serverMethod(ACK_INTERRUPT, (server) => server.ackInterrupt()),
    serverMethod(MAP_INTERRUPT, async (server, { whichIrq }) => ({
      interrupt: await server.mapInterrupt(whichIrq),
    })),
    serverMethod(GET_INTERRUPT_MODES, async (server) => ({ modes: await server.getInterruptModes() })),
    serverMethod(SET_INTERRUPT_MODE, (server, { mode, requestedIrqCount }) =>
      server.setInterruptMode(mode, requestedIrqCount),
    ),
    serverMethod(READ_CONFIG8, async (server, { offset }) => ({ value: await server.readConfig8(offset) })),
    serverMethod(READ_CONFIG16, async (server, { offset }) => ({ value: await server.readConfig16(offset) })),
    serverMethod(READ_CONFIG32, async (server, { offset }) => ({ value: await server.readConfig32(offset) })),
    serverMethod(WRITE_CONFIG8, (server, { offset, value }) => server.writeConfig8(offset, value)),
    serverMethod(WRITE_CONFIG16, (server, { offset, value }) => server.writeConfig16(offset, value)),
    serverMethod(WRITE_CONFIG32, (server, { offset, value }) => server.writeConfig32(offset, value)),
    serverMethod(GET_CAPABILITIES, async (server, { id }) => ({ offsets: await server.getCapabilities(id) })),
    serverMethod(GET_EXTENDED_CAPABILITIES, async (server, { id }) => ({
      offsets: await server.getExtendedCapabilities(id),
    })),
    serverMethod(GET_BTI, async (server, { index }) => ({ bti: await server.getBti(index) })),
  ],
});
