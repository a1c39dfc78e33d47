import { Directory } from "../fidl/fuchsia.io.ts";
import type { Handle } from "../zx/constants.ts";
import { Status, type StatusName } from "../zx/status.ts";
import type { Zx } from "../zx/syscalls.ts";

/** Closes a server end with the reason as its last message, whatever its protocol: epitaphs are the same in all. */
export function closeWithEpitaph(zx: Zx, server: Handle, status: StatusName): void {
  Directory.serve(zx, server, { open() {} }).close(Status[status]);
}
