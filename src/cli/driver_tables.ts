/** The records of the `driver` commands as text, laid out as `ffx driver` does. */
import { formatValue, type NodeProperties } from "../bind/properties.ts";
import { type Style, wrap } from "../inspect/style.ts";
import type { DeviceRecord, DriverRecord, HostRecord, ParentRecord, SpecRecord } from "./driver_records.ts";

const WIDTH = 100;

export function formatDrivers(records: readonly DriverRecord[], verbose: boolean, style: Style): string {
  if (!verbose) return records.map(({ url }) => url).join("\n");
  return blocks(records.map((record) => driverBlock(record, style)));
}

function driverBlock(record: DriverRecord, style: Style): string[] {
  const options = [
    record.colocate && "colocate",
    record.fallback && "fallback",
    record.hostRestartOnCrash && "host_restart_on_crash",
    record.disabled && "disabled",
  ].filter((word) => word !== false);
  return [
    ...field("Name", [style.bold(record.name)]),
    ...field("URL", [record.url]),
    ...field("File", record.file === null ? [] : [record.file]),
    ...field("Options", options.length === 0 ? [] : [options.join(", ")]),
    ...field("Nodes", record.nodes.length === 0 ? [style.dim("none")] : record.nodes),
    ...field("Bind rules", [""]),
    ...record.bindRules
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`.trimEnd()),
  ];
}

export function formatDevices(records: readonly DeviceRecord[], verbose: boolean, style: Style): string {
  if (verbose) return blocks(records.map((record) => deviceBlock(record, style)));
  const width = Math.max(...records.map(({ moniker }) => moniker.length));
  return records
    .map((record) => `${record.moniker.padEnd(width)}  ${driverText(record, style)}`.trimEnd())
    .join("\n");
}

function driverText({ driver, state }: DeviceRecord, style: Style): string {
  if (!driver.includes("://")) return style.dim(driver);
  return state === "running" ? driver : `${driver} ${style.bad(`(${state})`)}`;
}

function deviceBlock(record: DeviceRecord, style: Style): string[] {
  const { offers, parents } = record;
  return [
    ...field("Name", [style.bold(record.name)]),
    ...field("Moniker", [record.moniker]),
    ...field("Driver", [driverText(record, style)]),
    ...field("Error", record.error === null ? [] : wrap(record.error, 86).map(style.bad)),
    ...field("Host koid", record.hostKoid === null ? [] : [String(record.hostKoid)]),
    ...field(
      "Parents",
      parents.map(({ name, moniker }, i) => `${name}${i === 0 ? " (Primary)" : ""}: ${moniker}`),
    ),
    ...propertyLines(record.properties, ""),
    counted(offers.length, "Offer"),
    ...offers.flatMap(({ service, transport, source, instances }, i) => [
      `${ordinal(i, offers.length)} : Service ${service} (${transport})`,
      `             Source ${source ?? "none"}, instances ${instances.map(({ source: from, target }) => (from === target ? target : `${target} (${from} there)`)).join(", ")}`,
    ]),
  ];
}

export function formatHosts(records: readonly HostRecord[], style: Style): string {
  return blocks(
    records.map(({ koid, name, kind, drivers }) => [
      `Driver Host: ${style.bold(String(koid))}  ${name}, ${kind}`,
      ...drivers.map(({ url, moniker }) => `    ${url}  ${style.dim(moniker)}`),
    ]),
  );
}

export function formatSpecs(records: readonly SpecRecord[], verbose: boolean, style: Style): string {
  if (records.length === 0) return "no composite node specifications";
  if (verbose) return blocks(records.map((record) => specBlock(record, style)));
  const width = Math.max(...records.map(({ name }) => name.length));
  return records
    .map(({ name, driver }) => `${name.padEnd(width)}  ${driver ?? style.dim("None")}`)
    .join("\n");
}

function specBlock({ name, driver, node, parents }: SpecRecord, style: Style): string[] {
  return [
    ...field("Name", [style.bold(name)]),
    ...field("Driver", [driver ?? style.dim("None")]),
    ...field("Node", [node ?? style.dim("None")]),
    counted(parents.length, "Parent"),
    ...parents.flatMap((parent, i) => parentLines(parent, i, parents.length, style)),
  ];
}

function parentLines(parent: ParentRecord, index: number, count: number, style: Style): string[] {
  const { name, primary, bindRules, node, nearest } = parent;
  const indent = "           ";
  const near =
    nearest === null
      ? []
      : [
          `${indent}nearest: ${nearest.node}, which fails`,
          ...nearest.failed.map(
            ({ rule, actual }) =>
              `${indent}  ${style.bad(rule)}${actual === null ? "" : `; it has ${formatValue(actual)}`}`,
          ),
        ];
  return [
    `${ordinal(index, count)} : ${name ?? `parent ${index}`}${primary ? " (Primary)" : ""}: ${node ?? style.bad("no such node")}`,
    ...near,
    `${indent}${counted(bindRules.length, "Bind rule")}`,
    ...bindRules.map((rule, i) => `${indent}${ordinal(i, bindRules.length)} : ${rule}`),
    ...propertyLines(parent.properties, indent),
  ];
}

function propertyLines(properties: NodeProperties, indent: string): string[] {
  const entries = Object.entries(properties);
  const width = Math.max(0, ...entries.map(([key]) => key.length));
  return [
    `${indent}${counted(entries.length, "Property", "Properties")}`,
    ...entries.flatMap(([key, value], i) => {
      const shown =
        typeof value === "number" ? `0x${value.toString(16).padStart(6, "0")}` : formatValue(value);
      const start = `${indent}${ordinal(i, entries.length)} : `;
      const line = `${start}Key ${key.padEnd(width)}  Value ${shown}`;
      return line.length <= WIDTH
        ? [line]
        : [`${start}Key ${key}`, `${" ".repeat(start.length)}Value ${shown}`];
    }),
  ];
}

/** `Name       : edu`, and further lines under the first; nothing where there are none. */
function field(name: string, lines: readonly string[]): string[] {
  return lines.map((line, i) =>
    `${(i === 0 ? name : "").padEnd(10)} ${i === 0 ? ":" : " "} ${line}`.trimEnd(),
  );
}

function ordinal(index: number, count: number): string {
  return `[${String(index + 1).padStart(2)}/${String(count).padStart(3)}]`;
}

function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

function blocks(parts: readonly (readonly string[])[]): string {
  return parts.map((lines) => lines.join("\n")).join("\n\n");
}
