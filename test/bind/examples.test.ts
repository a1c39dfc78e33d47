/**
 * Rules of the kinds that Fuchsia publishes as examples, each with nodes that it is and is not for, as in Fuchsia's bind
 * unit tests.
 */
import { describe, expect, it } from "vitest";
import { match, matchCompositeDriver, type NodeProperties, parseBind } from "../../src/bind/index.ts";

interface Example {
  readonly title: string;
  readonly text: string;
  readonly binds: readonly NodeProperties[];
  readonly doesNot: readonly NodeProperties[];
}

const pci = (vid: number, did: number) => ({ "fuchsia.BIND_PCI_VID": vid, "fuchsia.BIND_PCI_DID": did });

const EXAMPLES: readonly Example[] = [
  {
    title: "one device, by its numbers",
    text: `using fuchsia.hardware.pci;
      using zirconia.edu;
      fuchsia.hardware.pci.Service == fuchsia.hardware.pci.Service.ZirconTransport;
      fuchsia.BIND_PCI_VID == zirconia.edu.BIND_PCI_VID.QEMU;
      fuchsia.BIND_PCI_DID == zirconia.edu.BIND_PCI_DID.EDU;`,
    binds: [
      {
        ...pci(0x1234, 0x11e8),
        "fuchsia.hardware.pci.Service": "fuchsia.hardware.pci.Service.ZirconTransport",
      },
    ],
    doesNot: [
      pci(0x1234, 0x11e8),
      {
        ...pci(0x1234, 0x11e8),
        "fuchsia.hardware.pci.Service": "fuchsia.hardware.pci.Service.DriverTransport",
      },
      {
        ...pci(0x1234, 0x11e9),
        "fuchsia.hardware.pci.Service": "fuchsia.hardware.pci.Service.ZirconTransport",
      },
    ],
  },
  {
    title: "a class of devices, by a library for each level",
    text: `using fuchsia.pci;
      using fuchsia.pci.massstorage;
      fuchsia.BIND_PCI_CLASS == fuchsia.pci.BIND_PCI_CLASS.MASS_STORAGE;
      fuchsia.BIND_PCI_SUBCLASS == fuchsia.pci.massstorage.BIND_PCI_SUBCLASS.SATA;
      fuchsia.BIND_PCI_INTERFACE == 0x01;`,
    binds: [{ "fuchsia.BIND_PCI_CLASS": 1, "fuchsia.BIND_PCI_SUBCLASS": 6, "fuchsia.BIND_PCI_INTERFACE": 1 }],
    doesNot: [
      { "fuchsia.BIND_PCI_CLASS": 1, "fuchsia.BIND_PCI_SUBCLASS": 8, "fuchsia.BIND_PCI_INTERFACE": 1 },
      { "fuchsia.BIND_PCI_CLASS": 1, "fuchsia.BIND_PCI_SUBCLASS": 6 },
    ],
  },
  {
    title: "a USB interface of any of two vendors, each with classes of its own",
    text: `using fuchsia.usb as usb;
      fuchsia.BIND_PROTOCOL == usb.BIND_PROTOCOL.INTERFACE;
      if fuchsia.BIND_USB_VID == usb.BIND_USB_VID.GOOGLE {
        accept fuchsia.BIND_USB_CLASS { usb.BIND_USB_CLASS.HID, usb.BIND_USB_CLASS.VENDOR_SPECIFIC }
      } else if fuchsia.BIND_USB_VID == usb.BIND_USB_VID.ASIX {
        fuchsia.BIND_USB_PID == usb.BIND_USB_PID.AX88179;
      } else {
        false;
      }`,
    binds: [
      { "fuchsia.BIND_PROTOCOL": 0x26, "fuchsia.BIND_USB_VID": 0x18d1, "fuchsia.BIND_USB_CLASS": 0xff },
      { "fuchsia.BIND_PROTOCOL": 0x26, "fuchsia.BIND_USB_VID": 0x0b95, "fuchsia.BIND_USB_PID": 0x1790 },
    ],
    doesNot: [
      { "fuchsia.BIND_PROTOCOL": 0x22, "fuchsia.BIND_USB_VID": 0x18d1, "fuchsia.BIND_USB_CLASS": 0xff },
      { "fuchsia.BIND_PROTOCOL": 0x26, "fuchsia.BIND_USB_VID": 0x18d1, "fuchsia.BIND_USB_CLASS": 0x08 },
      { "fuchsia.BIND_PROTOCOL": 0x26, "fuchsia.BIND_USB_VID": 0x0b95 },
      { "fuchsia.BIND_PROTOCOL": 0x26 },
    ],
  },
  {
    title: "a keyboard controller, by its ACPI name or one that it is compatible with",
    text: `using fuchsia.acpi;
      using fuchsia.hardware.acpi;
      fuchsia.hardware.acpi.Service == fuchsia.hardware.acpi.Service.ZirconTransport;
      if fuchsia.acpi.HID == "PNP0303" { true; } else { fuchsia.acpi.FIRST_CID == "PNP0303"; }`,
    binds: [
      {
        "fuchsia.hardware.acpi.Service": "fuchsia.hardware.acpi.Service.ZirconTransport",
        "fuchsia.acpi.HID": "PNP0303",
      },
      {
        "fuchsia.hardware.acpi.Service": "fuchsia.hardware.acpi.Service.ZirconTransport",
        "fuchsia.acpi.HID": "GOOG0007",
        "fuchsia.acpi.FIRST_CID": "PNP0303",
      },
    ],
    doesNot: [
      {
        "fuchsia.hardware.acpi.Service": "fuchsia.hardware.acpi.Service.ZirconTransport",
        "fuchsia.acpi.HID": "GOOG0007",
      },
      { "fuchsia.acpi.HID": "PNP0303" },
    ],
  },
  {
    title: "all devices of a vendor but some",
    text: `using fuchsia.pci;
      fuchsia.BIND_PCI_VID == fuchsia.pci.BIND_PCI_VID.INTEL;
      fuchsia.BIND_PCI_DID != 0x191b;
      fuchsia.BIND_PCI_DID != 0x1912;`,
    binds: [pci(0x8086, 0x100e), { "fuchsia.BIND_PCI_VID": 0x8086 }],
    doesNot: [pci(0x8086, 0x191b), pci(0x8086, 0x1912), pci(0x10ec, 0x100e)],
  },
  {
    title: "a device of a devicetree, by its first compatible string",
    text: `using fuchsia.devicetree;
      accept fuchsia.devicetree.FIRST_COMPATIBLE { "arm,pl011", "arm,sbsa-uart", }`,
    binds: [{ "fuchsia.devicetree.FIRST_COMPATIBLE": "arm,pl011" }],
    doesNot: [{ "fuchsia.devicetree.FIRST_COMPATIBLE": "ns16550a" }, {}],
  },
];

