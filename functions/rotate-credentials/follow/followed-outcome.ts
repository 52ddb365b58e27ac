import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { FollowedAuthConfig, FollowedProblem } from "../../../shared/records/account/followed-auth-config.ts";
import { divergedProblem } from "../record/told-failure.ts";

/** The outcome that tells of something wrong with a followed auth config, or of its end. */
export function followedOutcome(
  accountId: string,
  { authConfigId, providerName, secretArn, secret }: FollowedAuthConfig,
  { topic, kind, since, message }: FollowedProblem,
  what: "begun" | "ended",
  unpublished?: { message: string; hint: string },
): OutcomeData {
  const name = providerName ?? authConfigId;
  const problems = unpublished && [{ path: name, ...unpublished }];
  return {
    status: problems ? "FAILED" : "NO_CHANGE",
    summary: unpublished
      ? `${name} ${begun[topic]}: ${unpublished.message}; ${unpublished.hint}. See docs/runbook.md, ${pages[topic]}.`
      : `${name} ${kind === divergedProblem.kind ? knownAgain : ended[topic]}. It was: ${message}.`,
    accountId,
    cause: {
      source: "/ringcx-automation/auth-configs",
      id: `${topic.toLowerCase()}/${accountId}/${authConfigId}/${since}/${what}`,
      type: "ringcx.auth-config",
    },
    resources: [
      {
        kind: "authConfig",
        name,
        result: problems ? "FAILED" : "UNCHANGED",
        ids: { authConfigId },
        ...(problems && { problems }),
      },
    ],
    ...(problems && { problems }),
    details: { topic, kind, secret, secretArn, since },
  };
}

const begun = {
  FOLLOWING: "gets no new versions of its secret any more",
  CHANGE: "was changed in RingCX by somebody else",
  AGE: "has a credential that is too old",
  FAILURE: "could not get a version of its secret",
} as const;

const ended = {
  FOLLOWING: "gets new versions of its secret again, or needs none",
  CHANGE: "is again as it was last written by the automation",
  AGE: "has no credential any more that is too old",
  FAILURE: "no longer fails to get a version of its secret",
} as const;

const knownAgain = "is no longer without a credential that is known, or is gone";

/** Headings of docs/runbook.md. */
const pages = {
  FOLLOWING: "auth-configs-not-followed",
  CHANGE: "auth-config-changed",
  AGE: "rotation-overdue",
  FAILURE: "rotation-failing",
} as const;
