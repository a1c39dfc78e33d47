import { describe, expect, it } from "vitest";
import { MmioBuffer } from "../../src/mmio/index.ts";
import { CachePolicy } from "../../src/zx/constants.ts";
import { BareProcess, FIRST_ADDRESS, ROOT_VMAR, VMO, wasmMemory } from "../support/bare_process.ts";
import { FakeDevice } from "../support/fake_machine.ts";

const READ_WRITE_MAP_RANGE = "0x403";
const bare = (options = {}) => new BareProcess({ io: new FakeDevice(0x4000), ...options });

describe("MmioBuffer.create", () => {
  it("sets the cache policy and maps the VMO in the root VMAR", () => {
    const process = bare({ vmo: { cachePolicy: CachePolicy.CACHED } });
    const mmio = MmioBuffer.create(process.zx, { vmo: VMO });
    expect(process.calls).toEqual([
      "object_get_info",
      `vmo_set_cache_policy(${CachePolicy.UNCACHED_DEVICE})`,
      `vmar_map(${ROOT_VMAR}, ${READ_WRITE_MAP_RANGE}, 0x0, 0x4000)`,
    ]);
    expect(mmio).toMatchObject({ address: FIRST_ADDRESS, size: 0x4000, vmo: VMO, name: "bare" });
  });

  it("leaves the policy alone where it is the one that is asked for, so that a mapped VMO can be mapped again", () => {
    const process = bare({ vmo: { cachePolicy: CachePolicy.WRITE_COMBINING } });
    MmioBuffer.create(process.zx, { vmo: VMO, policy: CachePolicy.WRITE_COMBINING });
    expect(process.calls.some((call) => call.startsWith("vmo_set_cache_policy"))).toBe(false);
  });

  it("maps the pages around a range of any alignment, and starts at its first byte", () => {
    const io = new FakeDevice(0x4000);
    const process = bare({ io });
    const mmio = MmioBuffer.create(process.zx, { vmo: VMO, offset: 0x1ffc, size: 8 });
    expect(process.calls).toContain(`vmar_map(${ROOT_VMAR}, ${READ_WRITE_MAP_RANGE}, 0x1000, 0x2000)`);
    expect(mmio.address).toBe(FIRST_ADDRESS + 0xffc);
    mmio.write32(4, 0xcafe);
    expect(io.log).toEqual(["write32 0x2000 = 0xcafe"]);
  });

  it("maps in another VMAR on request", () => {
    const process = bare();
    MmioBuffer.create(process.zx, { vmo: VMO, vmar: 99 });
    expect(process.calls).toContain(`vmar_map(99, ${READ_WRITE_MAP_RANGE}, 0x0, 0x4000)`);
  });

  it.each([
    ["past the end", { offset: 0x3000, size: 0x1001 }],
    ["a size that overflows", { offset: 0x1000, size: Number.MAX_SAFE_INTEGER }],
    ["a negative offset", { offset: -0x1000, size: 0x1000 }],
    ["an offset that is no number", { offset: Number.NaN, size: 1 }],
    ["an offset that is text", { offset: "0x10" as never, size: 1 }],
  ])("refuses a range that is not in the VMO: %s", (_what, range) => {
    const process = bare();
    expect(() => MmioBuffer.create(process.zx, { vmo: VMO, ...range })).toThrow("OUT_OF_RANGE");
    expect(process.open.has(VMO)).toBe(false);
  });

  it("passes the status of the map on for no bytes at all", () => {
    expect(() => MmioBuffer.create(bare().zx, { vmo: VMO, size: 0 })).toThrow("INVALID_ARGS: nothing to map");
  });

  it("sets the policy before it looks at the range, as mmio_buffer_init does", () => {
    const process = bare();
    expect(() => MmioBuffer.create(process.zx, { vmo: VMO, policy: 4, offset: 0x9000 })).toThrow(
      "INVALID_ARGS: policy 4",
    );
  });

  it("always consumes the handle, also when it fails", () => {
    for (const bad of [{ policy: 4 }, { size: 0 }, { size: 0x5000 }]) {
      const process = bare();
      expect(() => MmioBuffer.create(process.zx, { vmo: VMO, ...bad })).toThrow();
      expect(process.open.has(VMO)).toBe(false);
    }
    expect(() => MmioBuffer.create(bare().zx, { vmo: 3 })).toThrow("BAD_HANDLE: no handle 3");
  });
});

