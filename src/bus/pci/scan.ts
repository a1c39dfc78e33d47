import { DEVICES_PER_BUS, FUNCTIONS_PER_DEVICE, type PciAddress } from "./address.ts";
import { Config, type ConfigAccess, type ConfigSpace, HeaderType, NO_FUNCTION } from "./config.ts";

export interface FoundFunction {
  readonly address: PciAddress;
  readonly config: ConfigSpace;
  /** Without the multi-function bit: one of `HeaderType`. */
  readonly headerType: number;
}

/** The functions of one bus, ascending. Functions 1 to 7 are asked for only where function 0 says that there are more. */
export function* scanBus(access: ConfigAccess, bus: number): Generator<FoundFunction> {
  for (let device = 0; device < DEVICES_PER_BUS; device++) {
    let functions = 1;
    for (let fn = 0; fn < functions; fn++) {
      const address = { bus, device, function: fn };
      const config = access.at(address);
      if (config.read16(Config.VENDOR_ID) === NO_FUNCTION) continue;
      const headerType = config.read8(Config.HEADER_TYPE);
      if (fn === 0 && (headerType & HeaderType.MULTI_FN) !== 0) functions = FUNCTIONS_PER_DEVICE;
      yield { address, config, headerType: headerType & HeaderType.MASK };
    }
  }
}
