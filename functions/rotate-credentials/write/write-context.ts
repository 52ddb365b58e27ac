import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../../../shared/primitives/clock.ts";
import type { Invocation } from "../../../shared/primitives/invocation.ts";
import type { UnprovenPolicy } from "../../../shared/proof/decide-unproven.ts";
import type { VerifyAtEndpoint } from "../../../shared/proof/verify-at-endpoint.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { RingCx, RingCxAccount } from "../../../shared/ringcx/client/api.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import type { Change } from "../record/record-change.ts";

/** What writing a version into auth configs stands on. */
export interface WriteDependencies {
  table: StateTable;
  clock: Clock;
  connections: readonly Connection[];
  secrets: SecretsManagerClient;
  /** The RingCX client of the connection that serves an account. */
  ringcxFor(accountId: string): RingCx;
  verifyAtEndpoint: VerifyAtEndpoint;
  unproven: UnprovenPolicy;
}

/** One version of a secret on its way into the auth configs that the secret is bound to. */
export interface VersionWrite extends Change {
  secret: Pick<SecretDescription, "arn" | "tags" | "versionIds" | "readAt">;
  /** All auth configs that the secret is bound to. */
  targets: readonly LeasedRecord[];
  /** Those of them that do not have the version yet. */
  outdated: readonly LeasedRecord[];
}

/** The account of a binding in RingCX, called at rotation's priority in the quota. */
export function rotationAccount(
  { ringcxFor }: Pick<WriteDependencies, "ringcxFor">,
  { accountId }: Pick<SecretBinding, "accountId">,
  { deadline }: Pick<Invocation, "deadline">,
): RingCxAccount {
  return ringcxFor(accountId).account(accountId, { priority: "rotation", deadline });
}

/** More calls than this never go at once; a group that needs more begins anyway, and the next run does the rest. */
const maxCallsAskedFor = 40;

/**
 * Whether the quota has a place for a read of the tree, and a read and a PATCH of each auth config: asked before the
 * first is spent, so that a group is not torn apart.
 *
 * @throws {QuotaDeferredError} when they would not all go now
 */
export async function requireQuota(
  dependencies: Pick<WriteDependencies, "ringcxFor">,
  invocation: Pick<Invocation, "deadline">,
  bindings: readonly SecretBinding[],
): Promise<void> {
  for (const [accountId, ofAccount] of Map.groupBy(bindings, (binding) => binding.accountId)) {
    const account = rotationAccount(dependencies, { accountId }, invocation);
    const capacity = await account.hasCapacity(Math.min(1 + 2 * ofAccount.length, maxCallsAskedFor));
    if (!capacity.fits) throw new QuotaDeferredError({ retryAfterMs: capacity.retryAfterMs, accountId });
  }
}
