/** How to get QEMU: what `zirconia doctor` and the error of a missing binary say. */
export const QEMU_INSTALL_HINT =
  "install QEMU: apt-get install qemu-system-x86 (Debian, Ubuntu), dnf install qemu-system-x86 (Fedora), " +
  "brew install qemu (macOS)";
