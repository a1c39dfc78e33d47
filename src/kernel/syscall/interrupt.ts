import { InterruptOption, ResourceKind } from "../../zx/constants.ts";
import { ZxError } from "../../zx/error.ts";
import { hex } from "../../zx/pages.ts";
import { DefaultRights, Rights } from "../../zx/rights.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { InterruptDispatcher } from "../object/interrupt_dispatcher.ts";
import { PortDispatcher } from "../object/port_dispatcher.ts";
import type { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { ResourceDispatcher } from "../object/resource_dispatcher.ts";
import { VectorInterrupt } from "../object/vector_interrupt.ts";
import { VirtualInterrupt } from "../object/virtual_interrupt.ts";
import { key64, mask32, noOptions, time, unsigned } from "./arguments.ts";

type Calls = Pick<
  Zx,
  | "interruptCreate"
  | "interruptWait"
  | "interruptAck"
  | "interruptTrigger"
  | "interruptDestroy"
  | "interruptBind"
>;

const VECTOR_OPTIONS =
  InterruptOption.REMAP_IRQ |
  InterruptOption.MODE_MASK |
  InterruptOption.WAKE_VECTOR |
  InterruptOption.TIMESTAMP_MONO;

const BIND = 0;
const UNBIND = 1;

/** Interrupts (zircon.md 1.11). */
export function interruptCalls(process: ProcessDispatcher): Calls {
  const { core, handles, calls } = process;

  const create = (resource: number, vector: number, options: number): InterruptDispatcher => {
    if ((options & InterruptOption.VIRTUAL) === 0) {
      handles.get(resource, ResourceDispatcher).validate(ResourceKind.IRQ, { base: vector, size: 1 });
      if ((options & ~VECTOR_OPTIONS) === 0) return VectorInterrupt.create(core, vector, options);
    } else if (options === InterruptOption.VIRTUAL) return new VirtualInterrupt(core);
    throw new ZxError(
      "INVALID_ARGS",
      `interrupt_create: options ${hex(options)} do not exist, or not together`,
    );
  };

  return {
    interruptCreate(resource, vector, options) {
      const flags = mask32(options, "options");
      return handles.open(create(resource, unsigned(vector, "vector"), flags), DefaultRights.INTERRUPT);
    },

    async interruptWait(interrupt) {
      return handles.get(interrupt, InterruptDispatcher, Rights.WAIT).wait(calls);
    },

    interruptAck(interrupt) {
      handles.get(interrupt, InterruptDispatcher, Rights.WRITE).ack();
    },

    interruptTrigger(interrupt, options, timestamp) {
      noOptions(options, "interrupt_trigger");
      const when = time(timestamp, "timestamp");
      const object = handles.get(interrupt, InterruptDispatcher, Rights.SIGNAL);
      if (!(object instanceof VirtualInterrupt)) {
        throw new ZxError("BAD_STATE", `trigger: ${object.describe()} is not a virtual interrupt`);
      }
      object.trigger(when);
    },

    interruptDestroy(interrupt) {
      handles.get(interrupt, InterruptDispatcher, Rights.WRITE).destroy();
    },

    interruptBind(interrupt, port, key, options) {
      const id = key64(key, "key");
      const flags = mask32(options, "options");
      const object = handles.get(interrupt, InterruptDispatcher, Rights.READ);
      const target = handles.get(port, PortDispatcher, Rights.WRITE);
      if (flags !== BIND && flags !== UNBIND)
        throw new ZxError("INVALID_ARGS", `interrupt_bind: options ${hex(flags)}`);
      if (!target.acceptsInterrupts) {
        throw new ZxError("WRONG_TYPE", `${target.describe()} was not made with BIND_TO_INTERRUPT`);
      }
      if (flags === BIND) object.bind(target, id);
      else object.unbind(target);
    },
  };
}
