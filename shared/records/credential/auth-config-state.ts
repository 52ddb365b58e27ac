import type { Key } from "../../state/table.ts";

/** The partition of an auth config: its state, its history, the services that use it. */
export function authConfigPartition(accountId: string, authConfigId: string): string {
  return `AUTH#${accountId}/${authConfigId}`;
}

/** Which version of its secret does RingCX have? */
export function authConfigStateKey(accountId: string, authConfigId: string): Key {
  return { pk: authConfigPartition(accountId, authConfigId), sk: "STATE" };
}
