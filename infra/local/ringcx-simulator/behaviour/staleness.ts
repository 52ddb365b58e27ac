import type { Answer, Profile } from "../assumptions/catalogue.ts";
import type { AccountRecord } from "../records.ts";

/** For how long a read may show what was before a write, in milliseconds. */
const staleMs = 10_000;

/** What a request does: reads one thing, reads a list, or writes. */
export type Access = "single" | "list" | "write";

/** Which state of an account a request sees. */
export interface Staleness {
  /** The account as a request sees it. Called before every request; a write is remembered with what was before it. */
  accountFor(access: Access, account: AccountRecord, now: number): AccountRecord;
}

/** See {@link Staleness}. */
export function createStaleness(profile: Profile): Staleness {
  const answers: Record<Exclude<Access, "write">, Answer<"consistency.single">> = {
    single: profile["consistency.single"],
    list: profile["consistency.lists"],
  };
  const isStale = (access: Access) => access !== "write" && answers[access] === "stale";
  if (!isStale("single") && !isStale("list")) return { accountFor: (_access, account) => account };
  /** By account: what was before each write of the last seconds, the oldest first. */
  const before = new Map<string, { at: number; account: AccountRecord }[]>();
  return {
    accountFor(access, account, now) {
      const known = (before.get(account.accountId) ?? []).filter(({ at }) => now - at < staleMs);
      if (access === "write") known.push({ at: now, account: structuredClone(account) });
      before.set(account.accountId, known);
      return (isStale(access) && known[0]?.account) || account;
    },
  };
}
