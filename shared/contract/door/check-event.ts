import type * as z from "zod";
import { MessageRejectedError } from "../message-rejected-error.ts";
import { isOrderType, orderSchemas, orderTypes, parseOrder } from "../order.ts";
import { parseProvisioningMessage, provisioningSchemas, readProvisioningMessage } from "../provisioning-message.ts";
import { commandTimeProblems } from "./command-time.ts";
import { withPlainData } from "./event-data.ts";
import { parseEvent, peekEvent, type ReceivedEvent, readEvent } from "./read-event.ts";
import { readJson } from "./read-json.ts";

/** Schemas of all types, of both queues. */
const eventSchemas: Readonly<Record<string, z.ZodType>> = { ...provisioningSchemas, ...orderSchemas };

/** An event that its queue would take. */
export interface CheckedEvent extends ReceivedEvent {
  /** It goes to the queue for commands. */
  isCommand: boolean;
}

/**
 * Holds the text of a message or command against the contract before it is sent, as the function that receives it does.
 *
 * @param now epoch milliseconds, for the times of a command
 * @throws {MessageRejectedError} with every problem
 */
export function checkEvent(text: string, now: number): CheckedEvent {
  try {
    return checked(text, now);
  } catch (error) {
    throw error instanceof MessageRejectedError ? withTheRest(error, text) : error;
  }
}

/**
 * The queue's reader looks at the envelope first, and at the rest where its sender may send it. Whoever sends it is told everything
 * at once.
 */
function withTheRest(error: MessageRejectedError, text: string): MessageRejectedError {
  const schema = eventSchemas[peekEvent(text).type ?? ""];
  if (!schema || error.code !== "MESSAGE_INVALID") return error;
  try {
    parseEvent({ event: withPlainData(readJson(text) as Record<string, unknown>) }, schema);
    return error;
  } catch (more) {
    if (!(more instanceof MessageRejectedError)) return error;
    if (more.code !== "MESSAGE_INVALID") return more;
    const known = error.problems.map(({ path }) => path);
    return new MessageRejectedError([...error.problems, ...more.problems.filter(({ path }) => !known.includes(path))]);
  }
}

function checked(text: string, now: number): CheckedEvent {
  const isCommand = isOrderType(peekEvent(text).type);
  if (!isCommand) {
    const received = readProvisioningMessage(text);
    parseProvisioningMessage(received);
    return { ...received, isCommand };
  }
  const received = readEvent(text, orderTypes);
  const problems = commandTimeProblems(parseOrder(received), now);
  if (problems.length > 0) throw new MessageRejectedError(problems);
  return { ...received, isCommand };
}
