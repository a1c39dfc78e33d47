/**
 * One row of the access benchmark: `node access_rows.js ROW [LIBRARY]` prints nanoseconds per access.
 *
 * A process of its own for each, because what the engine has learnt from one kind of memory changes how fast it is on the
 * next one. The rows called "after others" measure just that.
 */
import { createSimX64, simX64Ram } from "../src/boards/sim_x64.ts";
import { Kernel } from "../src/kernel/kernel.ts";
import { createNativeRam } from "../src/machine/native_ram.ts";
import { accessorsOf } from "../src/mmio/accessors.ts";
import { MmioBuffer } from "../src/mmio/mmio_buffer.ts";
import { edu } from "../src/models/edu.ts";
import type { PciPort } from "../src/models/pci_model.ts";
import { EDU_BAR_SIZE, Edu } from "../src/registers/edu.ts";
import { bit, r32, registers } from "../src/registers/index.ts";
import { CachePolicy, VmoOp } from "../src/zx/constants.ts";
import type { Io } from "../src/zx/memory.ts";
import { median } from "./support.ts";

const BATCH = 1_000_000;
const BATCHES = 11;
const BAR = 0xfe00_0000;
const { Id, Liveness, Factorial, Status, IrqStatus, IrqAck } = Edu.layout;
/** What a driver of edu reads and writes, in turn: no row is made for one register only. */
const READS = Uint8Array.of(
  ...[Id, Liveness, Factorial, Status, IrqStatus, Liveness, Status, IrqStatus].map(offsetOf),
);
const WRITES = Uint8Array.of(
  ...[Liveness, Status, Liveness, IrqAck, Liveness, Status, Liveness, Status].map(offsetOf),
);

/** Registers in RAM: eight words, one of which has fields. */
const Words = registers("words", {
  Id: r32(0x00),
  Status: r32(0x04, { busy: bit(0), irq: bit(7) }),
});

type Loop = (times: number) => unknown;

/** Makes a row ready and returns its loop: `times` accesses. */
export const rows: Record<string, (library: string) => Promise<Loop>> = {
  async "typed array read"() {
    const words = new Uint32Array(wasmMemory().buffer, 0x1_0000, 8);
    return (times) => {
      let sum = 0;
      for (let i = 0; i < times; i++) sum = (sum + words[i & 7]!) | 0;
      return sum;
    };
  },
  async "typed array write"() {
    const words = new Uint32Array(wasmMemory().buffer, 0x1_0000, 8);
    return (times) => {
      for (let i = 0; i < times; i++) words[i & 7] = i;
    };
  },
  async "Atomics read"() {
    const words = new Uint32Array(wasmMemory().buffer, 0x1_0000, 8);
    return (times) => {
      let sum = 0;
      for (let i = 0; i < times; i++) sum = (sum + Atomics.load(words, i & 7)) | 0;
      return sum;
    };
  },
  async "Atomics write"() {
    const words = new Uint32Array(wasmMemory().buffer, 0x1_0000, 8);
    return (times) => {
      for (let i = 0; i < times; i++) Atomics.store(words, i & 7, i);
    };
  },
  async "koffi read"(library) {
    const { default: koffi } = await import("koffi");
    const read = koffi.load(library).func("uint32_t bench_read(uint32_t index)");
    return (times) => {
      let sum = 0;
      for (let i = 0; i < times; i++) sum = (sum + read(i & 7)) | 0;
      return sum;
    };
  },
  async "koffi write"(library) {
    const { default: koffi } = await import("koffi");
    const write = koffi.load(library).func("void bench_write(uint32_t index, uint32_t value)");
    return (times) => {
      for (let i = 0; i < times; i++) write(i & 7, i);
    };
  },
  async "Wasm read"() {
    const { read32 } = accessorsOf(wasmMemory());
    return (times) => {
      let sum = 0;
      for (let i = 0; i < times; i++) sum = (sum + read32(0x1_0000 + ((i & 7) << 2))) | 0;
      return sum;
    };
  },
  async "Wasm write"() {
    const { write32 } = accessorsOf(wasmMemory());
    return (times) => {
      for (let i = 0; i < times; i++) write32(0x1_0000 + ((i & 7) << 2), i);
    };
  },
  "native read": async () => readLoop(await ramBuffer("native")),
  "native write": async () => writeLoop(await ramBuffer("native")),
  "native one": async () => oneLoop(await ramBuffer("native")),
  "native field": async () => fieldLoop(await ramBuffer("native")),
  "portable read": async () => readLoop(await ramBuffer("portable")),
  "portable write": async () => writeLoop(await ramBuffer("portable")),
  "portable one": async () => oneLoop(await ramBuffer("portable")),
  "portable field": async () => fieldLoop(await ramBuffer("portable")),
  "native read after others": async () => {
    const { kernel, buffer } = await ramKernel("native");
    useOthers(kernel);
    return readLoop(buffer);
  },
  "native field after others": async () => {
    const { kernel, buffer } = await ramKernel("native");
    useOthers(kernel);
    return fieldLoop(buffer);
  },
  "model read": async () => deviceReads((await simKernel()).model),
  "model write": async () => deviceWrites((await simKernel()).model),
  "machine read": async () => deviceReads((await simKernel()).io),
  "machine write": async () => deviceWrites((await simKernel()).io),
  "sim read": async () => deviceReads((await simKernel()).buffer),
  "sim write": async () => deviceWrites((await simKernel()).buffer),
  "sim read after others": async () => {
    const { kernel, buffer } = await simKernel();
    useOthers(kernel);
    return deviceReads(buffer);
  },
};

