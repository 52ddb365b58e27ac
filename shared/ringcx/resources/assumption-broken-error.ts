import { RingCxError, type RingCxErrorFacts } from "./errors.ts";

/** What RingCX does other than the program needs it, by the names of docs/simulator.md. */
export interface BrokenAssumption {
  /** `services.inactivePut` */
  assumption: string;
  /** The answer that was found: `conflict` */
  found: string;
  /** What to do about it. */
  advice: string;
}

/**
 * RingCX behaves in a way that the program cannot work with. It was noticed before any harm was done; the same call would
 * fail again, so it is not repeated. docs/runbook.md, assumption-broken, says what to do.
 */
export class AssumptionBrokenError extends RingCxError {
  override readonly name = "AssumptionBrokenError";
  readonly assumption: string;
  readonly found: string;

  constructor(facts: RingCxErrorFacts, { assumption, found, advice }: BrokenAssumption) {
    super(facts, {
      code: "ASSUMPTION_BROKEN",
      advice: `ASSUMPTION_BROKEN: ${assumption} is "${found}" in this account. ${advice} See docs/runbook.md, assumption-broken.`,
    });
    this.assumption = assumption;
    this.found = found;
  }
}
