import type { Invocation } from "../../../shared/primitives/invocation.ts";
import type { RotationReport } from "../../../shared/records/credential/rotation-report.ts";
import { type AccountAuditDependencies, auditAccounts } from "../audit/audit-accounts.ts";
import type { FollowDependencies } from "../follow/follow-account.ts";
import { followAccounts } from "../follow/follow-accounts.ts";
import { followSecrets } from "../follow/follow-secrets.ts";
import { tellLeftCredentials } from "../follow/tell-left-credentials.ts";
import { beginRun } from "../read/account-services.ts";
import { saveReport } from "../report/rotation-report.ts";
import type { SyncDependencies } from "./sync-secret.ts";
import { syncSecrets } from "./sync-secrets.ts";

/** What a tick of the schedule stands on. */
export interface ScheduleRunDependencies extends SyncDependencies, AccountAuditDependencies, FollowDependencies {
  clock: SyncDependencies["clock"];
  logger: SyncDependencies["logger"];
}

/** One tick of the schedule: what changed goes into RingCX, what RingCX has is looked at, what was found is reported. */
export async function runSchedule(
  dependencies: ScheduleRunDependencies,
  invocation: Invocation,
): Promise<RotationReport> {
  const run = beginRun(dependencies, invocation);
  const boundSecrets = await syncSecrets(dependencies, run);
  const followed = await followAccounts(dependencies, run, boundSecrets);
  const secretFindings = await followSecrets(dependencies, boundSecrets, followed);
  await tellLeftCredentials(dependencies, boundSecrets);
  const audits = await auditAccounts(dependencies, run, boundSecrets, followed);
  return saveReport(dependencies, { boundSecrets, secretFindings, audits, followed: [...followed.values()].flat() });
}
