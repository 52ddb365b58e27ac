import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import * as z from "zod";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { lookAt } from "../reconcile/reconcile-services.ts";
import { servicesOfAlarm, titleOf, watchedNamed } from "../watchlist/watched-services.ts";
import type { TriggerDependencies } from "./sweep-account.ts";

/** EventBridge's "CloudWatch Alarm State Change", as far as it matters: which alarm. Its state is asked for anew. */
const alarmEventSchema = z.object({ resources: z.array(z.string().startsWith("arn:")).min(1) });

/**
 * Looks at the services that depend on the alarms of a batch. An alarm that no service depends on costs one read of
 * the table and nothing else. An event whose services could not all be looked at comes again.
 */
export async function processAlarms(
  parts: TriggerDependencies,
  { Records }: SQSEvent,
  { deadline }: { deadline: number },
): Promise<SQSBatchResponse> {
  const alarmsOf = new Map(Records.map((record) => [record.messageId, alarmArns(record.body)]));
  for (const [messageId, arns] of alarmsOf) {
    if (arns.length === 0) parts.logger.warn("an event that names no alarm is passed over", { messageId });
  }
  const links = await Promise.all(
    [...new Set([...alarmsOf.values()].flat())].map(async (arn) => ({
      arn,
      names: await servicesOfAlarm(parts.table, arn),
    })),
  );
  const linked = links.filter(({ names }) => names.length > 0);
  if (linked.length === 0) return { batchItemFailures: [] };

  const names = new Map(
    linked.flatMap((link) => link.names.map((name) => [serviceRecordKey(name).sk + name.accountId, name])),
  );
  // All that a decision needs in one round trip: what is declared, what is recorded, and how the alarms are now.
  const accountIds = new Set([...names.values()].map(({ accountId }) => accountId));
  const [watched, states] = await Promise.all([
    Promise.all([...names.values()].map((name) => watchedNamed(parts, name))),
    parts.askAlarms(linked.map(({ arn }) => arn)),
    Promise.all([...accountIds].map((accountId) => parts.blastRadius.prepare(accountId))),
  ]);
  const looked = await lookAt(
    parts,
    watched.flatMap((one) => one ?? []),
    states,
    { deadline, isSweep: false },
  );
  const failed = looked.filter(({ error }) => error !== undefined);
  for (const { service, error } of failed) {
    parts.logger.warn("looking at a service failed; its event comes again", {
      service: titleOf(service.name),
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
  try {
    return alarmEventSchema.safeParse(JSON.parse(body)).data?.resources ?? [];
  } catch {
    return [];
  }
}
