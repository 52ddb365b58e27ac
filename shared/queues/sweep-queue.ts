import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { forEachAccount } from "../primitives/each-account.ts";
import { parseJsonObject } from "../primitives/json.ts";

const accountTickSchema = z.object({
  accountId: z.string().min(1),
  /** Whether it is the account's turn to have its tree read. */
  isTreeRead: z.boolean(),
  /** Whether its last sweep took long. */
  wasSlow: z.boolean().default(false),
  /** Whether its sweep may take long: it is sent behind all others, with others that may. */
  isPatient: z.boolean().default(false),
});

/** That an account is to be swept. */
export type AccountTick = z.output<typeof accountTickSchema>;

/** Where the accounts wait that are to be swept: each by itself, and never two sweeps of one at once. */
export interface SweepQueue {
  /**
   * Sends as much as can be sent.
   *
   * @param tick the same for the same tick of the schedule: an account that it has sent already is not sent again
   * @returns the accounts that could not be sent, and why
   */
  send(ticks: readonly AccountTick[], tick: string): Promise<{ accountId: string; error: unknown }[]>;
}

/** Most messages of a request. Source: SQS API Reference, "SendMessageBatch". */
const mostEntries = 10;

/** A sweep queue in SQS. @param queueUrl of a FIFO queue: an account is a message group of its own */
export function createSweepQueue({ sqs, queueUrl }: { sqs: Pick<SQSClient, "send">; queueUrl: string }): SweepQueue {
  const sendBatch = async (ticks: readonly AccountTick[], tick: string) => {
    const command = new SendMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: ticks.map((one, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify(one),
        MessageGroupId: one.accountId,
        MessageDeduplicationId: `${one.accountId}/${tick}`,
      })),
    });
    try {
      const { Failed = [] } = await sqs.send(command);
      return Failed.flatMap(({ Id, Code, Message }) => {
        const accountId = ticks[Number(Id)]?.accountId;
        return accountId === undefined ? [] : [{ accountId, error: new Error(`${Code}: ${Message ?? "no reason"}`) }];
      });
    } catch (error) {
      return ticks.map(({ accountId }) => ({ accountId, error }));
    }
  };
  return {
    async send(ticks, tick) {
      const batches = Array.from({ length: Math.ceil(ticks.length / mostEntries) }, (_, index) =>
        ticks.slice(index * mostEntries, (index + 1) * mostEntries),
      );
      return (await forEachAccount(batches, (batch) => sendBatch(batch, tick))).flat();
    },
  };
}

/** What a message of the sweep queue asks for; `undefined` for what is none. */
export function accountTickOf(body: string): AccountTick | undefined {
  return accountTickSchema.safeParse(parseJsonObject(body)).data;
}
