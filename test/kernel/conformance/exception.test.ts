import { describe, expect, test } from "vitest";
import {
  ExceptionChannelOption,
  ExceptionState,
  ExceptionType,
  JobPolicyAction,
  JobPolicyCondition,
  ObjectType,
  Signals,
} from "../../../src/zx/constants.ts";
import { DefaultRights, Rights } from "../../../src/zx/rights.ts";
import { Status } from "../../../src/zx/status.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { type Host, withKernel } from "../../support/kernel.ts";

const FAULT = {
  type: ExceptionType.FATAL_PAGE_FAULT,
  status: Status.NOT_FOUND,
  address: 0x1234,
  message: "NOT_FOUND: nothing is mapped at 0x1234",
};

describe("zx_task_create_exception_channel", () => {
  const get = withKernel();

  test("needs INSPECT, DUPLICATE, TRANSFER and MANAGE_THREAD of a task that lives", () => {
    const { zx } = get();
    const { process } = get().host();
    const create = (task: number, options = 0) =>
      statusOf(() => zx.taskCreateExceptionChannel(task, options));
    expect(create(0x7003)).toBe("BAD_HANDLE");
    expect(create(zx.eventCreate(0))).toBe("WRONG_TYPE");
    expect(create(zx.handleDuplicate(process, DefaultRights.PROCESS & ~Rights.MANAGE_THREAD))).toBe(
      "ACCESS_DENIED",
    );
    expect(create(process, 2)).toBe("INVALID_ARGS");
    expect(create(get().root.job, ExceptionChannelOption.DEBUGGER)).toBe("INVALID_ARGS");
    zx.taskKill(process);
    expect(create(process)).toBe("BAD_STATE");
  });

  test("ExceptionTest.CreateSecondExceptionChannel: one per task and kind; ALREADY_BOUND until it is closed", () => {
    const { zx } = get();
    const { process } = get().host();
    const channel = zx.taskCreateExceptionChannel(process, 0);
    expect(statusOf(() => zx.taskCreateExceptionChannel(process, 0))).toBe("ALREADY_BOUND");
    expect(statusOf(() => zx.taskCreateExceptionChannel(process, ExceptionChannelOption.DEBUGGER))).toBe(
      "OK",
    );
    zx.handleClose(channel);
    expect(statusOf(() => zx.taskCreateExceptionChannel(process, 0))).toBe("OK");
  });

  test("the channel cannot be written, and closes with the task", async () => {
    const { zx } = get();
    const { process } = get().host();
    const channel = zx.taskCreateExceptionChannel(process, 0);
    expect(statusOf(() => zx.channelWrite(channel, new Uint8Array(), []))).toBe("ACCESS_DENIED");
    zx.taskKill(process);
    expect(await zx.objectWaitOne(channel, Signals.PEER_CLOSED, 0)).toBe(Signals.PEER_CLOSED);
  });
});

