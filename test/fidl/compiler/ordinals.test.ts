import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { methodOrdinal } from "../../../src/fidl/compiler/ordinals.ts";
import { sha256 } from "../../../src/fidl/compiler/sha256.ts";
import { compiled, declared } from "./support.ts";

describe("SHA-256", () => {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

  it("has the digests of FIPS 180's examples", () => {
    const digestOf = (text: string) => hex(sha256(new TextEncoder().encode(text)));
    expect(digestOf("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(digestOf("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  it("has those of OpenSSL at every length up to three blocks", () => {
    for (let length = 0; length <= 192; length++) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 151 + length) & 0xff);
      expect(hex(sha256(bytes))).toBe(createHash("sha256").update(bytes).digest("hex"));
    }
  });
});

describe("a method's ordinal", () => {
  it.each([
    ["a.b.c/protocol", "selector", 4257738365359108720n],
    ["a.b.c/protocol", "s0", 0x3b1625372e15f1aen],
    ["a.b.c/protocol", "s1", 0x4199e504fa71b5a4n],
    ["a.b.c/protocol", "s2", 0x247ca8a890628135n],
    ["a.b.c/protocol", "s3", 0x64f7c02cfffb7846n],
    ["fuchsia.hardware.pci/Device", "GetDeviceInfo", 0x5599d144d4329916n],
    ["fuchsia.hardware.pci/Device", "GetBar", 0x6b2683f6fbbff679n],
    ["fuchsia.hardware.pci/Device", "SetInterruptMode", 0x085bebad3eb24866n],
    ["fuchsia.hardware.pci/Device", "GetExtendedCapabilities", 0x0b8573efcaae0c39n],
    ["fuchsia.hardware.interrupt/Provider", "Get", 0x5fbb6de837a31812n],
    ["fuchsia.driver.framework/Node", "AddChild", 0x77d10dff3c1ea129n],
  ])("of %s.%s is Fuchsia's", (protocol, method, ordinal) => {
    expect(methodOrdinal(protocol, method)).toBe(ordinal);
  });

  it("is made of the selector where there is one: a name, or all of it", () => {
    const ir = compiled(
      'library a.b.c;\nprotocol protocol { @selector("s0") A(); };\nprotocol Q { @selector("a.b.c/protocol.s1") B(); };',
    );
    expect(declared(ir, "a.b.c/protocol", "protocol").methods[0]!.ordinal).toBe(0x3b1625372e15f1aen);
    expect(declared(ir, "a.b.c/Q", "protocol").methods[0]!.ordinal).toBe(0x4199e504fa71b5a4n);
  });
});
