import { boundedKey, longestSortKey } from "../state/bounded-key.ts";
import type { Key } from "../state/table.ts";

/** A service's place in RingCX by name: ids are only a cache. */
export interface ServiceName {
  accountId: string;
  groupName: string;
  serviceDescription: string;
}

/** A service as people call it: `group/service`, unique within its account. */
export function displayName({ groupName, serviceDescription }: ServiceName): string {
  return `${groupName}/${serviceDescription}`;
}

/** `account/group/service`: a service of an environment with several accounts, where groups and services may be called the same. */
export function nameWithAccount(name: ServiceName): string {
  return `${name.accountId}/${displayName(name)}`;
}

/** What stands before a path in a sort key, at most: `TAGGED#` and an account of twenty digits, in bytes. */
const longestPrefix = 28;

/**
 * A service as one part of a key. Names that people choose come last in a key, so a `#` in them does no harm. A slash
 * parts group from service, so one in a name is escaped: "a/b" + "c" is not "a" + "b/c".
 */
export function servicePath({
  groupName,
  serviceDescription,
}: Pick<ServiceName, "groupName" | "serviceDescription">): string {
  return boundedKey(`${escaped(groupName)}/${escaped(serviceDescription)}`, longestSortKey - longestPrefix);
}

function unescaped(part: string): string {
  return part.replaceAll("%2F", "/").replaceAll("%25", "%");
}

function escaped(name: string): string {
  return name.replaceAll("%", "%25").replaceAll("/", "%2F");
}

/** The service of a {@link servicePath}; `undefined` where it was too long for a key and holds only the names' beginning. */
export function serviceNameFromPath(accountId: string, path: string): ServiceName | undefined {
  // A little shorter than the bound where a character would have been cut in two.
  const isShortened = Buffer.byteLength(path) > longestSortKey - longestPrefix - 4 && /~[\w-]{43}$/.test(path);
  const [groupName, serviceDescription, ...others] = isShortened ? [] : path.split("/").map(unescaped);
  if (groupName === undefined || serviceDescription === undefined || others.length > 0) return undefined;
  return { accountId, groupName, serviceDescription };
}

/** The partition of everything that is known of an account. */
export function accountPartition(accountId: string): string {
  return `ACCOUNT#${accountId}`;
}

/** An item of an account, such as `SERVICE#group/service`. */
export function accountItemKey(accountId: string, sk: string): Key {
  return { pk: accountPartition(accountId), sk };
}
