import {
  type FollowedAuthConfig,
  type FollowedProblem,
  followedAuthConfigKey,
  followedFromItem,
  followedToItem,
} from "../../../shared/records/account/followed-auth-config.ts";
import type { ApplyFailure, CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { StateTable } from "../../../shared/state/table.ts";

/** Whether an outcome has told of a failure, so that another is to tell of its end. */
export function isFailureTold({ isTold, isOfCurrent }: ApplyFailure): boolean {
  // An earlier release did not write it down of rotations, and told of nearly all.
  return isTold ?? isOfCurrent !== true;
}

/** A failure as the auth config's problem: its own outcome has told of its beginning. */
export function failureProblem({ versionId, code, message, isOfCurrent }: ApplyFailure) {
  const failure = { topic: "FAILURE", kind: code } as const;
  const why = `(${code})${message === undefined ? "" : `: ${message.replace(/\.$/, "")}`}`;
  return isOfCurrent === true
    ? { ...failure, about: versionId, message: `version ${versionId} of its secret could not be applied ${why}` }
    : // Each try has a version of its own, which nobody will ever see.
      { ...failure, about: "rotation", message: `a rotation of its secret did not succeed ${why}` };
}

/** Of an auth config of which nobody knows what it has, as its problem: the outcome of the roll-back has told of it. */
export const divergedProblem = {
  topic: "FAILURE",
  kind: "DIVERGED",
  about: "DIVERGED",
  message: "it was not known which credential RingCX has, the new one or the one before",
} as const;

/**
 * The failure of an auth config that is about to be written: that it is not known what it has, was told, so that its end
 * is to be, whatever comes of the write.
 *
 * @param now epoch milliseconds
 */
export function failureBeforeWrite({ failure, state }: CredentialRecord, versionId: string, now: number) {
  if (state.kind !== "DIVERGED" || (failure && isFailureTold(failure))) return failure;
  const told = { code: divergedProblem.kind, isOfCurrent: true, isTold: true };
  return { versionId, attempts: 0, retryAt: now, ...failure, ...told };
}

/** What fails of an auth config's credential; `undefined` where nothing does. Whoever says it says the same. */
export function failingNow({ failure, state }: CredentialRecord) {
  if (failure) return failureProblem(failure);
  return state.kind === "DIVERGED" ? divergedProblem : undefined;
}

/** Whether an outcome has told of what fails. */
export function isFailingTold({ failure, state }: CredentialRecord): boolean {
  return failure ? isFailureTold(failure) : state.kind === "DIVERGED";
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
  const open = before.problems.find(isOpenFailure);
  const found = failureProblem(failure);
  if (open && (open.about === undefined || open.about === found.about)) return true;
  const others = before.problems.filter((problem) => problem !== open);
  const next = { ...before, problems: [...others, { ...found, since: new Date(now).toISOString() }] };
  return (await table.put(followedToItem(accountId, next), item?.version ?? "absent")) !== false;
}

/** Whether it is a failure whose end has not been seen. */
export function isOpenFailure({ topic, endedAt }: FollowedProblem): boolean {
  return topic === "FAILURE" && endedAt === undefined;
}
