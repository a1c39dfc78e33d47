/** What must not work, and how it is refused: on a whole system, on every machine and in both address spaces. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { busDrivers } from "../../src/bus/index.ts";
import type { DriverContext } from "../../src/driver/context.ts";
import { defineDriver } from "../../src/driver/define.ts";
import { Device as Pci } from "../../src/fidl/fuchsia.hardware.pci.ts";
import { System } from "../../src/framework/system.ts";
import type { MmioBuffer } from "../../src/mmio/mmio_buffer.ts";
import { Edu } from "../../src/registers/edu.ts";
import { VmOption } from "../../src/zx/constants.ts";
import { ZxError } from "../../src/zx/error.ts";
import { Status } from "../../src/zx/status.ts";
import { onEveryMachine } from "../support/machines.ts";

onEveryMachine("a driver", ({ create, addressSpace }) => {
  let system: System;
  let ctx: DriverContext;
  let mmio: MmioBuffer;
  let edu: ReturnType<typeof Edu.on>;

  beforeEach(async () => {
    const probe = defineDriver({
      name: "probe",
      bind: { "fuchsia.BIND_PCI_VID": 0x1234 },
      async start(context) {
        ctx = context;
        mmio = await ctx.mapBar(await ctx.connect(Pci), 0);
        edu = Edu.on(mmio);
      },
    });
    const drivers = [...busDrivers, probe];
    system = await System.boot({ machine: await create(["edu"]), drivers, addressSpace });
  });

  afterEach(async () => {
    await system.stop();
  });

  /** The error of an access, which must be a ZxError; and the process, which must live on. */
  function refusal(access: () => unknown): ZxError {
    let refused: unknown;
    try {
      access();
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(ZxError);
    return refused as ZxError;
  }

  test("that has no MMIO resource cannot make a physical VMO", () => {
    const { zx } = ctx;
    const vmo = zx.vmoCreate(4096, 0);
    expect(refusal(() => zx.vmoCreatePhysical(0, 0xc000_0000, 4096)).status).toBe(Status.BAD_HANDLE);
    expect(refusal(() => zx.vmoCreatePhysical(vmo, 0xc000_0000, 4096)).status).toBe(Status.WRONG_TYPE);
    expect(refusal(() => ctx.resource("mmio")).status).toBe(Status.ACCESS_DENIED);
  });

  test("cannot use another process's handle", () => {
    const { mmio: foreign } = system.kernel.root;
    expect(refusal(() => ctx.zx.vmoCreatePhysical(foreign, 0xc000_0000, 4096)).status).toBe(
      Status.BAD_HANDLE,
    );
  });

  test("cannot read its registers with vmo_read: a physical VMO is never read that way", async () => {
    const { result } = await (await ctx.connect(Pci)).getBar(0);
    if (result.kind !== "vmo") throw new Error("BAR 0 is memory");
    const read = () => ctx.zx.vmoRead(result.vmo, new Uint8Array(4), 0);
    expect(refusal(read).status).toBe(Status.NOT_SUPPORTED);
  });

  test("that reads after unmapping is told the register, the mapping and who unmapped it", () => {
    expect(edu.Id.read().magic).toBe(0xed);
    ctx.zx.vmarUnmap(ctx.zx.vmarRootSelf, mmio.address, mmio.size);
    const error = refusal(() => edu.Id.read());
    expect(error.status).toBe(Status.NOT_FOUND);
    expect(error.message).toMatch(/Id/);
    expect(error.message).toMatch(/00:0\d\.0 bar 0/);
    expect(error.message).toMatch(/unmap.*driver-host:probe/i);
  });

  test("that uses a buffer after releasing it is told so", () => {
    mmio.release();
    const error = refusal(() => edu.Status.read());
    expect(error.message).toMatch(/Status/);
    expect(error.message).toMatch(/released/);
  });

  test("that writes where it may only read is told the register and the permissions", () => {
    ctx.zx.vmarProtect(ctx.zx.vmarRootSelf, VmOption.PERM_READ, mmio.address, mmio.size);
    expect(edu.Id.read().magic).toBe(0xed);
    const error = refusal(() => edu.Liveness.write(1));
    expect(error.status).toBe(Status.ACCESS_DENIED);
    expect(error.message).toMatch(/Liveness/);
  });

  test("that reads beyond the BAR is told its size, and nothing is read", () => {
    const error = refusal(() => mmio.read32(mmio.size));
    expect(error.status).toBe(Status.OUT_OF_RANGE);
    expect(error.message).toMatch(/0x100000/);
  });

  test("that reads at an odd offset is told the alignment", () => {
    const error = refusal(() => mmio.read32(2));
    expect(error.status).toBe(Status.INVALID_ARGS);
    expect(error.message).toMatch(/0x2.*align/i);
  });

  test("that was refused goes on working", () => {
    refusal(() => mmio.read32(-4));
    refusal(() => mmio.read32(Number.NaN));
    refusal(() => mmio.write32(mmio.size - 2, 0));
    edu.Liveness.write(0x1234);
    expect(edu.Liveness.read().raw).toBe(~0x1234 >>> 0);
  });
});
