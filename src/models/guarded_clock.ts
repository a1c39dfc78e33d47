import type { Clock } from "../machine/machine.ts";
import type { SimMachine } from "../machine/sim/sim.ts";

/** The machine's clock for one model. A model that throws from a timer has no caller: the machine fails, and says where. */
export function guardedClock(machine: SimMachine, name: string): Clock {
  const { clock } = machine;
  return {
    now: () => clock.now(),
    spin: (ns) => clock.spin(ns),
    at: (deadline, callback) =>
      clock.at(deadline, () => {
        try {
          callback();
        } catch (error) {
          machine.fail(name, error);
        }
      }),
  };
}
