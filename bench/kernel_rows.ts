/**
 * One case of the kernel benchmark: `node kernel_rows.js CASE` prints, as JSON, the nanoseconds of one operation of each of its
 * rows in each round. In a round every row runs once, and rounds are short, so that what else the computer does falls on
 * all rows alike.
 *
 * A process of its own for each case, because what the engine has learnt from one kind of address space changes how fast
 * it is on the other one.
 */
import { createSimX64, SIM_X64_RAM } from "../src/boards/sim_x64.ts";
import { Kernel } from "../src/kernel/kernel.ts";
import { createNativeRam } from "../src/machine/native_ram.ts";
import {
  type Libc,
  loadLibc,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_NORESERVE,
  MAP_PRIVATE,
  MAP_SHARED,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
} from "../src/native/libc.ts";
import { VmOption } from "../src/zx/constants.ts";
import { PAGE_SIZE } from "../src/zx/pages.ts";
import type { Zx } from "../src/zx/syscalls.ts";

type Row = (times: number) => void;

interface Case {
  readonly rows: Readonly<Record<string, Row>>;
  /** Operations in a round of each row. */
  readonly times: number;
  readonly rounds: number;
}

const RW = VmOption.PERM_READ | VmOption.PERM_WRITE;
const READ_WRITE = PROT_READ | PROT_WRITE;
/** Of a page of RAM in its file. */
const FILE_OFFSET = 2 ** 20;
const BLOCK = 65536;
/** Live mappings, for the curve. */
const POPULATIONS = [1_000, 10_000, 100_000];

const cases: Record<string, () => Promise<Case>> = {
  async "native map"() {
    const libc = await loadLibc();
    const { kernel, fd } = await nativeKernel();
    const { zx } = kernel.root;
    return {
      times: 200,
      rounds: 401,
      rows: {
        "mmap and munmap"(times) {
          for (let i = 0; i < times; i++) {
            libc.munmap(libc.mmap(0, PAGE_SIZE, READ_WRITE, MAP_SHARED, fd, FILE_OFFSET), PAGE_SIZE);
          }
        },
        "mmap twice in a reservation": mapInReservation(libc, fd),
        "map and unmap": mapAndUnmap(zx, RW),
        "map with MAP_RANGE and unmap": mapAndUnmap(zx, RW | VmOption.MAP_RANGE),
        "map, fault and unmap": mapAndUnmap(zx, RW, (address) => zx.memory.fault(address, "write", 4)),
      },
    };
  },

  async "portable map"() {
    const { zx } = (await portableKernel()).root;
    return {
      times: 2_000,
      rounds: 401,
      rows: {
        "Map set and delete": setAndDelete(0),
        "Map set and delete beside 1000": setAndDelete(1_000),
        "map and unmap": mapAndUnmap(zx, RW),
        "map, fault and unmap": mapAndUnmap(zx, RW, (address) => zx.memory.fault(address, "write", 4)),
      },
    };
  },

  "portable read": async () => copies((await portableKernel()).root.zx),
  "native read": async () => copies((await nativeKernel()).kernel.root.zx),

  async curve() {
    const rows: Record<string, Row> = {};
    for (const population of POPULATIONS) Object.assign(rows, await curveRows(population));
    return { rows, times: 500, rounds: 61 };
  },
};

function nothing(): void {}

async function portableKernel(): Promise<Kernel> {
  return Kernel.create({ machine: createSimX64({ devices: [] }), addressSpace: "portable", seed: 1 });
}

async function nativeKernel(): Promise<{ kernel: Kernel; fd: number }> {
  const ram = await createNativeRam(SIM_X64_RAM);
  const machine = createSimX64({ devices: [], ram });
  return { kernel: await Kernel.create({ machine, addressSpace: "native", seed: 1 }), fd: ram.fd };
}

/** What no kernel in a process can do without: a page laid over a part of a reserved range, and the reservation over the page. */
function mapInReservation(libc: Libc, fd: number): Row {
  const memory = new WebAssembly.Memory({ initial: 32768, maximum: 32768, shared: true });
  const { byteLength } = memory.buffer;
  const origin = libc.addressOf(new Uint8Array(memory.buffer));
  const reserve = (address: number, size: number) => {
    const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
    libc.mmap(address, size, PROT_NONE, flags, -1, 0);
  };
  reserve(origin, byteLength);
  return (times) => {
    for (let i = 0; i < times; i++) {
      const address = origin + Math.floor((Math.random() * byteLength) / PAGE_SIZE) * PAGE_SIZE;
      libc.mmap(address, PAGE_SIZE, READ_WRITE, MAP_SHARED | MAP_FIXED, fd, FILE_OFFSET);
      reserve(address, PAGE_SIZE);
    }
  };
}

