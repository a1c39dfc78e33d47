import { expect, test } from "vitest";
import {
  ResourceKind,
  Signals,
  SystemResource,
  VmOption,
  VmoChildOption,
  VmoInfoFlag,
  VmoOption,
} from "../../../src/zx/constants.ts";
import { PAGE_SIZE } from "../../../src/zx/pages.ts";
import { DefaultRights, Rights } from "../../../src/zx/rights.ts";
import { statusOf } from "../../support/address_spaces.ts";
import { onBothKernels, rejection } from "../../support/kernel.ts";

const { SNAPSHOT, RESIZABLE, SLICE, SNAPSHOT_AT_LEAST_ON_WRITE, NO_WRITE, REFERENCE, SNAPSHOT_MODIFIED } =
  VmoChildOption;
const RW = VmOption.PERM_READ | VmOption.PERM_WRITE;

onBothKernels("zx_vmo_create_child", (get) => {
  const rights = (handle: number) => get().zx.objectGetInfo(handle, "HANDLE_BASIC").rights;

  test("VmoTestCase.NoWriteResizable / Rights: check order", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const discardable = zx.vmoCreate(PAGE_SIZE, VmoOption.DISCARDABLE);
    const child = (handle: number, options: number, offset = 0, size = PAGE_SIZE) =>
      statusOf(() => zx.vmoCreateChild(handle, options, offset, size));
    expect(child(0x7003, SNAPSHOT | 2)).toBe("INVALID_ARGS");
    expect(child(0x7003, 0)).toBe("BAD_HANDLE");
    expect(child(zx.eventCreate(0), 0)).toBe("WRONG_TYPE");
    expect(child(zx.handleDuplicate(vmo, Rights.READ), 0)).toBe("ACCESS_DENIED");
    expect(child(zx.handleDuplicate(vmo, Rights.DUPLICATE), 0)).toBe("ACCESS_DENIED");
    expect(child(discardable, SNAPSHOT | NO_WRITE | RESIZABLE)).toBe("INVALID_ARGS");
    expect(child(discardable, 0)).toBe("NOT_SUPPORTED");
    expect(child(vmo, 0)).toBe("INVALID_ARGS");
    expect(child(vmo, SNAPSHOT | SLICE)).toBe("INVALID_ARGS");
    expect(child(vmo, SLICE | RESIZABLE)).toBe("INVALID_ARGS");
    expect(child(vmo, SNAPSHOT, 1)).toBe("INVALID_ARGS");
    expect(child(vmo, SNAPSHOT, 0, 2 ** 60)).toBe("OUT_OF_RANGE");
    expect(child(vmo, SNAPSHOT, 2 ** 52, 2 ** 53)).toBe("OUT_OF_RANGE");
    expect(child(vmo, SLICE, 0, 2 * PAGE_SIZE)).toBe("INVALID_ARGS");
  });

  test("a snapshot is a copy of now, that may reach beyond its parent", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    zx.objectSetName(vmo, "parent");
    zx.vmoWrite(vmo, Uint8Array.of(1), 0);
    const snapshot = zx.vmoCreateChild(vmo, SNAPSHOT, 0, 2 * PAGE_SIZE);
    zx.vmoWrite(vmo, Uint8Array.of(2), 0);
    zx.vmoWrite(snapshot, Uint8Array.of(3), PAGE_SIZE);
    const byte = new Uint8Array(1);
    zx.vmoRead(snapshot, byte, 0);
    expect(byte[0]).toBe(1);
    expect(zx.objectGetInfo(snapshot, "VMO")).toMatchObject({
      name: "parent",
      parentKoid: zx.objectGetInfo(vmo, "HANDLE_BASIC").koid,
    });
    expect(zx.objectGetInfo(snapshot, "VMO").flags & VmoInfoFlag.IS_COW_CLONE).not.toBe(0);
  });

  test("rights: copies are writable and not executable; NO_WRITE takes WRITE; RESIZE comes with RESIZABLE", () => {
    const { zx, root } = get();
    const executable = zx.vmoReplaceAsExecutable(zx.vmoCreate(PAGE_SIZE, 0), root.system);
    const parent = zx.handleReplace(executable, Rights.DUPLICATE | Rights.READ | Rights.MAP | Rights.EXECUTE);
    const property = Rights.GET_PROPERTY | Rights.SET_PROPERTY;
    const base = Rights.DUPLICATE | Rights.READ | Rights.MAP | property;
    const child = (options: number) =>
      rights(zx.vmoCreateChild(parent, options, 0, options & REFERENCE ? 0 : PAGE_SIZE));
    expect(child(SNAPSHOT)).toBe(base | Rights.WRITE);
    expect(child(SNAPSHOT_AT_LEAST_ON_WRITE)).toBe(base | Rights.WRITE);
    expect(child(SNAPSHOT_MODIFIED)).toBe(base | Rights.WRITE);
    expect(child(SNAPSHOT | NO_WRITE)).toBe(base);
    expect(child(SNAPSHOT | RESIZABLE)).toBe(base | Rights.WRITE | Rights.RESIZE);
    expect(child(SLICE)).toBe(base | Rights.EXECUTE);
    expect(child(REFERENCE)).toBe(base | Rights.EXECUTE);
  });

  test("a reference is the same pages under another koid; a resizable one of a fixed parent is ACCESS_DENIED", () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const reference = zx.vmoCreateChild(vmo, REFERENCE, 0, 0);
    zx.vmoWrite(reference, Uint8Array.of(8), 5);
    const byte = new Uint8Array(1);
    zx.vmoRead(vmo, byte, 5);
    expect(byte[0]).toBe(8);
    expect(statusOf(() => zx.vmoCreateChild(vmo, REFERENCE | RESIZABLE, 0, 0))).toBe("ACCESS_DENIED");
    expect(statusOf(() => zx.vmoCreateChild(vmo, REFERENCE, 0, PAGE_SIZE))).toBe("INVALID_ARGS");
  });

  test("VmoSignalTestCase.ChildSignalClone: ZERO_CHILDREN is asserted while there is none, mapped ones included", async () => {
    const { zx } = get();
    const vmo = zx.vmoCreate(PAGE_SIZE, 0);
    const zeroChildren = () => rejection(zx.objectWaitOne(vmo, Signals.VMO_ZERO_CHILDREN, 0));
    expect(await zeroChildren()).toBe("OK");
    const slice = zx.vmoCreateChild(vmo, SLICE, 0, PAGE_SIZE);
    expect(await zeroChildren()).toBe("TIMED_OUT");
    const address = zx.vmarMap(zx.vmarRootSelf, RW, 0, slice, 0, PAGE_SIZE);
    zx.handleClose(slice);
    expect(await zeroChildren()).toBe("TIMED_OUT");
    expect(zx.objectGetInfo(vmo, "VMO").numChildren).toBe(1);
    zx.vmarUnmap(zx.vmarRootSelf, address, PAGE_SIZE);
    expect(await zeroChildren()).toBe("OK");
  });
});

