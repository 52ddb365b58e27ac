import { MessageRejectedError } from "../message-rejected-error.ts";
import { isOrderType, orderTypes, parseOrder } from "../order.ts";
import type { Problem } from "../outcome.ts";
import { parseProvisioningMessage, readProvisioningMessage } from "../provisioning-message.ts";
import { commandTimeProblems, eventTimeProblems } from "./command-time.ts";
import { peekEvent, type ReceivedEvent, readEvent } from "./read-event.ts";

/** An event that its queue would take. */
export interface CheckedEvent extends ReceivedEvent {
  /** It goes to the queue for commands. */
  isCommand: boolean;
}

/**
 * Holds the text of a message or command against the contract before it is sent, as the function that receives it does.
 *
 * @param now epoch milliseconds, for its times
 * @throws {MessageRejectedError} with every problem
 */
export function checkEvent(text: string, now: number): CheckedEvent {
  const isCommand = isOrderType(peekEvent(text).type);
  if (!isCommand) {
    const received = readProvisioningMessage(text);
    refuse(eventTimeProblems(parseProvisioningMessage(received).time, now));
    return { ...received, isCommand };
  }
  const received = readEvent(text, orderTypes);
  refuse(commandTimeProblems(parseOrder(received), now));
  return { ...received, isCommand };
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new MessageRejectedError(problems);
}
