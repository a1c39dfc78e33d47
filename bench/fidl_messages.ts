/** Three messages of real protocols, as values, with their generated codecs. */
import { NODE_ADD_ARGS, type NodeAddArgs } from "../src/fidl/fuchsia.driver.framework.ts";
import { type Bar, Bus, Device, type PciDevice } from "../src/fidl/fuchsia.hardware.pci.ts";
import type { Codec, ProtocolInfo } from "../src/fidl/runtime/index.ts";

export interface BenchMessage<T = unknown> {
  readonly name: string;
  readonly codec: Codec<T>;
  readonly value: T;
}

/** Eight functions of a PC, each with its configuration header. */
const devices: readonly PciDevice[] = Array.from({ length: 8 }, (_, i) => ({
  baseAddresses: Array.from({ length: 1 + (i % 6) }, (_, bar) => ({
    address: 0xfeb0_0000n + BigInt(0x1_0000 * (8 * i + bar)),
    size: 0x1_0000n,
    isMemory: bar !== 1,
    isPrefetchable: bar === 2,
    is64bit: bar % 2 === 0,
    id: bar,
  })),
  capabilities: [1, 5, 0x10, 0x11].map((id, c) => ({ id, offset: 0x40 + 16 * c })),
  extCapabilities: [1, 3].map((id, c) => ({ id, offset: 0x100 + 64 * c })),
  config: Uint8Array.from({ length: 256 }, (_, at) => (at * 7 + i) & 0xff),
  busId: 0,
  deviceId: i,
  functionId: 0,
}));

const bar: Bar = { barId: 0, size: 0x2_0000n, result: { kind: "vmo", vmo: 0x1003 } };

/** What a PCI bus driver says of a function. */
const node: NodeAddArgs = {
  name: "00_01_0",
  offers2: [
    {
      kind: "zirconTransport",
      zirconTransport: {
        kind: "service",
        service: { sourceName: "fuchsia.hardware.pci.Service", targetName: "fuchsia.hardware.pci.Service" },
      },
    },
  ],
  properties2: [
    { key: "fuchsia.BIND_PROTOCOL", value: { kind: "intValue", intValue: 0x7063_6930 } },
    { key: "fuchsia.BIND_PCI_VID", value: { kind: "intValue", intValue: 0x1234 } },
    { key: "fuchsia.BIND_PCI_DID", value: { kind: "intValue", intValue: 0x11e8 } },
    { key: "fuchsia.BIND_PCI_CLASS", value: { kind: "intValue", intValue: 0xff } },
    { key: "fuchsia.BIND_PCI_SUBCLASS", value: { kind: "intValue", intValue: 0 } },
    { key: "fuchsia.BIND_PCI_TOPO", value: { kind: "stringValue", stringValue: "00:01.0" } },
  ],
};

export const getDevices: BenchMessage = {
  name: "GetDevices response",
  codec: responseOf(Bus, "GetDevices"),
  value: { devices },
};

export const getBar: BenchMessage = {
  name: "GetBar response",
  codec: responseOf(Device, "GetBar"),
  value: { result: bar },
};

export const nodeAddArgs: BenchMessage<NodeAddArgs> = {
  name: "NodeAddArgs",
  codec: NODE_ADD_ARGS,
  value: node,
};

function responseOf(protocol: ProtocolInfo, name: string): Codec<unknown> {
  const method = protocol.methods.find((each) => each.name === `${protocol.name}.${name}`);
  if (method?.response === undefined) throw new Error(`${protocol.name} has no response of ${name}`);
  return method.response;
}
