import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import * as z from "zod";
import { correlated } from "../../../shared/primitives/correlation.ts";
import { parseJson } from "../../../shared/primitives/json.ts";
import { eventIdOf } from "../../../shared/queues/for-message.ts";
import { retrySoon } from "../../../shared/queues/visibility-timeout.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { displayName, type ServiceName } from "../../../shared/records/service-name.ts";
import { isRefusal } from "../../../shared/ringcx/resources/errors.ts";
import type { ReadAlarmStates } from "../evidence/alarm-states.ts";
import { type AlarmState, placeOf } from "../evidence/evidence.ts";
import { reconcileServices } from "../reconcile/reconcile-services.ts";
import { servicesOfAlarm } from "../watchlist/alarm-services.ts";
import { readWatchedService } from "../watchlist/watched-services.ts";
import { hasRingCxFailed, notTriedElsewhere, tryForAccount } from "./event-trial.ts";
import type { TriggerDependencies } from "./trigger-dependencies.ts";

/** EventBridge's "CloudWatch Alarm State Change", as far as it matters: which alarm. Its state is read anew. */
const alarmEventSchema = z.object({ resources: z.array(z.string().startsWith("arn:")).min(1) });

/** So often an event is delivered that RingCX refuses to let be done. */
const refusedDeliveries = 4;

/** Something that could not be done, and the alarms whose events come again for it. */
interface Failure {
  what: string;
  alarms: readonly string[];
  error: unknown;
}

/**
 * Reconciles the services that depend on the alarms of a batch, account by account, at the same time. An alarm that no
 * service depends on costs one read of the table and nothing else. An event whose services could not all be reconciled is
 * delivered again within seconds; one that RingCX refuses no longer than until the sweep is the quicker one.
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
  const eventsOf = eventsByAlarm(Records, alarmsOf);
  const { links, failed } = await readLinks(dependencies, new Set([...alarmsOf.values()].flat()));
  const states = readStates(dependencies, links);
  const accounts = new Set(links.flatMap(({ names }) => names.map(({ accountId }) => accountId)));
  await Promise.all(
    [...accounts].map(async (accountId) => {
      const ofAccount = links.flatMap(({ arn, names }) => {
        const own = names.filter((name) => name.accountId === accountId);
        return own.length === 0 ? [] : [{ arn, names: own }];
      });
      try {
        const work = { links: ofAccount, states, deadline, eventsOf };
        const ids = eventsOf(ofAccount.map(({ arn }) => arn));
        failed.push(...(await correlated(ids, () => reconcileAccount(dependencies, accountId, work))));
      } catch (error) {
        failed.push({ what: `account ${accountId}`, alarms: ofAccount.map(({ arn }) => arn), error });
      }
    }),
  );
  for (const { what, alarms, error } of failed) {
    const facts = { service: what, reason: String(error) };
    const next = isRefusal(error) ? "refused; the sweep goes on" : "failed; its event will be retried";
    correlated(eventsOf(alarms), () => dependencies.logger.warn(`service reconcile ${next}`, facts));
  }
  const retried = Records.filter((record) => failed.some((failure) => isRetried(record, failure, alarmsOf)));
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

/**
 * Whether an event comes again for a failure. What RingCX refuses it mostly refuses again: after four deliveries, half a
 * minute, the sweep tries it each minute and has told it. Otherwise the event would at last be a dead letter, with an alarm of
 * its own, that nobody could do anything about.
 */
function isRetried(
  { messageId, attributes }: SQSEvent["Records"][number],
  { alarms, error }: Failure,
  alarmsOf: ReadonlyMap<string, readonly string[]>,
): boolean {
  if (!alarmsOf.get(messageId)?.some((arn) => alarms.includes(arn))) return false;
  return !isRefusal(error) || Number(attributes.ApproximateReceiveCount) < refusedDeliveries;
}

/** The ids of the events of a batch that tell of any of some alarms. */
type EventsOf = (alarms: readonly string[]) => string[];

function eventsByAlarm(records: SQSEvent["Records"], alarmsOf: ReadonlyMap<string, readonly string[]>): EventsOf {
  const events = records.map(({ messageId, body }) => ({
    id: eventIdOf(body) ?? messageId,
    alarms: alarmsOf.get(messageId),
  }));
  return (alarms) =>
    events.flatMap(({ id, alarms: told = [] }) => (told.some((arn) => alarms.includes(arn)) ? [id] : []));
}

/** An alarm and the services that depend on it. */
interface AlarmLinks {
  arn: string;
  names: readonly ServiceName[];
}

