/** Where services are in a driver's directories: `<service>/<instance>/<member>`, below `svc/` in the outgoing one. */
import type { ProtocolInfo } from "../fidl/runtime/protocol.ts";

/** The instance that a driver asks for unless it says otherwise, and under which it serves what is its own. */
export const DEFAULT_INSTANCE = "default";

export interface ServicePath {
  readonly service: string;
  readonly instance: string;
  readonly member: string;
}

/** A service's member for a protocol: `device` for `fuchsia.hardware.pci/Device`. */
export function memberOf({ name }: ProtocolInfo): string {
  const short = name.slice(name.indexOf("/") + 1);
  return short.replaceAll(/(?<=[a-z0-9])[A-Z]/g, "_$&").toLowerCase();
}

export function formatServicePath({ service, instance, member }: ServicePath): string {
  return `${service}/${instance}/${member}`;
}

/** Undefined for what is not three names. */
export function parseServicePath(path: string): ServicePath | undefined {
  const [service, instance, member, ...rest] = path.split("/");
  if (!service || !instance || !member || rest.length > 0) return undefined;
  return { service, instance, member };
}
