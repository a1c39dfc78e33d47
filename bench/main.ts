/**
 * `npm run bench` runs every benchmark, `npm run bench -- access qemu` some. Each prints ratios against a baseline that is
 * measured in the same run, never a bare time.
 */
const BENCHES: Record<string, () => Promise<{ run(): Promise<void> }>> = {
  access: () => import("./access.ts"),
  kernel: () => import("./kernel.ts"),
  qemu: () => import("./qemu.ts"),
  fidl: () => import("./fidl.ts"),
  dt: () => import("./dt.ts"),
  hosts: () => import("./hosts.ts"),
  boot: () => import("./boot.ts"),
};

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : Object.keys(BENCHES)) {
  const load = BENCHES[name];
  if (load === undefined) {
    console.error(`no benchmark ${name}; there are: ${Object.keys(BENCHES).join(", ")}`);
    process.exitCode = 2;
    break;
  }
  console.log(`\n== ${name}`);
  await (await load()).run();
}
