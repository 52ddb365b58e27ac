import type { Logger } from "@aws-lambda-powertools/logger";
import type { Metrics } from "@aws-lambda-powertools/metrics";
import type { Invocation } from "../../../shared/primitives/invocation.ts";
import { forMessage } from "../../../shared/queues/for-message.ts";
import { accountLeaseKey } from "../../../shared/records/account/account-lease.ts";
import {
  type OpenMessage,
  openBodyFromItem,
  openBodyKey,
  openMessageFromItem,
  openMessagesOfAccount,
} from "../../../shared/records/account/open-message.ts";
import { accountPartition } from "../../../shared/records/service-name.ts";
import { acquireLease } from "../../../shared/state/lease.ts";
import { isUnreadable } from "../../../shared/state/unreadable-item.ts";
import { accountProblems } from "../authorize/authorize-account.ts";
import { Validations } from "../write/validations.ts";
import { endBirths, readBirths } from "./end-births.ts";
import { nextInMs, nextMessage } from "./next-message.ts";
import {
  openAccount,
  processMessage,
  type TurnResult,
  type WholeMessage,
  type WorkDependencies,
} from "./process-message.ts";
import { rejectUnserved } from "./reject-unserved.ts";

/** What working an account off uses. */
export interface AccountWorkDependencies extends WorkDependencies {
  logger: Pick<Logger, "info" | "warn" | "error">;
  metrics: Pick<Metrics, "addMetric">;
}

/** How soon somebody who waits for the account's lease asks again, in milliseconds. */
const askAgainMs = 2_000;

/** How soon the worker looks for new messages while it waits for an endpoint's answer, in milliseconds. */
const lookAgainMs = 1_000;

/** How long one message is worked on while others wait, in milliseconds. */
const turnMs = 8_000;

/** How long a message of which an item cannot be read waits before it is looked at again, in milliseconds. */
const unreadableMs = 60_000;

/** Time that a turn may need beyond {@link turnMs}, in milliseconds: for a resource that was begun. */
const turnMarginMs = 15_000;

/**
 * Works off the open messages of an account, in turn, as its only writer. A message that cannot go on waits alone, with
 * those whose order behind it matters. Those of an account that is not served any more are rejected.
 *
 * @returns in how many milliseconds there is something to do again; `undefined` when nothing is open, nor may be born active
 */
export async function workAccount(
  accountId: string,
  dependencies: AccountWorkDependencies,
  { requestId, deadline }: Invocation,
): Promise<number | undefined> {
  const { table, clock } = dependencies;
  // Also of a message that is over by now: what it began to make, and RingCX does not show yet, may be born active.
  const hasWork = async () =>
    (await readOpen(accountId, dependencies)).length > 0 || (await readBirths(accountId, dependencies)).size > 0;
  if (!(await hasWork())) return undefined;
  // Nothing is read yet: what is read of the account and asked of endpoints, is so under the lease, and forgotten with it.
  const problems = accountProblems(accountId, dependencies.connections);
  const session = problems.length === 0 ? openAccount(dependencies, accountId, deadline) : undefined;
  const validations = session?.validations ?? new Validations(dependencies);
  const time = { turnMs, latest: deadline - turnMarginMs };
  const work = (message: WholeMessage) =>
    session
      ? processMessage(message, session, dependencies, time)
      : rejectUnserved(message, { accountId, problems }, dependencies);
  const lease = await acquireLease({ table, clock }, accountLeaseKey(accountId), { holder: requestId, deadline });
  if ("heldForMs" in lease) return askAgainMs;
  let lookInMs = Number.POSITIVE_INFINITY;
  const look = async () => {
    lookInMs = (session && (await endBirths(session, dependencies))) ?? Number.POSITIVE_INFINITY;
  };
  try {
    // Also where no message is due: what theirs waits for may last.
    await look();
    while (clock.now() < deadline - turnMarginMs) {
      const open = await readOpen(accountId, dependencies);
      const due = open.map((one) => (validations.isAnswered(one.messageId) ? { ...one, notBefore: 0 } : one));
      const next = nextMessage(due, clock.now());
      if (next) {
        await look();
        await takeTurn(next, { work, validations }, dependencies);
      } else if (validations.isAwaited) await validations.nextAnswer(lookAgainMs);
      else break;
    }
  } finally {
    validations.end();
    await lease.release();
  }
  const open = await readOpen(accountId, dependencies);
  const now = clock.now();
  const oldest = Math.max(0, ...open.map(({ takenInAt = now }) => now - takenInAt));
  dependencies.metrics.addMetric("OldestMessageSeconds", "Seconds", Math.round(oldest / 1_000));
  const inMs = Math.min(nextInMs(open, now) ?? Number.POSITIVE_INFINITY, lookInMs);
  return Number.isFinite(inMs) ? inMs : undefined;
}

/** How a message is worked on, and what is awaited for it meanwhile. */
interface AccountWork {
  work(message: WholeMessage): Promise<TurnResult>;
  validations: Validations;
}

/** Gives a message its turn, for its event. */
async function takeTurn(
  message: OpenMessage,
  { work, validations }: AccountWork,
  dependencies: AccountWorkDependencies,
): Promise<void> {
  const { key, messageId } = message;
  const read = async () => message.body ?? openBodyFromItem(key, await dependencies.table.get(openBodyKey(key)));
  const [body] = await Promise.allSettled([read()]);
  return forMessage({ body: body.status === "fulfilled" ? body.value : "", messageId }, () =>
    endTurn(message, validations, dependencies, async () => {
      if (body.status === "rejected") throw body.reason;
      return work({ ...message, body: body.value });
    }),
  );
}

async function endTurn(
  message: OpenMessage,
  validations: Validations,
  { table, clock, logger, metrics }: AccountWorkDependencies,
  turn: () => Promise<TurnResult>,
): Promise<void> {
  const { key, messageId } = message;
  const result = await turn().catch((error: unknown): TurnResult => {
    // What is known of this message cannot be read: it waits for a person, loudly and alone.
    if (!isUnreadable(error)) throw error;
    logger.error("message unreadable", { messageId, code: error.code, ...error.details });
    metrics.addMetric("ItemsUnreadable", "Count", 1);
    const { footprint } = message;
    return { kind: "waits", waitMs: unreadableMs, because: error.message, footprint, hasCome: false };
  });
  if (result.kind === "ended") {
    validations.forget(messageId);
    await table.delete(key);
    if (message.body === undefined) await table.delete(openBodyKey(key));
    return;
  }
  const { waitMs, because, footprint, hasCome } = result;
  logger.info("message deferred", { messageId, waitMs, because });
  const now = clock.now();
  // One for which the quota had no place has had no turn.
  await table.update(key, { notBefore: now + waitMs, footprint, ...(hasCome && { workedAt: now }) });
}

/** One that cannot be read is told, and keeps no other one waiting. */
async function readOpen(
  accountId: string,
  { table, logger, metrics }: Pick<AccountWorkDependencies, "table" | "logger" | "metrics">,
): Promise<OpenMessage[]> {
  const items = await table.query(accountPartition(accountId), openMessagesOfAccount);
  return items.flatMap((item) => {
    try {
      return [openMessageFromItem(item)];
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      logger.error("open message unreadable", { code: error.code, ...error.details });
      metrics.addMetric("ItemsUnreadable", "Count", 1);
      return [];
    }
  });
}
