import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  applyOverlay,
  parseDeviceTree,
  serializeDeviceTree,
} from "../../../src/firmware/devicetree/index.ts";
import { asData, asDtcSeesIt, at, describeWithDtc, dtc, type Literal, tree, withFiles } from "./support.ts";

const BASE = tree(
  {
    gic: { phandle: 5 },
    soc: { phandle: 7, "uart@1000": { phandle: 9, status: "disabled" }, plain: {} },
    __symbols__: { gic: "/gic", uart: "/soc/uart@1000", soc: "/soc", plain: "/soc/plain", gone: "/gone" },
  },
  { bootCpu: 2 },
);
const OPEN = 0xffff_ffff;

const apply = (overlay: Literal) => applyOverlay(BASE, tree(overlay));

describe("an overlay", () => {
  test("sets properties and adds nodes where a label or a path says", () => {
    const result = apply({
      "fragment@0": { target: OPEN, __overlay__: { status: "okay", extra: { a: 1 } } },
      "fragment@1": { "target-path": "/soc", __overlay__: { "uart@1000": { speed: 9600 }, "new@0": {} } },
      __fixups__: { uart: "/fragment@0:target:0" },
    });
    expect(at(result, "/soc/uart@1000").get("status")?.string()).toBe("okay");
    expect(at(result, "/soc/uart@1000").get("speed")?.u32()).toBe(9600);
    expect(at(result, "/soc/uart@1000/extra").get("a")?.u32()).toBe(1);
    expect([...at(result, "/soc").children.keys()]).toEqual(["uart@1000", "plain", "new@0"]);
    expect(result.bootCpu).toBe(2);
    expect(result.find("/fragment@0")).toBeUndefined();
  });

  test("has phandles of its own, which come to stand behind the base's", () => {
    const result = apply({
      "fragment@0": {
        "target-path": "/",
        __overlay__: { clk: { phandle: 1 }, dev: { clocks: [1, 3, 1], gpios: Uint8Array.of(7, 0, 0, 0, 1) } },
      },
      __local_fixups__: { "fragment@0": { __overlay__: { dev: { clocks: [0, 8], gpios: 1 } } } },
    });
    expect(at(result, "/clk").phandle).toBe(10);
    expect(at(result, "/dev").get("clocks")?.cells()).toEqual([10, 3, 10]);
    expect(at(result, "/dev").get("gpios")?.bytes).toEqual(Uint8Array.of(7, 0, 0, 0, 10));
  });

  test("leaves a node of the base the phandle that others know it by", () => {
    const result = apply({
      "fragment@0": { target: OPEN, __overlay__: { phandle: 1 } },
      "fragment@1": { "target-path": "/", __overlay__: { dev: { uart: [1] } } },
      __fixups__: { uart: "/fragment@0:target:0" },
      __local_fixups__: { "fragment@1": { __overlay__: { dev: { uart: 0 } } } },
    });
    expect(at(result, "/soc/uart@1000").phandle).toBe(9);
    expect(at(result, "/dev").get("uart")?.cells()).toEqual([9]);
  });

  test("brings its labels, with the paths that its nodes now have", () => {
    const result = apply({
      "fragment@0": { target: OPEN, __overlay__: { led: {} } },
      "fragment@1": { "target-path": "/", __overlay__: {} },
      __fixups__: { uart: "/fragment@0:target:0" },
      __symbols__: {
        led: "/fragment@0/__overlay__/led",
        top: "/fragment@1/__overlay__",
        other: "/elsewhere",
      },
    });
    expect(result.symbols.get("led")).toMatchObject({ path: "/soc/uart@1000/led", node: { name: "led" } });
    expect(result.symbols.get("top")).toMatchObject({ path: "/", node: result.root });
    expect(result.symbols.has("other")).toBe(false);
    expect(result.symbols.get("gic")?.path).toBe("/gic");
  });

  test("can go into what its earlier parts add", () => {
    const result = apply({
      "fragment@0": { "target-path": "/", __overlay__: { bus: {} } },
      "fragment@1": { "target-path": "/bus", __overlay__: { dev: {} } },
    });
    expect(result.find("/bus/dev")).toBeDefined();
  });

  test("changes neither of the two trees, nor the bytes that they were made of", () => {
    const bytes = Buffer.from([0, 0, 0, 1]);
    const made = tree({ f: { "target-path": "/", __overlay__: { x: {} } } });
    at(made, "/f/__overlay__/x").setProperty("phandle", bytes);
    expect(at(applyOverlay(BASE, made), "/x").phandle).toBe(10);
    expect([...bytes]).toEqual([0, 0, 0, 1]);

    const overlay = tree({
      "fragment@0": { target: OPEN, __overlay__: { x: { phandle: 1 } } },
      __fixups__: { soc: "/fragment@0:target:0" },
    });
    const before = [asData(BASE), asData(overlay)];
    applyOverlay(BASE, overlay);
    expect([asData(BASE), asData(overlay)]).toEqual(before);
  });

  test.each<[string, Literal, string]>([
    ["is none", { a: {} }, "IO_DATA_INTEGRITY: the overlay has no node with __overlay__ in it"],
    ["has no target", { f: { __overlay__: {} } }, "IO_DATA_INTEGRITY: /f has neither target nor target-path"],
    [
      "goes to a path that is not there",
      { f: { "target-path": "/x", __overlay__: {} } },
      "NOT_FOUND: /f: the base has no node /x",
    ],
    [
      "goes to a phandle that is not there",
      { f: { target: 77, __overlay__: {} } },
      "NOT_FOUND: /f: the base has no node of phandle 0x4d",
    ],
    [
      "refers to a label that is not there",
      { f: { target: OPEN, __overlay__: {} }, __fixups__: { nobody: "/f:target:0" } },
      "NOT_FOUND: the overlay refers to nobody, but the base has no such symbol",
    ],
    [
      "refers to a label of no node",
      { f: { target: OPEN, __overlay__: {} }, __fixups__: { gone: "/f:target:0" } },
      "NOT_FOUND: the overlay refers to gone, but the base has no /gone",
    ],
    [
      "refers to a node without a phandle",
      { f: { target: OPEN, __overlay__: {} }, __fixups__: { plain: "/f:target:0" } },
      "NOT_FOUND: the overlay refers to plain, but the base gives /soc/plain no phandle",
    ],
    [
      "has a fixup that is no place",
      { f: { target: OPEN, __overlay__: {} }, __fixups__: { soc: "/f:target" } },
      "__fixups__: soc, 10 bytes, names /f:target, which is no place in the overlay",
    ],
    [
      "has a fixup outside of a property",
      { f: { target: OPEN, __overlay__: {} }, __fixups__: { soc: "/f:target:1" } },
      "/f: target, 4 bytes, has no phandle at offset 1",
    ],
    [
      "has a local fixup of nothing",
      { f: { "target-path": "/", __overlay__: {} }, __local_fixups__: { f: { y: 0 } } },
      "/__local_fixups__/f: y, 4 bytes, is about a property that /f does not have",
    ],
    [
      "has a phandle that becomes too large",
      { f: { "target-path": "/", __overlay__: { x: { phandle: 0xffff_fffa } } } },
      "phandle, 4 bytes, has phandle 0xfffffffa, which becomes too large",
    ],
  ])("that %s is refused", (_, overlay, message) => {
    expect(() => apply(overlay)).toThrow(message);
  });
});

