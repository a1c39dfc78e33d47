import fc from "fast-check";
import { expect, test } from "vitest";
import {
  DeviceTree,
  type DeviceTreeNode,
  formatDeviceTree,
  parseDeviceTree,
  serializeDeviceTree,
} from "../../../src/firmware/devicetree/index.ts";
import {
  asData,
  asDtcSeesIt,
  at,
  corpus,
  describeWithCorpus,
  describeWithDtc,
  dtc,
  tree,
} from "./support.ts";

/** Names that end with one another, as `reg` and `syscon-reg` do, and others. */
const names = fc.oneof(
  fc.constantFrom(
    "reg",
    "syscon-reg",
    "g",
    "eg",
    "x-syscon-reg",
    "#size-cells",
    "compatible",
    "status",
    "us",
  ),
  fc.stringMatching(/^[a-z][a-z0-9,._+-]{0,30}$/).filter((name) => name !== "name"),
);
const values = fc.oneof(
  fc.uint8Array({ maxLength: 24 }),
  fc.array(fc.nat(0xffff_ffff), { maxLength: 6 }).map(cellBytes),
  fc.array(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 3 }).map(stringBytes),
  fc.constant(new Uint8Array()),
);

interface Shape {
  readonly properties: readonly (readonly [string, Uint8Array])[];
  readonly children: readonly (readonly [string, Shape])[];
}

const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.record({
    properties: fc.uniqueArray(fc.tuple(names, values), { maxLength: 6, selector: ([name]) => name }),
    children: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constant([]),
      fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}(@[0-9a-f]{1,8})?$/), tie("shape")), {
        maxLength: 5,
        selector: ([name]) => name,
      }),
    ),
  }),
}));

const trees = fc
  .record({
    version: fc.constantFrom<16 | 17>(16, 17),
    bootCpu: fc.nat(0xffff_ffff),
    padding: fc.nat(40),
    reservations: fc.array(
      fc.record({ address: fc.bigInt(0n, 2n ** 64n - 1n), size: fc.bigInt(1n, 2n ** 64n - 1n) }),
      { maxLength: 3 },
    ),
    shape,
  })
  .map(({ shape: contents, ...options }) => {
    const made = new DeviceTree(options);
    build(made.root, contents);
    return made;
  });

function build(node: DeviceTreeNode, { properties, children }: Shape): void {
  for (const [name, bytes] of properties) node.setProperty(name, bytes);
  for (const [name, contents] of children) build(node.addNode(name), contents);
}

function cellBytes(cells: readonly number[]): Uint8Array {
  return Uint8Array.from(
    cells.flatMap((cell) => [cell >>> 24, (cell >>> 16) & 0xff, (cell >>> 8) & 0xff, cell & 0xff]),
  );
}

function stringBytes(strings: readonly string[]): Uint8Array {
  return new TextEncoder().encode(strings.map((one) => `${one}\0`).join(""));
}

test("what is written is read as it was", () => {
  fc.assert(
    fc.property(trees, (made) => {
      const bytes = serializeDeviceTree(made);
      const read = parseDeviceTree(bytes);
      expect(asData(read)).toEqual(asData(made));
      expect([read.version, read.padding]).toEqual([made.version, made.padding]);
      expect(Buffer.compare(serializeDeviceTree(read), bytes)).toBe(0);
    }),
    { seed: 6, numRuns: 500 },
  );
});

describeWithDtc("beside dtc", () => {
  test("files are written byte for byte as it writes them", () => {
    fc.assert(
      fc.property(trees, (made) => {
        const bytes = serializeDeviceTree(made);
        // Forced: random trees are full of what dtc's checks refuse.
        const options = ["-f", "-V", String(made.version), "-p", String(made.padding)];
        expect(Buffer.compare(dtc("dtb", "dtb", bytes, ...options), bytes)).toBe(0);
      }),
      { seed: 6, numRuns: 150 },
    );
  });

  test("source text is compiled to the tree that it was made of", () => {
    fc.assert(
      fc.property(trees, (made) => {
        const compiled = dtc("dts", "dtb", formatDeviceTree(made), "-f", "-b", String(made.bootCpu));
        expect(asData(parseDeviceTree(compiled))).toEqual(asData(made));
      }),
      { seed: 6, numRuns: 150 },
    );
  });

  test("source text has strings, cells and bytes for what looks like them", () => {
    const made = tree({
      text: 'say "\\o/"',
      texts: ["a", "b"],
      cells: [1, 0xdead_beef],
      bytes: Uint8Array.of(1, 2, 0xff),
      nul: Uint8Array.of(0),
      empty: true,
      "node@1": { deeper: {} },
      other: {},
    });
    const text = formatDeviceTree(made);
    expect(text).toBe(`/dts-v1/;

/ {
	text = "say \\"\\\\o/\\"";
	texts = "a", "b";
	cells = <0x01 0xdeadbeef>;
	bytes = [01 02 ff];
	nul = [00];
	empty;

	node@1 {

		deeper {
		};
	};

	other {
	};
};
`);
    expect(asData(parseDeviceTree(dtc("dts", "dtb", text)))).toEqual(asData(made));
  });

  test("a tree that is nested without end has source text of a size that is not its square", () => {
    const deep = new DeviceTree();
    let node = deep.root;
    for (let depth = 0; depth < 20_000; depth++) node = node.addNode("n");
    expect(formatDeviceTree(deep).length).toBeLessThan(20_000 * 160);
    expect(at(deep, "/n/n").depth).toBe(2);
  });
});

describeWithCorpus("the trees of real boards", () => {
  test("are written as they were read: byte for byte, or the same to dtc where they came out of another program", () => {
    const others: string[] = [];
    for (const { name, read } of corpus) {
      const bytes = read();
      const written = serializeDeviceTree(parseDeviceTree(bytes));
      if (Buffer.compare(bytes, written) === 0) continue;
      others.push(name);
      expect(asDtcSeesIt(written)).toBe(asDtcSeesIt(bytes));
      expect(Buffer.compare(dtc("dtb", "dtb", bytes), written)).toBe(0);
    }
    // Those that dtc itself would write otherwise: an overlay was applied to them.
    expect(others).toEqual(corpus.map(({ name }) => name).filter((name) => /^smk?-k26-/.test(name)));
  });

  test("are the same trees after they were source text", () => {
    for (const { read } of corpus) {
      const bytes = read();
      const made = parseDeviceTree(bytes);
      const compiled = dtc("dts", "dtb", formatDeviceTree(made), "-b", String(made.bootCpu));
      expect(asDtcSeesIt(compiled)).toBe(asDtcSeesIt(bytes));
    }
  });
});
