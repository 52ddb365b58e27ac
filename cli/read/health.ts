import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { accountLeaseKey } from "../../shared/records/account/account-lease.ts";
import { openMessageFromItem, openMessagesOfAccount } from "../../shared/records/account/open-message.ts";
import { type RotationReport, readRotationReport } from "../../shared/records/credential/rotation-report.ts";
import { accountPartition } from "../../shared/records/service-name.ts";
import { ownFaultCause, ownFaultsKey, ownFaultsSchema } from "../../shared/records/sweep-progress.ts";
import { quotaScopeOf } from "../../shared/ringcx/client/connect.ts";
import { fromItem, quotaWindowKey } from "../../shared/ringcx/quota/quota-item.ts";
import { isUnreadable } from "../../shared/state/unreadable-item.ts";
import { accountsOf, type Environment } from "../environment/environment.ts";
import { readOutcome } from "./outcomes.ts";

/** How much of RingCX's quota was used in the last window. */
export interface QuotaUse {
  scope: string;
  used: number;
  limit: number;
  /** The time in which so many are sent at most, in milliseconds. */
  windowMs: number;
  /** Nobody sends before this moment: RingCX refused a request for its rate. ISO 8601. */
  pausedUntil?: string;
}

/** The queues that people look at, by the name of their output without `QueueUrl`. */
export const watchedQueues = ["Provisioning", "Reject", "Command", "CommandReject", "Alarm"] as const;
/** See {@link watchedQueues}. */
export type WatchedQueue = (typeof watchedQueues)[number];

/** Messages that were taken in and have not ended. */
export interface Waiting {
  accountId: string;
  messages: number;
  /** ISO 8601, of the oldest. */
  since?: string;
  /** Nobody is at it, and it is due for longer than anybody takes to come: see {@link wakesWithinMs}. */
  isAsleep?: boolean;
}

/**
 * Within so long somebody is at messages that are due, in milliseconds: a wake is delayed by a quarter of an hour at most,
 * and one whose function died is hidden for about as long.
 */
const wakesWithinMs = 30 * 60_000;

/** Reads the use of every quota of some accounts. @param now epoch milliseconds */
export async function readQuotaUse(
  { connections, table }: Environment,
  accounts: readonly string[],
  now: number,
): Promise<QuotaUse[]> {
  const scopes = new Map(
    connections.flatMap((connection) =>
      connection.accountIds
        .filter((accountId) => accounts.includes(accountId))
        .map((accountId) => [quotaScopeOf(connection, accountId), connection.quota] as const),
    ),
  );
  return Promise.all(
    [...scopes].map(async ([scope, { limit, windowMs }]) => {
      const { window } = fromItem(await table.get(quotaWindowKey(scope)));
      const used = window.grants.filter((grant) => grant > now - windowMs).length;
      const isPaused = window.pausedUntil > now;
      return {
        scope,
        used,
        limit,
        windowMs,
        ...(isPaused && { pausedUntil: new Date(window.pausedUntil).toISOString() }),
      };
    }),
  );
}

/** How many messages are in each queue, waiting or being worked on (in flight), about: so SQS counts. */
export async function readQueueDepths({ sqs, outputs }: Environment): Promise<Record<WatchedQueue, number>> {
  const depths = watchedQueues.map(async (queue) => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: outputs[`${queue}QueueUrl`],
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: inFlight } = {
      ...Attributes,
    };
    return [queue, Number(waiting ?? 0) + Number(inFlight ?? 0)] as const;
  });
  return Object.fromEntries(await Promise.all(depths)) as Record<WatchedQueue, number>;
}

/** Messages of an account that were taken in and have not ended, and whether anybody is at them. @param now epoch milliseconds */
export async function readWaiting({ table }: Environment, accountId: string, now: number): Promise<Waiting> {
  const [items, lease] = await Promise.all([
    table.query(accountPartition(accountId), openMessagesOfAccount),
    table.get(accountLeaseKey(accountId)),
  ]);
  const open = items.flatMap((item) => {
    try {
      return [openMessageFromItem(item)];
    } catch (error) {
      if (isUnreadable(error)) return [];
      throw error;
    }
  });
  const since = open.flatMap(({ takenInAt }) => takenInAt ?? []);
  // Since when each could have had its turn: whoever is at an account notes each turn.
  const due = open.map(({ takenInAt = 0, workedAt, notBefore }) => Math.max(takenInAt, workedAt, notBefore));
  const isHeld = Number(lease?.until ?? 0) > now;
  return {
    accountId,
    messages: items.length,
    ...(since.length > 0 && { since: new Date(Math.min(...since)).toISOString() }),
    ...(due.length > 0 && !isHeld && Math.max(...due) < now - wakesWithinMs && { isAsleep: true }),
  };
}

/** A fault of our own that keeps failover from seeing, or from doing what is due. */
export interface OwnFaultNow {
  accountId: string;
  key: string;
  /** ISO 8601. */
  since: string;
  /** As it was told when it began, with its services; left out where that is not kept any more. */
  summary?: string;
}

/** What failover cannot see by faults of our own. */
export async function readOwnFaults({ table }: Environment, accountId: string): Promise<OwnFaultNow[]> {
  const item = await table.get(ownFaultsKey(accountId));
  const open = ownFaultsSchema.safeParse(item ?? {}).data?.open ?? {};
  return Promise.all(
    Object.entries(open).map(async ([key, since]) => {
      const outcome = await readOutcome(table, ownFaultCause("own-fault", accountId, key, since)).catch(
        (error: unknown) => {
          if (isUnreadable(error)) return undefined;
          throw error;
        },
      );
      return { accountId, key, since, ...(outcome && { summary: outcome.data.summary }) };
    }),
  );
}

/** What the last run of rotation found, of some accounts. */
export async function readRotations(
  { table }: Environment,
  accounts: readonly string[],
): Promise<RotationReport | undefined> {
  const report = await readRotationReport(table);
  return (
    report && {
      ...report,
      lines: report.lines.filter(({ accountId }) => accounts.includes(accountId)),
      edges: report.edges.filter(({ accountId }) => accounts.includes(accountId)),
    }
  );
}

/** @returns the accounts that are asked about: one that is named, or all */
export function askedAccounts(environment: Environment, accountId: string | undefined): readonly string[] {
  return accountId === undefined ? accountsOf(environment) : [accountId];
}
