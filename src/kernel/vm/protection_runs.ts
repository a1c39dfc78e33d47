/** Permissions along a mapping: runs of equal PERM_* bits, neighbours always different, offsets from the mapping's base. */
export interface ProtectionRun {
  readonly start: number;
  readonly end: number;
  readonly permissions: number;
}

export class ProtectionRuns {
  #runs: ProtectionRun[];

  constructor(size: number, permissions: number) {
    this.#runs = [{ start: 0, end: size, permissions }];
  }

  get runs(): readonly ProtectionRun[] {
    return this.#runs;
  }

  at(offset: number): number {
    return this.runAt(offset).permissions;
  }

  /** The run that an offset lies in. */
  runAt(offset: number): ProtectionRun {
    const runs = this.#runs;
    if (runs.length === 1) return runs[0]!;
    let low = 0;
    let high = runs.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (offset < runs[middle]!.end) high = middle;
      else low = middle + 1;
    }
    return runs[low]!;
  }

  /** The bits that some byte of [start, end) has, and those that every byte has. */
  within(start: number, end: number): { some: number; every: number } {
    let some = 0;
    let every = -1;
    for (const run of this.#runs) {
      if (run.end <= start || run.start >= end) continue;
      some |= run.permissions;
      every &= run.permissions;
    }
    return { some, every };
  }

  set(start: number, end: number, permissions: number): void {
    const next: ProtectionRun[] = [];
    for (const run of this.#runs) if (run.start < start) next.push({ ...run, end: Math.min(run.end, start) });
    next.push({ start, end, permissions });
    for (const run of this.#runs) if (run.end > end) next.push({ ...run, start: Math.max(run.start, end) });
    this.#runs = merge(next);
  }

  /** The runs of [start, end), their offsets counted from `start`. */
  slice(start: number, end: number): ProtectionRuns {
    const result = new ProtectionRuns(end - start, 0);
    result.#runs = this.#runs
      .filter((run) => run.start < end && run.end > start)
      .map((run) => ({
        start: Math.max(run.start, start) - start,
        end: Math.min(run.end, end) - start,
        permissions: run.permissions,
      }));
    return result;
  }
}

function merge(runs: readonly ProtectionRun[]): ProtectionRun[] {
  const merged: ProtectionRun[] = [];
  for (const run of runs) {
    const last = merged.at(-1);
    if (last !== undefined && last.permissions === run.permissions) {
      merged[merged.length - 1] = { ...last, end: run.end };
    } else {
      merged.push(run);
    }
  }
  return merged;
}
