import type { FollowedAuthConfig } from "../../../shared/records/account/followed-auth-config.ts";
import type { CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import {
  inRingCxWords,
  isBetweenVersions,
  versionsInRingCx,
} from "../../../shared/records/credential/versions-in-ringcx.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { OnUnreadable } from "../../../shared/state/rebuilt-item.ts";
import { isUnreadable } from "../../../shared/state/unreadable-item.ts";
import type { BoundSecret } from "../read/bound-secrets.ts";
import { readCredentialRecord } from "../record/credential-record.ts";
import { divergedProblem, failingNow, isFailingTold, isOpenFailure } from "../record/told-failure.ts";
import { credentialConcerns } from "../report/credential-concerns.ts";
import type { ListedAuthConfigs } from "./find-changes.ts";
import type { Finding, Seen } from "./next-problems.ts";
import { lookAtFeeding, type UnfollowedDependencies, whyUnfollowed } from "./why-unfollowed.ts";

/** What looking at an auth config stands on. */
export interface LookDependencies extends UnfollowedDependencies {
  /** Auth configs, as `accountId/uuid`, that keep the value that they have on purpose. */
  unmanagedAuthConfigs: readonly string[];
  onUnreadable: OnUnreadable;
}

/** Of one that is ours no more, is gone, or keeps on purpose what it has, whoever wrote it. */
export const nothingWrong: AuthConfigSeen = {
  FOLLOWING: undefined,
  AGE: undefined,
  FAILURE: undefined,
  CHANGE: undefined,
};

/** What was seen of an auth config; what others changed in it another look sees, where it is not said here. */
export type AuthConfigSeen = Readonly<Record<"FOLLOWING" | "AGE" | "FAILURE", Seen>> & { readonly CHANGE?: Seen };

/** An auth config that a listed secret feeds. */
export interface BoundAuthConfig {
  binding: BoundSecret["bindings"][number];
  secret: BoundSecret["secret"];
  record: CredentialRecord | undefined;
  providerName: string | undefined;
}

/** What is wrong with an auth config that gets its secret's versions. */
export function lookAtBound(
  { secret, record }: BoundAuthConfig,
  before: FollowedAuthConfig,
  now: number,
): AuthConfigSeen {
  if (!record) return { FOLLOWING: undefined, AGE: "unknown", FAILURE: "unknown" };
  return {
    FOLLOWING: undefined,
    AGE: whyTooOld(secret, record, now),
    FAILURE: whyFailing(record, before, secret.current),
  };
}

/** The same as {@link lookAtBound}, as it is now: of what the run saw when it began nothing begins or ends. */
export async function lookAgain(
  dependencies: LookDependencies,
  accountId: string,
  before: FollowedAuthConfig,
): Promise<AuthConfigSeen> {
  const { table, clock, onUnreadable } = dependencies;
  const { authConfigId } = before;
  try {
    const { record } = await readCredentialRecord(table, { accountId, authConfigId });
    const looked = await lookAtFeeding(dependencies, { accountId, authConfigId, secretArn: before.secretArn });
    if (!("fedBy" in looked)) {
      return { FOLLOWING: withVersions(looked.seen, record), AGE: "unknown", FAILURE: whyFailing(record, before) };
    }
    const { fedBy } = looked;
    const AGE = whyTooOld(fedBy, record, clock.now());
    return { FOLLOWING: undefined, AGE, FAILURE: whyFailing(record, before, fedBy.current) };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    await onUnreadable(error, "left");
    return unknown;
  }
}

/** Whether no secret feeds an auth config any more, as it is now. */
export async function isSurelyUnbound(
  dependencies: UnfollowedDependencies,
  accountId: string,
  { authConfigId, secretArn }: FollowedAuthConfig,
): Promise<boolean> {
  return typeof (await whyUnfollowed(dependencies, { accountId, authConfigId, secretArn })) === "object";
}

/** `not ours`: it has no secret's value. `gone`: RingCX has no such auth config any more. */
export async function lookAtUnbound(
  dependencies: LookDependencies,
  accountId: string,
  {
    before,
    listed,
    isProvisioned,
  }: { before: FollowedAuthConfig; listed: ListedAuthConfigs | undefined; isProvisioned: boolean },
): Promise<AuthConfigSeen | "not ours" | "gone"> {
  const { table, clock, unmanagedAuthConfigs, onUnreadable } = dependencies;
  const { authConfigId } = before;
  const name = `${accountId}/${authConfigId}`.toLowerCase();
  const isUnmanaged = unmanagedAuthConfigs.some((one) => one.toLowerCase() === name);
  try {
    const { record } = await readCredentialRecord(table, { accountId, authConfigId });
    const { state, secretArn = before.secretArn } = record;
    const failing = whyFailing(record, before);
    // That its end is to be told is written down first: the next look goes on.
    const isNews =
      typeof failing === "object" && (record.failure !== undefined || !before.problems.some(isOpenFailure));
    if (!isNews) {
      // A message is in the middle of making or retiring it, or nothing was ever written.
      if (state.kind === "NEVER_APPLIED") return !isProvisioned ? "not ours" : isUnmanaged ? nothingWrong : unknown;
      if (await listed?.isGone(authConfigId)) return "gone";
    }
    if (isUnmanaged) return { ...nothingWrong, FAILURE: isNews ? failing : undefined };
    if (state.kind === "NEVER_APPLIED") return { ...unknown, FAILURE: failing };
    const AGE = whyTooOld(tagsOf(before), record, clock.now());
    return {
      FOLLOWING: withVersions(await whyUnfollowed(dependencies, { accountId, authConfigId, secretArn }), record),
      AGE,
      FAILURE: failing,
    };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    if (isUnmanaged) return nothingWrong;
    await onUnreadable(error, "left");
    return unknown;
  }
}

/** One that was in the middle of a change may have something else than the version from before, and nobody can put that back. */
function withVersions(seen: Seen, record: CredentialRecord): Seen {
  if (typeof seen !== "object" || !isBetweenVersions(record.state)) return seen;
  return {
    ...seen,
    message: `${seen.message}, in the middle of a change: ${inRingCxWords(versionsInRingCx(record))}; what is current can be put back once the secret is as it was`,
  };
}

/** What its secret said last. */
function tagsOf({ rotateWithin }: FollowedAuthConfig): Pick<BoundSecret["secret"], "tags" | "createdAt"> {
  return { tags: rotateWithin === undefined ? {} : { [secretTags.rotateWithin]: rotateWithin }, createdAt: undefined };
}

/** Nothing of it can be looked at. */
export const unknown: AuthConfigSeen = { FOLLOWING: "unknown", AGE: "unknown", FAILURE: "unknown" };

function whyTooOld(
  secret: Pick<BoundSecret["secret"], "tags" | "createdAt">,
  record: CredentialRecord,
  now: number,
): Finding | undefined {
  if (!credentialConcerns(secret, record, { now, isCurrentRevoked: false }).includes("OVERDUE")) return undefined;
  return {
    topic: "AGE",
    kind: "OVERDUE",
    message: `it is older than ${secret.tags[secretTags.rotateWithin]}, which its secret's tag ${secretTags.rotateWithin} allows`,
    hint: "put a new version into the secret, or see why its rotation fails",
  };
}

/**
 * The outcome of the attempt has told why; that another version was applied tells another one.
 *
 * @param current the version that is to be applied, where it is known
 */
function whyFailing(record: CredentialRecord, { problems }: FollowedAuthConfig, current?: string): Seen {
  const { failure, state } = record;
  // Of another version than the current one, which has not been tried yet.
  if (failure?.isOfCurrent === true && current !== undefined && failure.versionId !== current) return "unknown";
  const found = failingNow(record);
  if (found && isFailingTold(record)) return { ...found, hint: undefined };
  const open = problems.find(isOpenFailure);
  if (state.kind !== "APPLIED" || open === undefined) return undefined;
  const { applied } = state;
  // One that RingCX had before is as old as it was, and out of not knowing leads only a write.
  const isWritten = applied.at >= open.since || applied.versionId === open.about || open.kind === divergedProblem.kind;
  return isWritten ? "told" : undefined;
}
