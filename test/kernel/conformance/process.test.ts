import { expect, test } from "vitest";
import {
  JobPolicyAction,
  JobPolicyCondition,
  JobPolicyOption,
  Signals,
  TIME_INFINITE,
  VmOption,
} from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { DefaultRights, Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { onBothKernels, rejection } from "../../support/kernel.ts";

const RW = VmOption.PERM_READ | VmOption.PERM_WRITE;

onBothKernels("zx_process_create and zx_process_start", (get) => {
  test("ProcessTest.LongNameSucceeds: gives a process and its root VMAR, in which everything may be mapped", () => {
    const { zx, root } = get();
    const { process, rootVmar } = zx.processCreate(root.job, "a name that is longer than thirty-one bytes");
    expect(zx.objectGetName(process)).toBe("a name that is longer than thir");
    expect(zx.objectGetInfo(process, "HANDLE_BASIC")).toMatchObject({
      rights: DefaultRights.PROCESS,
      relatedKoid: zx.objectGetInfo(root.job, "HANDLE_BASIC").koid,
    });
    expect(zx.objectGetInfo(rootVmar, "VMAR").base).toBeLessThanOrEqual(0x20_0000);
    expect(zx.objectGetInfo(process, "PROCESS")).toEqual({ started: false, exited: false, returnCode: 0 });
  });

  test("needs MANAGE_PROCESS of a job that lives", () => {
    const { zx, root } = get();
    const weak = zx.handleDuplicate(root.job, Rights.WRITE);
    expect(statusOf(() => zx.processCreate(0x7003, "p"))).toBe("BAD_HANDLE");
    expect(statusOf(() => zx.processCreate(zx.processSelf, "p"))).toBe("WRONG_TYPE");
    expect(statusOf(() => zx.processCreate(weak, "p"))).toBe("ACCESS_DENIED");
    const job = zx.jobCreate(root.job, 0);
    zx.taskKill(job);
    expect(statusOf(() => zx.processCreate(job, "p"))).toBe("BAD_STATE");
    expect(statusOf(() => zx.jobCreate(job, 0))).toBe("BAD_STATE");
  });

  test("start moves one handle into it, which its host takes once", () => {
    const { zx, root, kernel } = get();
    const { process } = zx.processCreate(root.job, "p");
    const { koid } = zx.objectGetInfo(process, "HANDLE_BASIC");
    expect(statusOf(() => kernel.zxOf(koid))).toBe("BAD_STATE");
    const event = zx.eventCreate(0);
    const eventKoid = zx.objectGetInfo(event, "HANDLE_BASIC").koid;
    zx.processStart(process, event);
    const started = kernel.zxOf(koid);
    const handle = kernel.takeStartHandle(koid);
    expect(started.objectGetInfo(handle, "HANDLE_BASIC").koid).toBe(eventKoid);
    expect(kernel.takeStartHandle(koid)).toBe(0);
    expect(started.objectGetInfo(started.processSelf, "HANDLE_BASIC").koid).toBe(koid);
    expect(started.processName).toBe("p");
    expect(zx.objectGetInfo(process, "PROCESS").started).toBe(true);
  });

  test("a second start is BAD_STATE; the handle is consumed whatever happens", () => {
    const { zx, root } = get();
    const { process } = zx.processCreate(root.job, "p");
    const start = (target: number, event: number) => {
      const status = statusOf(() => zx.processStart(target, event));
      expect(statusOf(() => zx.handleClose(event))).toBe("BAD_HANDLE");
      return status;
    };
    const stuck = zx.handleReplace(zx.eventCreate(0), Rights.WAIT);
    expect(start(0x7003, zx.eventCreate(0))).toBe("BAD_HANDLE");
    expect(start(zx.handleDuplicate(process, Rights.READ), zx.eventCreate(0))).toBe("ACCESS_DENIED");
    expect(start(process, stuck)).toBe("ACCESS_DENIED");
    expect(start(process, zx.eventCreate(0))).toBe("OK");
    expect(start(process, zx.eventCreate(0))).toBe("BAD_STATE");
  });

  test("a process that was never started ends with the last handle to it; one that runs lives on", () => {
    const { zx, root, kernel } = get();
    const created = zx.processCreate(root.job, "never");
    const started = zx.processCreate(root.job, "runs");
    zx.processStart(started.process, 0);
    zx.handleCloseMany([created.process, started.process]);
    expect([...kernel.processes()].map(({ label }) => label)).toEqual(["userboot", "runs"]);
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    expect(statusOf(() => zx.vmarMap(created.rootVmar, RW, 0, vmo, 0, PAGE_SIZE))).toBe("BAD_STATE");
  });
});

onBothKernels("zx_process_read_memory and zx_process_write_memory", (get) => {
  /** A process that never started, with two pages of a one-page VMO mapped read-only. */
  const setUp = () => {
    const { zx, root } = get();
    const { process, rootVmar } = zx.processCreate(root.job, "p");
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const address = zx.vmarMap(rootVmar, VmOption.PERM_READ, 0, vmo, 0, 2 * PAGE_SIZE);
    return { zx, process, vmo, address };
  };

  test("reads and writes whatever the mapping allows the process itself", () => {
    const { zx, process, vmo, address } = setUp();
    expect(zx.processWriteMemory(process, address + 5, Uint8Array.of(1, 2, 3))).toBe(3);
    const bytes = new Uint8Array(3);
    zx.vmoRead(vmo, bytes, 5);
    expect([...bytes]).toEqual([1, 2, 3]);
    expect(zx.processReadMemory(process, address + 6, bytes)).toBe(3);
    expect([...bytes]).toEqual([2, 3, 0]);
  });

  test("is short at the end of the VMO; beyond it OUT_OF_RANGE, where nothing is mapped NOT_FOUND", () => {
    const { zx, process, address } = setUp();
    const read = (at: number, size: number) => zx.processReadMemory(process, at, new Uint8Array(size));
    expect(read(address + PAGE_SIZE - 2, 10)).toBe(2);
    expect(statusOf(() => read(address + PAGE_SIZE, 1))).toBe("OUT_OF_RANGE");
    expect(statusOf(() => read(address + 2 * PAGE_SIZE, 1))).toBe("NOT_FOUND");
    expect(statusOf(() => read(address, 0))).toBe("INVALID_ARGS");
  });

  test("needs READ, or WRITE, of a process that lives", () => {
    const { zx, process, address } = setUp();
    const byte = new Uint8Array(1);
    const [reader, writer] = [
      zx.handleDuplicate(process, Rights.READ),
      zx.handleDuplicate(process, Rights.WRITE),
    ];
    expect(statusOf(() => zx.processReadMemory(writer, address, byte))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.processWriteMemory(reader, address, byte))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.processReadMemory(reader, address, byte))).toBe("OK");
    expect(statusOf(() => zx.processWriteMemory(writer, address, byte))).toBe("OK");
    zx.taskKill(process);
    expect(statusOf(() => zx.processReadMemory(reader, address, byte))).toBe("BAD_STATE");
  });
});

