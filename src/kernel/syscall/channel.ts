import {
  CHANNEL_MAX_MSG_BYTES,
  CHANNEL_MAX_MSG_HANDLES,
  type Handle,
  JobPolicyCondition,
  ObjectType,
} from "../../zx/constants.ts";
import { isStatus, ZxError } from "../../zx/error.ts";
import { DefaultRights, Rights, rightsNames } from "../../zx/rights.ts";
import type { HandleDisposition, ReadLimits, Zx } from "../../zx/syscalls.ts";
import { ChannelDispatcher, type Message, type MessageLimits } from "../object/channel_dispatcher.ts";
import { typeNameOf } from "../object/dispatcher.ts";
import { KernelHandle } from "../object/handle.ts";
import type { ProcessDispatcher } from "../object/process_dispatcher.ts";
import { bytes, list, mask32, record, time, unsigned } from "./arguments.ts";

type Calls = Pick<
  Zx,
  "channelCreate" | "channelWrite" | "channelWriteEtc" | "channelRead" | "channelReadEtc" | "channelCall"
>;

const NO_LIMITS: MessageLimits = {
  bytes: CHANNEL_MAX_MSG_BYTES,
  handles: CHANNEL_MAX_MSG_HANDLES,
  mayDiscard: false,
};

/** Channels (zircon.md 1.12). */
export function channelCalls(process: ProcessDispatcher): Calls {
  const { core, handles, calls } = process;

  /** Makes the message of a write; whatever fails, the handles that it would have moved are closed. */
  const compose = (
    channel: Handle,
    rights: number,
    data: Uint8Array,
    dispositions: readonly HandleDisposition[],
  ) => {
    try {
      const endpoint = handles.get(channel, ChannelDispatcher, rights);
      const from = bytes(data, "bytes");
      if (from.length > CHANNEL_MAX_MSG_BYTES || dispositions.length > CHANNEL_MAX_MSG_HANDLES) {
        const sizes = `${from.length} bytes and ${dispositions.length} handles`;
        const limits = `${CHANNEL_MAX_MSG_BYTES} and ${CHANNEL_MAX_MSG_HANDLES}`;
        throw new ZxError("OUT_OF_RANGE", `a message of ${sizes}: at most ${limits}`);
      }
      return { endpoint, data: new Uint8Array(from) };
    } catch (error) {
      handles.closeMany(
        dispositions.filter(({ operation }) => operation === "move").map(({ handle }) => handle),
      );
      throw error;
    }
  };

  /** Takes the handles of a message out of the process: all of them, although the first bad one decides. */
  const take = (endpoint: ChannelDispatcher, dispositions: readonly HandleDisposition[]): KernelHandle[] => {
    const taken: KernelHandle[] = [];
    let failure: ZxError | undefined;
    for (const disposition of dispositions) {
      try {
        taken.push(takeOne(process, endpoint, disposition));
      } catch (error) {
        if (!(error instanceof ZxError)) throw error;
        failure ??= error;
      }
    }
    if (failure === undefined) return taken;
    for (const handle of taken) handle.close();
    throw failure;
  };

  /** A process that fills a channel which nobody reads is stopped, as by a policy. */
  const stopIfFull = (error: unknown): never => {
    if (isStatus(error, "SHOULD_WAIT")) process.violate(error);
    throw error;
  };

  const write = (endpoint: ChannelDispatcher, message: Message): void => {
    try {
      endpoint.write(message);
    } catch (error) {
      stopIfFull(error);
    }
  };

  const read = (channel: Handle, limits: ReadLimits | undefined): Message => {
    const room = limits === undefined ? NO_LIMITS : readLimits(limits);
    return handles.get(channel, ChannelDispatcher, Rights.READ).read(room);
  };

  const receive = ({ bytes: data, handles: moved }: Message) => ({
    bytes: data,
    handles: moved.map((handle) => handles.add(handle)),
  });

  return {
    channelCreate() {
      process.enforce(JobPolicyCondition.NEW_CHANNEL);
      const [a, b] = ChannelDispatcher.createPair(core);
      return [handles.open(a, DefaultRights.CHANNEL), handles.open(b, DefaultRights.CHANNEL)];
    },

    channelWrite(channel, data, values) {
      const dispositions = list(values, "handles").map(moving);
      const { endpoint, data: copy } = compose(channel, Rights.WRITE, data, dispositions);
      write(endpoint, { bytes: copy, handles: take(endpoint, dispositions) });
    },

    channelWriteEtc(channel, data, values) {
      const dispositions = list(values, "handles").map(disposition);
      const { endpoint, data: copy } = compose(channel, Rights.WRITE, data, dispositions);
      write(endpoint, { bytes: copy, handles: take(endpoint, dispositions) });
    },

    channelRead(channel, limits) {
      return receive(read(channel, limits));
    },

    channelReadEtc(channel, limits) {
      const message = read(channel, limits);
      return {
        bytes: message.bytes,
        handles: message.handles.map((handle) => ({
          handle: handles.add(handle),
          type: handle.object.type,
          rights: handle.rights,
        })),
      };
    },

    async channelCall(channel, deadline, data, values) {
      const dispositions = list(values, "handles").map(moving);
      const { endpoint, data: copy } = compose(channel, Rights.READ | Rights.WRITE, data, dispositions);
      const moved = take(endpoint, dispositions);
      try {
        time(deadline, "deadline");
        if (copy.length < 4)
          throw new ZxError("INVALID_ARGS", `channel_call: ${copy.length} bytes have no room for an id`);
      } catch (error) {
        for (const handle of moved) handle.close();
        throw error;
      }
      return endpoint.call(calls, { bytes: copy, handles: moved }, deadline, receive).catch(stopIfFull);
    },
  };
}

