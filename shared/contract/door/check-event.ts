import { commandSchema } from "../command.ts";
import { MessageRejectedError } from "../message-rejected-error.ts";
import { parseProvisioningMessage, readProvisioningMessage } from "../provisioning-message.ts";
import { commandTimeProblems } from "./command-time.ts";
import { parseEvent, peekEvent, type ReceivedEvent, readEvent } from "./read-event.ts";

const commandType = commandSchema.shape.type.value;

/** An event that its queue would take. */
export interface CheckedEvent extends ReceivedEvent {
  isCommand: boolean;
}

/**
 * Holds the text of a message or command against the contract before it is sent, as the function that receives it does.
 *
 * @param now epoch milliseconds, for the times of a command
 * @throws {MessageRejectedError} with every problem
 */
export function checkEvent(text: string, now: number): CheckedEvent {
  const isCommand = peekEvent(text).type === commandType;
  if (!isCommand) {
    const received = readProvisioningMessage(text);
    parseProvisioningMessage(received);
    return { ...received, isCommand };
  }
  const received = readEvent(text, [commandType]);
  const problems = commandTimeProblems(parseEvent(received, commandSchema), now);
  if (problems.length > 0) throw new MessageRejectedError(problems);
  return { ...received, isCommand };
}
