/** The package's own bind libraries. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { deprecatedKeyName } from "../../src/bind/index.ts";
import { LIBRARIES } from "../../src/bind/libraries.ts";
import { compiled } from "./support.ts";

const folder = new URL("../../bind/", import.meta.url);
const libraries = readdirSync(folder)
  .map((name) => name.replace(/\.bind$/, ""))
  .sort();

/** What a key or value stands for, asked through rules. */
function meaningOf(name: string): unknown {
  const [key = "", library = ""] = [
    name.split(".").slice(0, -1).join("."),
    name.split(".").slice(0, -2).join("."),
  ];
  const owner = key.includes("BIND_") ? `fuchsia.${key.slice(key.lastIndexOf(".") + 1)}` : key;
  const program = compiled(`using ${library}; ${owner} == ${name};`, {});
  const [statement] = program.kind === "rules" ? program.block : [];
  return statement?.kind === "condition" ? statement.operand.value : undefined;
}

describe("The libraries in bind/", () => {
  it("are those in src/bind/libraries.ts (node scripts/generate-bind.mjs)", () => {
    expect([...LIBRARIES.keys()]).toEqual(libraries);
    for (const [name, text] of LIBRARIES)
      expect(text).toBe(readFileSync(new URL(`${name}.bind`, folder), "utf8"));
  });

  it.each(libraries)("%s compiles, and is named like its file", (name) => {
    expect(() => compiled(`using ${name}; true;`, {})).not.toThrow();
  });

  it("declare every key that once was a number", () => {
    const once = Array.from({ length: 0x1000 }, (_, key) => deprecatedKeyName(key)).filter(
      (name) => name !== undefined,
    );
    expect(once.length).toBeGreaterThan(50);
    for (const name of once) expect(() => compiled(`${name} == 1;`, {})).not.toThrow();
  });

  it("give the numbers of the specifications", () => {
    expect(meaningOf("fuchsia.pci.BIND_PCI_VID.INTEL")).toBe(0x8086);
    expect(meaningOf("fuchsia.pci.BIND_PCI_CLASS.SERIAL_BUS_CONTROLLER")).toBe(0x0c);
    expect(meaningOf("fuchsia.pci.serial.BIND_PCI_SUBCLASS.USB")).toBe(0x03);
    expect(meaningOf("fuchsia.pci.serial.usb.BIND_PCI_INTERFACE.XHCI")).toBe(0x30);
    expect(meaningOf("fuchsia.pci.massstorage.BIND_PCI_SUBCLASS.NVMEM")).toBe(0x08);
    expect(meaningOf("fuchsia.usb.BIND_USB_CLASS.HUB")).toBe(0x09);
    expect(meaningOf("fuchsia.platform.BIND_PLATFORM_DEV_DID.DEVICETREE")).toBe(0x32);
    expect(meaningOf("zirconia.edu.BIND_PCI_DID.EDU")).toBe(0x11e8);
  });

  it("have, for each service of our FIDL libraries, the values of its property", () => {
    const fidl = new URL("../../fidl/", import.meta.url);
    const services = readdirSync(fidl).flatMap((name) => {
      const text = readFileSync(new URL(name, fidl), "utf8");
      return [...text.matchAll(/^service (\w+)/gm)].map(
        ([, service]) => `${name.replace(/\.fidl$/, "")}.${service}`,
      );
    });
    expect(services).toContain("fuchsia.hardware.pci.Service");
    for (const service of services)
      for (const transport of ["ZirconTransport", "DriverTransport"])
        expect(meaningOf(`${service}.${transport}`)).toBe(`${service}.${transport}`);
  });
});
