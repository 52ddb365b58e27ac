/** The partition of an auth config: its state, its history, the services that use it. */
export function authConfigPartition(accountId: string, authConfigId: string): string {
  return `AUTH#${accountId}/${authConfigId}`;
}
