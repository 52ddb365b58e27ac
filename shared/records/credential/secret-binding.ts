import type { Key } from "../../state/table.ts";

/** Which auth configs does this secret feed, which of its credentials were issued? The partition of a secret. */
export function secretPartition(secretArn: string): string {
  return `SECRET#${secretArn}`;
}

/** The binding of a secret to an auth config. */
export function secretBindingKey(secretArn: string, accountId: string, authConfigId: string): Key {
  return { pk: secretPartition(secretArn), sk: `AUTH#${accountId}/${authConfigId}` };
}
