/** A driver's outgoing directory: what it offers to its children, each under an instance of its own, and what it serves itself. */
import type { Offer } from "../../driver/offer.ts";
import type { EventStream } from "../../events/events.ts";
import { Directory } from "../../fidl/fuchsia.io.ts";
import type { Binding } from "../../fidl/runtime/protocol.ts";
import type { Handle } from "../../zx/constants.ts";
import { pageFaultOf, ZxError } from "../../zx/error.ts";
import type { Zx } from "../../zx/syscalls.ts";
import { closeWithEpitaph } from "../epitaph.ts";
import { DEFAULT_INSTANCE, memberOf, parseServicePath } from "../service_path.ts";
import { guarded } from "./guard.ts";

const SERVICES = "svc/";
/** Bytes of an instance's name, `fuchsia.component.decl.MAX_NAME_LENGTH`. */
const MAX_INSTANCE_NAME = 100;

export interface OutgoingParts {
  readonly zx: Zx;
  readonly events: EventStream;
  /** Hears of a page fault in a server. */
  readonly faulted: (error: unknown) => void;
  readonly logError: (text: string) => void;
}

export class OutgoingDirectory {
  readonly #parts: OutgoingParts;
  /** By instance, then by service and member. */
  readonly #offers = new Map<string, Map<string, Offer>>();
  readonly #bindings = new Set<Binding>();

  constructor(parts: OutgoingParts) {
    this.#parts = parts;
  }

  /** Answers Directory.Open on `server` until it is closed. */
  serve(server: Handle): void {
    const { zx } = this.#parts;
    this.#keep(
      Directory.serve(zx, server, { open: (path, _flags, _options, object) => this.open(path, object) }),
    );
  }

  /** What the driver serves itself. ALREADY_EXISTS. */
  publishOwn(offer: Offer): void {
    this.#add(DEFAULT_INSTANCE, [offer]);
  }

  /** Makes offers to a child available under an instance of their own, which is returned, until `withdraw` of it. */
  publish(childName: string, offers: readonly Offer[]): string {
    const bytes = new TextEncoder().encode(childName).length;
    const isName = bytes > 0 && bytes < MAX_INSTANCE_NAME - 10 && !childName.includes("/");
    const base = isName ? childName : "child";
    let instance = base;
    for (let n = 2; instance === DEFAULT_INSTANCE || this.#offers.has(instance); n++)
      instance = `${base}-${n}`;
    this.#offers.set(instance, new Map());
    try {
      this.#add(instance, offers);
    } catch (error) {
      this.withdraw(instance);
      throw error;
    }
    return instance;
  }

  /** Connections that were made stay. */
  withdraw(instance: string): void {
    this.#offers.delete(instance);
  }

  /** Connects `object`, or closes it with NOT_FOUND. */
  open(path: string, object: Handle): void {
    const { zx, events, faulted, logError } = this.#parts;
    const wanted = path.startsWith(SERVICES) ? parseServicePath(path.slice(SERVICES.length)) : undefined;
    const offer = wanted && this.#offers.get(wanted.instance)?.get(`${wanted.service}/${wanted.member}`);
    if (offer === undefined) {
      closeWithEpitaph(zx, object, "NOT_FOUND");
      return;
    }
    let implementation: unknown;
    try {
      implementation = offer.implementation();
    } catch (error) {
      closeWithEpitaph(zx, object, "INTERNAL");
      logError(`no server for ${path}: ${String(error)}`);
      if (pageFaultOf(error) !== undefined) faulted(error);
      return;
    }
    const binding = offer.protocol.serve(zx, object, guarded(implementation, faulted), { events });
    this.#keep(binding);
    binding.closed
      .then(() => offer.closed?.(implementation))
      .catch((error: unknown) => {
        logError(`after the end of a connection to ${path}: ${String(error)}`);
        if (pageFaultOf(error) !== undefined) faulted(error);
      });
  }

  /** Ends all connections. */
  close(): void {
    for (const binding of [...this.#bindings]) binding.close();
    this.#offers.clear();
  }

  #add(instance: string, offers: readonly Offer[]): void {
    const published = this.#offers.get(instance) ?? new Map<string, Offer>();
    this.#offers.set(instance, published);
    for (const offer of offers) {
      const key = `${offer.protocol.service}/${memberOf(offer.protocol)}`;
      if (published.has(key)) throw new ZxError("ALREADY_EXISTS", `${key} is offered already`);
      published.set(key, offer);
    }
  }

  #keep(binding: Binding): void {
    this.#bindings.add(binding);
    void binding.closed.then(() => this.#bindings.delete(binding));
  }
}