onBothKernels("zx_vmo_replace_as_executable", (get) => {
  test("Resource.VmoReplaceAsExecutable: gives EXECUTE to who holds the VMEX resource, or whose job policy allows it; always consumes the handle", () => {
    const { zx, root } = get();
    const vmex = zx.resourceCreate(root.system, ResourceKind.SYSTEM, SystemResource.VMEX, 1, "vmex");
    const other = zx.resourceCreate(root.system, ResourceKind.SYSTEM, SystemResource.MSI, 1, "msi");
    const replace = (handle: number, with_: number) => {
      const status = statusOf(() => zx.vmoReplaceAsExecutable(handle, with_));
      expect(statusOf(() => zx.handleClose(handle))).toBe("BAD_HANDLE");
      return status;
    };
    const vmo = () => zx.vmoCreate(PAGE_SIZE, 0);
    expect(replace(vmo(), vmex)).toBe("OK");
    expect(replace(vmo(), 0)).toBe("OK");
    expect(replace(vmo(), zx.eventCreate(0))).toBe("WRONG_TYPE");
    expect(replace(vmo(), root.mmio)).toBe("WRONG_TYPE");
    expect(replace(vmo(), other)).toBe("OUT_OF_RANGE");
    expect(replace(zx.eventCreate(0), vmex)).toBe("BAD_HANDLE");
    const result = zx.vmoReplaceAsExecutable(vmo(), vmex);
    expect(zx.objectGetInfo(result, "HANDLE_BASIC").rights).toBe(DefaultRights.VMO | Rights.EXECUTE);
  });
});
