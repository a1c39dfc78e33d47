// Generated from bind/*.bind by scripts/generate-bind.mjs.

/** The package's bind libraries, by name. */
export const LIBRARIES: ReadonlyMap<string, string> = new Map([
  [
    "fuchsia",
    `// The keys that stood in the driver framework's headers before there were bind libraries.
// Every file may use and extend them without \`using\`.
library fuchsia;

// What kind of node it is, as numbers that libraries give out; services have taken their place.
uint BIND_PROTOCOL;
uint BIND_FIDL_PROTOCOL;
// 1 if the node has several parents.
uint BIND_COMPOSITE;
// 1 while the framework looks for a driver by itself, 0 when somebody asked for it.
uint BIND_AUTOBIND;
uint BIND_FLAGS;

// Keys for any bus: a service that the node offers, what it is compatible with, what it is called.
string Service;
string COMPATIBLE;
string NAME;

// A function on a PCI bus. BIND_PCI_TOPO is bus << 8 | device << 3 | function.
uint BIND_PCI_VID;
uint BIND_PCI_DID;
uint BIND_PCI_CLASS;
uint BIND_PCI_SUBCLASS;
uint BIND_PCI_INTERFACE;
uint BIND_PCI_REVISION;
uint BIND_PCI_TOPO;

// A USB device, or one of its interfaces.
uint BIND_USB_VID;
uint BIND_USB_PID;
uint BIND_USB_CLASS;
uint BIND_USB_SUBCLASS;
uint BIND_USB_PROTOCOL;
uint BIND_USB_INTERFACE_NUMBER;

// A platform device, as the board driver describes it.
uint BIND_PLATFORM_DEV_VID;
uint BIND_PLATFORM_DEV_PID;
uint BIND_PLATFORM_DEV_DID;
uint BIND_PLATFORM_DEV_INSTANCE_ID;
// Counts from 1.
uint BIND_PLATFORM_DEV_INTERRUPT_ID;

// A device in the ACPI namespace.
uint BIND_ACPI_BUS_TYPE;
uint BIND_ACPI_ID;

// A codec on an Intel High Definition Audio link.
uint BIND_IHDA_CODEC_VID;
uint BIND_IHDA_CODEC_DID;
uint BIND_IHDA_CODEC_MAJOR_REV;
uint BIND_IHDA_CODEC_MINOR_REV;
uint BIND_IHDA_CODEC_VENDOR_REV;
uint BIND_IHDA_CODEC_VENDOR_STEP;

// What hangs on simpler buses, and parts of a system on chip.
uint BIND_SERIAL_CLASS;
uint BIND_SERIAL_VID;
uint BIND_SERIAL_PID;
uint BIND_NAND_CLASS;
uint BIND_SDIO_VID;
uint BIND_SDIO_PID;
uint BIND_SDIO_FUNCTION;
uint BIND_I2C_CLASS;
uint BIND_I2C_BUS_ID;
uint BIND_I2C_ADDRESS;
uint BIND_I2C_VID;
uint BIND_I2C_DID;
uint BIND_GPIO_PIN;
uint BIND_GPIO_CONTROLLER;
uint BIND_POWER_DOMAIN;
uint BIND_POWER_DOMAIN_COMPOSITE;
uint BIND_CLOCK_ID;
uint BIND_SPI_BUS_ID;
uint BIND_SPI_CHIP_SELECT;
uint BIND_PWM_ID;
uint BIND_INIT_STEP;
uint BIND_CODEC_INSTANCE;
uint BIND_POWER_SENSOR_DOMAIN;
uint BIND_MAILBOX_ID;
uint BIND_INTERCONNECT_PATH_ID;
`,
  ],
  [
    "fuchsia.acpi",
    `library fuchsia.acpi;

extend uint fuchsia.BIND_PROTOCOL {
  DEVICE = 30,
};

// On which bus the device stands that the ACPI object describes.
extend uint fuchsia.BIND_ACPI_BUS_TYPE {
  UNKNOWN = 0xff,
  PCI = 1,
  SPI = 2,
  I2C = 3,
};

// _HID, such as "PNP0303".
string HID;

// The first entry of _CID.
string FIRST_CID;
`,
  ],
  [
    "fuchsia.arm.platform",
    `library fuchsia.arm.platform;

extend uint fuchsia.BIND_PLATFORM_DEV_VID {
  ARM = 0x12,
};

extend uint fuchsia.BIND_PLATFORM_DEV_DID {
  MAGMA_MALI = 0x03,
};
`,
  ],
  [
    "fuchsia.devicetree",
    `library fuchsia.devicetree;

// The first, most specific string of the node's \`compatible\`, such as "arm,pl011".
string FIRST_COMPATIBLE;
`,
  ],
  [
    "fuchsia.gpio",
    `library fuchsia.gpio;

// DEVICE is one pin; IMPL is the controller.
extend uint fuchsia.BIND_PROTOCOL {
  DEVICE = 20,
  IMPL = 21,
};

string NAME;
`,
  ],
  [
    "fuchsia.hardware.acpi",
    `// What a node has that offers the service of fidl/fuchsia.hardware.acpi.fidl.
library fuchsia.hardware.acpi;

enum Service {
  ZirconTransport,
  DriverTransport,
};
`,
  ],
  [
    "fuchsia.hardware.gpio",
    `// What a node has that offers the service of fidl/fuchsia.hardware.gpio.fidl.
library fuchsia.hardware.gpio;

enum Service {
  ZirconTransport,
  DriverTransport,
};
`,
  ],
  [
    "fuchsia.hardware.interrupt",
    `// What a node has that offers the service of fidl/fuchsia.hardware.interrupt.fidl.
library fuchsia.hardware.interrupt;

enum Service {
  ZirconTransport,
  DriverTransport,
};
`,
  ],
  [
    "fuchsia.hardware.pci",
    `// What a node has that offers a service of fidl/fuchsia.hardware.pci.fidl.
library fuchsia.hardware.pci;

enum Service {
  ZirconTransport,
  DriverTransport,
};

enum BusService {
  ZirconTransport,
  DriverTransport,
};
`,
  ],
  [
    "fuchsia.hardware.platform.bus",
    `// What a node has that offers the service of fidl/fuchsia.hardware.platform.bus.fidl.
library fuchsia.hardware.platform.bus;

enum Service {
  ZirconTransport,
  DriverTransport,
};
`,
  ],
  [
    "fuchsia.hardware.platform.device",
    `// What a node has that offers the service of fidl/fuchsia.hardware.platform.device.fidl.
library fuchsia.hardware.platform.device;

enum Service {
  ZirconTransport,
  DriverTransport,
};
`,
  ],
  [
    "fuchsia.hardware.rtc",
    `// What a node has that offers the service of fidl/fuchsia.hardware.rtc.fidl.
library fuchsia.hardware.rtc;

enum Service {
  ZirconTransport,
  DriverTransport,
};
`,
  ],
  [
    "fuchsia.hardware.serial",
    `// What a node has that offers the service of fidl/fuchsia.hardware.serial.fidl.
library fuchsia.hardware.serial;

enum Service {
  ZirconTransport,
  DriverTransport,
};
`,
  ],
  [
    "fuchsia.hardware.usb",
    `// What a node has that offers the service of fidl/fuchsia.hardware.usb.fidl.
library fuchsia.hardware.usb;

enum UsbService {
  ZirconTransport,
  DriverTransport,
};
`,
  ],
  [
    "fuchsia.i2c",
    `library fuchsia.i2c;

// DEVICE is one address on a bus; IMPL is the controller.
extend uint fuchsia.BIND_PROTOCOL {
  DEVICE = 24,
  IMPL = 25,
};

extend uint fuchsia.BIND_I2C_CLASS {
  HID = 0x01,
};
`,
  ],
  [
    "fuchsia.pci",
    `library fuchsia.pci;

extend uint fuchsia.BIND_PROTOCOL {
  DEVICE = 0x1f,
  ROOT = 0x20,
};

extend uint fuchsia.BIND_PCI_VID {
  TEST = 0x0eff,
  AMD = 0x1002,
  REALTEK = 0x10ec,
  NVIDIA = 0x10de,
  GOOGLE = 0x1ae0,
  VIRTIO = 0x1af4,
  BROADCOM = 0x14e4,
  ATHEROS = 0x168c,
  INTEL = 0x8086,
};

// Virtio devices have two numbers: the ones with T are for transitional devices.
extend uint fuchsia.BIND_PCI_DID {
  TEST = 0x0fff,
  VIRTIO_DEV_TYPE_NETWORK = 0x1041,
  VIRTIO_DEV_TYPE_BLOCK = 0x1042,
  VIRTIO_DEV_TYPE_CONSOLE = 0x1043,
  VIRTIO_DEV_TYPE_ENTROPY = 0x1044,
  VIRTIO_DEV_TYPE_SCSI = 0x1048,
  VIRTIO_DEV_TYPE_BALLOON = 0x104d,
  VIRTIO_DEV_TYPE_GPU = 0x1050,
  VIRTIO_DEV_TYPE_INPUT = 0x1052,
  VIRTIO_DEV_TYPE_SOCKET = 0x1053,
  VIRTIO_DEV_TYPE_PMEM = 0x105b,
  VIRTIO_DEV_TYPE_T_NETWORK = 0x1000,
  VIRTIO_DEV_TYPE_T_BLOCK = 0x1001,
  VIRTIO_DEV_TYPE_T_BALLOON = 0x1002,
  VIRTIO_DEV_TYPE_T_CONSOLE = 0x1003,
  VIRTIO_DEV_TYPE_T_SCSI_HOST = 0x1004,
  VIRTIO_DEV_TYPE_T_ENTROPY = 0x1005,
  VIRTIO_DEV_TYPE_T_9P = 0x1009,
  RTL8111 = 0x8168,
};

// The base class codes of the PCI Code and ID Assignment Specification.
extend uint fuchsia.BIND_PCI_CLASS {
  UNCLASSIFIED = 0x00,
  MASS_STORAGE = 0x01,
  NETWORK = 0x02,
  DISPLAY = 0x03,
  MULTIMEDIA = 0x04,
  MEMORY_CONTROLLER = 0x05,
  BRIDGE = 0x06,
  COMMUNICATION_CONTROLLER = 0x07,
  GENERIC_SYSTEM_PERIPHERAL = 0x08,
  INPUT_DEVICE_CONTROLLER = 0x09,
  DOCKING_STATION = 0x0a,
  PROCESSOR = 0x0b,
  SERIAL_BUS_CONTROLLER = 0x0c,
  WIRELESS_CONTROLLER = 0x0d,
  INTELLIGENT_CONTROLLER = 0x0e,
  SATELLITE_COMMUNICATIONS_CONTROLLER = 0x0f,
  ENCRYPTION_CONTROLLER = 0x10,
  SIGNAL_PROCESSING_CONTROLLER = 0x11,
  PROCESSING_ACCELERATORS = 0x12,
  NONESSENTIAL_INSTRUMENTATION = 0x13,
  COPROCESSOR = 0x40,
  UNASSIGNED = 0xff,
};
`,
  ],
  [
    "fuchsia.pci.massstorage",
    `// Subclasses of fuchsia.pci.BIND_PCI_CLASS.MASS_STORAGE.
library fuchsia.pci.massstorage;

extend uint fuchsia.BIND_PCI_SUBCLASS {
  SCSI = 0x00,
  IDE = 0x01,
  FLOPPY_DISK = 0x02,
  IPI_BUS = 0x03,
  RAID_BUS = 0x04,
  ATA = 0x05,
  SATA = 0x06,
  SERIAL_SCSI = 0x07,
  NVMEM = 0x08,
  MASS_STORAGE = 0x80,
};
`,
  ],
  [
    "fuchsia.pci.network",
    `// Subclasses of fuchsia.pci.BIND_PCI_CLASS.NETWORK.
library fuchsia.pci.network;

extend uint fuchsia.BIND_PCI_SUBCLASS {
  ETHERNET = 0x00,
  TOKEN_RING = 0x01,
  FDDI = 0x02,
  ATM = 0x03,
  ISDN = 0x04,
  WORLDFIP = 0x05,
  PICMG = 0x06,
  INFINIBAND = 0x07,
  FABRIC = 0x08,
  NETWORK = 0x80,
};
`,
  ],
  [
    "fuchsia.pci.serial",
    `// Subclasses of fuchsia.pci.BIND_PCI_CLASS.SERIAL_BUS_CONTROLLER.
library fuchsia.pci.serial;

extend uint fuchsia.BIND_PCI_SUBCLASS {
  IEEE_1394 = 0x00,
  ACCESS = 0x01,
  SSA = 0x02,
  USB = 0x03,
  FIBER_CHANNEL = 0x04,
  SMBUS = 0x05,
  INFINIBAND = 0x06,
  IPMI = 0x07,
  SERCOS = 0x08,
  CAN = 0x09,
  MIPI_I3C = 0x0a,
  OTHER = 0x80,
};
`,
  ],
  [
    "fuchsia.pci.serial.usb",
    `// Programming interfaces of fuchsia.pci.serial.BIND_PCI_SUBCLASS.USB.
library fuchsia.pci.serial.usb;

extend uint fuchsia.BIND_PCI_INTERFACE {
  UHCI = 0x00,
  OHCI = 0x10,
  EHCI = 0x20,
  XHCI = 0x30,
  OTHER = 0x80,
  DEVICE = 0xfe,
};
`,
  ],
  [
    "fuchsia.platform",
    `library fuchsia.platform;

extend uint fuchsia.BIND_PROTOCOL {
  COMPOSITE = 0x07,
  ROOT = 0x1b,
  MISC = 0x1c,
  BUS = 0x54,
  DEVICE = 0x55,
};

extend uint fuchsia.BIND_PLATFORM_DEV_VID {
  GENERIC = 0x00,
  QEMU = 0x01,
  CROSVM = 0x02,
};

extend uint fuchsia.BIND_PLATFORM_DEV_PID {
  GENERIC = 0x00,
  QEMU = 0x01,
  CROSVM = 0x02,
};

extend uint fuchsia.BIND_PLATFORM_DEV_DID {
  KPCI = 0x03,
  USB_DWC2 = 0x05,
  RTC_PL031 = 0x06,
  GPIO_TEST = 0x08,
  SYSMEM = 0x1b,
  XHCI = 0x1f,
  REGISTERS = 0x29,
  RAM_DISK = 0x2d,
  // Made from a devicetree node; its compatible string says what it is.
  DEVICETREE = 0x32,
};
`,
  ],
  [
    "fuchsia.resource",
    `// What a platform device has: how many of each resource, and the names of the first ten of each.
library fuchsia.resource;

uint MMIO_COUNT;
string MMIO_0;
string MMIO_1;
string MMIO_2;
string MMIO_3;
string MMIO_4;
string MMIO_5;
string MMIO_6;
string MMIO_7;
string MMIO_8;
string MMIO_9;

uint INTERRUPT_COUNT;
string INTERRUPT_0;
string INTERRUPT_1;
string INTERRUPT_2;
string INTERRUPT_3;
string INTERRUPT_4;
string INTERRUPT_5;
string INTERRUPT_6;
string INTERRUPT_7;
string INTERRUPT_8;
string INTERRUPT_9;

uint BTI_COUNT;
string BTI_0;
string BTI_1;
string BTI_2;
string BTI_3;
string BTI_4;
string BTI_5;
string BTI_6;
string BTI_7;
string BTI_8;
string BTI_9;

uint SMC_COUNT;
string SMC_0;
string SMC_1;
string SMC_2;
string SMC_3;
string SMC_4;
string SMC_5;
string SMC_6;
string SMC_7;
string SMC_8;
string SMC_9;
`,
  ],
  [
    "fuchsia.serial",
    `library fuchsia.serial;

extend uint fuchsia.BIND_PROTOCOL {
  DEVICE = 0x57,
};

extend uint fuchsia.BIND_SERIAL_CLASS {
  GENERIC = 0x01,
  BLUETOOTH_HCI = 0x02,
  CONSOLE = 0x03,
  KERNEL_DEBUG = 0x04,
  // The far end is a microcontroller.
  MCU = 0x05,
};

string NAME;
`,
  ],
  [
    "fuchsia.usb",
    `library fuchsia.usb;

// DEVICE is a whole device, INTERFACE one of its interfaces.
extend uint fuchsia.BIND_PROTOCOL {
  DEVICE = 0x22,
  BUS = 0x23,
  COMPOSITE = 0x24,
  DCI = 0x25,
  INTERFACE = 0x26,
  PERIPHERAL = 0x27,
  FUNCTION = 0x28,
  HCI = 0x2a,
  INTERFACE_ASSOCIATION = 0xa6,
};

extend uint fuchsia.BIND_USB_VID {
  FTDI = 0x0403,
  CYPRESS = 0x04b4,
  ASIX = 0x0b95,
  REALTEK = 0x0bda,
  ATHEROS = 0x0cf3,
  SIERRA = 0x1199,
  RALINK = 0x148f,
  GOOGLE = 0x18d1,
  INTEL = 0x8087,
};

extend uint fuchsia.BIND_USB_PID {
  ASIX = 0x772b,
  AX88179 = 0x1790,
  FTDI232R = 0x6001,
  FTDI2232 = 0x6010,
  FTDI232H = 0x6014,
};

// The classes that the USB Implementers Forum has defined. CDC_DATA is 0x0a there, and 0x10 in Fuchsia's library.
extend uint fuchsia.BIND_USB_CLASS {
  AUDIO = 0x01,
  COMM = 0x02,
  HID = 0x03,
  PHYSICAL = 0x05,
  IMAGE = 0x06,
  PRINTER = 0x07,
  MASS_STORAGE = 0x08,
  HUB = 0x09,
  CDC_DATA = 0x0a,
  SMART_CARD = 0x0b,
  CONTENT_SECURITY = 0x0d,
  VIDEO = 0x0e,
  PERSONAL_HEALTHCARE = 0x0f,
  AUDIO_VIDEO = 0x10,
  BILLBOARD = 0x11,
  USB_C_BRIDGE = 0x12,
  DIAGNOSTIC = 0xdc,
  WIRELESS = 0xe0,
  MISC = 0xef,
  APPLICATION_SPECIFIC = 0xfe,
  VENDOR_SPECIFIC = 0xff,
};

extend uint fuchsia.BIND_USB_SUBCLASS {
  VENDOR_SPECIFIC = 0xff,
};
`,
  ],
  [
    "fuchsia.usb.massstorage",
    `// Command sets and transports of fuchsia.usb.BIND_USB_CLASS.MASS_STORAGE.
library fuchsia.usb.massstorage;

extend uint fuchsia.BIND_USB_SUBCLASS {
  RBC = 0x01,
  MMC = 0x02,
  SFF_8070i = 0x05,
  SCSI = 0x06,
};

extend uint fuchsia.BIND_USB_PROTOCOL {
  BULK_ONLY = 0x50,
};
`,
  ],
  [
    "zirconia.crc",
    `// What a node has that offers the service of fidl/zirconia.crc.fidl.
library zirconia.crc;

enum Service {
  ZirconTransport,
  DriverTransport,
};
`,
  ],
  [
    "zirconia.dma",
    `// What a node has that offers the service of fidl/zirconia.dma.fidl.
library zirconia.dma;

enum Service {
  ZirconTransport,
  DriverTransport,
};
`,
  ],
  [
    "zirconia.edu",
    `// What a node has that offers the service of fidl/zirconia.edu.fidl.
library zirconia.edu;

enum Service {
  ZirconTransport,
  DriverTransport,
};

// QEMU's device for teaching, on the PCI bus.
extend uint fuchsia.BIND_PCI_VID {
  QEMU = 0x1234,
};

extend uint fuchsia.BIND_PCI_DID {
  EDU = 0x11e8,
};
`,
  ],
  [
    "zirconia.rtc",
    `// What a node has that offers the service of fidl/zirconia.rtc.fidl.
library zirconia.rtc;

enum Service {
  ZirconTransport,
  DriverTransport,
};
`,
  ],
]);
