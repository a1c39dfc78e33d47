/** The QEMU binaries that are used here, and what their packages are called. */
export type QemuProgram = "qemu-system-x86_64" | "qemu-system-aarch64";

const PACKAGES = {
  "qemu-system-x86_64": { debian: "qemu-system-x86", fedora: "qemu-system-x86" },
  "qemu-system-aarch64": { debian: "qemu-system-arm", fedora: "qemu-system-aarch64" },
} as const;

/** How to get a QEMU: what `zirconia doctor` and the error of a missing binary say. */
export function qemuInstallHint(program: QemuProgram): string {
  const { debian, fedora } = PACKAGES[program];
  return `install QEMU: apt-get install ${debian} (Debian, Ubuntu), dnf install ${fedora} (Fedora), brew install qemu (macOS)`;
}
