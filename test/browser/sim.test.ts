import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SystemSnapshot } from "../../src/inspect/snapshot.ts";
import { findProgram } from "../support/programs.ts";

const chromium = findProgram("chromium");
const reason = chromium === undefined ? " (skipped: install it with apt-get install chromium)" : "";
const root = fileURLToPath(new URL("../..", import.meta.url));

describe.skipIf(chromium === undefined)(`in headless Chromium${reason}`, () => {
  let server: Server;
  let url: string;
  let profile: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = request.url === "/" ? "/test/browser/page.html" : request.url!;
      const type = path.endsWith(".js") ? "text/javascript" : "text/html";
      try {
        response.setHeader("content-type", type).end(readFileSync(join(root, path)));
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    profile = mkdtempSync(join(tmpdir(), "zirconia-chromium-"));
  });

  afterAll(() => {
    server.close();
    rmSync(profile, { recursive: true, force: true });
  });

  test("sim-x64 boots from the package as built, and the edu driver runs", async () => {
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
    const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
    const args = [
      ...flags,
      ...quiet,
      `--user-data-dir=${profile}`,
      "--virtual-time-budget=20000",
      "--dump-dom",
      url,
    ];
    const { stdout } = await promisify(execFile)(chromium!, args, { maxBuffer: 2 ** 24 });
    const [, text] = stdout.match(/<pre id="result">([\s\S]*?)<\/pre>/)!;
    const state: SystemSnapshot = JSON.parse(
      text!.replaceAll("&gt;", ">").replaceAll("&lt;", "<").replaceAll("&amp;", "&"),
    );
    expect(state).toMatchObject({ machine: "sim-x64", addressSpace: "portable", ok: true });
    expect(state.nodes.find(({ driver }) => driver === "edu")!.inspect).toMatchObject({ dma: "intact" });
  });
});
