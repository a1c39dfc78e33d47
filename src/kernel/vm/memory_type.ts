/**
 * What a cache policy is to the processor: x64's page attributes (PAT), and arm64's memory types as Zircon's MAIR has them
 * (zircon.md 1.5).
 */
import type { Architecture } from "../../machine/machine.ts";
import { CachePolicy } from "../../zx/constants.ts";

export interface MemoryType {
  /** `WB` on x64, `Device-nGnRE` on arm64. */
  readonly name: string;
  readonly cached: boolean;
  /** Whether an access that is not aligned to its width faults. */
  readonly aligned: boolean;
}

const TYPES: Readonly<Record<Architecture, readonly MemoryType[]>> = {
  x64: table({ CACHED: "WB", UNCACHED: "UC", UNCACHED_DEVICE: "UC", WRITE_COMBINING: "WC" }),
  arm64: table({
    CACHED: "Normal-WB",
    UNCACHED: "Device-nGnRnE",
    UNCACHED_DEVICE: "Device-nGnRE",
    WRITE_COMBINING: "Normal-NC",
  }),
};

/** `policy`: one of `CachePolicy`. */
export function memoryType(architecture: Architecture, policy: number): MemoryType {
  return TYPES[architecture][policy & CachePolicy.MASK]!;
}

function table(names: Readonly<Record<Exclude<keyof typeof CachePolicy, "MASK">, string>>): MemoryType[] {
  const types: MemoryType[] = [];
  for (const [policy, name] of Object.entries(names)) {
    const number = CachePolicy[policy as keyof typeof names];
    types[number] = { name, cached: number === CachePolicy.CACHED, aligned: name.startsWith("Device") };
  }
  return types;
}
