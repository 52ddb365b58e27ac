import { AutomationError } from "../primitives/errors.ts";

/** Not now: nobody has failed, and the message comes again later. */
export class DeferredError extends AutomationError {
  override readonly name = "DeferredError";
  readonly waitMs: number;

  /** @param waitMs how long to wait before it is delivered again, in milliseconds */
  constructor(message: string, waitMs: number) {
    super(message, { code: "DEFERRED", retryable: true, details: { waitMs } });
    this.waitMs = waitMs;
  }
}

/** A message as the queue delivered it. */
export interface Delivery {
  body: string;
  /** SQS's own id of it. */
  messageId: string;
  messageGroupId: string;
  senderId: string | undefined;
}
