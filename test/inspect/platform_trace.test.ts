import { expect, test } from "vitest";
import { createSimArm64 } from "../../src/boards/sim_arm64.ts";
import { busDrivers } from "../../src/bus/index.ts";
import pl031 from "../../src/drivers/pl031.ts";
import { EventStream } from "../../src/events/events.ts";
import { System } from "../../src/framework/system.ts";
import { trace } from "../../src/inspect/trace.ts";

test("A trace tells the seven steps of a platform device: from its node to the first access to its registers", async () => {
  const events = new EventStream();
  const lines: string[] = [];
  const end = trace(events, {
    write: (line) => lines.push(line),
    quiet: (mapping) => mapping === "pci config",
  });
  await using system = await System.boot({
    machine: createSimArm64({ devices: [] }),
    drivers: [...busDrivers, pl031],
    addressSpace: "portable",
    events,
  });
  end();
  expect(system.manager.find("root.sys.platform.rtc-10000").state).toBe("running");

  const story = lines.map((line) => line.slice(11));
  const steps = [
    /^1 node root\.sys\.platform\.rtc-10000: starting pl031 in driver-host:pl031$/,
    /^2 pl031 -> fuchsia\.hardware\.platform\.device\/Device\.GetMmioById request/,
    /^3 platform-bus zx_vmo_create_physical\(0x[0-9a-f]+, 0x9010000, 0x1000\)/,
    /^4 kernel asks the machine: 0x9010000 \+ 0x1000 is rtc@10000 \(dispatched\)$/,
    /^5 pl031 <- fuchsia\.hardware\.platform\.device\/Device\.GetMmioById response/,
    /^6 pl031 zx_vmar_map\(/,
    /^7 rtc-10000 mmio 0: read32 PCellId\[3\] \(0xffc\) = 0x000000b1/,
  ];
  let at = -1;
  for (const step of steps) {
    const next = story.findIndex((line, i) => i > at && step.test(line));
    expect(next, `${step}, in:\n${lines.join("\n")}`).toBeGreaterThan(at);
    at = next;
  }
  // What the board driver says of each device is long, and not what the story is about.
  expect(story.filter((line) => line.includes("PlatformBus.NodeAdd request"))).not.toEqual([]);
  expect(story.filter((line) => line.includes("in full with --trace=messages"))).not.toEqual([]);
});
