import type { ItemsClient } from "../../fidl/fuchsia.boot.ts";
import type { FirmwareBlob, FirmwareServer } from "../../fidl/fuchsia.hardware.platform.bus.ts";
import { FirmwareType } from "../../fidl/fuchsia.hardware.platform.bus.ts";
import { ZxError } from "../../zx/error.ts";
import type { Zx } from "../../zx/syscalls.ts";
import type { PdevBoardInfo } from "./pdev.ts";
import type { PlatformBootMetadata } from "./platform_node.ts";

/** Types of boot items (`zbi.h`). */
export const ZbiType = {
  PLATFORM_ID: 0x4449_4c50,
  DEVICETREE: 0xd00d_feed,
  ACPI_RSDP: 0x5044_5352,
  SMBIOS: 0x4942_4d53,
} as const;

const FIRMWARE: ReadonlyMap<number, number> = new Map([
  [FirmwareType.DEVICE_TREE, ZbiType.DEVICETREE],
  [FirmwareType.ACPI, ZbiType.ACPI_RSDP],
  [FirmwareType.SMBIOS, ZbiType.SMBIOS],
]);

/** zbi_platform_id_t: vid, pid, and a name with a NUL at its end. */
const PLATFORM_ID_SIZE = 40;
const PLATFORM_ID_NAME = 8;

/** What the boot loader has left, and `fuchsia.hardware.platform.bus/Firmware` for the board driver. */
export class BootItems implements FirmwareServer {
  readonly #zx: Zx;
  readonly #items: ItemsClient;

  constructor(zx: Zx, items: ItemsClient) {
    this.#zx = zx;
    this.#items = items;
  }

  /** NOT_SUPPORTED for a kind of firmware that is not known; nothing where there is none. */
  async getFirmware(type: number): Promise<FirmwareBlob[]> {
    const zbiType = FIRMWARE.get(type);
    if (zbiType === undefined) throw new ZxError("NOT_SUPPORTED", `firmware of type ${type}`);
    const { payload, length } = await this.#items.get(zbiType, 0);
    return payload === undefined ? [] : [{ vmo: payload, length: BigInt(length) }];
  }

  /** INTERNAL where the boot loader did not say which board it is. */
  async boardInfo(): Promise<PdevBoardInfo> {
    const item = await this.#read(ZbiType.PLATFORM_ID, 0);
    if (item === undefined || item.length < PLATFORM_ID_SIZE)
      throw new ZxError("INTERNAL", "there is no boot item PLATFORM_ID, which says what board it is");
    const view = new DataView(item.buffer, item.byteOffset, item.byteLength);
    const name = item.subarray(PLATFORM_ID_NAME, PLATFORM_ID_SIZE);
    const end = name.indexOf(0);
    return {
      vid: view.getUint32(0, true),
      pid: view.getUint32(4, true),
      boardName: new TextDecoder().decode(end < 0 ? name : name.subarray(0, end)),
      boardRevision: 0,
    };
  }

  /** What is there of it; its id is the item's type, in decimal digits. */
  async metadata(wanted: readonly PlatformBootMetadata[]): Promise<Map<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    for (const { zbiType, zbiExtra } of wanted) {
      const data = await this.#read(zbiType, zbiExtra);
      if (data !== undefined) found.set(String(zbiType), data);
    }
    return found;
  }

  async #read(type: number, extra: number): Promise<Uint8Array | undefined> {
    const { payload, length } = await this.#items.get(type, extra);
    if (payload === undefined) return undefined;
    try {
      const bytes = new Uint8Array(length);
      this.#zx.vmoRead(payload, bytes, 0);
      return bytes;
    } finally {
      this.#zx.handleClose(payload);
    }
  }
}
