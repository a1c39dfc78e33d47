/** Dumps as text of at most 100 columns, in the layouts of Fuchsia's vmaps, vmos, handles and `k resource`. */

import { hex } from "../zx/pages.ts";
import { count, type Piece, printable, row, shortSize, widest } from "./columns.ts";
import type {
  Dumps,
  DumpTopic,
  HandleRecord,
  HandlesDump,
  MapsDump,
  MapsRecord,
  ProcessRecord,
  ResourceRecord,
  ResourcesDump,
  VmoRecord,
  VmosDump,
} from "./dump.ts";
import { rightsLegend, rightsLetters, vmoRightsLetters } from "./rights_letters.ts";
import { PLAIN, type Style } from "./style.ts";

/** `style` for a terminal; plain text by default. */
export function formatDump<T extends DumpTopic>(topic: T, dump: Dumps[T], style: Style = PLAIN): string {
  return FORMATS[topic](dump, style).join("\n");
}

const FORMATS: { readonly [T in DumpTopic]: (dump: Dumps[T], style: Style) => string[] } = {
  maps: formatMaps,
  vmos: formatVmos,
  handles: formatHandles,
  resources: formatResources,
};

function formatMaps({ processes, architecture }: MapsDump, style: Style): string[] {
  const memoryWord = MEMORY_WORDS[architecture] ?? MEMORY_WORDS.x64!;
  return sections(
    processes.map((process) => {
      const mapped = process.maps.filter(({ mapping }) => mapping !== undefined);
      const names = widest(mapped.map(({ name }) => quote(name)));
      return [
        title(process, style),
        ...process.maps.map((entry) => mapsLine(entry, names, memoryWord, style)),
      ];
    }),
  );
}

/** Regions in regions are indented so far and no further. */
const MAX_INDENT = 8;

type Mapped = NonNullable<MapsRecord["mapping"]>;

/** What is said of a mapping's memory: on x64, where types come down to two, its policy; on arm64 its type. All of one width. */
const MEMORY_WORDS: Readonly<Record<string, (mapping: Mapped) => string>> = {
  x64: ({ cachePolicy }) => policyWord(cachePolicy).padEnd(8),
  arm64: ({ memoryType }) => memoryType.padEnd(13),
};

function mapsLine(
  entry: MapsRecord,
  nameWidth: number,
  memoryWord: (mapping: Mapped) => string,
  style: Style,
): string {
  const { type, name, base, size, depth, mapping } = entry;
  const letter = type === "aspace" ? "A" : type === "vmar" ? "R" : "M";
  const kind = (depth < 2 ? "/" : " ".repeat(Math.min(depth - 2, MAX_INDENT))) + letter;
  const place = `${kind.padEnd(2)} ${digits(base)}-${digits(Number(base) + Number(size))}`;
  if (mapping === undefined) {
    return row(`${place} ${shortSize(size).padStart(9)}:sz${" ".repeat(32)}`, [quote(name)]);
  }
  const { permissions, vmoKoid, vmoOffset, committed, physical } = mapping;
  const sizes = `${shortSize(size).padStart(5)}:sz ${shortSize(committed).padStart(4)}:res`;
  const vmo = `${String(vmoKoid).padStart(5)}:vmo+${vmoOffset}`;
  return row(`${place} ${permissions} ${sizes} ${vmo.padEnd(13)} ${memoryWord(mapping)}`, [
    quote(name).padEnd(nameWidth),
    ...at(physical, style),
  ]);
}

function formatVmos({ processes }: VmosDump, style: Style): string[] {
  const heading = "rights  koid parent #chld #map #shr    size   alloc name";
  return sections(
    processes.map((process) => {
      const { vmos } = process;
      const distinct = [...new Map(vmos.map((vmo) => [vmo.koid, vmo])).values()];
      const sum = (what: "size" | "committed") =>
        shortSize(distinct.reduce((bytes, vmo) => bytes + Number(vmo[what]), 0));
      const total = `${count(distinct.length, "VMO")}, size ${sum("size")}, alloc ${sum("committed")}`;
      const names = widest(vmos.map(vmoName));
      const lines = vmos.map((vmo) => vmoLine(vmo, names, style));
      return [title(process, style), ...(lines.length === 0 ? [] : [style.dim(heading), ...lines]), total];
    }),
  );
}

function vmoName({ name }: VmoRecord): string {
  return printable(name) || "-";
}

function vmoLine(vmo: VmoRecord, nameWidth: number, style: Style): string {
  const isPhysical = !vmo.flags.includes("TYPE_PAGED");
  const kinds = isPhysical ? [] : vmo.flags.flatMap((flag) => PAGED_KINDS[flag] ?? []);
  const policy = vmo.cachePolicy === "CACHED" ? [] : [policyWord(vmo.cachePolicy)];
  const columns = [
    (vmo.rights === null ? "-" : vmoRightsLetters(vmo.rights)).padStart(6),
    String(vmo.koid).padStart(5),
    (vmo.parentKoid === 0 ? "-" : String(vmo.parentKoid)).padStart(6),
    String(vmo.numChildren).padStart(5),
    String(vmo.numMappings).padStart(4),
    String(vmo.shareCount).padStart(4),
    shortSize(vmo.size).padStart(7),
    (isPhysical ? "phys" : shortSize(vmo.committed)).padStart(7),
  ];
  const notes = [...at(vmo.physical, style), ...policy, ...kinds];
  return row(columns.join(" "), [vmoName(vmo).padEnd(nameWidth), ...notes]);
}

