import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import * as z from "zod";
import { parseJson } from "../../../shared/primitives/json.ts";
import { retrySoon } from "../../../shared/queues/visibility-timeout.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { displayName, type ServiceName } from "../../../shared/records/service-name.ts";
import { reconcileServices } from "../reconcile/reconcile-services.ts";
import { servicesOfAlarm } from "../watchlist/alarm-services.ts";
import { readWatchedService } from "../watchlist/watched-services.ts";
import type { TriggerDependencies } from "./sweep-account.ts";

/** EventBridge's "CloudWatch Alarm State Change", as far as it matters: which alarm. Its state is read anew. */
const alarmEventSchema = z.object({ resources: z.array(z.string().startsWith("arn:")).min(1) });

/**
 * Reconciles the services that depend on the alarms of a batch. An alarm that no service depends on costs one read of
 * the table and nothing else. An event whose services could not all be reconciled is delivered again within seconds.
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
  const failed: { what: string; alarms: readonly string[]; error: unknown }[] = [];
  const links = await Promise.all(
    [...new Set([...alarmsOf.values()].flat())].map(async (arn) => {
      try {
        return { arn, ...(await servicesOfAlarm(dependencies, arn)) };
      } catch (error) {
        failed.push({ what: arn, alarms: [arn], error });
        return { arn, names: [], unreadable: [] };
      }
    }),
  );
  for (const { arn, unreadable } of links) {
    // An event that comes again mends nothing; the sweep watches what is known of the services themselves.
    for (const error of unreadable) dependencies.logger.warn("alarm link unreadable", { arn, reason: String(error) });
  }
  const linked = links.filter(({ names }) => names.length > 0);
  const names = new Map(linked.flatMap((link) => link.names.map((name) => [nameKey(name), name])));
  const alarmsNaming = (name: ServiceName) =>
    linked.flatMap((link) => (link.names.some((one) => nameKey(one) === nameKey(name)) ? [link.arn] : []));
  // All that a decision needs in one round trip: what is declared, what is recorded, and how the alarms are now.
  const [services, states] = await Promise.all([
    Promise.all(
      [...names.values()].map((name) =>
        // One that cannot be read must not keep the others from going out.
        readWatchedService(dependencies, name).catch(
          (error: unknown) => void failed.push({ what: describe(name), alarms: alarmsNaming(name), error }),
        ),
      ),
    ),
    linked.length === 0
      ? new Map()
      : dependencies.readAlarmStates(
          linked.map(({ arn }) => arn),
          { isUrgent: true },
        ),
    prepareBlastRadii(dependencies, [...names.values()]),
  ]);
  const reconciled = await reconcileServices(
    dependencies,
    services.flatMap((one) => one ?? []),
    states,
    { deadline, isSweep: false },
  );
  for (const { service, error } of reconciled) {
    if (error !== undefined) failed.push({ what: describe(service.name), alarms: service.alarms, error });
  }
  for (const { what, error } of failed) {
    const facts = { service: what, reason: String(error) };
    dependencies.logger.warn("service reconcile failed; its event will be retried", facts);
  }
  const failedAlarms = new Set(failed.flatMap(({ alarms }) => alarms));
  const retried = Records.filter(({ messageId }) => alarmsOf.get(messageId)?.some((arn) => failedAlarms.has(arn)));
  const { sqs, alarmQueueUrl: queueUrl } = dependencies;
  await Promise.all(
    retried.map((record) =>
      retrySoon({ sqs, queueUrl }, record).catch((error: unknown) => {
        dependencies.logger.warn("event not put off; it comes after the queue's time-out", { reason: String(error) });
      }),
    ),
  );
  return { batchItemFailures: retried.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** Only saves a read: what could not be read ahead is read when it is needed. */
async function prepareBlastRadii({ blastRadius }: TriggerDependencies, names: readonly ServiceName[]): Promise<void> {
  const accountIds = new Set(names.map(({ accountId }) => accountId));
  await Promise.allSettled([...accountIds].map((accountId) => blastRadius.prepare(accountId)));
}

function describe(name: ServiceName): string {
  return `${displayName(name)} of account ${name.accountId}`;
}

function nameKey(name: ServiceName): string {
  const { pk, sk } = serviceRecordKey(name);
  return `${pk}/${sk}`;
}

function alarmArns(body: string): string[] {
  return alarmEventSchema.safeParse(parseJson(body)?.value).data?.resources ?? [];
}