describe("release", () => {
  it("unmaps the rounded range, closes the VMO, gives the window back, once", () => {
    const process = bare();
    const mmio = MmioBuffer.create(process.zx, { vmo: VMO, offset: 0x1ffc, size: 8 });
    expect(process.windows).toBe(1);
    mmio.release();
    mmio.release();
    expect(process.calls.slice(-2)).toEqual([`vmar_unmap(${"0x20000"}, 0x2000)`, `handle_close(${VMO})`]);
    expect(process.windows).toBe(0);
    expect(process.open.has(VMO)).toBe(false);
  });

  it("happens at the end of a `using` block", () => {
    const process = bare();
    {
      using mmio = MmioBuffer.create(process.zx, { vmo: VMO });
      mmio.read32(0);
    }
    expect(process.open.has(VMO)).toBe(false);
  });

  it("makes every later access BAD_STATE, of views too", () => {
    const mmio = MmioBuffer.create(bare().zx, { vmo: VMO, name: "bar 0" });
    const view = mmio.view(0x100, 0x100);
    mmio.release();
    expect(() => mmio.read32(0x10)).toThrow(
      'BAD_STATE: read32 at offset 0x10 of "bar 0": the buffer was released',
    );
    expect(() => view.write8(0x10, 1)).toThrow(
      'BAD_STATE: write8 at offset 0x110 of "bar 0": the buffer was released',
    );
    expect(() => view.readBlock(0, new Uint8Array(0))).toThrow("BAD_STATE");
  });

  it("is no error where everything is gone already", () => {
    const process = bare();
    const mmio = MmioBuffer.create(process.zx, { vmo: VMO });
    process.zx.handleClose(VMO);
    expect(() => mmio.release()).not.toThrow();
  });
});

describe("pin", () => {
  it("pins the rounded range, contiguous, and gives the device's address of the first byte", () => {
    const process = bare();
    const mmio = MmioBuffer.create(process.zx, { vmo: VMO, offset: 0x1010, size: 0x20 });
    const pin = mmio.pin(21);
    expect(process.calls.at(-1)).toBe("bti_pin(0x13, 0x1000, 0x1000)");
    expect(pin.deviceAddress).toBe(0xfe00_1010);
    pin.unpin();
    pin.unpin();
    expect(process.calls.filter((call) => call.startsWith("pmt_unpin"))).toEqual(["pmt_unpin(15)"]);
  });

  it("is BAD_STATE after release, and NOT_SUPPORTED where there is no VMO", () => {
    const mmio = MmioBuffer.create(bare().zx, { vmo: VMO });
    mmio.release();
    expect(() => mmio.pin(21)).toThrow("BAD_STATE");
    expect(() => MmioBuffer.over(new FakeDevice(16), 16).pin(21)).toThrow(
      'NOT_SUPPORTED: pin: "mmio" has no VMO',
    );
  });
});

describe("MmioBuffer.over", () => {
  it.each([0, -1, 1.5, Number.NaN, "16" as never])("refuses a size of %s", (size) => {
    expect(() => MmioBuffer.over(new FakeDevice(16), size)).toThrow("INVALID_ARGS: a buffer of");
  });
});

describe("a view", () => {
  it.each([
    ["direct", () => new BareProcess({ memory: wasmMemory() })],
    ["dispatched", () => bare()],
  ])("starts at its own offset, and composes (%s)", (_kind, make) => {
    const mmio = MmioBuffer.create(make().zx, { vmo: VMO });
    const inner = mmio.view(0x100, 0x100).view(0x20);
    expect(inner.size).toBe(0xe0);
    inner.write32(0x4, 0x1234_5678);
    expect(mmio.read32(0x124)).toBe(0x1234_5678);
  });

  it.each([
    [0, 0],
    [0, 0x4001],
    [0x4000, 1],
    [-4, 8],
    [4, Number.NaN],
    [1.5, 2],
    ["0" as never, 4],
  ])("of offset %s and size %s is OUT_OF_RANGE", (offset, size) => {
    const mmio = MmioBuffer.create(bare().zx, { vmo: VMO });
    expect(() => mmio.view(offset, size)).toThrow("OUT_OF_RANGE: view of");
  });

  it("owns nothing: releasing it is refused", () => {
    const mmio = MmioBuffer.create(bare().zx, { vmo: VMO });
    const view = mmio.view(0x100) as MmioBuffer;
    expect(() => view.release()).toThrow(
      'NOT_SUPPORTED: release of the view of "bare" from 0x100 on, which owns nothing',
    );
    expect(mmio.read32(0)).toBe(0);
  });
});