function readLoop(buffer: MmioBuffer): Loop {
  return (times) => {
    let sum = 0;
    for (let i = 0; i < times; i++) sum = (sum + buffer.read32((i & 7) << 2)) | 0;
    return sum;
  };
}

function writeLoop(buffer: MmioBuffer): Loop {
  return (times) => {
    for (let i = 0; i < times; i++) buffer.write32((i & 7) << 2, i);
  };
}

function oneLoop(buffer: MmioBuffer): Loop {
  return (times) => {
    let sum = 0;
    for (let i = 0; i < times; i++) sum = (sum + buffer.read32(0x04)) | 0;
    return sum;
  };
}

function fieldLoop(buffer: MmioBuffer): Loop {
  const words = Words.on(buffer);
  return (times) => {
    let sum = 0;
    for (let i = 0; i < times; i++) sum = (sum + words.Status.read().busy) | 0;
    return sum;
  };
}

function deviceReads(device: Pick<Io, "read32">): Loop {
  return (times) => {
    let sum = 0;
    for (let i = 0; i < times; i++) sum = (sum + device.read32(READS[i & 7]!)) | 0;
    return sum;
  };
}

function deviceWrites(device: Pick<Io, "write32">): Loop {
  return (times) => {
    for (let i = 0; i < times; i++) device.write32(WRITES[i & 7]!, i);
  };
}

function offsetOf({ offset }: { readonly offset: number }): number {
  return offset;
}

function wasmMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 32768, maximum: 32768, shared: true });
}

async function ramKernel(
  addressSpace: "native" | "portable",
): Promise<{ kernel: Kernel; buffer: MmioBuffer }> {
  const ram = addressSpace === "native" ? { ram: await createNativeRam(simX64Ram()) } : {};
  const machine = createSimX64({ devices: ["edu"], ...ram });
  const kernel = await Kernel.create({ machine, addressSpace });
  return { kernel, buffer: ramOf(kernel) };
}

/** A page of RAM that is there already, as DMA buffers are. */
function ramOf({ root: { zx } }: Kernel): MmioBuffer {
  const vmo = zx.vmoCreate(0x1000, 0);
  zx.vmoOpRange(vmo, VmoOp.COMMIT, 0, 0x1000);
  return MmioBuffer.create(zx, { vmo, policy: CachePolicy.CACHED });
}

