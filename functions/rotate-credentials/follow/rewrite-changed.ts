import type { Clock } from "../../../shared/primitives/clock.ts";
import type { FollowedAuthConfig } from "../../../shared/records/account/followed-auth-config.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import { leaseOf } from "../../../shared/state/lease.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { Run } from "../read/account-services.ts";
import { underLease } from "../record/leased-record.ts";
import type { FollowedItems } from "./followed-items.ts";

/** An auth config that is changed again and again, by RingCX or by a person, is written over once in this time. */
const rewriteEveryMs = 24 * 60 * 60_000;

/**
 * Has what somebody else changed in RingCX written again: the sync finds an auth config of which it is not known what it
 * has, and writes the secret's current version with all its checks. Its age stays.
 */
export async function rewriteChanged(
  { table, clock }: { table: StateTable; clock: Pick<Clock, "now"> },
  { requestId, deadline }: Run,
  followed: readonly { binding: SecretBinding; before: FollowedAuthConfig }[],
  items: FollowedItems,
): Promise<void> {
  const now = clock.now();
  for (const { binding, before } of followed) {
    const one = items.get(before.authConfigId);
    const isChanged = one?.problems.some(({ kind, endedAt }) => kind === "CHANGED" && endedAt === undefined);
    if (!one || !isChanged || now - (one.rewrittenAt ?? 0) < rewriteEveryMs) continue;
    const lease = leaseOf({ holder: requestId, deadline });
    await underLease(table, [binding], { ...lease, now }, async (targets) => {
      for (const target of targets) {
        const { state } = target.record;
        if (state.kind !== "APPLIED" || !(await items.noteRewrite(one, now))) continue;
        const { applied } = state;
        const since = new Date(now).toISOString();
        const again = { kind: "APPLYING", versionId: applied.versionId, since, before: applied } as const;
        await target.save((record) => ({ ...record, state: again }));
      }
    });
  }
}
