import { type FSWatcher, statSync, watch } from "node:fs";
import { dirname, extname, join } from "node:path";

/** Editors write a file in several steps. */
const SETTLED_MS = 50;

/**
 * Tells when files change, several changes at once together: those that it was told to watch, and bind rules (`.bind`) beside them,
 * which no import names. It watches their folders, since editors often put a new file in the place of the old one.
 */
export class FileWatcher implements Disposable {
  readonly #changed: (paths: ReadonlySet<string>) => void;
  readonly #files = new Set<string>();
  readonly #folders = new Map<string, FSWatcher>();
  #pending = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(changed: (paths: ReadonlySet<string>) => void) {
    this.#changed = changed;
  }

  /** Absolute paths, and since when (milliseconds since 1970) changes count. */
  watch(paths: Iterable<string>, since: number): void {
    for (const path of paths) {
      this.#files.add(path);
      this.#watchFolder(dirname(path));
      const found = statSync(path, { throwIfNoEntry: false });
      if (found !== undefined && found.mtimeMs > since) this.#touched(path);
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const folder of [...this.#folders.keys()]) this.#unwatch(folder);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #watchFolder(folder: string): void {
    if (this.#folders.has(folder)) return;
    const watcher = watch(folder, (_, name) => {
      if (name !== null) this.#touched(join(folder, name));
    });
    // A folder that is gone cannot tell anything any more.
    watcher.on("error", () => this.#unwatch(folder));
    this.#folders.set(folder, watcher);
  }

  #unwatch(folder: string): void {
    this.#folders.get(folder)?.close();
    this.#folders.delete(folder);
  }

  #touched(path: string): void {
    if (!this.#files.has(path) && extname(path) !== ".bind") return;
    this.#pending.add(path);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const paths = this.#pending;
      this.#pending = new Set();
      this.#changed(paths);
    }, SETTLED_MS);
  }
}
