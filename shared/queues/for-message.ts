import { peekEvent } from "../contract/door/read-event.ts";
import { correlated } from "../primitives/correlation.ts";

/** Works on one message of a queue: for its event, or for the delivery itself where it names none. */
export function forMessage<Result>(
  { body, messageId }: { body: string; messageId: string },
  work: () => Result,
): Result {
  const { id, source } = peekEvent(body);
  return correlated(id ?? messageId, work, id === undefined ? undefined : source);
}

/** The id by which everybody speaks of an event, before it is known to be right. EventBridge's stands where CloudEvents' does. */
export function eventIdOf(body: string): string | undefined {
  return peekEvent(body).id;
}
