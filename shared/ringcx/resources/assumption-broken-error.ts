import { RingCxError, type RingCxErrorFacts } from "./errors.ts";

/** What RingCX does other than the program needs it, by the names of docs/simulator.md. */
export interface BrokenAssumption {
  /** `services.inactivePut` */
  assumption: string;
  /** The answer that was found: `conflict` */
  found: string;
  /** What to do about it. */
  advice: string;
  /** What RingCX made all the same: the id of an auth config. */
  madeId?: string;
}

/**
 * RingCX behaves in a way that the program cannot work with. It was noticed before any harm was done; the same call would
 * fail again, so it is not repeated. docs/runbook.md, assumption-broken, says what to do.
 */
export class AssumptionBrokenError extends RingCxError {
  override readonly name = "AssumptionBrokenError";
  readonly assumption: string;
  readonly found: string;
  readonly madeId: string | undefined;

  constructor(facts: RingCxErrorFacts, { assumption, found, advice, madeId }: BrokenAssumption) {
    super(facts, {
      code: "ASSUMPTION_BROKEN",
      advice: `ASSUMPTION_BROKEN: ${assumption} is "${found}" in this account. ${advice} See docs/runbook.md, assumption-broken.`,
    });
    this.assumption = assumption;
    this.found = found;
    this.madeId = madeId;
  }
}

/** Where RingCX did not keep a whole name. What was made is known by its id, and is retired under the name that it was to have. */
export const cutNames: BrokenAssumption = {
  assumption: "names.length",
  found: "cut",
  advice:
    "RingCX has cut the name to 64 characters: choose a name of at most 64, and retire what was made under the long one.",
};

/** Where RingCX did not keep the UUID. @param madeId the id that it chose, where it is known */
export function replacedAuthConfigId(madeId?: string): BrokenAssumption {
  const own = `an id of its own${madeId === undefined ? "" : `, ${madeId}`}`;
  return {
    assumption: "authConfigs.id",
    found: "replaced",
    advice: `RingCX has it under ${own}, and it holds the credential: delete it in the admin page, or take it over with "adopt": true.`,
    ...(madeId !== undefined && { madeId }),
  };
}
