import type { Logger } from "@aws-lambda-powertools/logger";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { lastApplied } from "../../../shared/records/credential/auth-config-state.ts";
import {
  type Concern,
  type ReportLine,
  type RotationReport,
  rotationReportKey,
} from "../../../shared/records/credential/rotation-schedule.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { Fed } from "../read/bound-secrets.ts";
import { ageMs } from "../record/credential-state.ts";
import { concernsOf } from "./credential-concerns.ts";

/** Longest lists that are kept; the counts are always whole. */
const keptLines = 200;

export function reportOf(seen: readonly Fed[], now: number): RotationReport {
  const lines = seen.flatMap(({ secret, bindings, records }) =>
    bindings.flatMap((binding, index): ReportLine[] => {
      const record = records[index];
      const concerns = record ? concernsOf(secret, record, now) : [];
      if (!record || concerns.length === 0) return [];
      const { accountId, authConfigId } = binding;
      const age = ageMs([record], now);
      return [
        {
          concerns,
          secret: secret.name,
          accountId,
          authConfigId,
          providerName: record.providerName ?? binding.providerName,
          versionId: lastApplied(record.state)?.versionId,
          ageHours: age === undefined ? undefined : Math.floor(age / 3_600_000),
          rotateWithin: secret.tags[secretTags.rotateWithin],
          failure: record.failure?.code,
        },
      ];
    }),
  );
  const count = (concern: Concern) => lines.filter(({ concerns }) => concerns.includes(concern)).length;
  const refused = seen.flatMap(({ secret, problems }) => problems.map((problem) => ({ secret: secret.name, problem })));
  return {
    at: new Date(now).toISOString(),
    authConfigs: seen.reduce((sum, { bindings }) => sum + bindings.length, 0),
    overdue: count("OVERDUE"),
    diverged: count("DIVERGED"),
    failing: count("FAILING"),
    lines: lines.slice(0, keptLines),
    refused: refused.slice(0, keptLines),
  };
}

/** What the report of a run stands on. */
export interface ReportDependencies {
  table: StateTable;
  clock: Clock;
  logger: Pick<Logger, "warn">;
}

/** Keeps the report for whoever asks, and logs what needs attention. */
export async function keepReport(
  { table, clock, logger }: ReportDependencies,
  seen: readonly Fed[],
): Promise<RotationReport> {
  const report = reportOf(seen, clock.now());
  await table.put({ ...rotationReportKey, report });
  if (report.lines.length > 0 || report.refused.length > 0) logger.warn("credentials need attention", { report });
  return report;
}
