import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const CLI: string = fileURLToPath(new URL("../../dist/bin/zirconia.js", import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command, as a user would, in a folder; `input` is what is piped into it. */
export function zirconia(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = "",
  cwd = process.cwd(),
): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    encoding: "utf8",
    cwd,
    env: { ...process.env, ...env },
    input,
    maxBuffer: 2 ** 28,
  });
  return { status, stdout, stderr };
}

/** The same, with its output going to another program, as in a shell's pipeline; `stdout` is that one's. */
export function zirconiaInto(reader: string, args: readonly string[]): Outcome {
  const pipeline = `"$0" "$@" | ${reader}`;
  const { status, stdout, stderr } = spawnSync("sh", ["-c", pipeline, process.execPath, CLI, ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}
