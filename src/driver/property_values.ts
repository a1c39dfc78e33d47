/** Node properties as an object, and as FIDL has them. */
import type { NodeProperties, PropertyValue } from "../bind/properties.ts";
import type { NodeProperty2, NodePropertyValue } from "../fidl/fuchsia.driver.framework.ts";

export function toFidlProperties(properties: NodeProperties): NodeProperty2[] {
  return Object.entries(properties).map(([key, value]) => ({ key, value: toFidlValue(value) }));
}

export function toFidlValue(value: PropertyValue): NodePropertyValue {
  if (typeof value === "number") return { kind: "intValue", intValue: value };
  if (typeof value === "boolean") return { kind: "boolValue", boolValue: value };
  return { kind: "stringValue", stringValue: value };
}

/** Undefined for a kind of value that is not known. */
export function fromFidlValue(value: NodePropertyValue): PropertyValue | undefined {
  switch (value.kind) {
    case "intValue":
      return value.intValue;
    case "stringValue":
      return value.stringValue;
    case "boolValue":
      return value.boolValue;
    case "enumValue":
      return value.enumValue;
    default:
      return undefined;
  }
}

/** Values of unknown kinds are left out: no rule can ask for them. */
export function fromFidlProperties(properties: readonly NodeProperty2[]): NodeProperties {
  return Object.fromEntries(
    properties.flatMap(({ key, value }) => {
      const known = fromFidlValue(value);
      return known === undefined ? [] : [[key, known]];
    }),
  );
}
