/** `zirconia/registers`: what a device's registers are declared with. */
export {
  array,
  block,
  type RegisterDecl,
  type RegisterOptions,
  r8,
  r16,
  r32,
  r64,
  type Width,
} from "./declare.ts";
export { afterRead, afterWrite, readResult } from "./effects.ts";
export { bit, bits, choice, type Field, type Fields, reserved, wide } from "./field.ts";
export type { RegisterIo } from "./io.ts";
export type { Layout, PlacedRegister } from "./layout.ts";
export { type FieldMode, type Mode, Modes } from "./modes.ts";
export type { RegisterNames } from "./names.ts";
export { type PollClock, type PollOptions, pollUntil } from "./poll.ts";
export type { FieldInfo, RegisterInfo } from "./register.ts";
export { type DumpOptions, type Hit, RegisterSet, registers } from "./registers.ts";
export type { ArrayOn, FieldsOf, RegisterOn, RegistersOn, ValueOf } from "./types.ts";
