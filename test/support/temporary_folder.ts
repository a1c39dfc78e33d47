/** One folder for all that a run of the tests writes: the temporary folder of every process of it. It goes when the run ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Where `worker_programs.ts` puts what it builds, once for all test files. */
    readonly programs: string;
  }
}

export default function setup(project: TestProject): void {
  const folder = mkdtempSync(join(tmpdir(), "zirconia-tests-"));
  const programs = join(folder, "programs");
  for (const name of ["TMPDIR", "TEMP"]) process.env[name] = folder;
  project.provide("programs", programs);
  // The sources may be others now.
  project.onTestsRerun(() => rmSync(programs, { recursive: true, force: true }));
  // Here, in the process that began the run: those of the test files are killed, and learn nothing.
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}
