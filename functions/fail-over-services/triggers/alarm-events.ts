import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import * as z from "zod";
import { parseJson } from "../../../shared/primitives/json.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import { reconcileServices } from "../reconcile/reconcile-services.ts";
import { readWatchedService, servicesOfAlarm } from "../watchlist/watched-services.ts";
import type { TriggerDependencies } from "./sweep-account.ts";

/** EventBridge's "CloudWatch Alarm State Change", as far as it matters: which alarm. Its state is read anew. */
const alarmEventSchema = z.object({ resources: z.array(z.string().startsWith("arn:")).min(1) });

/**
 * Reconciles the services that depend on the alarms of a batch. An alarm that no service depends on costs one read of
 * the table and nothing else. An event whose services could not all be reconciled is delivered again.
 *
 * @param deadline by when RingCX must have answered, epoch milliseconds
 */
export async function processAlarms(
  dependencies: TriggerDependencies,
  { Records }: SQSEvent,
  { deadline }: { deadline: number },
): Promise<SQSBatchResponse> {
  const alarmsOf = new Map(Records.map((record) => [record.messageId, alarmArns(record.body)]));
  for (const [messageId, arns] of alarmsOf) {
    if (arns.length === 0) dependencies.logger.warn("event without an alarm ignored", { messageId });
  }
  const links = await Promise.all(
    [...new Set([...alarmsOf.values()].flat())].map(async (arn) => ({
      arn,
      names: await servicesOfAlarm(dependencies, arn),
    })),
  );
  const linked = links.filter(({ names }) => names.length > 0);
  if (linked.length === 0) return { batchItemFailures: [] };

  const names = new Map(
    linked.flatMap((link) => link.names.map((name) => [serviceRecordKey(name).sk + name.accountId, name])),
  );
  // All that a decision needs in one round trip: what is declared, what is recorded, and how the alarms are now.
  const accountIds = new Set([...names.values()].map(({ accountId }) => accountId));
  const [services, states] = await Promise.all([
    Promise.all([...names.values()].map((name) => readWatchedService(dependencies, name))),
    dependencies.readAlarmStates(linked.map(({ arn }) => arn)),
    Promise.all([...accountIds].map((accountId) => dependencies.blastRadius.prepare(accountId))),
  ]);
  const reconciled = await reconcileServices(
    dependencies,
    services.flatMap((one) => one ?? []),
    states,
    { deadline, isSweep: false },
  );
  const failed = reconciled.filter(({ error }) => error !== undefined);
  for (const { service, error } of failed) {
    dependencies.logger.warn("service reconcile failed; its event will be retried", {
      service: displayName(service.name),
      accountId: service.name.accountId,
      reason: String(error),
    });
  }
  const failedAlarms = new Set(failed.flatMap(({ service }) => service.alarms));
  return {
    batchItemFailures: [...alarmsOf].flatMap(([itemIdentifier, arns]) =>
      arns.some((arn) => failedAlarms.has(arn)) ? [{ itemIdentifier }] : [],
    ),
  };
}

function alarmArns(body: string): string[] {
  return alarmEventSchema.safeParse(parseJson(body)?.value).data?.resources ?? [];
}
