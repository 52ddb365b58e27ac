import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Outcomes } from "../../../shared/outcomes/outcome-publisher.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { RingCx, RingCxAccount } from "../../../shared/ringcx/client/api.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { Prove } from "./verify-at-endpoint.ts";
/** What both ways of rotating stand on. */
export interface RotationParts {
  table: StateTable;
  secrets: SecretsManagerClient;
  outcomes: Outcomes;
  ringcxFor(accountId: string): RingCx;
  prove: Prove;
  clock: Clock;
}

/** One invocation: who it is and when it must be done (epoch milliseconds). */
export interface Run {
  requestId: string;
  deadline: number;
}

/** RingCX at the rotation's place in the quota. */
export function accountOf(parts: RotationParts, { accountId }: SecretBinding, { deadline }: Run): RingCxAccount {
  return parts.ringcxFor(accountId).account(accountId, { priority: "rotation", deadline });
}

/** More calls than this never fit at once; a group that needs more begins anyway and goes on with the next run. */
const largestQuestion = 40;

/**
 * A read and a PATCH each; asked before the first is spent, so that a group is not torn apart.
 *
 * @throws {QuotaDeferredError} when they would not all go now
 */
export async function askForRoom(parts: RotationParts, run: Run, bindings: readonly SecretBinding[]): Promise<void> {
  for (const ones of Map.groupBy(bindings, ({ accountId }) => accountId).values()) {
    const [first] = ones;
    if (!first) continue;
    const fit = await accountOf(parts, first, run).hasCapacity(Math.min(2 * ones.length, largestQuestion));
    if (!fit.fits) throw new QuotaDeferredError({ retryAfterMs: fit.retryAfterMs, accountId: first.accountId });
  }
}
