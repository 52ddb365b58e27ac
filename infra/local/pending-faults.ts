/** How often a fault strikes, of the calls that it is meant for. */
export interface FaultCount {
  /** How many of them it meets. @default 1 */
  times?: number | "always" | undefined;
  /** How many of them go well before. @default 0 */
  after?: number | undefined;
}

/** Faults that are still to come, in the order in which they were set. */
export class PendingFaults<Fault extends FaultCount> {
  #pending: { fault: Fault; wait: number; left: number }[] = [];

  add(...faults: readonly Fault[]): void {
    for (const fault of faults) {
      const left = fault.times === "always" ? Number.POSITIVE_INFINITY : (fault.times ?? 1);
      this.#pending.push({ fault, wait: fault.after ?? 0, left });
    }
  }

  clear(): void {
    this.#pending = [];
  }

  /** Each with the times that are left of it. */
  get pending(): readonly Fault[] {
    return this.#pending.map(({ fault, wait, left }) => ({
      ...fault,
      times: left === Number.POSITIVE_INFINITY ? "always" : left,
      ...(fault.after !== undefined && { after: wait }),
    }));
  }

  /** The faults that meet a call, each used up once. @param most that can happen to one call */
  takeMet(isMet: (fault: Fault) => boolean, most = Number.POSITIVE_INFINITY): Fault[] {
    const met: Fault[] = [];
    for (const entry of this.#pending) {
      if (met.length >= most) break;
      if (!isMet(entry.fault)) continue;
      if (entry.wait > 0) {
        entry.wait -= 1;
        continue;
      }
      entry.left -= 1;
      met.push(entry.fault);
    }
    this.#pending = this.#pending.filter(({ left }) => left > 0);
    return met;
  }
}
