import { beforeAll, expect, test } from "vitest";
import {
  type DeviceDescription,
  parseDeviceTree,
  resolveDevices,
} from "../../../src/firmware/devicetree/index.ts";
import { independentAddresses, independentInterrupts, type PlainNode, readDtcText } from "./independent.ts";
import { corpus, describeWithCorpus, dtc } from "./support.ts";

function addresses(devices: readonly DeviceDescription[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { path, reg } of devices)
    for (const one of reg)
      if (one.kind === "cpu")
        found.set(`${path} ${one.index}`, `${one.base.toString(16)}+${one.size.toString(16)}`);
  return found;
}

function interrupts(devices: readonly DeviceDescription[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { path, interrupts: all } of devices)
    for (const one of all)
      if (one.kind === "resolved")
        found.set(`${path} ${one.index}`, `${one.controller} ${one.specifier.join(" ")}`);
  return found;
}

describeWithCorpus("the trees of real boards", () => {
  let boards: { name: string; devices: DeviceDescription[]; nodes: PlainNode[] }[];
  beforeAll(() => {
    boards = corpus.map(({ name, read }) => {
      const bytes = read();
      const nodes = readDtcText(dtc("dtb", "dts", bytes).toString("latin1"));
      return { name, devices: resolveDevices(parseDeviceTree(bytes)), nodes };
    });
  });

  test("have the registers that another computation finds", () => {
    let count = 0;
    for (const { name, devices, nodes } of boards) {
      const expected = independentAddresses(nodes);
      count += expected.size;
      expect(addresses(devices), name).toEqual(expected);
    }
    expect(count).toBeGreaterThan(100 * corpus.length);
  });

  test("have the interrupts that another computation finds", () => {
    let count = 0;
    for (const { name, devices, nodes } of boards) {
      const expected = independentInterrupts(nodes);
      count += expected.size;
      expect(interrupts(devices), name).toEqual(expected);
    }
    expect(count).toBeGreaterThan(100 * corpus.length);
  });

  test("have every node of the file, and a reason for whatever is not resolved", () => {
    for (const { name, devices, nodes } of boards) {
      expect(
        devices.map(({ path }) => path),
        name,
      ).toEqual(nodes.slice(1).map(({ path }) => path));
      for (const { reg, interrupts: all } of devices)
        for (const one of [...reg, ...all])
          if (one.kind === "local" || one.kind === "unresolved") expect(one.reason, name).not.toBe("");
    }
  });

  test("name the interrupts of GICs, and only those, as a GIC counts them", () => {
    for (const { name, devices } of boards) {
      const isGic = (controller: string) =>
        devices
          .find(({ path }) => path === controller)!
          .compatible.some((one) => /^(arm|qcom),.*q?gic/.test(one));
      for (const { interrupts: all } of devices) {
        for (const one of all) {
          if (one.kind === "unresolved") continue;
          expect(one.gic !== null, `${name} ${one.controller}`).toBe(isGic(one.controller));
          const [type, number] = one.specifier;
          if (one.gic !== null) expect(one.gic.intid).toBe(number! + (type === 0 ? 32 : 16));
        }
      }
    }
  });
});
