import type * as z from "zod";
import { type ApplyMessage, applyMessageSchema } from "./apply.ts";
import { type CopyMessage, copyMessageSchema } from "./copy.ts";
import { parseEvent, type ReceivedEvent, readEvent } from "./door/read-event.ts";
import { type RetireMessage, retireMessageSchema } from "./retire.ts";

/** Every message of the provisioning queue. */
export type ProvisioningMessage = ApplyMessage | CopyMessage | RetireMessage;

/** The schema of each type. */
export const provisioningSchemas: Readonly<Record<ProvisioningMessage["type"], z.ZodType<ProvisioningMessage>>> = {
  "ringcx.apply.v1": applyMessageSchema,
  "ringcx.copy.v1": copyMessageSchema,
  "ringcx.retire.v1": retireMessageSchema,
};

const types = Object.keys(provisioningSchemas);

/**
 * Reads the text of a message of the provisioning queue as far as is needed to check its sender.
 *
 * @throws {MessageRejectedError} and nothing else, whatever the text is
 */
export function readProvisioningMessage(body: string): ReceivedEvent {
  return readEvent(body, types);
}

/**
 * The whole message, once its sender may send it.
 *
 * @throws {MessageRejectedError} with every problem at once, each with its path, what is expected and a hint; with the
 *   code `CREDENTIAL_IN_MESSAGE` where it holds a credential, with that alone
 */
export function parseProvisioningMessage(received: ReceivedEvent): ProvisioningMessage {
  // `readEvent` refuses every other type.
  return parseEvent(received, provisioningSchemas[received.type as ProvisioningMessage["type"]]);
}
