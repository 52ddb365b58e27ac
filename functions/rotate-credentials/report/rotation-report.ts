import type { Logger } from "@aws-lambda-powertools/logger";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { type EdgeAudit, serviceOfEdge } from "../../../shared/records/account/edge-audit.ts";
import { lastAppliedVersion } from "../../../shared/records/credential/auth-config-state.ts";
import { isRevoked } from "../../../shared/records/credential/issued-credential.ts";
import {
  type Concern,
  type EdgeReportLine,
  type RotationReport,
  type RotationReportLine,
  saveRotationReport,
} from "../../../shared/records/credential/rotation-schedule.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { BoundSecret } from "../read/bound-secrets.ts";
import { credentialAgeMs } from "../record/credential-state.ts";
import { credentialConcerns } from "./credential-concerns.ts";

/** Longest lists that are kept; the counts are always whole. */
const maxLines = 200;

/**
 * Counts what needs attention, and names it.
 *
 * @param audits of accounts, by their ids
 * @param now epoch milliseconds
 */
export function createReport(
  boundSecrets: readonly BoundSecret[],
  audits: ReadonlyMap<string, EdgeAudit>,
  now: number,
): RotationReport {
  const lines = boundSecrets.flatMap(({ secret, secretRecords, bindings, records }) =>
    bindings.flatMap((binding, index): RotationReportLine[] => {
      const record = records[index];
      const isCurrentRevoked = isRevoked(secretRecords.credentials, secret.current);
      const concerns = record ? credentialConcerns(secret, record, { now, isCurrentRevoked }) : [];
      if (!record || concerns.length === 0) return [];
      const { accountId, authConfigId } = binding;
      const age = credentialAgeMs([record], now);
      return [
        {
          concerns,
          secret: secret.name,
          accountId,
          authConfigId,
          providerName: record.providerName ?? binding.providerName,
          versionId: lastAppliedVersion(record.state)?.versionId,
          ageHours: age === undefined ? undefined : Math.floor(age / 3_600_000),
          rotateWithin: secret.tags[secretTags.rotateWithin],
          failure: isCurrentRevoked ? "CREDENTIAL_REVOKED" : record.failure?.code,
        },
      ];
    }),
  );
  const count = (concern: Concern) => lines.filter(({ concerns }) => concerns.includes(concern)).length;
  const refused = boundSecrets.flatMap(({ secret, problems }) =>
    problems.map((problem) => ({ secret: secret.name, problem })),
  );
  const audited = [...audits];
  return {
    at: new Date(now).toISOString(),
    authConfigs: boundSecrets.reduce((sum, { bindings }) => sum + bindings.length, 0),
    overdue: count("OVERDUE"),
    diverged: count("DIVERGED"),
    failing: count("FAILING"),
    lines: lines.slice(0, maxLines),
    refused: refused.slice(0, maxLines),
    edgesNotPermitted: audited.reduce((sum, [, { edges, notListed }]) => sum + edges.length + notListed, 0),
    edges: audited.flatMap(edgeLines).slice(0, maxLines),
  };
}

function edgeLines([accountId, { edges }]: [string, EdgeAudit]): EdgeReportLine[] {
  return edges.map((edge) => {
    const { host, authConfigId, secretArn, since } = edge;
    const service = displayName(serviceOfEdge(accountId, edge));
    return { accountId, service, host, authConfigId, secretArn, since };
  });
}

/** What the report of a run stands on. */
export interface ReportDependencies {
  table: StateTable;
  clock: Clock;
  logger: Pick<Logger, "warn">;
}

/** Keeps the report for whoever asks, and logs what needs attention. */
export async function saveReport(
  { table, clock, logger }: ReportDependencies,
  boundSecrets: readonly BoundSecret[],
  audits: ReadonlyMap<string, EdgeAudit>,
): Promise<RotationReport> {
  const report = createReport(boundSecrets, audits, clock.now());
  await saveRotationReport(table, report);
  const { lines, refused, edges } = report;
  if (lines.length + refused.length + edges.length > 0) logger.warn("credentials need attention", { report });
  return report;
}
