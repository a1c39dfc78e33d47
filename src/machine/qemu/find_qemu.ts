import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { ZxError } from "../../zx/error.ts";
import { type QemuProgram, qemuInstallHint } from "./install_hint.ts";

/**
 * Path of a QEMU binary: `name` (by default that of the program) itself if it has a slash, else the first of that name on the PATH.
 *
 * UNAVAILABLE, with how to install it, when there is none.
 */
export function findQemu(program: QemuProgram, name: string = program): string {
  if (process.platform === "win32") {
    throw new ZxError(
      "UNAVAILABLE",
      "a QEMU machine needs FIFOs and /bin/sh, which Windows has only in WSL: run Zirconia there",
    );
  }
  if (name.includes("/")) {
    if (isExecutable(name)) return resolve(name);
    throw new ZxError("UNAVAILABLE", `${name} is not a program that can be run; ${qemuInstallHint(program)}`);
  }
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  const found = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (found !== undefined) return found;
  throw new ZxError("UNAVAILABLE", `${name} is not on the PATH; ${qemuInstallHint(program)}`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
