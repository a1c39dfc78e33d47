/** The device trees of real boards, all the way to nodes: nothing crashes, and each of their nodes is published or explained. */
import { expect, test } from "vitest";
import { planBoard } from "../../../src/bus/board/devicetree/plan.ts";
import { defaultVisitors } from "../../../src/bus/board/devicetree/visitors/index.ts";
import { busDrivers } from "../../../src/bus/index.ts";
import { createForeignBoard } from "../../../src/cli/foreign_board.ts";
import { EventStream } from "../../../src/events/events.ts";
import { parseDeviceTree } from "../../../src/firmware/devicetree/parse.ts";
import { System } from "../../../src/framework/system.ts";
import { corpus, describeWithCorpus } from "../../firmware/devicetree/support.ts";

describeWithCorpus("The device tree of a real board gives the nodes that its plan says, and no error", () => {
  test.each(corpus)("$name", async ({ read }) => {
    const bytes = new Uint8Array(read());
    const events = new EventStream();
    const errors: string[] = [];
    events.listen(
      (event) => {
        if (event.kind === "log" && event.severity === "error") errors.push(event.message);
      },
      ["log"],
    );
    const machine = createForeignBoard(bytes, events);
    await using system = await System.boot({
      machine,
      drivers: busDrivers,
      addressSpace: "portable",
      events,
    });
    const nodes = [...system.manager.root.walk()];
    expect(errors).toEqual([]);
    expect(nodes.filter(({ driver, state }) => driver !== undefined && state !== "running")).toEqual([]);

    const plan = planBoard(parseDeviceTree(bytes), defaultVisitors);
    // `platform` and `platform composite`, `child` and `child composite`.
    const planned = (kind: string) =>
      plan.flatMap(({ device, publication }) => (publication.kind.startsWith(kind) ? [device.name] : []));
    const below = (moniker: string) => system.manager.find(moniker).children.map(({ name }) => name);
    expect(below("root.sys.platform").sort()).toEqual(["pt", ...planned("platform")].sort());
    expect(below("root.sys.platform.pt").sort()).toEqual(planned("child").sort());
    expect(planned("platform").length).toBeGreaterThan(3);

    for (const { device, publication } of plan) {
      if (publication.kind === "none") expect(publication.reason, device.description.path).not.toBe("");
      // Registers that nobody can find are told of.
      if (device.mmio.some(({ base }) => base === undefined))
        expect(device.notes, device.description.path).toContainEqual(expect.stringMatching(/^reg \d+: /));
    }
  });
});
