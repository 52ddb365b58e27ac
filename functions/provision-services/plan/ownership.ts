import { v5 } from "uuid";
import { namedAlike } from "../../../shared/primitives/same-name.ts";
import type { AuthConfigRecord } from "../../../shared/records/account/auth-config.ts";
import { type AuthConfig, isSameId } from "../../../shared/ringcx/resources/auth-config.ts";

/** Namespace of the UUIDs that we choose; it must never change. */
const namespace = "6f1c1d7e-57a5-4c53-9d7c-0b9f5a2e8a11";

/** The UUID of an auth config: the same for the same name, so that a lost creation is found again. */
export function authConfigIdFor(accountId: string, providerName: string): string {
  return v5(`${accountId}/${providerName}`, namespace);
}

/** An auth config as it was found, and whose it is. */
export interface FoundAuthConfig {
  /** Ours, or the first of its name; `undefined` where there is none. */
  config: AuthConfig | undefined;
  /** A message made it or took it over. */
  isOurs: boolean;
  /** All that have the name: RingCX lets several have it. */
  namesakes: readonly AuthConfig[];
}

/** Finds an auth config: by the UUID that is recorded, by the one that we would choose, or by its name. */
export function findAuthConfig(
  configs: readonly AuthConfig[],
  { accountId, providerName }: { accountId: string; providerName: string },
  record: AuthConfigRecord | undefined,
): FoundAuthConfig {
  const ourIds = [authConfigIdFor(accountId, providerName), ...(record ? [record.authConfigId] : [])];
  const ours = configs.find(({ authConfigId }) => ourIds.some((id) => isSameId(authConfigId, id)));
  const namesakes = namedAlike(configs, providerName, (config) => config.providerName);
  return { config: ours ?? namesakes[0], isOurs: ours !== undefined, namesakes };
}

/** Whether a message may change what was found: it is ours, or the message takes it over and there is no other. */
export function mayChange(
  { isOurs, namesakes = [] }: { isOurs: boolean; namesakes?: readonly unknown[] },
  adopt: boolean | undefined,
): boolean {
  return isOurs || (adopt === true && namesakes.length <= 1);
}

/** What to do about something that exists and is not ours. */
export function adoptHint(isAmbiguous: boolean): string {
  return isAmbiguous
    ? "names that differ in case, blanks or Unicode form only are one name: rename or delete the others, or spell it as it is"
    : 'say "adopt": true to take it over';
}