describe("an exception", () => {
  const get = withKernel();
  const read = (channel: number) => {
    const { bytes, handles } = get().zx.channelReadEtc(channel);
    return { view: new DataView(bytes.buffer), exception: handles[0]!.handle, info: handles[0]! };
  };
  const processInfo = (host: Host) => get().zx.objectGetInfo(host.process, "PROCESS");

  test("that nobody listens for kills the process, with EXCEPTION_KILL", async () => {
    const host = get().host();
    const outcome = get().kernel.raiseException(host.koid, FAULT);
    expect(processInfo(host)).toEqual({ started: true, exited: true, returnCode: -1028 });
    expect(await outcome).toBe(false);
    expect(() => host.zx.vmoCreate(0, 0)).toThrow(/nothing is mapped at 0x1234/);
  });

  test("arrives as process koid, type and a handle, from which the rest can be asked", async () => {
    const { zx, kernel } = get();
    const host = get().host();
    const channel = zx.taskCreateExceptionChannel(host.process, 0);
    const outcome = kernel.raiseException(host.koid, FAULT);
    const { view, exception, info } = read(channel);
    expect([view.byteLength, view.getBigUint64(0, true), view.getUint32(16, true)]).toEqual([
      24,
      BigInt(host.koid),
      ExceptionType.FATAL_PAGE_FAULT,
    ]);
    expect(info).toMatchObject({ type: ObjectType.EXCEPTION, rights: DefaultRights.EXCEPTION });
    expect(zx.objectGetInfo(exception, "EXCEPTION_REPORT")).toEqual(FAULT);
    expect(zx.objectGetInfo(zx.exceptionGetProcess(exception), "HANDLE_BASIC").koid).toBe(host.koid);
    expect(zx.objectGetProperty(exception, "EXCEPTION_STATE")).toBe(ExceptionState.TRY_NEXT);
    expect(statusOf(() => zx.objectSetProperty(exception, "EXCEPTION_STATE", 3))).toBe("INVALID_ARGS");
    zx.handleClose(exception);
    expect(await outcome).toBe(false);
    expect(processInfo(host).returnCode).toBe(-1028);
  });

  test("closed as HANDLED lets the program go on", async () => {
    const { zx, kernel } = get();
    const host = get().host();
    const channel = zx.taskCreateExceptionChannel(host.process, 0);
    const outcome = kernel.raiseException(host.koid, FAULT);
    const { exception } = read(channel);
    zx.objectSetProperty(exception, "EXCEPTION_STATE", ExceptionState.HANDLED);
    zx.handleClose(exception);
    expect(await outcome).toBe(true);
    expect(processInfo(host).exited).toBe(false);
  });

  test("closed as THREAD_EXIT ends the program without blame", async () => {
    const { zx, kernel } = get();
    const host = get().host();
    const channel = zx.taskCreateExceptionChannel(host.process, 0);
    const outcome = kernel.raiseException(host.koid, FAULT);
    const { exception } = read(channel);
    zx.objectSetProperty(exception, "EXCEPTION_STATE", ExceptionState.THREAD_EXIT);
    zx.handleClose(exception);
    expect(await outcome).toBe(false);
    expect(processInfo(host)).toMatchObject({ exited: true, returnCode: 0 });
  });

  test("ExceptionTest.ExceptionChannelOrder: goes to debugger, process, job, parent job, until one handles it", async () => {
    const { zx, root, kernel } = get();
    const job = zx.jobCreate(root.job, 0);
    const { process } = zx.processCreate(job, "p");
    zx.processStart(process, 0);
    const { koid } = zx.objectGetInfo(process, "HANDLE_BASIC");
    const channels = [
      zx.taskCreateExceptionChannel(process, ExceptionChannelOption.DEBUGGER),
      zx.taskCreateExceptionChannel(process, 0),
      zx.taskCreateExceptionChannel(job, 0),
      zx.taskCreateExceptionChannel(root.job, 0),
    ];
    const outcome = kernel.raiseException(koid, FAULT);
    for (const [i, channel] of channels.entries()) {
      for (const later of channels.slice(i + 1))
        expect(statusOf(() => zx.channelRead(later))).toBe("SHOULD_WAIT");
      const { exception } = read(channel);
      if (i === 3) zx.objectSetProperty(exception, "EXCEPTION_STATE", ExceptionState.HANDLED);
      zx.handleClose(exception);
      await Promise.resolve();
    }
    expect(await outcome).toBe(true);
  });

  test("ExceptionTest.CloseChannelWithException: in a channel that is closed unread passes on", async () => {
    const { zx, kernel } = get();
    const host = get().host();
    const channel = zx.taskCreateExceptionChannel(host.process, 0);
    const outcome = kernel.raiseException(host.koid, FAULT);
    zx.handleClose(channel);
    expect(await outcome).toBe(false);
    expect(processInfo(host).returnCode).toBe(-1028);
  });

  test("of a process that is killed meanwhile has nothing left to decide", async () => {
    const { zx, kernel } = get();
    const host = get().host();
    const channel = zx.taskCreateExceptionChannel(host.process, 0);
    const outcome = kernel.raiseException(host.koid, FAULT);
    const { exception } = read(channel);
    zx.taskKill(host.process);
    zx.objectSetProperty(exception, "EXCEPTION_STATE", ExceptionState.HANDLED);
    zx.handleClose(exception);
    expect(await outcome).toBe(false);
    expect(processInfo(host).returnCode).toBe(-1024);
  });

  test("of a policy that allows: the call succeeds, unless nobody listens and the process has ended", () => {
    const { zx, root, kernel } = get();
    const job = zx.jobCreate(root.job, 0);
    const rule = { condition: JobPolicyCondition.NEW_VMO, action: JobPolicyAction.ALLOW_EXCEPTION };
    zx.jobSetPolicy(job, 0, [rule]);
    const start = () => {
      const { process } = zx.processCreate(job, "p");
      zx.processStart(process, 0);
      return { process, jail: kernel.zxOf(zx.objectGetInfo(process, "HANDLE_BASIC").koid) };
    };
    const watched = start();
    const channel = zx.taskCreateExceptionChannel(watched.process, 0);
    expect(statusOf(() => watched.jail.vmoCreate(0, 0))).toBe("OK");
    const { exception } = read(channel);
    zx.objectSetProperty(exception, "EXCEPTION_STATE", ExceptionState.HANDLED);
    const alone = start();
    expect(statusOf(() => alone.jail.vmoCreate(0, 0))).toBe("ACCESS_DENIED");
    expect(zx.objectGetInfo(alone.process, "PROCESS")).toMatchObject({ exited: true, returnCode: -1026 });
  });

  test.each([
    ["BAD_HANDLE", JobPolicyCondition.BAD_HANDLE, "BAD_HANDLE"],
    ["WRONG_OBJECT", JobPolicyCondition.WRONG_OBJECT, "WRONG_TYPE"],
  ])(
    "of the policy %s: the call fails as ever, and the process ends unless it is handled",
    async (_name, condition, status) => {
      const { zx, root, kernel } = get();
      const job = zx.jobCreate(root.job, 0);
      zx.jobSetPolicy(job, 0, [{ condition, action: JobPolicyAction.ALLOW_EXCEPTION }]);
      const { process } = zx.processCreate(job, "p");
      zx.processStart(process, 0);
      const jail = kernel.zxOf(zx.objectGetInfo(process, "HANDLE_BASIC").koid);
      const channel = zx.taskCreateExceptionChannel(process, 0);
      const mistake = () => statusOf(() => jail.vmoGetSize(condition === 0 ? 0x7003 : jail.processSelf));
      expect(mistake()).toBe(status);
      const { view, exception } = read(channel);
      expect(view.getUint32(16, true)).toBe(ExceptionType.POLICY_ERROR);
      zx.objectSetProperty(exception, "EXCEPTION_STATE", ExceptionState.HANDLED);
      zx.handleClose(exception);
      await Promise.resolve();
      expect(zx.objectGetInfo(process, "PROCESS").exited).toBe(false);
      expect(statusOf(() => jail.objectGetInfo(0x7003, "HANDLE_VALID"))).toBe("BAD_HANDLE");
      zx.handleClose(channel);
      expect(mistake()).toBe(status);
      expect(zx.objectGetInfo(process, "PROCESS")).toMatchObject({ exited: true, returnCode: -1026 });
    },
  );
});
