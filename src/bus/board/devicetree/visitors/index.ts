import type { Visitor } from "../visitor.ts";
import { bindPropertyVisitor } from "./bind_property.ts";
import { bootMetadataVisitor } from "./boot_metadata.ts";
import { btiVisitor } from "./bti.ts";
import { driverHostVisitor } from "./driver_host.ts";
import { fixedClocksVisitor } from "./fixed_clocks.ts";
import { gpioVisitor } from "./gpio.ts";
import { interruptsVisitor } from "./interrupts.ts";
import { kernelVisitor } from "./kernel.ts";
import { mmioVisitor } from "./mmio.ts";
import { pciHostVisitor } from "./pci_host.ts";
import { smcVisitor } from "./smc.ts";

/** The bindings that the board driver understands by itself. */
export const defaultVisitors: readonly Visitor[] = [
  kernelVisitor,
  bindPropertyVisitor,
  mmioVisitor,
  interruptsVisitor,
  btiVisitor,
  smcVisitor,
  bootMetadataVisitor,
  driverHostVisitor,
  fixedClocksVisitor,
  gpioVisitor,
  pciHostVisitor,
];
