import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import pMap from "p-map";
import type { KnownSecret } from "../../../shared/secrets/edges.ts";
import { describeSecret } from "../../../shared/secrets/read-secret.ts";
import { whyUnusable } from "../../../shared/secrets/unusable-secret.ts";

/** Secrets that are described at the same time: Secrets Manager throttles. */
const concurrency = 5;

/**
 * Who may use each secret, as its tags say now. One that is deleted, or that may not be described, is known to be of no
 * use; one of which Secrets Manager cannot be asked at the moment is left out: nothing is known of it.
 *
 * @param now epoch milliseconds
 */
export async function describeSecrets(
  secrets: SecretsManagerClient,
  arns: Iterable<string>,
  now: number,
): Promise<Map<string, KnownSecret>> {
  const known = new Map<string, KnownSecret>();
  const describe = async (arn: string) => {
    try {
      const { tags, isDeleted } = await describeSecret(secrets, arn, now);
      known.set(arn, isDeleted ? { arn, unusable: "it is deleted" } : { arn, tags });
    } catch (error) {
      const unusable = whyUnusable(error);
      if (unusable !== undefined) known.set(arn, { arn, unusable });
    }
  };
  await pMap(arns, describe, { concurrency });
  return known;
}
