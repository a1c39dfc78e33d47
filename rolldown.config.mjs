// The command, and the thread of a driver host, as few files: a process that loads two hundred small modules spends more time on that than on booting.
// A driver host starts often, and is waited for: it loads two files with what hosts and drivers have in common, and one or two for each driver
// that it is told to start.
// The library (dist/*/) stays as tsc wrote it, and so do the commands that load drivers' own files (`run`, `driver`):
// these import the library, and must not find another copy of it.
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "rolldown";

const withTheLibrary = {
  name: "commands that stay with the library",
  resolveId: (id) =>
    /^\.\/(run|driver)\.js$/.test(id) ? { id: id.replace("./", "../cli/"), external: true } : undefined,
};

/** npm makes a package's command executable when it installs it; in a checkout each build makes a new file. */
const executable = {
  name: "the command is executable",
  writeBundle: ({ dir }) => chmodSync(join(dir, "zirconia.js"), 0o755),
};

const common = {
  platform: "node",
  external: ["koffi"],
  output: {
    dir: "dist/bin",
    format: "esm",
    minify: { compress: true, mangle: false },
    chunkFileNames: "[name].js",
  },
};

export default defineConfig([
  { ...common, input: { zirconia: "dist/cli/main.js" }, plugins: [withTheLibrary, executable] },
  {
    ...common,
    input: { driver_host: "dist/cli/driver_host.js" },
    preserveEntrySignatures: "allow-extension",
    output: {
      ...common.output,
      chunkFileNames: "drivers/[name].js",
      codeSplitting: {
        includeDependenciesRecursively: false,
        groups: [
          {
            name: "library",
            test: /dist[\\/](zx|mmio|registers|bind|fidl[\\/]runtime|driver[\\/](define|offer))/,
            minShareCount: 2,
          },
          {
            name: "platform",
            test: /dist[\\/](bus[\\/]platform|driver[\\/]pdev|drivers[\\/]primecell|fidl[\\/]fuchsia.hardware.platform)/,
            minShareCount: 2,
          },
          { name: "pci", test: /dist[\\/]bus[\\/](pci|board)/, minShareCount: 2 },
        ],
      },
    },
  },
]);
