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

/**
 * The same of something that goes on under another name than the one that it was to get: nothing of it is to be retired.
 *
 * @param facts by which name messages find it; whether it has that name in RingCX again; whether a message can rename it
 */
export function cutRename(
  shown: string | undefined,
  { known, isRestored, hasPrevious }: { known: string; isRestored: boolean; hasPrevious: boolean },
): BrokenAssumption {
  const now = isRestored
    ? `RingCX cuts names to 64 characters, so it is called ${JSON.stringify(known)} again`
    : `RingCX has cut the name to 64 characters: it is called ${JSON.stringify(shown)} there now`;
  const say = hasPrevious ? `, and say "previousName": ${JSON.stringify(known)}` : "";
  return { ...cutNames, advice: `${now}. For another name choose a name of at most 64${say}.` };
}

/** What a person does in the place of a v2 operation. */
const insteadOfV2: Readonly<Record<string, string>> = {
  "services.delete":
    "The service is inactive and does no harm: delete it in the admin page, then send the message again.",
  "services.updateV2": "Link the service with its auth config in the admin page, then send the message again.",
};

/** Where RingCX serves no v2 of the operations on services. @param operation the one that was called */
export function unservedV2(operation?: string): BrokenAssumption {
  const instead =
    insteadOfV2[operation ?? ""] ??
    "Nothing else shows with which auth configs services are linked where v1 does not: ask RingCentral to enable v2 for the account, then send the message again.";
  return {
    assumption: "services.v2",
    found: "unserved",
    advice: `RingCX does not serve version 2 of its HTTP services here, by which links are read and services are deleted. ${instead}`,
  };
}

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
