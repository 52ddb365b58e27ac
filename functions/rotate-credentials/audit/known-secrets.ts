import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import pMap from "p-map";
import type { KnownSecret } from "../../../shared/secrets/edges.ts";
import { type Home, lookAtSecret } from "../../../shared/secrets/secret-now.ts";

/** Secrets that are described at the same time: Secrets Manager throttles. */
const concurrency = 5;

/**
 * Who may use each secret, as its tags say now. One that is lost is known to be of no use; one of which Secrets Manager
 * cannot be asked at the moment is left out: nothing is known of it.
 *
 * @param now epoch milliseconds
 */
export async function describeSecrets(
  dependencies: { secrets: SecretsManagerClient; home: Home | undefined },
  arns: Iterable<string>,
  now: number,
): Promise<Map<string, KnownSecret>> {
  const known = new Map<string, KnownSecret>();
  const describe = async (arn: string) => {
    const looked = await lookAtSecret(dependencies, arn, now);
    if (looked === "unknown") return;
    known.set(
      arn,
      "lost" in looked ? { arn, unusable: `it ${looked.lost.reason}` } : { arn, tags: looked.secret.tags },
    );
  };
  await pMap(arns, describe, { concurrency });
  return known;
}
