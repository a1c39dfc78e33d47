/** Data as JSON. What JSON has no word for, 64-bit values and bytes, becomes hexadecimal text. */
export function jsonText(data: unknown): string {
  return JSON.stringify(data, jsonValue, 2);
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return `0x${value.toString(16)}`;
  if (value instanceof Uint8Array)
    return [...value].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return value;
}
