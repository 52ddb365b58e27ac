import { RingCxError } from "../../../shared/ringcx/resources/errors.ts";
import { readAccountTree } from "../watchlist/account-tree.ts";
import type { WatchlistDependencies } from "../watchlist/alarm-tags.ts";
import type { RecordedService } from "../watchlist/watched-services.ts";
import { type Evidence, firingAlarms } from "./evidence.ts";

/** A service with what is seen of it. */
type SeenService = RecordedService & { evidence: Evidence };

/**
 * Every endpoint that was asked gave no answer at all, and no alarm says so, too: it may be our own way out. Pure.
 */
export function isSilenceSuspicious(seen: readonly Evidence[]): boolean {
  const asked = seen.filter(({ probe }) => probe?.result === "PASSED" || probe?.result === "FAILED");
  return asked.length > 0 && asked.every((evidence) => isSilent(evidence) && firingAlarms(evidence).length === 0);
}

/**
 * What is seen of services, less what is probably our own fault: where nothing that was asked has given any answer, RingCX is asked
 * from here, and if it gives none either, no endpoint counts as asked.
 *
 * @param deadline by when the answer must be there, epoch milliseconds
 */
export async function withoutOwnFault<S extends SeenService>(
  dependencies: Pick<WatchlistDependencies, "ringcxFor">,
  seen: readonly S[],
  deadline: number,
): Promise<S[]> {
  const silent = seen.find(({ evidence }) => isSilent(evidence));
  if (!silent || !isSilenceSuspicious(seen.map(({ evidence }) => evidence))) return [...seen];
  if (await hasRingCxAnswered(dependencies, silent.service.name.accountId, deadline)) return [...seen];
  return seen.map((one) => (isSilent(one.evidence) ? { ...one, evidence: notAsked(one.evidence) } : one));
}

function isSilent({ probe }: Evidence): boolean {
  return probe?.result === "FAILED" && !probe.isAnswered;
}

function notAsked(evidence: Evidence): Evidence {
  const because = "neither an endpoint nor RingCX gave any answer: the function's own way out is probably blocked";
  return { ...evidence, probe: { result: "NOT_ASKED", fault: "NETWORK", subject: "way out of the function", because } };
}

/** Whether anything came back from RingCX, an error too. One request, only where all endpoints are silent. */
async function hasRingCxAnswered(
  dependencies: Pick<WatchlistDependencies, "ringcxFor">,
  accountId: string,
  deadline: number,
): Promise<boolean> {
  try {
    await readAccountTree(dependencies, accountId, deadline);
    return true;
  } catch (error) {
    return error instanceof RingCxError && error.status !== undefined;
  }
}
