import type { Logger } from "@aws-lambda-powertools/logger";
import { authorizeSender } from "../../../shared/contract/door/authorize-sender.ts";
import { peekEvent } from "../../../shared/contract/door/read-event.ts";
import { footprintOf } from "../../../shared/contract/footprint.ts";
import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import {
  type ProvisioningMessage,
  parseProvisioningMessage,
  readProvisioningMessage,
} from "../../../shared/contract/provisioning-message.ts";
import { rejectionOutcome } from "../../../shared/outcomes/rejection.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import type { Delivery } from "../../../shared/queues/message.ts";
import { openMessageItem, openMessageKey } from "../../../shared/records/account/open-message.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { isUnreadable } from "../../../shared/state/unreadable-item.ts";
import { accountProblems } from "../authorize/authorize-account.ts";
import { type ConcludeDependencies, concludeMessage, tellOutcome } from "../report/conclude-message.ts";
import { MessageProgress } from "../report/message-progress.ts";
import type { ProvisioningSettings } from "../settings.ts";

/** What it takes to take a message in. */
export interface AcceptDependencies extends ConcludeDependencies {
  table: StateTable;
  clock: Clock;
  connections: readonly Connection[];
  settings: ProvisioningSettings;
  logger: Pick<Logger, "info" | "warn" | "error">;
}

/** A message as it is taken in: `sequence` is its place in the queue. */
export type QueuedDelivery = Delivery & { sequence: string };

/**
 * Takes a message in: reads it at the door, checks its sender, and writes it down as open. It needs neither RingCX nor
 * Secrets Manager, so that no message waits for another one here. What is refused ends here.
 *
 * @returns the account that has something to do now; `undefined` when the message has ended
 * @throws {DeferredError} when its outcome could not be published yet
 */
export async function acceptMessage(
  delivery: QueuedDelivery,
  dependencies: AcceptDependencies,
): Promise<string | undefined> {
  const { table, clock, settings, connections } = dependencies;
  const { body, messageId, messageGroupId, sequence } = delivery;
  const peeked = peekEvent(body);
  const cause = { source: peeked.source ?? "sqs", id: peeked.id ?? messageId, type: peeked.type ?? "unknown" };
  // Where what is known of it cannot be read, it is taken in: it waits alone then, not with its whole group.
  const progress = await MessageProgress.read(dependencies, { ...cause, messageId }).catch((error: unknown) => {
    if (!isUnreadable(error)) throw error;
    return error;
  });
  if (!isUnreadable(progress) && progress.finished) {
    await tellOutcome(dependencies, delivery, progress);
    return undefined;
  }
  try {
    const received = readProvisioningMessage(body);
    authorizeSender(received, delivery.senderId, { senders: settings.senders, setting: "provisioning.senders" });
    const message = parseProvisioningMessage(received);
    rejectFutureTime(message, clock.now());
    rejectUnknownAccounts(message, connections);
    const { accountId } = message.data;
    const key = openMessageKey(accountId, sequence);
    const footprint = footprintOf(message);
    const item = openMessageItem(key, { body, messageId, messageGroupId, footprint, takenInAt: clock.now() });
    await table.put(item, "absent");
    return accountId;
  } catch (error) {
    if (!(error instanceof MessageRejectedError)) throw error;
    if (isUnreadable(progress)) throw progress;
    const outcome = rejectionOutcome(error.problems, { cause, accountId: peeked.accountId });
    await concludeMessage(dependencies, delivery, progress, outcome);
    return undefined;
  }
}

/** How far a sender's clock may be ahead, in milliseconds, of a command's too. */
const maxAheadMs = 5 * 60_000;

/** A time in the future would make every later message of the sender an older one. */
function rejectFutureTime({ time }: ProvisioningMessage, now: number): void {
  if (Date.parse(time) <= now + maxAheadMs) return;
  const hint = "it is the time at which the sender meant the message";
  throw new MessageRejectedError([{ path: "time", message: "is more than five minutes in the future", hint }]);
}

function rejectUnknownAccounts({ type, data }: ProvisioningMessage, connections: readonly Connection[]): void {
  const source = type === "ringcx.copy.v1" ? data.from.accountId : undefined;
  const problems = [
    ...accountProblems(data.accountId, connections),
    ...(source === undefined ? [] : accountProblems(source, connections, "data.from.accountId")),
  ];
  if (problems.length > 0) throw new MessageRejectedError(problems, "ACCOUNT_UNKNOWN");
}
