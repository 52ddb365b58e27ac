import type { Logger } from "@aws-lambda-powertools/logger";
import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import { forEachAccount, inTurn } from "../../../shared/primitives/each-account.ts";
import { type EdgeAudit, edgeAuditFromItem, edgeAuditKey } from "../../../shared/records/account/edge-audit.ts";
import type { OnUnreadable } from "../../../shared/state/rebuilt-item.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { isUnreadable } from "../../../shared/state/unreadable-item.ts";
import type { Run } from "../read/account-services.ts";
import type { BoundSecret } from "../read/bound-secrets.ts";
import type { Followed } from "../report/reported.ts";
import { type AuditDependencies, type AuditedAccount, auditAccount } from "./audit-account.ts";

/** What audits stand on, and where they say what went wrong. */
export interface AccountAuditDependencies extends AuditDependencies {
  logger: Pick<Logger, "warn">;
  onUnreadable: OnUnreadable;
}

/** Time below which no further account is begun, in milliseconds. */
const minRemainingMs = 15_000;

/**
 * Looks at every account that it is time for. One that cannot be looked at is logged, keeps no other from being looked
 * at, and is tried again by the next run.
 *
 * @param followedOf auth configs by account, of those that could be looked after
 * @returns what is known of each account, by its id, also of those that were not looked at
 */
export async function auditAccounts(
  dependencies: AccountAuditDependencies,
  run: Run,
  boundSecrets: readonly BoundSecret[],
  followedOf: ReadonlyMap<string, readonly Followed[]>,
): Promise<ReadonlyMap<string, EdgeAudit>> {
  const { clock, connections, logger, onUnreadable, table } = dependencies;
  const audits = new Map<string, EdgeAudit>();
  const accounts = connections.flatMap((connection) =>
    connection.accountIds.map((accountId) => ({ connection, accountId })),
  );
  await forEachAccount(inTurn(accounts, clock.now()), async ({ connection, accountId }) => {
    const attempt = async (audit: (account: AuditedAccount) => Promise<EdgeAudit>) => {
      try {
        const followed = followedOf.get(accountId)?.map((one) => one.followed);
        audits.set(accountId, await audit({ accountId, connection, boundSecrets, followed }));
      } catch (error) {
        const { code, message } = failureReason(error);
        logger.warn("audit of edges failed", { accountId, code, reason: message });
        if (isUnreadable(error)) await onUnreadable(error, "left");
      }
    };
    const hasTime = clock.now() <= run.deadline - minRemainingMs;
    if (hasTime) await attempt((account) => auditAccount(dependencies, run, account));
    if (!audits.has(accountId)) await attempt(() => readAudit(table, accountId));
  });
  return audits;
}

async function readAudit(table: StateTable, accountId: string): Promise<EdgeAudit> {
  return edgeAuditFromItem(await table.get(edgeAuditKey(accountId)));
}
