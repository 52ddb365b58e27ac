import type { Invocation } from "../../../shared/primitives/invocation.ts";
import type { RotationReport } from "../../../shared/records/credential/rotation-schedule.ts";
import { beginRun } from "../read/account-services.ts";
import { saveReport } from "../report/rotation-report.ts";
import type { SyncDependencies } from "./sync-secret.ts";
import { syncSecrets } from "./sync-secrets.ts";

/** One tick of the schedule: what changed goes into RingCX, and what was found is reported. */
export async function runSchedule(dependencies: SyncDependencies, invocation: Invocation): Promise<RotationReport> {
  const run = beginRun(dependencies, invocation);
  return saveReport(dependencies, await syncSecrets(dependencies, run));
}
