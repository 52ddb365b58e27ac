import { type Command, commandSchema } from "./command.ts";
import { parseEvent, type ReceivedEvent } from "./door/read-event.ts";
import { type Verify, verifySchema } from "./verify.ts";

/** What a person orders or asks, on the queue for commands. */
export type Order = Command | Verify;

/** The types that belong onto the queue for commands. */
export const orderTypes = [commandSchema.shape.type.value, verifySchema.shape.type.value] as const;

/** Whether an event of this type belongs onto the queue for commands. */
export function isOrderType(type: string | undefined): type is Order["type"] {
  return orderTypes.some((known) => known === type);
}

/** The schema of an order's type. */
export function orderSchemaOf(type: string): typeof verifySchema | typeof commandSchema {
  return type === "ringcx.verify.v1" ? verifySchema : commandSchema;
}

/** @throws {MessageRejectedError} with every problem */
export function parseOrder(received: ReceivedEvent): Order {
  return parseEvent<Order>(received, orderSchemaOf(received.type));
}