describe("Rules for", () => {
  it.each(EXAMPLES)("$title", ({ text, binds, doesNot }) => {
    const program = parseBind(text);
    for (const node of binds) expect(match(program, node)).toBe(true);
    for (const node of doesNot) expect(match(program, node)).toBe(false);
  });
});

describe("Composite rules for a USB controller that is a PCI function or a platform device, perhaps with ACPI,", () => {
  const program = parseBind(`composite xhci;
    using fuchsia.acpi;
    using fuchsia.devicetree;
    using fuchsia.hardware.acpi;
    using fuchsia.hardware.pci;
    using fuchsia.pci;
    using fuchsia.pci.serial;
    using fuchsia.pci.serial.usb;
    using fuchsia.platform;

    primary parent "pdev" {
      if fuchsia.hardware.pci.Service == fuchsia.hardware.pci.Service.ZirconTransport {
        fuchsia.BIND_PCI_CLASS == fuchsia.pci.BIND_PCI_CLASS.SERIAL_BUS_CONTROLLER;
        fuchsia.BIND_PCI_SUBCLASS == fuchsia.pci.serial.BIND_PCI_SUBCLASS.USB;
        fuchsia.BIND_PCI_INTERFACE == fuchsia.pci.serial.usb.BIND_PCI_INTERFACE.XHCI;
      } else {
        fuchsia.BIND_PLATFORM_DEV_VID == fuchsia.platform.BIND_PLATFORM_DEV_VID.GENERIC;
        if fuchsia.BIND_PLATFORM_DEV_DID == fuchsia.platform.BIND_PLATFORM_DEV_DID.DEVICETREE {
          fuchsia.devicetree.FIRST_COMPATIBLE == "generic-xhci";
        } else {
          fuchsia.BIND_PLATFORM_DEV_DID == fuchsia.platform.BIND_PLATFORM_DEV_DID.XHCI;
        }
      }
    }
    optional parent "acpi" {
      fuchsia.hardware.acpi.Service == fuchsia.hardware.acpi.Service.ZirconTransport;
    }`);
  const acpi = { "fuchsia.hardware.acpi.Service": "fuchsia.hardware.acpi.Service.ZirconTransport" };
  const onPci = {
    "fuchsia.hardware.pci.Service": "fuchsia.hardware.pci.Service.ZirconTransport",
    "fuchsia.BIND_PCI_CLASS": 0x0c,
    "fuchsia.BIND_PCI_SUBCLASS": 3,
    "fuchsia.BIND_PCI_INTERFACE": 0x30,
  };
  const inTree = {
    "fuchsia.BIND_PLATFORM_DEV_VID": 0,
    "fuchsia.BIND_PLATFORM_DEV_DID": 0x32,
    "fuchsia.devicetree.FIRST_COMPATIBLE": "generic-xhci",
  };

  it.each<[readonly NodeProperties[], readonly string[] | undefined]>([
    [[onPci], ["pdev"]],
    [
      [acpi, onPci],
      ["acpi", "pdev"],
    ],
    [[inTree], ["pdev"]],
    [[{ ...inTree, "fuchsia.devicetree.FIRST_COMPATIBLE": "snps,dwc3" }], undefined],
    [[{ ...onPci, "fuchsia.BIND_PCI_INTERFACE": 0x20 }, acpi], undefined],
    [[acpi], undefined],
  ])("with parents %j: %j", (parents, names) => {
    expect(
      matchCompositeDriver(
        program,
        parents.map((properties) => ({ properties })),
      )?.parentNames,
    ).toEqual(names);
  });
});
