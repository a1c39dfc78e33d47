/** Which kind of address space processes get: native where the host can do it, portable everywhere. */
import type { Machine } from "../../machine/machine.ts";
import { ZxError } from "../../zx/error.ts";
import type { ArchAspace, AspaceKind } from "./arch/arch_aspace.ts";
import { PortableAspace } from "./arch/portable_aspace.ts";
import type { FrameAllocator } from "./frames.ts";
import { type AspaceShape, VmAspace } from "./vm_aspace.ts";

export type { AspaceKind } from "./arch/arch_aspace.ts";

export interface AspaceFactory {
  readonly kind: AspaceKind;
  /** Why it is not native, where "auto" was asked for and did not find it possible. */
  readonly reason: string | undefined;
  create(shape: AspaceShape): VmAspace;
}

export interface AspaceFactoryOptions {
  readonly machine: Machine;
  readonly frames: FrameAllocator;
  readonly kind: "auto" | AspaceKind;
}

/**
 * "native" needs Linux, koffi, RAM that is a file, and V8's trap handler: NOT_SUPPORTED with what is missing. "auto" takes
 * the portable one then, and says why in `reason`.
 */
export async function createAspaceFactory({
  machine,
  frames,
  kind,
}: AspaceFactoryOptions): Promise<AspaceFactory> {
  const factory = (of: AspaceKind, createArch: () => ArchAspace, reason?: string): AspaceFactory => ({
    kind: of,
    reason,
    create: (shape) => new VmAspace(createArch(), frames, machine, shape),
  });
  const portable = () => new PortableAspace(machine.ram);
  if (kind === "portable") return factory("portable", portable);
  try {
    return factory("native", await nativeArch(machine));
  } catch (cause) {
    if (kind === "auto" && cause instanceof ZxError) return factory("portable", portable, cause.detail);
    throw cause;
  }
}

async function nativeArch(machine: Machine): Promise<() => ArchAspace> {
  const fd = machine.ram.fd;
  if (fd === undefined) {
    throw new ZxError(
      "NOT_SUPPORTED",
      `the native address space needs RAM that is a file; ${machine.name}'s is not`,
    );
  }
  const [{ NativeAspace }, { testNative }, { loadLibc }] = await Promise.all([
    import("./arch/native_aspace.ts"),
    import("./arch/native_self_test.ts"),
    import("../../native/libc.ts"),
  ]);
  const libc = await loadLibc();
  testNative(libc, fd);
  return () => new NativeAspace(libc, fd);
}
