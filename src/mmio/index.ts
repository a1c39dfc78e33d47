/** `zirconia/mmio`: registers behind a mapping, and doubles of them for tests. */
export type { MmioTrace } from "./access_trace.ts";
export type { MmioPin } from "./mapped_vmo.ts";
export { memoryDouble } from "./memory_double.ts";
export { MmioBuffer, type MmioCreateOptions, type MmioOverOptions } from "./mmio_buffer.ts";
export type { AccessArray, MmioView } from "./mmio_view.ts";
export { type RegisterBehaviour, RegisterDouble } from "./register_double.ts";
export { MmioScript, ScriptError, type ScriptOptions } from "./script_double.ts";
