import { firstOf } from "../shared/primitives/first-of.ts";
import type { EnvironmentSettings } from "./environment-schema.ts";

/** Requests a minute that RingCX takes for an account. Source: RingCX, "Rate Limiting & Stability". */
export const ringcxRate = 120;

/** Requests a minute that a quota allows. */
export function rateOf({ limit, windowMs }: EnvironmentSettings["connections"][number]["quota"]): number {
  return (limit * 60_000) / windowMs;
}

type Settings = Pick<EnvironmentSettings, "connections">;

/**
 * What is wrong where two automations serve accounts of RingCX both, in one sentence: they do not know of each other, in whichever AWS
 * accounts they are, and may use more than RingCX takes. Nothing where `quota.limit` is split between them.
 *
 * @param called what the other one is called, in the sentence
 */
export function sharedAccounts(one: Settings, other: Settings, called: string): string | undefined {
  const shared = one.connections.flatMap((ours) =>
    other.connections
      .filter(({ ringcxUrl, quota }) => ringcxUrl === ours.ringcxUrl && rateOf(quota) + rateOf(ours.quota) > ringcxRate)
      .flatMap((theirs) => ours.accountIds.filter((accountId) => theirs.accountIds.includes(accountId))),
  );
  if (shared.length === 0) return undefined;
  return `accountIds: ${firstOf(shared)} of RingCX ${shared.length === 1 ? "is" : "are"} served by ${called}, too: each would spend the whole quota (${ringcxRate} requests a minute for both together), and change what the other one made. Leave an account to one of them, or split quota.limit of the connection between the two`;
}

/** The same of each other environment that there is. */
export function accountsOfOthers(
  settings: Pick<EnvironmentSettings, "name" | "region" | "connections">,
  all: readonly EnvironmentSettings[],
): string[] {
  return all.flatMap((other) => {
    if (other.name === settings.name && other.region === settings.region) return [];
    return sharedAccounts(settings, other, `the environment ${other.name} in ${other.region}`) ?? [];
  });
}