onBothKernels("zx_task_kill", (get) => {
  test("TERMINATED, handles closed, mappings gone, and what was sent to others stays", async () => {
    const { zx, kernel } = get();
    const before = kernel.frames.used;
    const host = get().host();
    const [near, far] = zx.eventpairCreate(0);
    host.give(far);
    const vmo = host.zx.vmoCreate(PAGE_SIZE, 0);
    const address = host.zx.vmarMap(host.zx.vmarRootSelf, RW, 0, vmo, 0, PAGE_SIZE);
    host.cpu.store8(address, 1);
    const terminated = zx.objectWaitOne(host.process, Signals.TASK_TERMINATED, TIME_INFINITE);
    zx.taskKill(host.process);
    expect((await terminated) & Signals.TASK_TERMINATED).toBe(Signals.TASK_TERMINATED);
    expect(await zx.objectWaitOne(near, Signals.PEER_CLOSED, 0)).toBe(Signals.PEER_CLOSED);
    expect(kernel.frames.used).toBe(before);
    expect(statusOf(() => host.cpu.load8(address))).toBe("NOT_FOUND");
    expect(zx.objectGetInfo(host.process, "PROCESS")).toEqual({
      started: true,
      exited: true,
      returnCode: -1024,
    });
  });

  test("ends the waits of the process with CANCELED, those through handles that others share included", async () => {
    const { zx } = get();
    const host = get().host();
    const port = zx.portCreate(0);
    const [shared] = host.give(zx.handleDuplicate(port, Rights.SAME_RIGHTS));
    const interrupt = host.zx.interruptCreate(0, 0, 0x10);
    const [client] = host.zx.channelCreate();
    const waits = [
      host.zx.portWait(shared!, TIME_INFINITE),
      host.zx.interruptWait(interrupt),
      host.zx.nanosleep(1000),
      host.zx.channelCall(client, TIME_INFINITE, new Uint8Array(4), []),
      host.zx.objectWaitOne(interrupt, 1 << 24, TIME_INFINITE),
    ].map(rejection);
    zx.taskKill(host.process);
    expect(await Promise.all(waits)).toEqual(new Array(5).fill("CANCELED"));
    // The packet is not lost to a waiter that is gone.
    zx.portQueue(port, { key: 5n, status: 0, user: new Uint8Array() });
    expect(await zx.portWait(port, 0)).toMatchObject({ key: 5n });
    expect(get().machine.clock.pendingTimers).toBe(0);
  });

  test("a dead process makes no system calls: BAD_STATE, naming its end; but it can tell the time", async () => {
    const { zx } = get();
    const host = get().host("driver-host");
    zx.taskKill(host.process);
    expect(() => host.zx.vmoCreate(0, 0)).toThrow(/BAD_STATE.*end of process "driver-host"/);
    expect(statusOf(() => host.zx.ports.in8(0))).toBe("ACCESS_DENIED");
    expect(host.zx.clockGetMonotonic()).toBe(0);
    expect(await rejection(host.zx.nanosleep(5))).toBe("BAD_STATE");
  });

  test("a process may end itself", () => {
    const { zx } = get();
    const host = get().host();
    host.zx.taskKill(host.zx.processSelf);
    expect(zx.objectGetInfo(host.process, "PROCESS").exited).toBe(true);
  });

  test("needs DESTROY of a task; twice is OK", () => {
    const { zx } = get();
    const host = get().host();
    const kill = (task: number) => statusOf(() => zx.taskKill(task));
    expect(kill(0x7003)).toBe("BAD_HANDLE");
    expect(kill(zx.eventCreate(0))).toBe("WRONG_TYPE");
    expect(kill(zx.handleDuplicate(host.process, Rights.READ))).toBe("ACCESS_DENIED");
    expect([kill(host.process), kill(host.process)]).toEqual(["OK", "OK"]);
  });

  test("JobTest.KillTest: everything below a job dies with it", async () => {
    const { zx, root } = get();
    const job = zx.jobCreate(root.job, 0);
    const child = zx.jobCreate(job, 0);
    zx.objectSetName(child, "drivers");
    const processes = [job, child].map((parent) => zx.processCreate(parent, "p").process);
    zx.processStart(processes[0]!, 0);
    zx.taskKill(job);
    for (const task of [job, child, ...processes]) {
      expect(await zx.objectWaitOne(task, Signals.TASK_TERMINATED, 0)).toBe(Signals.TASK_TERMINATED);
    }
    expect(zx.objectGetInfo(zx.processSelf, "PROCESS").exited).toBe(false);
  });
});

