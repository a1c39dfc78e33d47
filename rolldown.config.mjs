// The command, and the thread of a driver host, as few files: a process that loads two hundred small modules spends more time on that than on booting.
// The library (dist/*/) stays as tsc wrote it, and so do the commands that load drivers' own files (`run`, `driver`):
// these import the library, and must not find another copy of it.
import { defineConfig } from "rolldown";

const withTheLibrary = {
  name: "commands that stay with the library",
  resolveId: (id) =>
    /^\.\/(run|driver)\.js$/.test(id) ? { id: id.replace("./", "../cli/"), external: true } : undefined,
};

export default defineConfig({
  input: { zirconia: "dist/cli/main.js", driver_host: "dist/cli/driver_host.js" },
  plugins: [withTheLibrary],
  platform: "node",
  external: ["koffi"],
  output: {
    dir: "dist/bin",
    format: "esm",
    minify: { compress: true, mangle: false },
    chunkFileNames: "[name].js",
  },
});
