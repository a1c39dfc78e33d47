import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { ZxError } from "../../zx/error.ts";
import { QEMU_INSTALL_HINT } from "./install_hint.ts";

/**
 * Path of a QEMU binary: `name` itself if it has a slash, else the first of that name on the PATH.
 *
 * UNAVAILABLE, with how to install it, when there is none.
 */
export function findQemu(name = "qemu-system-x86_64"): string {
  if (process.platform === "win32") {
    throw new ZxError(
      "UNAVAILABLE",
      "a QEMU machine needs FIFOs and /bin/sh, which Windows has only in WSL: run Zirconia there",
    );
  }
  if (name.includes("/")) {
    if (isExecutable(name)) return resolve(name);
    throw new ZxError("UNAVAILABLE", `${name} is not a program that can be run; ${QEMU_INSTALL_HINT}`);
  }
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  const found = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (found !== undefined) return found;
  throw new ZxError("UNAVAILABLE", `${name} is not on the PATH; ${QEMU_INSTALL_HINT}`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