async function readLinks(
  dependencies: TriggerDependencies,
  arns: ReadonlySet<string>,
): Promise<{ links: AlarmLinks[]; failed: Failure[] }> {
  const failed: Failure[] = [];
  const links = await Promise.all(
    [...arns].map(async (arn) => {
      try {
        const { names, unreadable } = await servicesOfAlarm(dependencies, arn);
        // An event that comes again mends nothing; the sweep watches what is known of the services themselves.
        for (const error of unreadable)
          dependencies.logger.warn("alarm link unreadable", { arn, reason: String(error) });
        return { arn, names };
      } catch (error) {
        failed.push({ what: arn, alarms: [arn], error });
        return { arn, names: [] };
      }
    }),
  );
  return { links: links.filter(({ names }) => names.length > 0), failed };
}

/** What CloudWatch says of the alarms, by place: whoever has no alarm in a place that is slow does not wait for it. */
type StatesByPlace = ReadonlyMap<string, ReturnType<ReadAlarmStates>>;

function readStates({ readAlarmStates }: TriggerDependencies, links: readonly AlarmLinks[]): StatesByPlace {
  const places = Map.groupBy(
    links.map(({ arn }) => arn),
    placeOf,
  );
  return new Map(
    [...places].map(([place, arns]) => {
      const states = readAlarmStates(arns, { isUrgent: true });
      // Whoever needs them hears of it.
      states.catch(() => undefined);
      return [place, states];
    }),
  );
}

/** What is to be done in an account. */
interface AccountWork {
  links: readonly AlarmLinks[];
  states: StatesByPlace;
  /** By when RingCX must have answered, epoch milliseconds. */
  deadline: number;
  eventsOf: EventsOf;
}

/** @returns what could not be done; all the rest was */
async function reconcileAccount(
  dependencies: TriggerDependencies,
  accountId: string,
  { links, states, deadline, eventsOf }: AccountWork,
): Promise<Failure[]> {
  const names = new Map(links.flatMap((link) => link.names.map((name) => [nameKey(name), name])));
  const alarmsNaming = (name: ServiceName) =>
    links.flatMap((link) => (link.names.some((one) => nameKey(one) === nameKey(name)) ? [link.arn] : []));
  const arns = links.map(({ arn }) => arn);
  const places = new Set(arns.map(placeOf));
  const read = (failed: Failure[]) =>
    Promise.all(
      [...names.values()].map((name) =>
        // One that cannot be read must not keep the others from going out.
        readWatchedService(dependencies, name).catch(
          (error: unknown) => void failed.push({ what: describe(name), alarms: alarmsNaming(name), error }),
        ),
      ),
    );
  const unread: Failure[] = [];
  // All that a decision and its PUT need in one round trip: what is declared, what is recorded, how the alarms are now, the
  // token and the quota.
  const [services, known] = await Promise.all([
    read(unread),
    Promise.all([...places].map((place) => states.get(place) ?? new Map<string, AlarmState>())),
    // Only save reads: what could not be read ahead is read when it is needed.
    dependencies.blastRadius.prepare(accountId).catch(() => undefined),
    prepareRingCx(dependencies, accountId).catch(() => undefined),
    notTriedElsewhere(dependencies, accountId),
  ]);
  const now = new Map(known.flatMap((one) => [...one]));
  let ahead: typeof services | undefined = services;
  return tryForAccount(dependencies, accountId, deadline, async (latest) => {
    // How the alarms were before may be over by the time that RingCX works.
    const alarms = ahead ? now : await dependencies.readAlarmStates(arns, { isUrgent: true });
    const failed = ahead ? unread : [];
    const found = ahead ?? (await read(failed));
    ahead = undefined;
    const recorded = found.flatMap((one) => one ?? []);
    const reconciled = await reconcileServices(dependencies, recorded, alarms, {
      deadline: latest,
      isSweep: false,
      eventsOf: ({ alarms }) => eventsOf(alarms),
    });
    const undone = reconciled.flatMap(({ service, error }): Failure[] =>
      error === undefined ? [] : [{ what: describe(service.name), alarms: service.alarms, error }],
    );
    return { result: [...failed, ...undone], hasFailed: undone.some(({ error }) => hasRingCxFailed(error)) };
  });
}

/** @throws {AutomationError} where the account is unknown: whoever calls RingCX says so */
async function prepareRingCx({ ringcxFor }: TriggerDependencies, accountId: string): Promise<void> {
  await ringcxFor(accountId).account(accountId, { priority: "urgent" }).prepare();
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
