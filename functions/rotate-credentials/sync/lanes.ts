import { inTurn } from "../../../shared/primitives/each-account.ts";
import { hasEnded } from "../../../shared/records/credential/issued-credential.ts";
import type { BoundSecret } from "../read/bound-secrets.ts";

/** What a secret's place in the order depends on. */
export type Queued = Pick<BoundSecret, "bindings" | "records"> & {
  secretRecords: Pick<BoundSecret["secretRecords"], "credentials">;
};

/**
 * Secrets in lanes, which may be worked off side by side: those that have an account in common, directly or by others between
 * them, are in one, so that an account is never worked at twice at the same time; one that is bound to nothing has its own. What
 * has failed before stands at the end, of its lane and of the lanes, so that it never keeps others out; behind it what has a credential
 * to be revoked, as an issuer may take its time, and last what has failed to be, that of the oldest try first.
 *
 * @param now epoch milliseconds: of lanes that cannot all begin at once another one is first each minute
 */
export function lanesOf<Secret extends Queued>(
  secrets: readonly Secret[],
  now: number,
): readonly (readonly Secret[])[] {
  const laneOf = new Map<string, { accounts: readonly string[]; secrets: readonly Secret[] }>();
  for (const secret of secrets) {
    const accounts = secret.bindings.map(({ accountId }) => accountId);
    const met = [...new Set(accounts.flatMap((accountId) => laneOf.get(accountId) ?? []))];
    const joined = {
      accounts: [...accounts, ...met.flatMap((lane) => lane.accounts)],
      secrets: [...met.flatMap((lane) => lane.secrets), secret],
    };
    for (const accountId of joined.accounts) laneOf.set(accountId, joined);
  }
  const byFailures = (one: Queued | undefined, other: Queued | undefined) =>
    issuerRank(one, now) - issuerRank(other, now) || failedAttempts(one) - failedAttempts(other);
  const unbound = secrets.filter(({ bindings }) => bindings.length === 0);
  const lanes = [
    ...[...new Set(laneOf.values())].map((lane) => lane.secrets.toSorted(byFailures)),
    ...unbound.map((secret) => [secret]),
  ];
  return inTurn(lanes, now).toSorted(([one], [other]) => byFailures(one, other));
}

function failedAttempts(secret: Queued | undefined): number {
  return Math.max(0, ...(secret?.records ?? []).map(({ failure }) => failure?.attempts ?? 0));
}

/** How late an issuer is to be waited for: 0 where none is to revoke anything, 1 where none has failed to, or else the time of the last try. */
function issuerRank(secret: Queued | undefined, now: number): number {
  const due = (secret?.secretRecords.credentials ?? []).filter(
    (one) => !hasEnded(one) && one.revokeAfter !== undefined && one.revokeAfter <= now,
  );
  return Math.max(0, ...due.map(({ failure, revokingAt }) => (failure && revokingAt ? Date.parse(revokingAt) : 1)));
}
