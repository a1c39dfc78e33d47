/**
 * One case of the kernel benchmark: `node kernel_rows.js CASE` prints, as JSON, the nanoseconds of one operation of each of its
 * rows in each round. In a round every row runs once, so that what else the computer does falls on all of them.
 *
 * A process of its own for each case, because what the engine has learnt from one kind of address space changes how fast
 * it is on the other one.
 */
import { createSimX64, SIM_X64_RAM } from "../src/boards/sim_x64.ts";
import { Kernel } from "../src/kernel/kernel.ts";
import { createNativeRam } from "../src/machine/native_ram.ts";
import { loadLibc, MAP_SHARED, PROT_READ, PROT_WRITE } from "../src/native/libc.ts";
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
const BLOCK = 65536;
/** Live mappings, for the curve. */
const POPULATIONS = [1_000, 10_000, 100_000];

const cases: Record<string, () => Promise<Case>> = {
  async "native map"() {
    const ram = await createNativeRam(SIM_X64_RAM);
    const kernel = await Kernel.create({
      machine: createSimX64({ devices: [], ram }),
      addressSpace: "native",
    });
    const { zx } = kernel.root;
    const libc = await loadLibc();
    const protection = PROT_READ | PROT_WRITE;
    const offset = 2 ** 20;
    return {
      times: 2_000,
      rounds: 41,
      rows: {
        "mmap and munmap"(times) {
          for (let i = 0; i < times; i++) {
            libc.munmap(libc.mmap(0, PAGE_SIZE, protection, MAP_SHARED, ram.fd, offset), PAGE_SIZE);
          }
        },
        "map and unmap": mapAndUnmap(zx, RW),
        "map with MAP_RANGE and unmap": mapAndUnmap(zx, RW | VmOption.MAP_RANGE),
        "map, fault and unmap": mapAndUnmap(zx, RW, (address) => zx.memory.fault(address, "write", 4)),
      },
    };
  },

  async "portable map"() {
    const { zx } = (await portableKernel()).root;
    const table = new Map<number, object>();
    const value = {};
    return {
      times: 20_000,
      rounds: 41,
      rows: {
        "Map set and delete"(times) {
          for (let i = 0; i < times; i++) {
            const address = 0x20_0000 + (i & 0x3ff) * PAGE_SIZE;
            table.set(address, value);
            table.delete(address);
          }
        },
        "map and unmap": mapAndUnmap(zx, RW),
        "map, fault and unmap": mapAndUnmap(zx, RW, (address) => zx.memory.fault(address, "write", 4)),
      },
    };
  },

  async "buffer read"() {
    return copies((await portableKernel()).root.zx);
  },

  async "native read"() {
    const ram = await createNativeRam(SIM_X64_RAM);
    const kernel = await Kernel.create({
      machine: createSimX64({ devices: [], ram }),
      addressSpace: "native",
    });
    return copies(kernel.root.zx);
  },

  async curve() {
    const rows: Record<string, Row> = {};
    for (const population of POPULATIONS) {
      const { zx } = (await portableKernel()).root;
      const vmo = zx.vmoCreate(PAGE_SIZE, 0);
      const live: number[] = [];
      const map = () => live.push(zx.vmarMap(zx.vmarRootSelf, RW, 0, vmo, 0, PAGE_SIZE));
      for (let i = 0; i < population; i++) map();
      // A stride that is prime to the numbers of mappings: neighbours in the list are not looked up one after the other.
      const at = (i: number) => live[(i * 7919) % population]!;
      rows[`map ${population}`] = (times) => {
        for (let i = 0; i < times; i++) map();
      };
      rows[`fault ${population}`] = (times) => {
        for (let i = 0; i < times; i++) zx.memory.fault(at(i), "read", 4);
      };
      rows[`window ${population}`] = (times) => {
        for (let i = 0; i < times; i++) zx.memory.release(zx.memory.window(at(i), 4, nothing));
      };
      rows[`unmap ${population}`] = (times) => {
        for (let i = 0; i < times; i++) zx.vmarUnmap(zx.vmarRootSelf, live.pop()!, PAGE_SIZE);
      };
    }
    return { rows, times: 500, rounds: 61 };
  },
};

function nothing(): void {}

async function portableKernel(): Promise<Kernel> {
  return Kernel.create({ machine: createSimX64({ devices: [] }), addressSpace: "portable", seed: 1 });
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
    times: 1_000,
    rounds: 41,
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
const results: Record<string, number[]> = {};
// The first rounds are the engine's own: it optimises in them.
for (let round = -10; round < rounds; round++) {
  for (const [name, row] of Object.entries(rows)) {
    const start = process.hrtime.bigint();
    row(times);
    const ns = Number(process.hrtime.bigint() - start) / times;
    if (round >= 0) (results[name] ??= []).push(ns);
  }
}
console.log(JSON.stringify(results));
process.exit(0);