describeWithDtc("beside fdtoverlay", () => {
  const BASE_DTS = `/dts-v1/;
    / { #address-cells = <1>; #size-cells = <1>;
      gic: gic { interrupt-controller; #interrupt-cells = <1>; };
      soc: soc { ranges; #address-cells = <1>; #size-cells = <1>;
        uart: uart@1000 { reg = <0x1000 0x10>; status = "disabled"; interrupt-parent = <&gic>; };
        i2c: i2c@2000 { reg = <0x2000 0x10>; #address-cells = <1>; #size-cells = <0>; }; };
      user { link = <&uart &i2c>; }; };`;
  const overlays = {
    "by label": '&uart { status = "okay"; clocks = <&gic 1>, <&soc>; };',
    "nodes that refer to each other":
      "&i2c { mux: mux@70 { reg = <0x70>; led: led { }; }; user { mux = <&mux 1 &led>, <&uart>; }; };",
    "several parts": "&soc { clk: clk { }; }; &uart { clocks = <&clk>; }; &{/user} { more = <&clk &gic>; };",
    "nodes into nodes": "&soc { uart@1000 { current-speed = <9600>; port { }; }; };",
  };

  const folded = (dts: string) => dtc("dts", "dtb", `/dts-v1/; /plugin/; ${dts}`, "-@");

  test.each(Object.entries(overlays))("%s: the same tree comes of it", (_, dts) => {
    const base = dtc("dts", "dtb", BASE_DTS, "-@");
    const overlay = folded(dts);
    const ours = serializeDeviceTree(applyOverlay(parseDeviceTree(base), parseDeviceTree(overlay)));
    const theirs = withFiles({ "base.dtb": base, "overlay.dtbo": overlay }, (folder) => {
      const [input, patch, output] = ["base.dtb", "overlay.dtbo", "out.dtb"].map((file) =>
        join(folder, file),
      );
      const { status, stderr } = spawnSync("fdtoverlay", ["-i", input!, "-o", output!, patch!], {
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(stderr);
      return readFileSync(output!);
    });
    expect(asDtcSeesIt(ours)).toBe(asDtcSeesIt(theirs));
  });
});
