import { Dispatcher } from "./dispatcher.ts";

/** An object that has a name, which everybody with the right may change. */
export abstract class NamedDispatcher extends Dispatcher {
  #name = "";

  override get isNamed(): boolean {
    return true;
  }

  override get label(): string {
    return this.#name;
  }

  override rename(name: string): void {
    this.#name = name;
  }

  override describe(): string {
    return `${this.typeName} ${JSON.stringify(this.label)} (koid ${this.koid})`;
  }
}
