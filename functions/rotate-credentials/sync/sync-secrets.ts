import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import type { Invocation } from "../../../shared/primitives/invocation.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { decideRevocations } from "../issuer/revoke-credentials.ts";
import { type Fed, seeSecrets } from "../read/bound-secrets.ts";
import { isLeftPending } from "../steps/pending-label.ts";
import { decideMirror } from "./decide-sync.ts";
import { isRotationDue } from "./scheduled-rotation.ts";
import { attempts, follow, type SyncDependencies } from "./sync-secret.ts";

/** Time below which no further secret is begun, in milliseconds. */
const enoughMs = 15_000;

/**
 * One tick of the schedule: puts the current version of every secret where it belongs, cleans up after rotations
 * that died, begins those that are due, revokes what is no longer needed. Nothing to do: no call to RingCX. What
 * does not fit into this run is done by the next.
 *
 * @returns what there was before anything was done
 */
export async function mirror(parts: SyncDependencies, run: Invocation): Promise<readonly Fed[]> {
  const { clock, logger } = parts;
  const seen = await seeSecrets(parts);
  const work = seen
    .filter((fed) => needsHands(fed, clock.now()))
    // What has failed before stands at the end of the queue, so that it never keeps others out.
    .toSorted((a, b) => attempts(a) - attempts(b));
  const exhausted = new Set<string>();
  for (const [index, fed] of work.entries()) {
    if (clock.now() > run.deadline - enoughMs) {
      logger.warn("the next run goes on", { secretsLeft: work.length - index });
      break;
    }
    if (fed.bindings.some(({ accountId }) => exhausted.has(accountId))) continue;
    try {
      await follow(parts, run, fed);
    } catch (error) {
      const { code, message } = failureReason(error);
      logger.warn("secret not followed", { secret: fed.secret.name, code, reason: message });
      // An account whose quota is used up, or that cannot be reached, is left alone for the rest of this run.
      if (error instanceof QuotaDeferredError || code === "RINGCX_UNAVAILABLE") {
        for (const { accountId } of fed.bindings) exhausted.add(accountId);
      }
    }
  }
  return seen;
}

function needsHands({ secret, items, bindings, records }: Fed, now: number): boolean {
  if (bindings.length === 0) return false;
  return (
    !["IN_STEP", "LEAVE"].includes(decideMirror(secret, records, now).kind) ||
    records.some(({ untold }) => untold.length > 0) ||
    isLeftPending(secret, records) ||
    isRotationDue(secret, records, now) ||
    decideRevocations(secret, items.credentials, records, now).length > 0
  );
}