onBothKernels("zx_job_set_policy", (get) => {
  const { NEW_VMO, NEW_CHANNEL, NEW_ANY, VMAR_WX, AMBIENT_MARK_VMO_EXEC } = JobPolicyCondition;
  const { ALLOW, DENY, KILL, DENY_EXCEPTION } = JobPolicyAction;
  const { RELATIVE, ABSOLUTE } = JobPolicyOption;

  /** The system calls of a process in a job with a policy. */
  const jailed = (...policies: [condition: number, action: number][]) => {
    const { zx, root, kernel } = get();
    const job = zx.jobCreate(root.job, 0);
    zx.jobSetPolicy(
      job,
      ABSOLUTE,
      policies.map(([condition, action]) => ({ condition, action })),
    );
    const { process } = zx.processCreate(job, "jailed");
    zx.processStart(process, 0);
    return { process, job, jail: kernel.zxOf(zx.objectGetInfo(process, "HANDLE_BASIC").koid) };
  };

  test("JobPolicyTest.EnforceDenyEvent: ACCESS_DENIED, and only that", () => {
    const { jail } = jailed([NEW_VMO, DENY]);
    expect(statusOf(() => jail.vmoCreate(0, 0))).toBe("ACCESS_DENIED");
    // Options are looked at before, resources after the policy.
    expect(statusOf(() => jail.vmoCreate(0, 1))).toBe("INVALID_ARGS");
    expect(statusOf(() => jail.vmoCreatePhysical(0x7003, 0, 0))).toBe("ACCESS_DENIED");
    expect(statusOf(() => jail.channelCreate())).toBe("OK");
  });

  test("JobPolicyTest.EnforceDenyAny: NEW_ANY is every kind of object that has no rule of its own", () => {
    const { jail } = jailed([NEW_CHANNEL, ALLOW], [NEW_ANY, DENY]);
    expect(statusOf(() => jail.eventCreate(0))).toBe("ACCESS_DENIED");
    expect(statusOf(() => jail.eventpairCreate(0))).toBe("ACCESS_DENIED");
    expect(statusOf(() => jail.portCreate(0))).toBe("ACCESS_DENIED");
  });

  test.each([
    ["KILL", KILL],
    ["DENY_EXCEPTION that nobody handles", DENY_EXCEPTION],
  ])("JobPolicyTest.EnforceKillEvent: %s ends the process", (_name, action) => {
    const { zx } = get();
    const { jail, process } = jailed([NEW_VMO, action]);
    expect(statusOf(() => jail.vmoCreate(0, 0))).toBe("ACCESS_DENIED");
    expect(zx.objectGetInfo(process, "PROCESS")).toMatchObject({ exited: true, returnCode: -1026 });
  });

  test("VMAR_WX forbids mappings that are writable and executable, also by protect", () => {
    const { jail } = jailed([VMAR_WX, DENY]);
    const vmo = jail.vmoReplaceAsExecutable(jail.vmoCreate(PAGE_SIZE, 0), 0);
    const RWX = RW | VmOption.PERM_EXECUTE;
    expect(statusOf(() => jail.vmarMap(jail.vmarRootSelf, RWX, 0, vmo, 0, PAGE_SIZE))).toBe("ACCESS_DENIED");
    const address = jail.vmarMap(jail.vmarRootSelf, RW, 0, vmo, 0, PAGE_SIZE);
    expect(statusOf(() => jail.vmarProtect(jail.vmarRootSelf, RWX, address, PAGE_SIZE))).toBe(
      "ACCESS_DENIED",
    );
  });

  test("AMBIENT_MARK_VMO_EXEC decides about replace_as_executable without the VMEX resource", () => {
    const { jail } = jailed([AMBIENT_MARK_VMO_EXEC, DENY]);
    expect(statusOf(() => jail.vmoReplaceAsExecutable(jail.vmoCreate(0, 0), 0))).toBe("ACCESS_DENIED");
  });

  test("JobPolicyTest.AbsThenRel / InvalidCallsAbs: jobs inherit; a rule stays: RELATIVE passes over it, ABSOLUTE is ALREADY_EXISTS", () => {
    const { zx, root } = get();
    const job = zx.jobCreate(root.job, 0);
    zx.jobSetPolicy(job, RELATIVE, [{ condition: NEW_VMO, action: DENY }]);
    const child = zx.jobCreate(job, 0);
    const set = (target: number, option: number, condition: number, action: number) =>
      statusOf(() => zx.jobSetPolicy(target, option, [{ condition, action }]));
    expect(set(child, ABSOLUTE, NEW_VMO, ALLOW)).toBe("ALREADY_EXISTS");
    expect(set(child, ABSOLUTE, NEW_VMO, DENY)).toBe("OK");
    expect(set(child, RELATIVE, NEW_VMO, ALLOW)).toBe("OK");
    expect(set(child, RELATIVE, 77, ALLOW)).toBe("INVALID_ARGS");
    expect(set(child, RELATIVE, NEW_VMO, 77)).toBe("INVALID_ARGS");
    expect(set(child, 2, NEW_VMO, DENY)).toBe("INVALID_ARGS");
    expect(statusOf(() => zx.jobSetPolicy(child, RELATIVE, []))).toBe("INVALID_ARGS");
    expect(set(job, RELATIVE, NEW_CHANNEL, DENY)).toBe("BAD_STATE");
    expect(set(zx.handleDuplicate(child, Rights.READ), RELATIVE, NEW_CHANNEL, DENY)).toBe("ACCESS_DENIED");
  });
});
