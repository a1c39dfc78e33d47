// The command as few files: a process that loads two hundred small modules spends more time on that than on booting.
// The library (dist/*/) stays as tsc wrote it.
import { defineConfig } from "rolldown";

export default defineConfig({
  input: { zirconia: "dist/cli/main.js" },
  platform: "node",
  external: ["koffi"],
  output: {
    dir: "dist/bin",
    format: "esm",
    minify: { compress: true, mangle: false },
    chunkFileNames: "[name].js",
  },
});
