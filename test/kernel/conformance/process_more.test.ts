import { describe, expect, test } from "vitest";
import { JobPolicyAction, JobPolicyCondition, VmOption } from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { onBothKernels, withKernel } from "../../support/kernel.ts";

const RW = VmOption.PERM_READ | VmOption.PERM_WRITE;

describe("zx_process_create and zx_job_create, more", () => {
  const get = withKernel();

  test("ProcessTest.EmptyNameSucceeds: a process needs no name", () => {
    const { zx, root } = get();
    expect(zx.objectGetName(zx.processCreate(root.job, "").process)).toBe("");
  });

  test("the root VMAR's handle may do everything", () => {
    const { zx, root } = get();
    const { rootVmar } = zx.processCreate(root.job, "p");
    const { READ, WRITE, EXECUTE, OP_CHILDREN, TRANSFER, DUPLICATE, INSPECT } = Rights;
    expect(zx.objectGetInfo(rootVmar, "HANDLE_BASIC").rights).toBe(
      READ | WRITE | EXECUTE | OP_CHILDREN | TRANSFER | DUPLICATE | INSPECT,
    );
  });

  test("job_create: BAD_HANDLE, WRONG_TYPE, ACCESS_DENIED without MANAGE_JOB", () => {
    const { zx, root } = get();
    const weak = zx.handleDuplicate(root.job, Rights.MANAGE_PROCESS);
    const statuses = [0x7003, zx.processSelf, weak, root.job].map((job) =>
      statusOf(() => zx.jobCreate(job, 0)),
    );
    expect(statuses).toEqual(["BAD_HANDLE", "WRONG_TYPE", "ACCESS_DENIED", "OK"]);
    expect(statusOf(() => zx.jobCreate(0x7003, 1))).toBe("INVALID_ARGS");
  });

  test.each([
    ["NEW_PROCESS", JobPolicyCondition.NEW_PROCESS],
    ["NEW_EVENT", JobPolicyCondition.NEW_EVENT],
    ["NEW_EVENTPAIR", JobPolicyCondition.NEW_EVENTPAIR],
    ["NEW_CHANNEL", JobPolicyCondition.NEW_CHANNEL],
    ["NEW_PORT", JobPolicyCondition.NEW_PORT],
    ["NEW_VMO", JobPolicyCondition.NEW_VMO],
  ])("JobPolicyTest.EnforceDenyEvent: the policy %s forbids that, and nothing else", (name, condition) => {
    const { zx, root, kernel } = get();
    const job = zx.jobCreate(root.job, 0);
    zx.jobSetPolicy(job, 0, [{ condition, action: JobPolicyAction.DENY }]);
    const { process } = zx.processCreate(job, "jailed");
    zx.processStart(process, zx.handleDuplicate(root.job, Rights.SAME_RIGHTS));
    const { koid } = zx.objectGetInfo(process, "HANDLE_BASIC");
    const jail = kernel.zxOf(koid);
    const ownJob = kernel.takeStartHandle(koid);
    const makers: Record<string, () => unknown> = {
      NEW_PROCESS: () => jail.processCreate(ownJob, "p"),
      NEW_EVENT: () => jail.eventCreate(0),
      NEW_EVENTPAIR: () => jail.eventpairCreate(0),
      NEW_CHANNEL: () => jail.channelCreate(),
      NEW_PORT: () => jail.portCreate(0),
      NEW_VMO: () => jail.vmoCreate(0, 0),
    };
    const denied = Object.keys(makers).filter((kind) => statusOf(makers[kind]!) === "ACCESS_DENIED");
    expect(denied).toEqual([name]);
  });
});

onBothKernels("a process that never ran", (get) => {
  test("has memory all the same: it can be mapped, written and read from outside, and goes with its handle", () => {
    const { zx, root, kernel } = get();
    const { process, rootVmar } = zx.processCreate(root.job, "still");
    const used = kernel.frames.used;
    const address = zx.vmarMap(rootVmar, RW, 0, zx.vmoCreate(PAGE_SIZE, 0), 0, PAGE_SIZE);
    expect(zx.processWriteMemory(process, address, Uint8Array.of(1, 2))).toBe(2);
    const bytes = new Uint8Array(2);
    expect(zx.processReadMemory(process, address, bytes)).toBe(2);
    expect([...bytes]).toEqual([1, 2]);
    zx.handleClose(process);
    expect(statusOf(() => zx.vmarUnmap(rootVmar, address, PAGE_SIZE))).toBe("BAD_STATE");
    expect(kernel.frames.used).toBe(used + 1);
  });
});
