/** A node property's value. A member of an enum is its full name, `"fuchsia.hardware.pci.Service.ZirconTransport"`. */
export type PropertyValue = number | string | boolean;

/** What bind rules look at. */
export type NodeProperties = Readonly<Record<string, PropertyValue>>;

/** How a service reaches a driver: over a Zircon channel, or over the driver runtime's own. */
export type Transport = "ZirconTransport" | "DriverTransport";

/** The value of the property `service` that a node has for each service that it offers. */
export function transportOf(service: string, transport: Transport = "ZirconTransport"): string {
  return `${service}.${transport}`;
}

/** The key that tells whether a driver is looked for by the framework itself (1) or because somebody asked for it (0). */
export const AUTOBIND = "fuchsia.BIND_AUTOBIND";

/**
 * A node's properties with the one that matching adds. Rules that say `fuchsia.BIND_AUTOBIND == 0` belong to a driver
 * that binds by request only (`NodeController.RequestBind` with a URL suffix).
 */
export function withAutobind(properties: NodeProperties, requested: boolean): NodeProperties {
  return { ...properties, [AUTOBIND]: requested ? 0 : 1 };
}

/** The largest number that a property can be: FIDL's `NodePropertyValue.int_value` has 32 bits. */
export const MAX_NUMBER = 0xffff_ffff;
/** The longest string or key, in UTF-8 bytes: what a symbol of Fuchsia's bind byte code can be. */
export const MAX_STRING = 255;

/** What is wrong with a value in a rule, or undefined. */
export function valueProblem(value: unknown): string | undefined {
  if (typeof value === "boolean") return undefined;
  if (typeof value === "string") return stringProblem(value);
  if (typeof value !== "number") return `${describe(value)} is no number, string or boolean`;
  if (Number.isInteger(value) && value >= 0 && value <= MAX_NUMBER) return undefined;
  return `${value} is no integer from 0 to 0xffffffff`;
}

/** What is wrong with a string in a rule, or undefined. */
export function stringProblem(text: string): string | undefined {
  if (text.length * 3 <= MAX_STRING) return undefined;
  const bytes = new TextEncoder().encode(text).length;
  return bytes > MAX_STRING ? `a string of ${bytes} bytes; at most ${MAX_STRING} are possible` : undefined;
}

export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}

/** Numbers as in Fuchsia's debugger, in hexadecimal. */
export function formatValue(value: PropertyValue): string {
  if (typeof value === "number") return `0x${value.toString(16)}`;
  return typeof value === "string" ? quote(value) : String(value);
}

/** As a string literal of the bind language. */
export function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}
