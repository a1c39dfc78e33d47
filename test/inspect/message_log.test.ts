import { describe, expect, it } from "vitest";
import type { MessageEvent } from "../../src/events/events.ts";
import { messageLines } from "../../src/inspect/message_log.ts";
import { DefaultRights, Rights } from "../../src/zx/rights.ts";

const event = (more: Partial<MessageEvent>): MessageEvent => ({
  kind: "message",
  time: 0,
  process: "driver-host:edu",
  direction: "send",
  method: "fuchsia.hardware.pci/Device.GetBar",
  what: "request",
  txid: 1,
  bytes: new Uint8Array(),
  handles: [],
  rights: [],
  body: undefined,
  text: "",
  ...more,
});

describe("a message in full", () => {
  it("says who sent or received what", () => {
    expect(messageLines(event({ text: "{ bar_id: uint32 = 6 }" }), "edu", 100)).toEqual([
      "edu sent request fuchsia.hardware.pci/Device.GetBar (transaction 1) = { bar_id: uint32 = 6 }",
    ]);
    expect(
      messageLines(
        event({ direction: "receive", what: "event", method: "lib/P.OnEvent", txid: 0 }),
        "q35",
        100,
      ),
    ).toEqual(["q35 received event lib/P.OnEvent"]);
  });

  it("indents what is in it, and lists its handles with their rights", () => {
    const text =
      '{ result: fuchsia.hardware.pci/Bar = { bar_id: uint32 = 0, size: uint64 = 0x20000, result: fuchsia.hardware.pci/BarResult = { vmo: zx.Handle:VMO = vmo "bar 0" } } }';
    const handles = ['vmo "bar 0"', "event", "channel"];
    const rights = [DefaultRights.VMO, Rights.SAME_RIGHTS, Rights.WAIT | Rights.READ];
    const lines = messageLines(
      event({ direction: "receive", what: "response", text, handles, rights }),
      "edu",
      76,
    );
    expect(lines).toEqual([
      "edu received response fuchsia.hardware.pci/Device.GetBar (transaction 1) = {",
      "  result: fuchsia.hardware.pci/Bar = {",
      "    bar_id: uint32 = 0",
      "    size: uint64 = 0x20000",
      "    result: fuchsia.hardware.pci/BarResult = {",
      '      vmo: zx.Handle:VMO = vmo "bar 0"',
      "    }",
      "  }",
      "}",
      '  handle 1: vmo "bar 0", DUPLICATE | TRANSFER | READ | WRITE | MAP |',
      "      GET_PROPERTY | SET_PROPERTY | SIGNAL | WAIT | INSPECT",
      "  handle 2: event, with all its rights",
      "  handle 3: channel, READ | WAIT",
    ]);
  });
});