function disposition(value: HandleDisposition): HandleDisposition {
  return record(value, "a handle disposition", ["operation", "handle", "type", "rights"]);
}

function moving(handle: Handle): HandleDisposition {
  return { operation: "move", handle, type: ObjectType.NONE, rights: Rights.SAME_RIGHTS };
}

/** BAD_HANDLE, NOT_SUPPORTED (the channel itself), WRONG_TYPE, ACCESS_DENIED, INVALID_ARGS. A moved handle is consumed anyway. */
function takeOne(
  { handles }: ProcessDispatcher,
  channel: ChannelDispatcher,
  disposition: HandleDisposition,
): KernelHandle {
  const { operation, handle: value } = disposition;
  if (operation !== "move" && operation !== "duplicate") {
    throw new ZxError("INVALID_ARGS", "the operation of a handle disposition is neither move nor duplicate");
  }
  const isMove = operation === "move";
  const handle = isMove ? handles.remove(value) : handles.handle(value);
  try {
    const { object } = handle;
    const type = mask32(disposition.type, "type");
    if (object === channel)
      throw new ZxError("NOT_SUPPORTED", `${object.describe()} cannot be sent through itself`);
    if (type !== ObjectType.NONE && type !== object.type) {
      throw new ZxError("WRONG_TYPE", `a ${typeNameOf(type)} was to be sent, this is ${object.describe()}`);
    }
    const needed = Rights.TRANSFER | (isMove ? 0 : Rights.DUPLICATE);
    if (!handle.hasRights(needed)) {
      throw new ZxError(
        "ACCESS_DENIED",
        `${rightsNames(needed)} is needed to send a handle to ${handle.describe()}`,
      );
    }
    const rights = mask32(disposition.rights, "rights");
    if (isMove && (rights === Rights.SAME_RIGHTS || rights === handle.rights)) return handle;
    if (rights !== Rights.SAME_RIGHTS && (rights & ~handle.rights) !== 0) {
      throw new ZxError("INVALID_ARGS", `${rightsNames(rights)} are more rights than ${handle.describe()}`);
    }
    const sent = new KernelHandle(object, rights === Rights.SAME_RIGHTS ? handle.rights : rights);
    if (isMove) handle.close();
    return sent;
  } catch (error) {
    if (isMove) handle.close();
    throw error;
  }
}

function readLimits(limits: ReadLimits): MessageLimits {
  const { maxBytes, maxHandles, mayDiscard } = record(limits, "limits", [
    "maxBytes",
    "maxHandles",
    "mayDiscard",
  ]);
  return {
    bytes: maxBytes === undefined ? NO_LIMITS.bytes : unsigned(maxBytes, "maxBytes"),
    handles: maxHandles === undefined ? NO_LIMITS.handles : unsigned(maxHandles, "maxHandles"),
    mayDiscard: mayDiscard === true,
  };
}
