import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/missing_tools.ts", "test/support/temporary_folder.ts"],
    // QEMU and property tests take the time they take; tests have no time limits of their own making.
    testTimeout: 0,
    hookTimeout: 0,
  },
});
