import type * as z from "zod";
import { asNotSent } from "../credentials/credential-advice.ts";
import { hiddenName } from "../credentials/credential-detection.ts";
import { messageProblems } from "../message-problems.ts";
import { MessageRejectedError } from "../message-rejected-error.ts";
import { isOrderType, orderSchemaOf, orderTypes, parseOrder } from "../order.ts";
import type { Problem } from "../outcome.ts";
import { parseProvisioningMessage, provisioningSchemas, readProvisioningMessage } from "../provisioning-message.ts";
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
 * @throws {MessageRejectedError} with every problem, beside credentials, too: whoever has written it sees all of it
 */
export function checkEvent(text: string, now: number): CheckedEvent {
  try {
    return isOrderType(peekEvent(text).type) ? checkedOrder(text, now) : checkedMessage(text, now);
  } catch (error) {
    if (!(error instanceof MessageRejectedError)) throw error;
    throw new MessageRejectedError([...error.problems.map(asNotSent), ...besideCredentials(text, error)], error.code);
  }
}

function checkedMessage(text: string, now: number): CheckedEvent {
  const received = readProvisioningMessage(text);
  refuse(eventTimeProblems(parseProvisioningMessage(received).time, now));
  return { ...received, isCommand: false };
}

function checkedOrder(text: string, now: number): CheckedEvent {
  const received = readEvent(text, orderTypes);
  refuse(commandTimeProblems(parseOrder(received), now));
  return { ...received, isCommand: true };
}

function afterStart(path: string, start: string): string {
  return path.startsWith(start) ? path.slice(start.length) : "";
}

/**
 * What else is wrong with an event that holds credentials: the queue's reader tells those alone. Nothing of what is told of
 * lies in or, where a name is a credential, beside one.
 */
function besideCredentials(text: string, { code, problems }: MessageRejectedError): Problem[] {
  if (code !== "CREDENTIAL_IN_MESSAGE") return [];
  const schemas: Readonly<Record<string, z.ZodType>> = provisioningSchemas;
  try {
    const { type, event } = readEvent(text, [...Object.keys(schemas), ...orderTypes]);
    const schema = isOrderType(type) ? orderSchemaOf(type) : schemas[type];
    const error = schema?.safeParse(event).error;
    if (!schema || !error) return [];
    const told = problems.map(({ path }) => path.split(`.${hiddenName}`)[0] ?? path);
    const isTold = (path: string) => told.some((place) => path === place || /^[.[]/.test(afterStart(path, place)));
    return messageProblems(error, schema, event)
      .filter(({ path }) => !isTold(path))
      .map(asNotSent);
  } catch {
    // What it is addressed by is a credential: there is nothing beside that.
    return [];
  }
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new MessageRejectedError(problems);
}