/** What the columns do not say of a paged VMO. */
const PAGED_KINDS: Readonly<Partial<Record<VmoRecord["flags"][number], string>>> = {
  RESIZABLE: "resizable",
  IS_COW_CLONE: "cow",
  CONTIGUOUS: "contiguous",
  DISCARDABLE: "discardable",
};

function formatHandles({ processes }: HandlesDump, style: Style): string[] {
  const all = processes.flatMap(({ handles }) => handles);
  const letters = widest(all.map(({ rights }) => rightsLetters(rights)));
  const types = widest(all.map(({ type }) => type));
  const heading = `    handle   koid rkoid ${"rights".padEnd(letters)} ${"type".padEnd(types)} name`;
  const line = ({ handle, koid, relatedKoid, rights, type, name }: HandleRecord) => {
    const related = relatedKoid === 0 ? "" : String(relatedKoid);
    const ids = `0x${digits(handle)}: ${String(koid).padStart(5)} ${related.padStart(5)}`;
    const columns = `${ids} ${rightsLetters(rights).padEnd(letters)} ${type.padEnd(types)}`;
    return row(columns, [printable(name)]);
  };
  const tables = processes.map((process) => {
    const lines = process.handles.map(line);
    const body = lines.length === 0 ? [] : [style.dim(heading), ...lines];
    return [title(process, style), ...body, count(lines.length, "handle")];
  });
  const legend = listed(rightsLegend(all.flatMap(({ rights }) => rights)));
  return sections(legend.length === 0 ? tables : [...tables, [style.dim(row("rights:", legend))]]);
}

function formatResources({ memory, resources }: ResourcesDump, style: Style): string[] {
  const free = Number(memory.total) - Number(memory.vmos);
  const cell = (text: string) => text.padStart(9);
  const kstats = [
    style.dim(`mem total${cell("free")}${cell("VMOs")}`),
    cell(shortSize(memory.total)) + cell(shortSize(free)) + cell(shortSize(memory.vmos)),
  ];
  const regions = widest(resources.map(region));
  const names = widest(resources.map(({ name }) => printable(name)));
  const heading = row(`kind   flags      koid    size ${"region".padEnd(regions)}`, [
    "name".padEnd(names),
    "held by",
  ]);
  const line = (resource: ResourceRecord) => {
    const { koid, kind, exclusive, size, name, holders } = resource;
    const columns = [
      kind.padEnd(6),
      (exclusive ? "exclusive" : "shared").padEnd(9),
      String(koid).padStart(5),
      // Only addresses of memory are bytes.
      (kind === "MMIO" ? shortSize(size) : size).padStart(7),
      region(resource).padEnd(regions),
    ];
    const holding = [...new Map(holders.map((it) => [it.koid, printable(it.name)])).values()];
    const heldBy = holding.length === 0 ? ["nobody: it is in a message"] : listed(holding);
    return row(columns.join(" "), [printable(name).padEnd(names), ...heldBy]);
  };
  const table = resources.length === 0 ? [] : [style.dim(heading), ...resources.map(line)];
  return sections([kstats, [...table, count(resources.length, "resource")]]);
}

/** `[0xc0000000, 0xc0100000)`. */
function region({ base, size }: ResourceRecord): string {
  return `[${base}, ${hex(Number(base) + Number(size))})`;
}

/** With commas between them. */
function listed(words: readonly string[]): string[] {
  return words.map((word, i) => (i === words.length - 1 ? word : `${word},`));
}

/** `p:1041 driver-host:edu`, as ps has it. */
function title({ koid, name, state }: ProcessRecord, style: Style): string {
  return style.bold(`p:${koid} ${printable(name)}${state === "running" ? "" : ` (${state})`}`);
}

/** Tables with an empty line between them. */
function sections(tables: readonly (readonly string[])[]): string[] {
  return tables.flatMap((lines, i) => (i === 0 ? lines : ["", ...lines]));
}

/** An address as vmaps has it: address spaces end below 2^32. */
function digits(address: string | number): string {
  return Number(address).toString(16).padStart(8, "0");
}

function quote(name: string): string {
  return `'${printable(name)}'`;
}

/** Where in physical memory it is, if it is a device's. */
function at(physical: string | null, style: Style): Piece[] {
  return physical === null ? [] : [{ text: `at ${physical}`, paint: style.accent }];
}

/** Cache policies in a word that fits a column. */
function policyWord(policy: string): string {
  return POLICY_WORDS[policy] ?? policy;
}
const POLICY_WORDS: Readonly<Record<string, string>> = {
  CACHED: "cached",
  UNCACHED: "uncached",
  UNCACHED_DEVICE: "device",
  WRITE_COMBINING: "wr-comb",
};