/** In a Map with this many other entries, addresses to objects. */
function setAndDelete(others: number): Row {
  const table = new Map<number, object>();
  const value = {};
  for (let i = 0; i < others; i++) table.set(0x4000_0000 + i * PAGE_SIZE, value);
  return (times) => {
    for (let i = 0; i < times; i++) {
      const address = 0x20_0000 + (i & 0x3ff) * PAGE_SIZE;
      table.set(address, value);
      table.delete(address);
    }
  };
}

/** Operations in a root VMAR with so many mappings, and in a Map of as many objects. */
async function curveRows(population: number): Promise<Record<string, Row>> {
  const { zx } = (await portableKernel()).root;
  const vmo = zx.vmoCreate(PAGE_SIZE, 0);
  const live: number[] = [];
  const table = new Map<number, { used: number }>();
  const map = () => live.push(zx.vmarMap(zx.vmarRootSelf, RW, 0, vmo, 0, PAGE_SIZE));
  for (let i = 0; i < population; i++) {
    map();
    table.set(live[i]!, { used: 0 });
  }
  // The stride has no divisor in common with the populations: every mapping has its turn, neighbours not one after the other.
  let turn = 0;
  const next = () => {
    turn = (turn + 7919) % population;
    return live[turn]!;
  };
  return {
    [`Map ${population}`](times) {
      for (let i = 0; i < times; i++) table.get(next())!.used++;
    },
    [`map ${population}`](times) {
      for (let i = 0; i < times; i++) map();
    },
    [`fault ${population}`](times) {
      for (let i = 0; i < times; i++) zx.memory.fault(next(), "read", 4);
    },
    [`window ${population}`](times) {
      for (let i = 0; i < times; i++) zx.memory.release(zx.memory.window(next(), 4, nothing));
    },
    [`unmap ${population}`](times) {
      for (let i = 0; i < times; i++) zx.vmarUnmap(zx.vmarRootSelf, live.pop()!, PAGE_SIZE);
    },
  };
}

/** Of one page that has its RAM, somewhere in the root VMAR. */
function mapAndUnmap(zx: Zx, options: number, use: (address: number) => void = nothing): Row {
  const vmo = zx.vmoCreate(PAGE_SIZE, 0);
  zx.vmoWrite(vmo, new Uint8Array(1), 0);
  const vmar = zx.vmarRootSelf;
  return (times) => {
    for (let i = 0; i < times; i++) {
      const address = zx.vmarMap(vmar, options, 0, vmo, 0, PAGE_SIZE);
      use(address);
      zx.vmarUnmap(vmar, address, PAGE_SIZE);
    }
  };
}

function copies(zx: Zx): Case {
  const vmo = zx.vmoCreate(BLOCK, 0);
  const into = new Uint8Array(BLOCK);
  const from = new Uint8Array(BLOCK).fill(0x5a);
  zx.vmoWrite(vmo, from, 0);
  return {
    times: 200,
    rounds: 401,
    rows: {
      "TypedArray.set"(times) {
        for (let i = 0; i < times; i++) into.set(from);
      },
      vmo_read(times) {
        for (let i = 0; i < times; i++) zx.vmoRead(vmo, into, 0);
      },
      vmo_write(times) {
        for (let i = 0; i < times; i++) zx.vmoWrite(vmo, from, 0);
      },
    },
  };
}

const prepare = cases[process.argv[2] ?? ""];
if (prepare === undefined)
  throw new Error(`no case ${process.argv[2]}; there are: ${Object.keys(cases).join(", ")}`);
const { rows, times, rounds } = await prepare();
const results = Object.fromEntries(Object.keys(rows).map((name): [string, number[]] => [name, []]));
// The first rounds are the engine's own: it optimises in them.
for (let round = -10; round < rounds; round++) {
  for (const [name, row] of Object.entries(rows)) {
    const start = process.hrtime.bigint();
    row(times);
    const ns = Number(process.hrtime.bigint() - start) / times;
    if (round >= 0) results[name]!.push(ns);
  }
}
console.log(JSON.stringify(results));
process.exit(0);
