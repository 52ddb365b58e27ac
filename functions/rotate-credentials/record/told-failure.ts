import {
  type FollowedAuthConfig,
  type FollowedProblem,
  followedAuthConfigKey,
  followedFromItem,
  followedToItem,
} from "../../../shared/records/account/followed-auth-config.ts";
import type { ApplyFailure } from "../../../shared/records/credential/auth-config-state.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { StateTable } from "../../../shared/state/table.ts";

/** Whether an outcome has told of a failure, so that another is to tell of its end. */
export function isFailureTold({ isTold, isOfCurrent }: ApplyFailure): boolean {
  // An earlier release did not write it down of rotations, and told of nearly all.
  return isTold ?? isOfCurrent !== true;
}

/** A failure as the auth config's problem: its own outcome has told of its beginning. */
export function failureProblem({ versionId, code, isOfCurrent }: ApplyFailure) {
  const message =
    isOfCurrent === true
      ? `version ${versionId} of its secret could not be applied (${code})`
      : `a rotation of its secret did not succeed (${code})`;
  return { topic: "FAILURE", kind: code, message } as const;
}

/**
 * Writes down that the end of a failure is to be told, before the failure is forgotten: the next look at the auth config
 * finds the one without the other. Repeating it changes nothing.
 *
 * @param now epoch milliseconds
 * @returns false when somebody else wrote meanwhile: then the failure must not be forgotten yet
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export async function noteToldFailure(
  table: StateTable,
  { accountId, authConfigId, providerName }: Pick<SecretBinding, "accountId" | "authConfigId" | "providerName">,
  { arn: secretArn, name: secret }: Pick<SecretDescription, "arn" | "name">,
  failure: ApplyFailure,
  now: number,
): Promise<boolean> {
  const item = await table.get(followedAuthConfigKey(accountId, authConfigId));
  // One that expires holds nothing of ours any more.
  const known = item && item.expiresAt === undefined ? followedFromItem(item) : undefined;
  const before: FollowedAuthConfig = known ?? {
    authConfigId,
    providerName,
    secretArn,
    secret,
    problems: [],
    unknownAttributes: {},
  };
  if (before.problems.some(isOpenFailure)) return true;
  const problem = { ...failureProblem(failure), since: new Date(now).toISOString() };
  const next = { ...before, problems: [...before.problems, problem] };
  return (await table.put(followedToItem(accountId, next), item?.version ?? "absent")) !== false;
}

/** Whether it is a failure whose end has not been seen. */
export function isOpenFailure({ topic, endedAt }: FollowedProblem): boolean {
  return topic === "FAILURE" && endedAt === undefined;
}
