/** Fuchsia's NodeError and CompositeNodeSpecError with the statuses and words that a driver gets for them. */
import { CompositeNodeSpecError, NodeError } from "../fidl/fuchsia.driver.framework.ts";
import { DomainError } from "../fidl/runtime/errors.ts";
import { ZxError } from "../zx/error.ts";
import type { StatusName } from "../zx/status.ts";

type Meaning = readonly [status: StatusName, words: string];

const NODE_ERRORS: { readonly [name in keyof typeof NodeError]: Meaning } = {
  INTERNAL: ["INTERNAL", "the driver manager failed"],
  NODE_REMOVED: ["BAD_STATE", "the parent is being removed"],
  NAME_MISSING: ["INVALID_ARGS", "a node needs a name"],
  NAME_INVALID: ["INVALID_ARGS", "there is a slash in the name"],
  NAME_ALREADY_EXISTS: ["ALREADY_EXISTS", "the parent already has a child with this name"],
  OFFER_SOURCE_NAME_MISSING: ["INVALID_ARGS", "an offer has no service name"],
  OFFER_REF_EXISTS: ["INVALID_ARGS", "an offer has a source or a target"],
  SYMBOL_NAME_MISSING: ["INVALID_ARGS", "a symbol has no name"],
  SYMBOL_ADDRESS_MISSING: ["INVALID_ARGS", "a symbol has no address"],
  SYMBOL_ALREADY_EXISTS: ["ALREADY_EXISTS", "two symbols have one name"],
  UNBIND_CHILDREN_IN_PROGRESS: ["BAD_STATE", "the children of the parent are being removed"],
  UNSUPPORTED_ARGS: ["NOT_SUPPORTED", "there are arguments that do not go together"],
  DUPLICATE_PROPERTY_KEYS: ["INVALID_ARGS", "two properties have one key"],
  OFFER_SOURCE_INSTANCE_FILTER_MISSING: ["INVALID_ARGS", "an offer does not say which instances it has"],
  OFFER_RENAMED_INSTANCES_MISSING: ["INVALID_ARGS", "an offer does not say what its instances are called"],
};

const SPEC_ERRORS: { readonly [name in keyof typeof CompositeNodeSpecError]: Meaning } = {
  MISSING_ARGS: ["INVALID_ARGS", "it has no name or no parents, or its bind rules make no sense"],
  EMPTY_NODES: ["INVALID_ARGS", "it has no parents"],
  ALREADY_EXISTS: ["ALREADY_EXISTS", "there is one with this name"],
  DRIVER_INDEX_FAILURE: ["INTERNAL", "the driver index failed"],
  DUPLICATE_PARENTS: ["INVALID_ARGS", "two of its parents are the same"],
};

/** `what` failed with a NodeError: what a driver is told. Other errors stay what they are. */
export function fromNodeError(error: unknown, what: string): unknown {
  return translated(error, what, NodeError, NODE_ERRORS);
}

/** The same for CompositeNodeSpecError. */
export function fromSpecError(error: unknown, what: string): unknown {
  return translated(error, what, CompositeNodeSpecError, SPEC_ERRORS);
}

function translated(
  error: unknown,
  what: string,
  numbers: Readonly<Record<string, number>>,
  meanings: Readonly<Record<string, Meaning>>,
): unknown {
  if (!(error instanceof DomainError)) return error;
  const [name] = Object.entries(numbers).find(([, value]) => value === error.value) ?? [];
  if (name === undefined)
    return new ZxError("INTERNAL", `${what}: error ${String(error.value)}`, { cause: error });
  const [status, words] = meanings[name]!;
  return new ZxError(status, `${what}: ${words} (${name})`, { cause: error });
}
