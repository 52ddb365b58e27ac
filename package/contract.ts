import * as z from "zod";
import { checkedInput } from "../infra/checked-input.ts";
import type { ApplyMessage, applyDataSchema } from "../shared/contract/apply.ts";
import type { Command, commandSchema } from "../shared/contract/command.ts";
import type { CopyMessage, copyMessageSchema } from "../shared/contract/copy.ts";
import { checkEvent } from "../shared/contract/door/check-event.ts";
import { MessageRejectedError } from "../shared/contract/message-rejected-error.ts";
import type { Outcome, Problem } from "../shared/contract/outcome.ts";
import type { ProvisioningMessage } from "../shared/contract/provisioning-message.ts";
import type { RetireMessage, retireMessageSchema } from "../shared/contract/retire.ts";
import { sqsAttributes as attributesOf } from "../shared/contract/sqs-attributes.ts";
import type { Verify, verifySchema } from "../shared/contract/verify.ts";

export type { IssuerRequest } from "../functions/rotate-credentials/issuer/issuer-contract.ts";
export type { ApplyMessage, Command, CopyMessage, Outcome, Problem, ProvisioningMessage, RetireMessage, Verify };
export { MessageRejectedError };

/** What a sender writes, before defaults are filled in. */
interface Data {
  "ringcx.apply.v1": z.input<typeof applyDataSchema>;
  "ringcx.copy.v1": z.input<typeof copyMessageSchema>["data"];
  "ringcx.retire.v1": z.input<typeof retireMessageSchema>["data"];
  "ringcx.command.v1": z.input<typeof commandSchema>["data"];
  "ringcx.verify.v1": z.input<typeof verifySchema>["data"];
}

/** Types of events that the queues take: the first three go to the provisioning queue, the others to the command queue. */
export type EventType = keyof Data;

/** Which event it is. `source` and `id` name it: another content needs another id. */
export interface Envelope {
  /** Who sends it: `/onboarding/crm`. Of two messages of one source about one resource the later `time` holds. */
  source: string;
  id: string;
  /** When it was meant. */
  time: Date;
}

/** A CloudEvent of ours, as it is sent: `JSON.stringify` of it is the message's body. */
export interface Event<Type extends EventType = EventType> {
  specversion: "1.0";
  type: Type;
  source: string;
  id: string;
  /** RFC 3339. */
  time: string;
  datacontenttype: "application/json";
  data: Data[Type];
}

const envelopeSchema = z.strictObject({ source: z.string(), id: z.string(), time: z.date() });

const addressedSchema = z.looseObject({
  source: z.string(),
  id: z.string(),
  data: z.looseObject({ accountId: z.string() }),
});

function eventOf<Type extends EventType>(type: Type) {
  return (envelope: Envelope, data: Data[Type]): Event<Type> => {
    const { source, id, time } = checkedInput(envelopeSchema, envelope, { where: type, called: "envelope" });
    return {
      specversion: "1.0",
      type,
      source,
      id,
      time: time.toISOString(),
      datacontenttype: "application/json",
      data,
    };
  };
}

/** What should exist: groups, auth configs, services. */
export const apply = eventOf("ringcx.apply.v1");
/** Services as they are elsewhere: a clone within an account, a promotion to another. */
export const copy = eventOf("ringcx.copy.v1");
/** What should no longer be used. */
export const retire = eventOf("ringcx.retire.v1");
/** An operator's order about one service. */
export const command = eventOf("ringcx.command.v1");
/** A question: does an auth config's credential work now? */
export const verify = eventOf("ringcx.verify.v1");

/**
 * What is wrong with an event, before it is sent: the checks that the queue's own reader makes. Nothing is wrong where the list is
 * empty; whether its sender may change the account, and whether its names exist, is seen there only.
 *
 * @param event the event, or the text of one
 * @param now epoch milliseconds, for its times
 */
export function problemsOf(event: Event | string, now: number): readonly Problem[] {
  try {
    // What JSON cannot hold is no event: no text is.
    checkEvent((typeof event === "string" ? event : jsonOf(event)) ?? "", now);
    return [];
  } catch (error) {
    if (error instanceof MessageRejectedError) return error.problems;
    throw error;
  }
}

function jsonOf(event: Event): string | undefined {
  try {
    return JSON.stringify(event);
  } catch {
    return undefined;
  }
}

/**
 * The event, if nothing is wrong with it.
 *
 * @param now epoch milliseconds: a queue refuses an event whose time is more than five minutes ahead
 * @throws {MessageRejectedError} naming every field, what was expected and how to mend it
 */
export function validated<Type extends EventType>(event: Event<Type>, now: number): Event<Type> {
  const problems = problemsOf(event, now);
  if (problems.length === 0) return event;
  const error = new MessageRejectedError(problems);
  error.message = problems.map(problemText).join("\n");
  throw error;
}

function problemText({ path, message, hint }: Problem): string {
  return `${path === "" ? "" : `${path}: `}${message}${hint === undefined ? "" : ` (${hint})`}`;
}

/**
 * What SQS is given beside the body of a message for the provisioning queue: the account's messages keep their order, and the
 * same event sent twice within five minutes is one.
 */
export async function sqsAttributes(
  event: Event<Exclude<EventType, "ringcx.command.v1" | "ringcx.verify.v1">>,
): Promise<{
  MessageGroupId: string;
  MessageDeduplicationId: string;
}> {
  const { source, id, data } = checkedInput(addressedSchema, event, { where: "sqsAttributes", called: "event" });
  return attributesOf({ source, id, accountId: data.accountId });
}