async function ramBuffer(addressSpace: "native" | "portable"): Promise<MmioBuffer> {
  return (await ramKernel(addressSpace)).buffer;
}

/** edu on sim-x64: the model itself, what the machine makes of it, and the buffer that its driver would have. */
async function simKernel(): Promise<{ kernel: Kernel; model: Io; io: Io; buffer: MmioBuffer }> {
  const spec = edu();
  let model: Io | undefined;
  const create = (port: PciPort) => {
    const ios = spec.create(port);
    model = ios[0];
    return ios;
  };
  const machine = createSimX64({ devices: [{ model: { ...spec, create } }] });
  const kernel = await Kernel.create({ machine, addressSpace: "portable" });
  const setConfig = (offset: number, value: number) => {
    machine.ports.out32(0xcf8, 0x8000_0800 + offset);
    machine.ports.out32(0xcfc, value);
  };
  setConfig(0x10, BAR);
  setConfig(0x04, 2);
  const { zx, mmio } = kernel.root;
  const buffer = MmioBuffer.create(zx, { vmo: zx.vmoCreatePhysical(mmio, BAR, EDU_BAR_SIZE) });
  const target = machine.resolve(BAR, EDU_BAR_SIZE);
  if (target.kind !== "dispatched" || model === undefined || Edu.on(buffer).Id.read().magic !== 0xed) {
    throw new Error("edu does not answer");
  }
  return { kernel, model, io: target.io, buffer };
}

/** Six other kinds of memory, and the registers of each, used until the engine has seen them all. */
function useOthers(kernel: Kernel): void {
  const others = [
    new (class extends Plain {
      a = 1;
    })(),
    new (class extends Plain {
      b = 1;
    })(),
    new (class extends Plain {
      c = 1;
    })(),
    new (class extends Plain {
      d = 1;
    })(),
    new (class extends Plain {
      e = 1;
    })(),
  ].map((io) => MmioBuffer.over(io, 0x1000));
  others.push(ramOf(kernel));
  for (const other of others) {
    for (const use of [readLoop, writeLoop, oneLoop, fieldLoop]) use(other)(20_000);
    const { Id } = Words.on(other.view(0x100));
    for (let i = 0; i < 20_000; i++) Id.write(Id.read().raw);
  }
}

class Plain implements Io {
  high = 0;
  readonly words = new Uint32Array(1024);
  read8(offset: number): number {
    return this.words[offset >> 2]! & 0xff;
  }
  read16(offset: number): number {
    return this.words[offset >> 2]! & 0xffff;
  }
  read32(offset: number): number {
    return this.words[offset >> 2]!;
  }
  read64(offset: number): number {
    this.high = this.words[(offset >> 2) + 1]!;
    return this.words[offset >> 2]!;
  }
  write8(offset: number, value: number): void {
    this.words[offset >> 2] = value;
  }
  write16(offset: number, value: number): void {
    this.words[offset >> 2] = value;
  }
  write32(offset: number, value: number): void {
    this.words[offset >> 2] = value;
  }
  write64(offset: number, low: number, high: number): void {
    this.words[offset >> 2] = low;
    this.words[(offset >> 2) + 1] = high;
  }
}

const [row = "", library = ""] = process.argv.slice(2);
const prepare = rows[row];
if (prepare === undefined) throw new Error(`no row ${row}`);
const loop = await prepare(library);
const slow = row.startsWith("koffi") ? 10 : 1;
const times: number[] = [];
for (let batch = 0; batch < BATCHES; batch++) {
  const start = process.hrtime.bigint();
  loop(BATCH / slow);
  times.push((Number(process.hrtime.bigint() - start) / BATCH) * slow);
}
// The first batches are the engine's own: it optimises in them.
console.log(median(times.slice(3)));
process.exit(0);
