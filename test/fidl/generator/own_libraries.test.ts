import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compile, type Ir } from "../../../src/fidl/compiler/index.ts";
import { generate } from "../../../src/fidl/generator/generate.ts";
import { OWN_FILES, ROOT } from "./support.ts";

const { ir, diagnostics } = compile(OWN_FILES);

test("The libraries in fidl/ compile, without a warning", () => {
  expect(diagnostics).toEqual([]);
});

describe("The modules in src/fidl", () => {
  const modules = generate(ir as Ir, { runtime: "./runtime/index.ts" });

  test.each(modules)("$file is what the generator makes of the library (npm run fidl)", ({ file, text }) => {
    expect(readFileSync(join(ROOT, "src/fidl", file), "utf8")).toBe(text);
  });

  test("are those of the libraries, and no others", () => {
    const found = readdirSync(join(ROOT, "src/fidl")).filter((name) => name.endsWith(".ts"));
    expect(found.sort()).toEqual(modules.map(({ file }) => file).sort());
  });
});

describe("A method of a Fuchsia library has Fuchsia's ordinal", () => {
  // Computed apart from this compiler: the first 8 bytes, little-endian, of SHA-256("library/Protocol.Method"), top bit cleared.
  const ordinals: readonly [string, bigint][] = [
    ["fuchsia.hardware.pci/Device.GetDeviceInfo", 0x5599d144d4329916n],
    ["fuchsia.hardware.pci/Device.GetBar", 0x6b2683f6fbbff679n],
    ["fuchsia.hardware.pci/Device.SetBusMastering", 0x3421e9e030211003n],
    ["fuchsia.hardware.pci/Device.ResetDevice", 0x3c5b7579bb6f8b9fn],
    ["fuchsia.hardware.pci/Device.AckInterrupt", 0x70742f64692d5a6bn],
    ["fuchsia.hardware.pci/Device.MapInterrupt", 0x25eeff9d34a1fa13n],
    ["fuchsia.hardware.pci/Device.GetInterruptModes", 0x093f4cd8f79e9f4an],
    ["fuchsia.hardware.pci/Device.SetInterruptMode", 0x085bebad3eb24866n],
    ["fuchsia.hardware.pci/Device.ReadConfig8", 0x28f9eb9e6dadda1cn],
    ["fuchsia.hardware.pci/Device.ReadConfig16", 0x3bcda6171a3270bbn],
    ["fuchsia.hardware.pci/Device.ReadConfig32", 0x55357535402f7507n],
    ["fuchsia.hardware.pci/Device.WriteConfig8", 0x049a0719e1433cffn],
    ["fuchsia.hardware.pci/Device.WriteConfig16", 0x3e30bf13f1c07effn],
    ["fuchsia.hardware.pci/Device.WriteConfig32", 0x0161584e5199b388n],
    ["fuchsia.hardware.pci/Device.GetCapabilities", 0x3a050fde46f3ba0fn],
    ["fuchsia.hardware.pci/Device.GetExtendedCapabilities", 0x0b8573efcaae0c39n],
    ["fuchsia.hardware.pci/Device.GetBti", 0x5e4fe9efb12d9ee3n],
    ["fuchsia.hardware.interrupt/Provider.Get", 0x5fbb6de837a31812n],
    ["fuchsia.driver.framework/Node.AddChild", 0x77d10dff3c1ea129n],
  ];

  test.each(ordinals)("%s", (name, ordinal) => {
    const dot = name.lastIndexOf(".");
    const declaration = ir!.declarations.get(name.slice(0, dot));
    if (declaration?.kind !== "protocol") throw new Error(`no protocol of ${name}`);
    expect(declaration.methods.find((method) => method.name === name.slice(dot + 1))?.ordinal).toBe(ordinal);
  });
});

describe("A message of a Fuchsia library is laid out as Fuchsia's", () => {
  // Inline size, alignment, and whether it may carry what this schema does not know.
  test.each([
    ["fuchsia.hardware.pci/Bar", 32, 8, true],
    ["fuchsia.hardware.pci/PciDevice", 72, 8, false],
    ["fuchsia.hardware.pci/DeviceInfo", 12, 2, false],
    ["fuchsia.hardware.pci/InterruptModes", 4, 2, false],
    ["fuchsia.mem/Range", 24, 8, false],
    ["fuchsia.hardware.acpi/Processor", 24, 8, false],
    ["fuchsia.hardware.usb.descriptor/UsbSetup", 8, 2, false],
    ["fuchsia.driver.framework/NodeAddArgs", 16, 8, true],
  ])("%s: %i bytes, aligned to %i", (name, inlineSize, alignment, hasFlexibleEnvelope) => {
    const declaration = ir!.declarations.get(name);
    if (declaration === undefined || !("shape" in declaration)) throw new Error(`no layout ${name}`);
    expect(declaration.shape).toMatchObject({ inlineSize, alignment, hasFlexibleEnvelope });
  });
});
