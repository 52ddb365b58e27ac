import type { ActivationChange, Intent, StoredActivation } from "../../../shared/records/account/activation.ts";
import { failoverAttributes, failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { outageIn } from "../outage/outage-decision.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";
import type { ApplyDependencies } from "./apply-dependencies.ts";
import { servicePlace } from "./blast-radius.ts";

/**
 * Gives back what outages took that were overtaken before they were carried out: the service never went out, so they are no
 * openings, and hold no place within the blast radius. An outage that is open, or a change of ours so recent that the place
 * may be that one's, keeps it. The place goes before the record is written: whoever is to go out meanwhile claims it anew.
 *
 * @param intents what is left after a look
 * @returns what is to be written with them
 */
export async function giveBack(
  { blastRadius, clock, settings }: ApplyDependencies,
  { name }: WatchedService,
  record: StoredActivation,
  intents: readonly Intent[],
): Promise<ActivationChange> {
  const causes = intents.flatMap(({ isActive, isApplied, outcome }) =>
    !isActive && isApplied && outcome?.status === "SUPERSEDED" ? [outcome.cause.id] : [],
  );
  const memory = failoverMemoryOf(record);
  const { recentOutages = [], ...rest } = memory;
  const left = recentOutages.filter((at) => !causes.some((id) => id.endsWith(`/${at}/overtaken`)));
  if (left.length === recentOutages.length) return {};
  const changedAt = record.lastAppliedState && Date.parse(record.lastAppliedState.at);
  const withinMs = settings.guards.blastRadius.withinMinutes * 60_000;
  const isRecent = changedAt !== undefined && clock.now() - changedAt < withinMs;
  const isGoingOut = intents.some(({ isActive, isApplied }) => !isActive && !isApplied);
  if (!isRecent && !isGoingOut && !outageIn(record)) await blastRadius.release(servicePlace(name));
  return {
    writerAttributes: failoverAttributes({ memory: { ...rest, ...(left.length > 0 && { recentOutages: left }) } }),
  };
}
