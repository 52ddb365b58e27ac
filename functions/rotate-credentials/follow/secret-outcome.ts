import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { SecretProblems, ToldSecretProblem } from "../../../shared/records/credential/secret-problems.ts";

/** The outcome that tells of something wrong about a secret, or of its end. */
export function secretOutcome(
  { secret, secretArn, accountId }: SecretProblems,
  { topic, kind, since, message }: ToldSecretProblem,
  what: "begun" | "ended",
  unpublished?: { message: string; hint: string },
): OutcomeData {
  return {
    status: unpublished ? "FAILED" : "NO_CHANGE",
    summary: unpublished
      ? `Secret ${secret}: ${unpublished.message}; ${unpublished.hint}. See docs/runbook.md, secrets-with-problems.`
      : `Secret ${secret} is right again in this, or no longer listed. It was: ${message}.`,
    ...(accountId !== undefined && { accountId }),
    cause: {
      source: "/ringcx-automation/secrets",
      id: `${secretArn}/${topic}/${since}/${what}`,
      type: "ringcx.secret",
    },
    ...(unpublished && { problems: [{ path: secret, ...unpublished }] }),
    details: { topic, kind, secret, secretArn, since },
  };
}
