import type * as z from "zod";
import { asNotSent } from "../credentials/credential-advice.ts";
import { hiddenName } from "../credentials/credential-detection.ts";
import { messageProblems } from "../message-problems.ts";
import { MessageRejectedError } from "../message-rejected-error.ts";
import { isOrderType, orderSchemaOf, orderTypes, parseOrder } from "../order.ts";
import type { Problem } from "../outcome.ts";
import { parseProvisioningMessage, provisioningSchemas, readProvisioningMessage } from "../provisioning-message.ts";
import { commandTimeProblems, eventTimeProblems } from "./command-time.ts";
import { withPlainData } from "./event-data.ts";
import { parseEvent, peekEvent, type ReceivedEvent, readEvent } from "./read-event.ts";
import { readJson } from "./read-json.ts";

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
    const { problems, code } = withTheRest(error, text);
    const beside = code === "CREDENTIAL_IN_MESSAGE" ? besideCredentials(text, problems) : [];
    throw new MessageRejectedError([...problems.map(asNotSent), ...beside], code);
  }
}

/**
 * With what is wrong beyond the envelope: the queue's reader looks at that only where the sender may send it. Whoever sends it is told
 * all at once.
 */
function withTheRest(error: MessageRejectedError, text: string): MessageRejectedError {
  const schema = schemaOf(peekEvent(text).type);
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

function schemaOf(type: string | undefined): z.ZodType | undefined {
  const schemas: Readonly<Record<string, z.ZodType>> = provisioningSchemas;
  return isOrderType(type) ? orderSchemaOf(type) : schemas[type ?? ""];
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
function besideCredentials(text: string, problems: readonly Problem[]): Problem[] {
  try {
    const { type, event } = readEvent(text, [...Object.keys(provisioningSchemas), ...orderTypes]);
    const schema = schemaOf(type);
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
