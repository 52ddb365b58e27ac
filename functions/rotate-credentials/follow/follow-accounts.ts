import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import { forEachAccount, inTurn } from "../../../shared/primitives/each-account.ts";
import type { Run } from "../read/account-services.ts";
import type { BoundSecret } from "../read/bound-secrets.ts";
import type { Followed } from "../report/reported.ts";
import { type FollowDependencies, followAccount } from "./follow-account.ts";

/** Time below which no further account is looked at, in milliseconds. */
const minRemainingMs = 15_000;

/**
 * Looks after the auth configs of every account; one that fails, or for which RingCX is slow, keeps no other from it.
 *
 * @returns by account, of those that did not fail
 */
export async function followAccounts(
  dependencies: FollowDependencies,
  run: Run,
  boundSecrets: readonly BoundSecret[],
): Promise<ReadonlyMap<string, readonly Followed[]>> {
  const { clock, connections, logger } = dependencies;
  const followed = new Map<string, readonly Followed[]>();
  const accounts = connections.flatMap(({ accountIds }) => accountIds);
  await forEachAccount(inTurn(accounts, clock.now()), async (accountId) => {
    const hasTime = clock.now() <= run.deadline - minRemainingMs;
    try {
      followed.set(accountId, await followAccount(dependencies, run, { accountId, boundSecrets }, hasTime));
    } catch (error) {
      const { code, message } = failureReason(error);
      logger.warn("following auth configs failed", { accountId, code, reason: message });
    }
  });
  return followed;
}
