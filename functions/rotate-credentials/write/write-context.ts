import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Invocation } from "../../../shared/primitives/invocation.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { RingCx, RingCxAccount } from "../../../shared/ringcx/client/api.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { Held } from "../record/leased-record.ts";
import type { Change } from "../record/record-change.ts";
import type { Prove } from "./verify-at-endpoint.ts";

/** What writing a version into auth configs stands on. */
export interface WriteDependencies {
  secrets: SecretsManagerClient;
  /** The RingCX client of the connection that serves an account. */
  ringcxFor(accountId: string): RingCx;
  prove: Prove;
}

/** RingCX at the rotation's place in the quota. */
export function accountOf(
  parts: Pick<WriteDependencies, "ringcxFor">,
  { accountId }: SecretBinding,
  { deadline }: Invocation,
): RingCxAccount {
  return parts.ringcxFor(accountId).account(accountId, { priority: "rotation", deadline });
}

/** More calls than this never fit at once; a group that needs more begins anyway and goes on with the next run. */
const largestQuestion = 40;

/**
 * A read and a PATCH each; asked before the first is spent, so that a group is not torn apart.
 *
 * @throws {QuotaDeferredError} when they would not all go now
 */
export async function askForRoom(
  parts: Pick<WriteDependencies, "ringcxFor">,
  run: Invocation,
  bindings: readonly SecretBinding[],
): Promise<void> {
  for (const ones of Map.groupBy(bindings, ({ accountId }) => accountId).values()) {
    const [first] = ones;
    if (!first) continue;
    const fit = await accountOf(parts, first, run).hasCapacity(Math.min(2 * ones.length, largestQuestion));
    if (!fit.fits) throw new QuotaDeferredError({ retryAfterMs: fit.retryAfterMs, accountId: first.accountId });
  }
}

/** One version of a secret on its way into the auth configs that it feeds. */
export interface Move extends Change {
  secret: Pick<SecretDescription, "tags">;
  /** All auth configs that the secret feeds. */
  held: readonly Held[];
  /** Those of them that do not have the version yet. */
  outdated: readonly Held[];
}
