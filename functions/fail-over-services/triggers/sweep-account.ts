import type { SQSClient } from "@aws-sdk/client-sqs";
import { newCarrier, noteIntent, type OutcomeOf } from "../../../shared/activation/intents.ts";
import { lastKnownState } from "../../../shared/activation/reasons.ts";
import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import { failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { taggedServiceKey } from "../../../shared/records/account/tagged-service.ts";
import { displayName, type ServiceName } from "../../../shared/records/service-name.ts";
import { applyRecord } from "../apply/apply-record.ts";
import { detectManualChange, isComparable } from "../evidence/manual-change.ts";
import { outageIn } from "../outage/outage-decision.ts";
import type { ReconcileDependencies } from "../reconcile/reconcile-service.ts";
import type { ReconciledService } from "../reconcile/reconcile-services.ts";
import { serviceCause, serviceOutcome } from "../report/service-outcome.ts";
import { readAccountTree, type TreeService } from "../watchlist/account-tree.ts";
import { assignTags, findTagChanges, taggedInAccount } from "../watchlist/assign-tags.ts";
import type { TagsRead } from "../watchlist/find-alarm-tags.ts";
import type { KnownService } from "../watchlist/services-tag.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";

/** What it takes to reconcile services, whatever the trigger is. */
export interface TriggerDependencies extends ReconcileDependencies {
  sqs: Pick<SQSClient, "send">;
  alarmQueueUrl: string;
  logger: { warn(message: string, facts: Record<string, unknown>): void };
}

/** How an account is swept. */
export interface SweepAccountOptions {
  /** By when RingCX must have answered, epoch milliseconds. */
  deadline: number;
  /** The tags of all alarms, when they were read anew. */
  tags: TagsRead | undefined;
  /** It is this account's turn. */
  isTreeRead: boolean;
}

/** What the tags of alarms are judged by. */
interface SweptAccount {
  /** Ids, as a tag writes them, that no service has. */
  unknown: readonly string[];
  /** Its services, as far as they are known. */
  services: readonly KnownService[];
}

/**
 * Reads an account's tree where it is time to, and compares it with what is known: what people did in the admin page,
 * how many services there are, and which of them the tags of alarms name. Where the tree cannot be read the rest is done.
 *
 * @param reconciled its services as this sweep has found them
 * @returns what is known of its services for the tags
 * @throws what reading the tree throws, after all else
 */
export async function sweepAccount(
  dependencies: TriggerDependencies,
  accountId: string,
  reconciled: readonly ReconciledService[],
  { deadline, tags, isTreeRead }: SweepAccountOptions,
): Promise<SweptAccount> {
  const { blastRadius } = dependencies;
  const services = reconciled.map(({ service }) => service);
  const tagged = tags && taggedInAccount(tags.tags, accountId);
  const known = new Set(services.map(({ serviceId }) => serviceId));
  const hasNew = tagged?.some(({ serviceId }) => !known.has(serviceId)) ?? false;
  if (services.length === 0 && !hasNew) return { unknown: [], services: [] };

  const [reading] = await Promise.allSettled(
    isTreeRead || hasNew ? [readAccountTree(dependencies, accountId, deadline)] : [],
  );
  const tree = reading?.status === "fulfilled" ? reading.value : undefined;
  await blastRadius.refresh(accountId, (tree ?? services).length, tree ? "all" : "known");
  if (tree) {
    const byId = new Map(tree.map((one) => [one.serviceId, one]));
    const byName = new Map(tree.map((one) => [displayName(one.name), one]));
    for (const { service, record } of reconciled) {
      const inTree = byId.get(service.serviceId) ?? byName.get(displayName(service.name));
      await recordManualChange(dependencies, { service, before: record, deadline }, inTree);
    }
  }
  const unknown = tags ? await followTags(dependencies, accountId, tags, { reconciled, tree }) : [];
  if (reading?.status === "rejected") throw reading.reason;
  return { unknown, services: tree ?? services };
}

/** @returns ids, as a tag writes them, that no service has */
async function followTags(
  dependencies: TriggerDependencies,
  accountId: string,
  tags: TagsRead,
  { reconciled, tree }: { reconciled: readonly ReconciledService[]; tree: readonly TreeService[] | undefined },
): Promise<readonly string[]> {
  const services = reconciled.map(({ service }) => service);
  const hasOutage = ({ record }: ReconciledService) => outageIn(record) ?? failoverMemoryOf(record).observedOutage;
  const inOutage = new Set(reconciled.filter(hasOutage).map(({ service }) => taggedServiceKey(service.name).sk));
  const changes = await findTagChanges(dependencies, accountId, tags, { services, inOutage, tree });
  const byId = new Map(tree?.map((one) => [one.serviceId, one]));
  // Before they are watched: an alarm that fires in between must find what they were.
  for (const { name, ids } of changes.newlyTagged) await noteFirstSight(dependencies, name, byId.get(ids.serviceId));
  await assignTags(dependencies, changes);
  return changes.unknown;
}

/** A service, and its record as it was before RingCX was asked. */
interface SeenBefore {
  service: WatchedService;
  before: StoredActivation;
  /** By when RingCX must have answered, epoch milliseconds. */
  deadline: number;
}

/** Takes what a person did in the admin page into the record, and publishes it. */
async function recordManualChange(
  dependencies: TriggerDependencies,
  { service, before, deadline }: SeenBefore,
  inTree: TreeService | undefined,
): Promise<void> {
  const { activation, clock } = dependencies;
  if (inTree?.isEnabled === undefined || lastKnownState(before)?.isActive === inTree.isEnabled) return;
  const record = await activation.get(service.name);
  if (!isComparable(before, record)) return;
  const now = clock.now();
  const found = detectManualChange(record, inTree.isEnabled, now);
  if (!found) return;
  const carrier = newCarrier(deadline);
  const noted =
    found.report &&
    noteIntent(
      record,
      { isActive: inTree.isEnabled, because: found.report.because, isApplied: true },
      { carrier, now, outcomeOf: manualOutcome(service, found.report, now) },
    );
  // Whoever wrote since then knows more than the tree did.
  const written = await activation.changeIf(service.name, record, { ...found.change, ...noted });
  if (written && noted) await applyRecord(dependencies, service, written, { carrier, deadline });
}

/** What is published of what a person did. */
function manualOutcome(
  service: WatchedService,
  { what, because }: { what: string; because: string },
  now: number,
): OutcomeOf {
  const at = new Date(now).toISOString();
  return (_, generation) =>
    serviceOutcome(
      { service, because, cause: serviceCause(service, "seen", `${at}/${generation}`, undefined) },
      "NO_CHANGE",
      what,
    );
}

/** A service that only a tag names was never ours: what it is now is a person's word. */
async function noteFirstSight(
  { activation, clock }: TriggerDependencies,
  name: ServiceName,
  inTree: TreeService | undefined,
): Promise<void> {
  if (inTree?.isEnabled === undefined) return;
  const record = await activation.get(name);
  if (lastKnownState(record) !== undefined) return;
  const found = detectManualChange(record, inTree.isEnabled, clock.now());
  if (found) await activation.changeIf(name, record, found.change);
}
