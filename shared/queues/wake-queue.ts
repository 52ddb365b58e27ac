import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { parseJsonObject } from "../primitives/json.ts";

/** Tells that an account has something to do. One too many costs one look at the table; one too few would be silence. */
export interface WakeQueue {
  /** @param inMs when, in milliseconds from now; what is further away than the queue can wait is asked again then */
  wake(accountId: string, inMs: number): Promise<void>;
}

/** SQS delays a message by whole seconds, and by a quarter of an hour at most. */
const mostSeconds = 15 * 60;

/** A wake queue in SQS. @param queueUrl of a standard queue: in a FIFO queue a message cannot be delayed by itself */
export function createWakeQueue({ sqs, queueUrl }: { sqs: Pick<SQSClient, "send">; queueUrl: string }): WakeQueue {
  return {
    async wake(accountId, inMs) {
      const DelaySeconds = Math.min(mostSeconds, Math.max(0, Math.ceil(inMs / 1000)));
      await sqs.send(
        new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify({ accountId }), DelaySeconds }),
      );
    },
  };
}

const wakeSchema = z.object({ accountId: z.string().min(1) });

/** The account that a wake is about; `undefined` for what is none. */
export function accountOfWake(body: string): string | undefined {
  return wakeSchema.safeParse(parseJsonObject(body)).data?.accountId;
}
