import { v5 } from "uuid";

/** Namespace of the UUIDs that we choose; it must never change. */
const namespace = "6f1c1d7e-57a5-4c53-9d7c-0b9f5a2e8a11";

/** The UUID of an auth config: the same for the same name, so that a lost creation is found again. */
export function authConfigIdFor(accountId: string, providerName: string): string {
  return v5(`${accountId}/${providerName}`, namespace);
}
