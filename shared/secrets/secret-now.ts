import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AutomationError } from "../primitives/errors.ts";
import { describeSecret, listSecretsByName, type SecretDescription } from "./read-secret.ts";
import { secretTags } from "./secret-tags.ts";
import { SecretUnreadableError, thatIsThere } from "./unusable-secret.ts";

/** AWS account and region in which this runs: ListSecrets knows no secrets of others. */
export interface Home {
  awsAccount: string;
  region: string;
}

/** A secret that is of no use any more, though RingCX may have its value. */
export interface LostSecret {
  /** Stable, for machines. */
  kind: "ELSEWHERE" | "DELETED" | "UNTAGGED" | "DENIED" | "REPLACED" | "GONE";
  /** Its name where it is known, otherwise its ARN. */
  name: string;
  /** What became of it, in words that go on after its name. */
  reason: string;
  hint: string;
}

/**
 * A secret as it is now, or what became of it: whoever tells that one is lost tells what this finds.
 *
 * @param now epoch milliseconds
 * @returns `unknown` where Secrets Manager cannot be asked at the moment
 */
export async function lookAtSecret(
  { secrets, home }: { secrets: SecretsManagerClient; home: Home | undefined },
  arn: string,
  now: number,
): Promise<{ secret: SecretDescription } | { lost: LostSecret } | "unknown"> {
  const [, , , region = "", awsAccount = ""] = arn.split(":");
  if (home && (awsAccount !== home.awsAccount || region !== home.region)) {
    const hint = `name a secret of AWS account ${home.awsAccount}, region ${home.region}: others are not listed here`;
    const reason = `is of AWS account ${awsAccount}, region ${region}`;
    return { lost: { kind: "ELSEWHERE", name: arn, reason, hint } };
  }
  try {
    const secret = await describeSecret(secrets, arn, now);
    const lost = whatIsWrong(secret);
    return lost ? { lost } : { secret };
  } catch (error) {
    if (!(error instanceof SecretUnreadableError)) throw error;
    if (!error.unusable) return "unknown";
    // One without our tag is denied just as one that does not exist: only the list tells them apart.
    const namesakes = await listSecretsByName(secrets, nameOf(arn), now).catch(() => undefined);
    if (!namesakes) return "unknown";
    const itself = namesakes.find((secret) => secret.arn === arn);
    const { reason, hint } = thatIsThere(error.unusable);
    if (itself) {
      const denied = {
        kind: "DENIED",
        name: itself.name,
        reason: `cannot be described: ${reason}`,
        hint,
      } as const;
      return { lost: whatIsWrong(itself) ?? denied };
    }
    const heir = namesakes.find(({ isDeleted }) => !isDeleted);
    const gone = { name: arn, reason: "was deleted for good" };
    return {
      lost: heir
        ? {
            ...gone,
            kind: "REPLACED",
            reason: `${gone.reason}; ${heir.arn} has its name now`,
            hint: "send the manifest again, or tag the new secret with the auth config: it is another secret",
          }
        : { ...gone, kind: "GONE", hint: "give the auth config another secret, or retire it" },
    };
  }
}

/**
 * The secret of an auth config, before anything is asked of it or put into it: by the ARN that it is bound by, as another
 * may have its name by now.
 *
 * @param what that it is the secret of, in words
 * @param now epoch milliseconds
 * @throws {AutomationError} `SECRET_LOST` with what became of it, and as `details.hint` what to do; `SECRET_UNREADABLE`
 *   where Secrets Manager cannot be asked
 */
export async function describeBoundSecret(
  secrets: SecretsManagerClient,
  { secretArn, what }: { secretArn: string; what: string },
  now: number,
): Promise<SecretDescription> {
  const looked = await lookAtSecret({ secrets, home: undefined }, secretArn, now);
  if (looked === "unknown") {
    const why = "Secrets Manager does not answer, or neither DescribeSecret nor ListSecrets is allowed here";
    throw new AutomationError(`the secret ${secretArn} of ${what} cannot be looked at: ${why}`, {
      code: "SECRET_UNREADABLE",
      retryable: true,
    });
  }
  if ("secret" in looked) return looked.secret;
  const { kind, name, reason, hint } = looked.lost;
  throw new AutomationError(`the secret ${name} of ${what} ${reason}`, {
    code: "SECRET_LOST",
    details: { secretArn, kind, hint },
  });
}

function whatIsWrong({ name, isDeleted, tags }: SecretDescription): LostSecret | undefined {
  if (isDeleted) {
    return {
      kind: "DELETED",
      name,
      reason: "is deleted and waits for its recovery window to end",
      hint: "restore it, or give the auth config another secret",
    };
  }
  if (secretTags.connection in tags) return undefined;
  return {
    kind: "UNTAGGED",
    name,
    reason: `has lost the tag ${secretTags.connection}`,
    hint: "put the tag back, or give the auth config another secret",
  };
}

/** A secret's name is in its ARN, with six characters behind it. */
export function nameOf(arn: string): string {
  return arn
    .split(":")
    .slice(6)
    .join(":")
    .replace(/-[A-Za-z0-9]{6}$/, "");
}
