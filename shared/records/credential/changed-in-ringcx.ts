import type { RingCxAccount } from "../../ringcx/client/api.ts";
import { RingCxNotFoundError } from "../../ringcx/resources/errors.ts";
import type { StateTable } from "../../state/table.ts";
import { type FollowedAuthConfig, followedAuthConfigKey, followedFromItem } from "../account/followed-auth-config.ts";
import { authConfigStateKey, type CredentialRecord, fromItem } from "./auth-config-state.ts";
import type { SecretBinding } from "./secret-binding.ts";
import { isInDoubt, possibleVersions } from "./versions-in-ringcx.ts";

/** Somebody but us has written to an auth config: RingCX's times of that and of our last write, as it says them. */
export interface ChangeInRingCx {
  updatedTime: string;
  ours: string;
}

/**
 * RingCX's time of our last write to an auth config: as it answered it, or else as it was first seen with this state.
 *
 * @param stateVersion of the item that the record was read from
 * @returns `undefined` where it is not known, or not which version RingCX has
 */
export function ourUpdatedTime(
  { state, lastWrite, failure }: Pick<CredentialRecord, "state" | "lastWrite" | "failure">,
  stateVersion: number,
  baseline: FollowedAuthConfig["baseline"],
): string | undefined {
  const [versionId, ...others] = possibleVersions(state);
  // What was written once and is to be written again, as somebody else wrote over it, is not between two versions of ours.
  const isAgain = state.kind === "APPLYING" && lastWrite?.versionId === versionId && !isInDoubt({ state, failure });
  if (versionId === undefined || (others.length > 0 && !isAgain)) return undefined;
  if (lastWrite?.versionId === versionId) return lastWrite.updatedTime;
  return baseline?.stateVersion === stateVersion ? baseline.updatedTime : undefined;
}

/**
 * Asks RingCX whether anybody but us has written to an auth config since our last write. Whoever counts on what RingCX has asks this before: it shows
 * no credentials. One request; none where our last write is not known.
 *
 * @returns `undefined` where nobody has, as far as RingCX says times at all; or where it has no such auth config
 * @throws what RingCX says where it cannot be asked
 */
export async function findChangeInRingCx(
  table: StateTable,
  account: Pick<RingCxAccount, "authConfigs" | "unshownMs">,
  { accountId, authConfigId }: Pick<SecretBinding, "accountId" | "authConfigId">,
): Promise<ChangeInRingCx | undefined> {
  const item = await table.get(authConfigStateKey(accountId, authConfigId));
  const followed = await table.get(followedAuthConfigKey(accountId, authConfigId));
  const ours = item && ourUpdatedTime(fromItem(item), item.version, followed && followedFromItem(followed).baseline);
  if (ours === undefined) return undefined;
  const updatedTime = await readUpdatedTime(account, authConfigId);
  if (updatedTime === undefined || updatedTime === ours) return undefined;
  // What is shown may be older than our write: then it says nothing of anybody else.
  const isOld = Date.parse(updatedTime) < Date.parse(ours) && (await account.unshownMs()) > 0;
  return isOld ? undefined : { updatedTime, ours };
}

async function readUpdatedTime(
  { authConfigs }: Pick<RingCxAccount, "authConfigs">,
  authConfigId: string,
): Promise<string | undefined> {
  try {
    return (await authConfigs.get(authConfigId)).updatedTime;
  } catch (error) {
    if (error instanceof RingCxNotFoundError) return undefined;
    throw error;
  }
}

/** In words that go on after a colon. */
export function changeWords({ updatedTime, ours }: ChangeInRingCx): string {
  return `RingCX says that it was changed at ${updatedTime}, where our last write was at ${ours}`;
}
