import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What `zirconia doctor` says of one thing that Zirconia uses. */
export interface Finding {
  readonly name: "Node" | "koffi" | "QEMU" | "QEMU (Arm)";
  /** `optional`: absent, and something works less well; `missing`: absent and required. */
  readonly state: "ok" | "optional" | "missing";
  readonly detail: string;
  /** What follows from it. */
  readonly means: string;
  readonly remedy?: string;
}

export async function findings(): Promise<Finding[]> {
  return [node(), await koffi(), await qemu("QEMU"), await qemu("QEMU (Arm)")];
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return {
    name: "Node",
    state: ok ? "ok" : "missing",
    detail: process.version,
    means: ok ? "runs Zirconia" : "too old: Zirconia needs 20.19 or newer",
    ...(!ok && {
      remedy: "install a current Node, from nodejs.org or with a version manager such as nvm or fnm",
    }),
  };
}

async function koffi(): Promise<Finding> {
  const means = {
    yes: "driver hosts get native address spaces: the processor's MMU enforces mappings",
    no: "driver hosts use portable address spaces: everything works on every machine, accesses are slower",
  };
  if (process.platform !== "linux") {
    return { name: "koffi", state: "optional", detail: `not used on ${process.platform}`, means: means.no };
  }
  try {
    const { default: library } = await import("koffi");
    library.load(null);
    return { name: "koffi", state: "ok", detail: `version ${library.version}`, means: means.yes };
  } catch (error) {
    return {
      name: "koffi",
      state: "optional",
      detail: error instanceof Error ? error.message.split("\n")[0]! : String(error),
      means: means.no,
      remedy: "npm install koffi (an optional dependency, with prebuilt binaries)",
    };
  }
}

const QEMUS = {
  QEMU: { program: "qemu-system-x86_64", machine: "qemu-q35", instead: "sim-x64" },
  "QEMU (Arm)": { program: "qemu-system-aarch64", machine: "qemu-virt-arm64", instead: "sim-arm64" },
} as const;

async function qemu(name: keyof typeof QEMUS): Promise<Finding> {
  const { qemuInstallHint } = await import("../machine/qemu/install_hint.ts");
  const { program, machine, instead } = QEMUS[name];
  try {
    const { stdout } = await promisify(execFile)(program, ["--version"]);
    return {
      name,
      state: "ok",
      detail: stdout.split("\n")[0]!.trim(),
      means: `drivers run on QEMU's own devices: zirconia boot --machine ${machine}`,
    };
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === "ENOENT";
    return {
      name,
      state: "optional",
      detail: absent ? `${program} is not on the PATH` : String((error as Error).message).trim(),
      means: `the machine ${machine} cannot be used; ${instead} needs nothing`,
      remedy: qemuInstallHint(program),
    };
  }
}
