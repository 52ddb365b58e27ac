import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Outcome } from "../../../shared/contract/outcome.ts";
import { keepLatest } from "../../../shared/primitives/keep-latest.ts";

/** So many outcomes are kept. */
const maxOutcomes = 2_000;

/** The outcomes as a subscriber sees them, through a queue subscribed to the topic as anybody would. */
export interface OutcomeFeed {
  /** The latest {@link maxOutcomes} outcomes, each id once, in the order of arrival. */
  readonly outcomes: readonly Outcome[];
  /**
   * The first outcome that fits, of those that have come and those that will.
   *
   * @throws {Error} when none has come within `timeoutMs`, naming what was waited for
   */
  waitFor(what: string, fits: (outcome: Outcome) => boolean, timeoutMs: number): Promise<Outcome>;
  stop(): Promise<void>;
}

interface FeedOptions {
  /** Endpoint, region and credentials of the local AWS. */
  clientConfig: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  topicArn: string;
  /** Name of the queue that is subscribed: whoever reads it takes its messages from everybody else. @default demonstration-outcomes */
  queueName?: string;
  onOutcome: (outcome: Outcome) => void;
}

/** Subscribes a queue to the outcome topic and reads it until it is stopped. */
export async function followOutcomes({
  clientConfig,
  topicArn,
  queueName = "demonstration-outcomes",
  onOutcome,
}: FeedOptions): Promise<OutcomeFeed> {
  const sqs = new SQSClient(clientConfig);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: queueName }));
  const region = topicArn.split(":")[3];
  const account = topicArn.split(":")[4];
  await new SNSClient(clientConfig).send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: "sqs",
      Endpoint: `arn:aws:sqs:${region}:${account}:${queueName}`,
      Attributes: { RawMessageDelivery: "true" },
    }),
  );

  const outcomes: Outcome[] = [];
  const waiting = new Set<(outcome: Outcome) => void>();
  const stopping = new AbortController();

  const poll = async () => {
    while (!stopping.signal.aborted) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
        { abortSignal: stopping.signal },
      );
      if (Messages.length === 0) continue;
      for (const { Body } of Messages) {
        const outcome = JSON.parse(Body ?? "null") as Outcome;
        // At least once, so the same outcome may come again.
        if (outcomes.some(({ id, time }) => id === outcome.id && time === outcome.time)) continue;
        keepLatest(outcomes, outcome, maxOutcomes);
        onOutcome(outcome);
        for (const tell of [...waiting]) tell(outcome);
      }
      await sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl,
          Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
        }),
      );
    }
  };
  const polling = poll().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });

  return {
    outcomes,
    waitFor(what, fits, timeoutMs) {
      const known = outcomes.find(fits);
      if (known) return Promise.resolve(known);
      if (stopping.signal.aborted) return Promise.reject(new Error(`Stopped before waiting for an outcome: ${what}`));
      const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
      const tell = (outcome: Outcome) => {
        if (fits(outcome)) resolve(outcome);
      };
      const giveUp = (because: string) => reject(new Error(`${because}: ${what}`));
      const stopped = () => giveUp("Stopped while waiting for an outcome");
      const timer = setTimeout(() => giveUp(`No outcome within ${timeoutMs / 1000} s`), timeoutMs);
      waiting.add(tell);
      stopping.signal.addEventListener("abort", stopped);
      return promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(tell);
        stopping.signal.removeEventListener("abort", stopped);
      });
    },
    async stop() {
      stopping.abort();
      await polling;
      sqs.destroy();
    },
  };
}
