import { type Irq, ZirconInterruptMode } from "../../../../fidl/fuchsia.hardware.platform.bus.ts";
import type { InterruptTrigger } from "../../../../firmware/devicetree/gic.ts";
import type { Visitor } from "../visitor.ts";

const MODES: Readonly<Record<InterruptTrigger, ZirconInterruptMode>> = {
  none: ZirconInterruptMode.DEFAULT,
  "edge-rising": ZirconInterruptMode.EDGE_HIGH,
  "edge-falling": ZirconInterruptMode.EDGE_LOW,
  "edge-both": ZirconInterruptMode.EDGE_BOTH,
  "level-high": ZirconInterruptMode.LEVEL_HIGH,
  "level-low": ZirconInterruptMode.LEVEL_LOW,
};

/** The mode that a GIC's trigger is. */
export function modeOf(trigger: InterruptTrigger): ZirconInterruptMode {
  return MODES[trigger];
}

/**
 * `interrupts` and `interrupts-extended`, as far as they come to a GIC, which the kernel drives. A driver knows its interrupts by their
 * place in the list: so the list ends where one of them cannot be had.
 */
export const interruptsVisitor: Visitor = {
  name: "interrupts",
  visit(device) {
    const { interrupts } = device.description;
    const wake = new Set(device.node.get("fuchsia,interrupt-wake-vectors")?.strings());
    for (const interrupt of interrupts) {
      const { index, name } = interrupt;
      if (interrupt.kind === "unresolved") {
        device.note(`interrupt ${index}, and all behind it: ${interrupt.reason}`);
        return;
      }
      if (interrupt.gic === null) {
        device.note(
          `interrupt ${index}, and all behind it: ${interrupt.controller} is no controller that the kernel drives`,
        );
        return;
      }
      const irq: Irq = { irq: interrupt.gic.intid, mode: modeOf(interrupt.gic.trigger) };
      const isWake = name !== null && wake.has(name);
      device.addIrq({ ...irq, ...(name !== null && { name }), ...(isWake && { wakeVector: true }) });
    }
  },
};
