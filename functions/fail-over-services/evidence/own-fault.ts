import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { RingCxError } from "../../../shared/ringcx/resources/errors.ts";
import { readAccountTree } from "../watchlist/account-tree.ts";
import type { WatchlistDependencies } from "../watchlist/alarm-tags.ts";
import type { RecordedService } from "../watchlist/watched-services.ts";
import { type Evidence, firingAlarms, type NotAsked } from "./evidence.ts";

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
  const why = await whySilenceProvesNothing(dependencies, silent.service.name.accountId, deadline);
  if (why === undefined) return [...seen];
  return seen.map((one) =>
    isSilent(one.evidence) ? { ...one, evidence: { ...one.evidence, probe: { result: "NOT_ASKED", ...why } } } : one,
  );
}

function isSilent({ probe }: Evidence): boolean {
  return probe?.result === "FAILED" && !probe.isAnswered;
}

/** Why the endpoints' silence proves nothing, or nothing where RingCX has answered, with an error too. One request, only where all are silent. */
async function whySilenceProvesNothing(
  dependencies: Pick<WatchlistDependencies, "ringcxFor">,
  accountId: string,
  deadline: number,
): Promise<NotAsked | undefined> {
  try {
    await readAccountTree(dependencies, accountId, deadline);
    return undefined;
  } catch (error) {
    if (error instanceof RingCxError && error.status !== undefined) return undefined;
    if (error instanceof QuotaDeferredError) {
      const because = "no endpoint gave any answer, and RingCX's quota had no place to ask whether anything gets out";
      return { fault: "TIME", subject: "the sweep", because };
    }
    const because = "neither an endpoint nor RingCX gave any answer: the function's own way out is probably blocked";
    return { fault: "NETWORK", subject: "way out of the function", because };
  }
}
