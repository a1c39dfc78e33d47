import { describe, expect, it } from "vitest";
import { decodeBody, handle } from "../../../src/fidl/runtime/index.ts";
import { ObjectType } from "../../../src/zx/constants.ts";
import { Rights } from "../../../src/zx/rights.ts";
import type { HandleInfo } from "../../../src/zx/syscalls.ts";
import { createProcess, fromHex } from "./support.ts";

const VMO = handle(ObjectType.VMO);

describe("rights of a handle that comes", () => {
  const READ_ONLY = handle(ObjectType.VMO, Rights.READ | Rights.MAP);

  it("beyond what the schema names are taken away", async () => {
    const zx = await createProcess();
    const strong = zx.vmoCreate(4096, 0);
    const { rights } = zx.objectGetInfo(strong, "HANDLE_BASIC");
    const infos: HandleInfo[] = [{ handle: strong, type: ObjectType.VMO, rights }];
    const { value } = decodeBody(READ_ONLY, fromHex("ffffffff 00000000"), infos, zx);
    expect(zx.objectGetInfo(value, "HANDLE_BASIC").rights).toBe(Rights.READ | Rights.MAP);
    expect(() => zx.objectGetInfo(strong, "HANDLE_BASIC")).toThrow(/^BAD_HANDLE/);
    // Whoever closes the message after a failure closes the handle that took its place.
    expect(infos[0]?.handle).toBe(value);
  });

  it("stay where the schema names none, or just those", async () => {
    const zx = await createProcess();
    const weak = zx.handleReplace(zx.vmoCreate(4096, 0), Rights.READ | Rights.MAP);
    const info = { handle: weak, type: ObjectType.VMO, rights: Rights.READ | Rights.MAP };
    for (const codec of [VMO, READ_ONLY]) {
      expect(decodeBody(codec, fromHex("ffffffff 00000000"), [info], zx).value).toBe(weak);
    }
  });
});
