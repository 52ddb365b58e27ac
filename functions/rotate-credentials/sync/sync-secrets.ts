import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import { correlated } from "../../../shared/primitives/correlation.ts";
import { forEachAccount } from "../../../shared/primitives/each-account.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { decideEnds, decideRevocations } from "../issuer/credential-ends.ts";
import type { Run } from "../read/account-services.ts";
import { type BoundSecret, readBoundSecrets } from "../read/bound-secrets.ts";
import { staleLabel } from "../steps/pending-label.ts";
import { decideSync } from "./decide-sync.ts";
import { isUnbegun } from "./end-unbegun.ts";
import { isFailureOver } from "./ended-failures.ts";
import { lanesOf } from "./lanes.ts";
import { isRotationDue } from "./scheduled-rotation.ts";
import { type SyncDependencies, syncSecret } from "./sync-secret.ts";

/** Time below which no further secret is begun, in milliseconds. */
const minRemainingMs = 15_000;

/**
 * One tick of the schedule: writes the current version of every secret where it belongs, cleans up after rotations
 * that died, starts those that are due, revokes what is no longer needed. Accounts are worked at side by side, so that a slow
 * one holds up nobody else. Nothing to do: no call to RingCX. What does not fit into this run is done by the next.
 *
 * @returns what there was before anything was done
 */
export async function syncSecrets(dependencies: SyncDependencies, invocation: Run): Promise<readonly BoundSecret[]> {
  const { clock, logger } = dependencies;
  const boundSecrets = await readBoundSecrets(dependencies);
  const lanes = lanesOf(
    boundSecrets.filter((bound) => needsSync(bound, clock.now())),
    clock.now(),
  );
  const exhausted = new Set<string>();
  let left = 0;
  await forEachAccount(lanes, async (lane) => {
    for (const bound of lane) {
      if (clock.now() > invocation.deadline - minRemainingMs) {
        left += 1;
        continue;
      }
      if (bound.bindings.some(({ accountId }) => exhausted.has(accountId))) continue;
      await correlated(versionsOf(bound), async () => {
        try {
          await syncSecret(dependencies, invocation, bound, boundSecrets);
        } catch (error) {
          const { code, message } = failureReason(error);
          logger.warn("secret sync failed", { secret: bound.secret.name, code, reason: message });
          // An account whose quota is used up, or that cannot be reached, is left alone for the rest of this run.
          if (error instanceof QuotaDeferredError || code === "RINGCX_UNAVAILABLE") {
            for (const { accountId } of bound.bindings) exhausted.add(accountId);
          }
        }
      });
    }
  });
  if (left > 0) logger.warn("run ended early", { secretsLeft: left });
  return boundSecrets;
}

/** What a secret's synchronization is about: the version that is current, and the one that a rotation has begun with. */
function versionsOf({ secret: { current, pending } }: BoundSecret): string[] {
  return [current, pending].flatMap((version) => version ?? []);
}

function needsSync({ secret, secretRecords, bindings, records }: BoundSecret, now: number): boolean {
  const { credentials } = secretRecords;
  const users = bindings.flatMap((binding, index) => (records[index] ? [{ binding, record: records[index] }] : []));
  const hasEnds =
    decideEnds(secret, credentials, users, now).length > 0 ||
    decideRevocations(secret, credentials, records, now).length > 0;
  if (bindings.length === 0) return hasEnds;
  return (
    hasEnds ||
    !["IN_SYNC", "LEAVE"].includes(decideSync(secret, records, now, secretRecords).kind) ||
    records.some(({ unpublished }) => unpublished.length > 0) ||
    staleLabel(secret, records, secretRecords.request) !== undefined ||
    isUnbegun(secret, secretRecords, records, now) ||
    isRotationDue(secret, records, now) ||
    records.some((record) => isFailureOver(record, secret, records, now))
  );
}
