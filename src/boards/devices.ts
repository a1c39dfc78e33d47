/** Device models by name, and what can be said of them, in the words of QEMU's `-device` option. */
import { type EduOptions, edu } from "../models/edu.ts";
import type { PciSlot } from "../models/pci_function.ts";
import type { PciModel } from "../models/pci_model.ts";
import { testDevice } from "../models/test_device.ts";
import { ZxError } from "../zx/error.ts";

/** A device to plug in: where (the first free slot by default), and what. */
export interface DeviceRequest {
  readonly model: PciModel;
  readonly slot?: PciSlot;
}

type Options = ReadonlyMap<string, string>;

interface Maker {
  /** Options other than `addr`. */
  readonly options: readonly string[];
  make(options: Options): PciModel;
}

const MAKERS = new Map<string, Maker>([
  ["edu", { options: ["dma_mask"], make: (options) => edu(eduOptions(options)) }],
  ["testdev", { options: [], make: () => testDevice }],
]);

/** Names that `parseDevice` takes. */
export const deviceNames: readonly string[] = [...MAKERS.keys()];

/**
 * `edu`, `edu,addr=4.0`, `edu,dma_mask=0xffffffff`: a device as QEMU's `-device` writes it. Slots are hexadecimal.
 *
 * NOT_FOUND for a device that there is no model of, INVALID_ARGS for an option that it does not have or a bad value.
 */
export function parseDevice(text: string): DeviceRequest {
  const [name = "", ...rest] = text.split(",");
  const maker = MAKERS.get(name);
  if (maker === undefined) {
    throw new ZxError(
      "NOT_FOUND",
      `no model of a device ${JSON.stringify(name)}: there are ${deviceNames.join(", ")}`,
    );
  }
  const known = ["addr", ...maker.options];
  const options = new Map<string, string>();
  for (const option of rest) {
    const [key = "", value] = splitOnce(option);
    if (!known.includes(key) || value === undefined || options.has(key)) {
      const form = known.map((known) => `${known}=...`).join(", ");
      throw new ZxError(
        "INVALID_ARGS",
        `device ${JSON.stringify(text)}: ${JSON.stringify(option)}; ${name} takes ${form}`,
      );
    }
    options.set(key, value);
  }
  const addr = options.get("addr");
  return { model: maker.make(options), ...(addr !== undefined && { slot: parseSlot(addr) }) };
}

function splitOnce(option: string): [string, string | undefined] {
  const at = option.indexOf("=");
  return at < 0 ? [option, undefined] : [option.slice(0, at), option.slice(at + 1)];
}

function parseSlot(text: string): PciSlot {
  const match = /^(?:0x)?([0-9a-f]{1,2})(?:\.([0-7]))?$/i.exec(text);
  if (match === null)
    throw new ZxError("INVALID_ARGS", `addr=${text}: a slot is written 4 or 1f.3, hexadecimal`);
  return { device: Number.parseInt(match[1]!, 16), function: Number(match[2] ?? 0) };
}

function eduOptions(options: Options): EduOptions {
  const mask = options.get("dma_mask");
  if (mask === undefined) return {};
  if (!/^(0x[0-9a-f]{1,16}|[0-9]{1,20})$/i.test(mask)) {
    throw new ZxError("INVALID_ARGS", `dma_mask=${mask}: a number of 64 bits, like 0xffffffff`);
  }
  return { dmaMask: BigInt(mask) };
}
