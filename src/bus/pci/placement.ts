/**
 * Which base address register goes where. Two passes over all functions of the bus:
 *
 * 1. What firmware has placed stays there, as far as it can.
 * 2. The rest goes wherever there is room, the largest first, so that natural alignment leaves few holes.
 *
 * Memory is handed out in whole pages: a VMO of one function never shows another one's registers. A function that
 * cannot have all it asks for gets nothing; the others are not affected.
 */
import { ZxError } from "../../zx/error.ts";
import { hex, isPageAligned, roundUp } from "../../zx/pages.ts";
import type { BarProbe } from "./bar.ts";
import type { AddressSpace, AddressSpaceRequest } from "./pciroot.ts";

const FOUR_GIB = 2 ** 32;

export interface PlacementResult<Owner> {
  /** By BAR id, for each function that got all it wants. */
  readonly placed: ReadonlyMap<Owner, ReadonlyMap<number, AddressSpace>>;
  readonly failed: ReadonlyMap<Owner, ZxError>;
}

export function placeBars<Owner extends { readonly bars: readonly BarProbe[] }>(
  owners: readonly Owner[],
  allocate: (request: AddressSpaceRequest) => AddressSpace,
): PlacementResult<Owner> {
  const placed = new Map<Owner, Map<number, AddressSpace>>(owners.map((owner) => [owner, new Map()]));
  const failed = new Map<Owner, ZxError>();
  const wanted = owners.flatMap((owner) => owner.bars.map((bar) => ({ owner, bar })));

  const homeless = wanted.filter(({ owner, bar }) => {
    const space = tryInOrder(firmwareRequests(bar), allocate);
    if (space instanceof ZxError) return true;
    placed.get(owner)!.set(bar.id, space);
    return false;
  });
  homeless.sort((a, b) => b.bar.size - a.bar.size);
  for (const { owner, bar } of homeless) {
    const spaces = placed.get(owner);
    if (spaces === undefined) continue;
    const space = tryInOrder(anywhereRequests(bar), allocate);
    if (!(space instanceof ZxError)) {
      spaces.set(bar.id, space);
      continue;
    }
    const what = `BAR ${bar.id} (${hex(bar.size)} ${bar.kind === "io" ? "I/O ports" : "bytes"})`;
    failed.set(owner, new ZxError("NOT_FOUND", `no room for ${what}: ${space.detail}`, { cause: space }));
    placed.delete(owner);
    for (const freed of spaces.values()) freed.release();
  }
  return { placed, failed };
}

function firmwareRequests(bar: BarProbe): AddressSpaceRequest[] {
  const { address: base, kind: type } = bar;
  const size = granted(bar);
  if (base === 0 || (type === "memory" && !isPageAligned(base))) return [];
  return [{ type, size, base, low: base + size <= FOUR_GIB }];
}

/** Below 4 GiB first, since a bridge or a device may err above it; above only with 64 address bits. */
function anywhereRequests(bar: BarProbe): AddressSpaceRequest[] {
  const request = { type: bar.kind, size: granted(bar) };
  return bar.is64
    ? [
        { ...request, low: true },
        { ...request, low: false },
      ]
    : [{ ...request, low: true }];
}

function granted({ kind, size }: BarProbe): number {
  return kind === "memory" ? roundUp(size) : size;
}

/** The first that is granted, or why the last was not. */
function tryInOrder(
  requests: readonly AddressSpaceRequest[],
  allocate: (request: AddressSpaceRequest) => AddressSpace,
): AddressSpace | ZxError {
  let refusal = new ZxError("NOT_FOUND", "firmware has not placed it");
  for (const request of requests) {
    try {
      return allocate(request);
    } catch (error) {
      if (!(error instanceof ZxError)) throw error;
      refusal = error;
    }
  }
  return refusal;
}
